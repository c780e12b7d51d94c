"""Clients that cost next to nothing: raw HTTP/1.1 over kept connections, each sending its next request at once."""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Answer:
    """One answer as it came over the wire; `seconds` from the last byte sent to the last byte read."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float


@dataclass
class Burst:
    """Many requests sent by `clients` at once: the answers in the order of the requests, and the whole time."""

    answers: list[Answer]
    seconds: float

    @property
    def rate(self) -> float:
        return len(self.answers) / self.seconds

    @property
    def p95_ms(self) -> float:
        times = sorted(answer.seconds for answer in self.answers)
        return times[int(len(times) * 0.95)] * 1000 if times else 0.0


@dataclass(frozen=True)
class Request:
    """What is sent; `headers` beside Host and Content-Length."""

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def wire(self, port: int) -> bytes:
        """The bytes of the request."""
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.method != "GET":
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode() + self.body


def with_json(path: str, body: object, **headers: str) -> Request:
    """A POST of JSON."""
    return Request(path, "POST", {"Content-Type": "application/json", **headers}, json.dumps(body).encode())


def send(port: int, requests: Sequence[Request], clients: int) -> Burst:
    """Send all from `clients` connections that begin together and take the next request when theirs is answered."""
    wires = [request.wire(port) for request in requests]
    with ThreadPoolExecutor(1) as thread:  # the caller's own may have a loop already
        return thread.submit(asyncio.run, _send(port, wires, clients)).result()


async def _send(port: int, wires: Sequence[bytes], clients: int) -> Burst:
    answers: list[Answer | None] = [None] * len(wires)
    connections = [await asyncio.open_connection("127.0.0.1", port) for _ in range(min(clients, len(wires)))]
    waiting = iter(enumerate(wires))
    begin = time.perf_counter()
    await asyncio.gather(*(_client(reader, writer, waiting, answers) for reader, writer in connections))
    seconds = time.perf_counter() - begin
    for _reader, writer in connections:
        writer.close()
    return Burst([answer for answer in answers if answer], seconds)


async def _client(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    waiting: Iterator[tuple[int, bytes]],
    answers: list[Answer | None],
) -> None:
    for number, wire in waiting:
        begin = time.perf_counter()
        writer.write(wire)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        answers[number] = Answer(int(head[0].split()[1]), headers, body, time.perf_counter() - begin)

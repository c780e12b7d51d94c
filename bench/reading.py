"""Pages and feeds by sixteen readers at once, beside a bare Flask answer of the same bytes."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import text

from bench import load
from bench.stage import FEED_KIND, Server, Stage, one
from bench.table import Round, Row, rounds

CLIENTS, AIM, JUROR = 16, 0.25, "juror0@example.invalid"
FEED = f"/calendars/kind/{FEED_KIND}.ics"


@dataclass(frozen=True)
class Reading:
    """One address as somebody reads it."""

    name: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    aim: float = AIM

    def request(self, **more: str) -> load.Request:
        return load.Request(self.path, headers={"Accept-Encoding": "gzip", **self.headers, **more})


def measure(stage: Stage, times: int, size: int) -> Iterator[Row]:
    """Rows for the home page, an event's page (anonymous and signed in), pages of contests, a feed and its 304."""
    ours = stage.serve("wsgi:single")
    bare = stage.serve("bench.bare:app")
    for reading in readings(stage, ours):
        yield _compare(stage, reading, ours, bare, times, size)


def readings(stage: Stage, server: Server) -> list[Reading]:
    """What is read, and by whom."""
    event, signed_in = f"/events/{stage.new_event(server.port)}", {"Cookie": f"qonyrau={stage.tokens[0]}"}
    feed = Reading("feed of 200, 200", FEED, aim=0.6)
    return [
        Reading("home page, anonymous", "/"),
        Reading("home page, signed in", "/", signed_in),
        Reading("event page, anonymous", event),
        Reading("event page, signed in", event, signed_in),
        *_of_contests(stage),
        feed,
        Reading("feed of 200, 304", FEED, {"If-None-Match": one(server.port, feed.request()).headers["etag"]}, 0.8),
    ]


def _of_contests(stage: Stage) -> Iterator[Reading]:
    """Published results of 13 entries and the sheet of a juror, where the region has its judged contests."""
    published = "SELECT slug FROM event JOIN stage ON event_id = event.id WHERE compilation_id IS NOT NULL LIMIT 1"
    unsigned = (
        "SELECT e.slug, a.id FROM assignment a JOIN jury_member m ON m.id = a.member_id"
        " JOIN event e ON e.id = m.event_id WHERE m.email = :juror AND a.signed_at IS NULL"
        " ORDER BY a.version DESC LIMIT 1"
    )
    with stage.rows.connect() as connection:
        past = connection.execute(text(published)).all()
        mine = connection.execute(text(unsigned), {"juror": JUROR}).all()
    for row in past:
        yield Reading("results of a contest", f"/contests/{row.slug}/results")
    for row in mine:
        signed_in = {"Cookie": f"qonyrau={stage.token_of(JUROR)}"}
        yield Reading("sheet of a juror", f"/contests/{row.slug}/jury/{row.id}", signed_in)


def _compare(stage: Stage, reading: Reading, ours: Server, bare: Server, times: int, size: int) -> Row:
    answer = load.send(ours.port, [reading.request()], 1).answers[0]
    same = bare_request(stage, answer)
    turns = (
        lambda: _burst(ours, reading.request(), answer, size),
        lambda: _burst(bare, same, answer, size),
    )
    found, least = rounds(times, *turns)
    return Row(
        f"{reading.name} ({len(answer.body) / 1000:.1f} kB)",
        stage.engine,
        "bare Flask, same bytes",
        found,
        least,
        reading.aim,
    )


def bare_request(stage: Stage, answer: load.Answer) -> load.Request:
    """What the bare app must be asked to give these bytes."""
    if answer.status == 304:
        return load.Request("/unchanged")
    name = hashlib.sha256(answer.body).hexdigest()[:16]
    (stage.folder / name).write_bytes(answer.body)
    kind = answer.headers["content-type"].replace(" ", "")
    return load.Request(f"/bytes/{name}?type={kind}&coding={answer.headers.get('content-encoding', '')}")


def _burst(server: Server, request: load.Request, wanted: load.Answer, size: int) -> Round:
    before = server.cpu()
    burst = load.send(server.port, [request] * size, CLIENTS)
    spent = server.cpu() - before
    for answer in burst.answers:
        if (answer.status, abs(len(answer.body) - len(wanted.body)) < 100) != (wanted.status, True):
            raise RuntimeError(f"{request.path}: {answer.status}, {len(answer.body)} bytes, not {len(wanted.body)}")
    return Round(burst.rate, spent, size, burst.p95_ms)

"""Registrations by sixteen people at once, as JSON and by the web form, beside the raw transaction."""

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from html import unescape
from urllib.parse import urlencode

from bench import load, raw
from bench.stage import Server, Stage
from bench.table import Round, Row, rounds

CLIENTS, AIM = 16, 0.4


def measure(stage: Stage, times: int, size: int) -> Iterator[Row]:
    """Rows for JSON and form against the bare Flask app, and for JSON against the bare program."""
    ours, bare = stage.serve("wsgi:single"), stage.serve("bench.bare:app")
    people = stage.people[:size]
    with ProcessPoolExecutor(raw.PROCESSES) as pool:
        turns = (
            lambda: by_json(stage, ours, size),
            lambda: by_form(stage, ours, size),
            lambda: by_bare(stage, ours, bare, size),
            lambda: by_driver(stage, ours, pool, people),
        )
        json, form, flask, driver = rounds(times, *turns)
    yield Row("registration, JSON", stage.engine, "Flask + raw transaction", json, flask, AIM)
    yield Row("registration, form", stage.engine, "Flask + raw transaction", form, flask, AIM)
    yield Row("registration, JSON", stage.engine, "raw transaction, no HTTP", json, driver)


def by_json(stage: Stage, server: Server, size: int) -> Round:
    """The bearers of tokens."""
    event_id = stage.new_event(server.port)
    path = f"/api/v1/events/{event_id}/registrations"
    sent = [load.with_json(path, {}, Authorization=f"Bearer {token}") for token in stage.tokens[:size]]
    return _burst(stage, server, event_id, sent, 201)


def by_form(stage: Stage, server: Server, size: int) -> Round:
    """The form as it was shown to each, with its cookies and its token; showing it is not counted."""
    event_id = stage.new_event(server.port)
    path = f"/events/{event_id}/register"
    pages = [load.Request(path, headers={"Cookie": f"qonyrau={token}"}) for token in stage.tokens[:size]]
    shown = load.send(server.port, pages, CLIENTS).answers
    pairs = zip(stage.tokens, shown, strict=False)
    return _burst(stage, server, event_id, [_filled(path, token, page) for token, page in pairs], 303)


def _filled(path: str, token: str, page: load.Answer) -> load.Request:
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.body.decode())
    cookie = f"qonyrau={token}; {page.headers['set-cookie'].partition(';')[0]}"
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    body = urlencode({name: unescape(value) for name, value in fields}).encode()
    return load.Request(path, "POST", headers, body)


def by_bare(stage: Stage, server: Server, bare: Server, size: int) -> Round:
    """The bare Flask app, given people by JSON."""
    event_id = stage.new_event(server.port)
    people = [dict(zip(("id", "name", "email"), person, strict=True)) for person in stage.people[:size]]
    sent = [load.with_json(f"/register/{event_id}", person) for person in people]
    return _burst(stage, bare, event_id, sent, 201)


def by_driver(stage: Stage, server: Server, pool: ProcessPoolExecutor, people: Sequence[raw.Person]) -> Round:
    """The same rows by threads that speak to nobody."""
    event_id = stage.new_event(server.port)
    seconds = raw.rush(pool, stage.url, event_id, people)
    check_rows(stage, event_id, len(people))
    return Round(len(people) / seconds, count=len(people))


def _burst(stage: Stage, server: Server, event_id: str, sent: list[load.Request], status: int) -> Round:
    before = server.cpu()
    burst = load.send(server.port, sent, CLIENTS)
    spent = server.cpu() - before
    refused = [answer for answer in burst.answers if answer.status != status]
    if refused:
        raise RuntimeError(f"{len(refused)} refused: {refused[0].status} {refused[0].body[:300]!r}")
    check_rows(stage, event_id, len(sent))
    return Round(burst.rate, spent, len(sent), burst.p95_ms)


def check_rows(stage: Stage, event_id: str, wanted: int) -> None:
    """Every contestant leaves the same rows: a seat, a registration, a letter owed, an audit row for each."""
    registered = stage.count("registration", "event_id", event_id)
    owed = stage.count("notification", "topic", event_id)
    seats = stage.count_seats(event_id)
    if not registered == owed == seats == wanted:
        raise RuntimeError(f"{wanted} wanted, {registered} registered, {owed} letters, {seats} seats")

"""One line for each event: a JSON object for machines, or plain words for people.

A line names a person by her id alone. Mail addresses, tokens, passwords in URLs and whatever could begin
a second line are taken out of every line, whoever wrote it; bodies and query strings never reach one.
"""

import json
import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from flask import Flask, Response, g, has_request_context, request
from structlog.stdlib import ExtraAdder, ProcessorFormatter

from services import metrics
from services.text import UNSAFE

log = logging.getLogger("qonyrau.request")
FIELDS = ("request_id", "method", "path", "status", "duration", "person")
# A mailbox or the user and password of a URL, and a signed token; and a segment of a path that is too long for a name.
SECRET = re.compile(r"[^\s@<>\"'(=/]+@[^\s@<>\"')]+|\beyJ[\w.=-]+")
LONG = re.compile(r"(?<=/)[\w.~=-]{22,}")
Event = dict[str, Any]


def init_logging(form: str) -> None:
    """Every logger of this process, also those of libraries, in one form: `json` or `plain`."""
    stdlib, stamp = structlog.stdlib, structlog.processors.TimeStamper("iso", key="time")
    common: Any = [ExtraAdder(FIELDS), stdlib.add_log_level, stdlib.add_logger_name, stamp, _of_request]
    shape: Any = [structlog.processors.format_exc_info, _masked, _as_json if form == "json" else _as_words]
    shape.insert(0, ProcessorFormatter.remove_processors_meta)
    handler = logging.StreamHandler()
    handler.setFormatter(ProcessorFormatter(foreign_pre_chain=common, processors=shape))
    logging.captureWarnings(True)
    root = logging.getLogger()
    root.handlers[:] = [h for h in root.handlers if not isinstance(h.formatter, ProcessorFormatter)] + [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # else a line for each copying of nothing
    log.setLevel(logging.INFO if form == "json" else logging.WARNING)  # who tries it out wants to see her own lines


def _of_request(_logger: Any, _method: str, event: Event) -> Event:
    return {"request_id": g.get("request_id", ""), **event} if has_request_context() else event


def _masked(_logger: Any, _method: str, event: Event) -> Event:
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = SECRET.sub("…", value if name == "path" else LONG.sub("…", value))
    return event


def _as_json(_logger: Any, _method: str, event: Event) -> str:
    return one_line(json.dumps(event, ensure_ascii=False, default=str))


def _as_words(_logger: Any, _method: str, event: Event) -> str:
    trace = event.pop("exception", "").splitlines()
    head = [event.pop(name) for name in ("time", "level", "logger", "event")]
    line = " ".join([*map(str, head), *(f"{name}={value}" for name, value in event.items() if value != "")])
    return "\n  ".join(map(one_line, [line, *trace]))


def one_line(text: str) -> str:
    """Text in which nothing ends the line."""
    return UNSAFE.sub(lambda one: f"\\u{ord(one[0]):04x}", text).replace("\n", "\\n")


def init_requests(app: Flask, connections: Callable[[], int]) -> None:
    """Name every request, and write and count it once it is answered. Call it before any other guard."""

    @app.url_value_preprocessor  # runs before all else, and what is refused there has a name too
    def begin(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if re.fullmatch(r"[A-Za-z0-9-]{1,64}", given) else uuid.uuid4().hex
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        seconds, rule, status = time.perf_counter() - g.began, request.url_rule, response.status_code
        labels = (app.name, request.method, rule.rule) if rule else (app.name, "other", "none")
        metrics.REQUESTS.labels(*labels, status).inc()
        metrics.SECONDS.labels(*labels).observe(seconds)
        metrics.POOL.labels(app.name).set(connections())
        _write(status, seconds)
        return response


def _write(status: int, seconds: float) -> None:
    """The line of an answered request; one that was refused is worth a warning."""
    level = logging.ERROR if status >= 500 else logging.WARNING if status in {401, 403, 429} else logging.INFO
    who, duration = g.get("actor"), round(seconds * 1000, 1)
    line = {"method": request.method[:20], "path": _path(), "status": status, "duration": duration}
    log.log(level, "denied" if status in {401, 403} else "request", extra=line | {"person": who.id if who else ""})


def _path() -> str:
    """The path without the tokens in it; one that no route knows may hold a token anywhere."""
    path = request.path[:300]
    for name, value in (request.view_args or {}).items():
        path = path.replace(value, "…") if "token" in name else path
    return path if request.url_rule else LONG.sub("…", path)

"""The fair ceiling of an HTTP answer: the least Flask app that gives the same bytes, or makes the same rows.

Served by the same gunicorn as the suite: `BENCH_URL` names the database, `BENCH_BYTES` the folder of answers.
"""

import os
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, jsonify, request

from bench import raw

URL, FOLDER = os.environ.get("BENCH_URL", ""), Path(os.environ.get("BENCH_BYTES", "."))
app = Flask(__name__, static_folder=None)


@lru_cache(maxsize=64)
def kept(name: str) -> bytes:
    """A body as it went over the wire."""
    return (FOLDER / Path(name).name).read_bytes()


@app.get("/bytes/<name>")
def answer(name: str) -> Response:
    """The same body with the same type and coding."""
    response = Response(kept(name), content_type=request.args["type"])
    if request.args.get("coding"):
        response.headers["Content-Encoding"] = request.args["coding"]
    return response


@app.get("/unchanged")
def unchanged() -> Response:
    """A 304 with a validator."""
    response = Response(status=304)
    response.set_etag("bare")
    return response


@app.post("/register/<event_id>")
def register(event_id: str) -> tuple[Response, int]:
    """The person named by the body, registered by the raw transaction."""
    given = request.get_json()
    public_id = raw.register(URL, event_id, (given["id"], given["name"], given["email"]))
    return jsonify(id=public_id, event_id=event_id, status="confirmed", position=None), 201

"""A server that speaks S3, in this process."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest
from flask import Flask


def in_store(monkeypatch: pytest.MonkeyPatch, app: Flask, address: str, url: str) -> None:
    """Let an app keep its files in the S3-compatible store at an address."""
    for name, value in {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y", "AWS_REGION": "us-east-1",
                        "AWS_ENDPOINT_URL": address}.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], files_url=url))


@contextmanager
def in_bucket(monkeypatch: pytest.MonkeyPatch, app: Flask) -> Iterator[str]:
    """Let an app keep its files in a new bucket; answers the bucket's address."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    bucket = f"b{port}"  # a store is made once for each setting
    httpx.put(f"http://{host}:{port}/{bucket}", trust_env=False).raise_for_status()
    in_store(monkeypatch, app, f"http://{host}:{port}", f"s3://{bucket}/prefix")
    yield f"http://{host}:{port}/{bucket}"
    server.stop()

"""The store of files: what was put is there, what is gone is not found, and a store that is away says so."""

import dataclasses
from contextlib import contextmanager
from pathlib import Path

import pytest
from werkzeug.http import parse_options_header

from events_service.files import serving, store
from services.errors import NotFound, Unavailable
from tests.events_service.files.bucket import in_store

pytestmark = pytest.mark.one_engine("sqlite")


@contextmanager
def at(suite, url):
    before = suite.events.config["SETTINGS"]
    suite.events.config["SETTINGS"] = dataclasses.replace(before, files_url=url)
    with suite.events.test_request_context("/"):
        yield
    suite.events.config["SETTINGS"] = before


def test_bytes_come_back_until_they_are_deleted(suite, tmp_path):
    with at(suite, f"file:{tmp_path}/files"):
        one, two = store.new_key(), store.new_key()
        store.put(one, b"one")
        store.put(two, b"two")
        assert (store.get(one), store.get(two)) == (b"one", b"two")
        store.delete(one)
        store.delete(one)
        with pytest.raises(NotFound):
            store.get(one)
        assert {path.name for path in Path(tmp_path).rglob("*") if path.is_file()} == {two.partition("/")[2]}


def test_store_that_is_away_is_no_fault_of_the_file(suite, monkeypatch):
    in_store(monkeypatch, suite.events, "http://127.0.0.1:9", "s3://bucket/prefix")
    with suite.events.app_context(), pytest.raises(Unavailable):
        store.put(store.new_key(), b"x")


def test_attachment_is_saved_and_never_run():
    """Also where the row's type is not ours, or the name holds what a header must not. (`nosniff` is on all pages.)"""
    name = 'Сабақ"\r\nX: 1.pdf'
    for media_type, shown in (("application/pdf", "application/pdf"), ("text/html", "application/octet-stream")):
        reply = serving.attachment(name, media_type, b"x")
        assert reply.mimetype == shown
        assert parse_options_header(reply.headers["Content-Disposition"]) == ("attachment", {"filename": name})
        assert str(reply.headers).isascii()
        assert reply.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert "X" not in reply.headers

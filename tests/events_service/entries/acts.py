"""A contest that takes entries, and what teachers and organisers do with it by JSON."""

import io

from sqlalchemy import select
from werkzeug.test import Client

from events_service.db import db
from events_service.directory.models import Person
from events_service.directory.queries import is_small
from events_service.entries.models import Entry
from services.fields import today
from tests.events_service import arena as arenas
from tests.events_service.files.made import pdf
from tests.support.suite import ORIGIN

PDF = pdf()

GOOD = {"title": "Топтық жұмыс", "summary": "Түйін", "original": True, "consent": True}


def contest(suite, **more):
    return arenas.build(suite, **more)


def teachers(suite, small=True):
    """Numbers of demo teachers whose schools are small-class today, or are not."""
    with suite.events.app_context():
        rows = db.session.scalars(select(Person).where(Person.email.like("teacher0%")).order_by(Person.email)).all()
        return [int(row.email[7:11]) for row in rows if is_small(row.school_id, today()) is small]


def call(arena, method, path, body=None, as_=None, status=200, headers=None):
    reply = arena.suite.json(method, f"{arena.api}/{path}", body, as_=as_, headers=headers)
    assert reply.status_code == status, (method, path, reply.status_code, reply.text)
    return reply.get_json() if reply.data else {}


def begin(arena, token, nomination=0, status=201):
    chosen = list(arena.nominations.values())[nomination]
    return call(arena, "POST", "entries", {"nomination": chosen}, token, status)


def send_file(arena, token, entry_id, data=None, name="Сабақ.pdf"):
    sent = {"file": (io.BytesIO(PDF if data is None else data), name)}
    headers = {"Authorization": f"Bearer {token}"}
    return Client(arena.suite.wsgi).post(
        f"{arena.api}/entries/{entry_id}/files", data=sent, headers=headers, base_url=ORIGIN
    )


def draft(arena, token, nomination=0, **more):
    """A draft that lacks nothing; its one file is a link."""
    entry = begin(arena, token, nomination)
    body = {**GOOD, "video_url": "https://video.example/1", **more}
    return call(arena, "PATCH", f"entries/{entry['id']}", body, token)


def submitted(arena, token, nomination=0):
    return call(arena, "POST", f"entries/{draft(arena, token, nomination)['id']}/submit", {}, token)


def change(arena, entry_id=None, **values):
    """Something of the contest, or of an entry, straight in its row."""
    from events_service.contests.models import Contest

    with arena.suite.events.app_context(), db.transaction() as session:
        row = session.get_one(Entry, entry_id) if entry_id else session.get_one(Contest, arena.event_id)
        for name, value in values.items():
            setattr(row, name, value)

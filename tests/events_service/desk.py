"""An organiser at her form, in a browser without a screen."""

import re
from datetime import timedelta

from sqlalchemy import select

from events_service.db import db
from events_service.events.models import Event
from services.fields import today

DAY = today() + timedelta(days=40)
FIELDS = {
    "title.ru": "Семинар о профориентации",
    "day": DAY.isoformat(),
    "start": "10:00",
    "end": "12:00",
}


def organiser_at(suite, path, number=0):
    browser = suite.browser("en", suite.sign_in("organiser", number))
    browser.get(path)
    return browser


def saved(suite, slug):
    with suite.events.app_context():
        return db.session.scalars(select(Event).where(Event.slug == slug)).one()


def slug_in(url):
    return re.search(r"/events/([^/?]+)", url)[1]


def written(suite, **fields):
    """A draft made through the form; answers the browser on its edit page."""
    browser = organiser_at(suite, "/events/new")
    assert browser.submit_fields({**FIELDS, **fields}, button="save").status_code == 200
    return browser

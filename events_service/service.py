"""The features of the events service put together."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import current_app, request
from flask_babel import gettext as _

from events_service import models
from events_service.awards import api as awards_api
from events_service.awards import desk as awards_desk
from events_service.awards import giving as awards_giving
from events_service.awards import pages as awards_pages
from events_service.calendars import api as calendars_api
from events_service.calendars import pages as calendars_pages
from events_service.contests import api as contests_api
from events_service.contests import desk as contests_desk
from events_service.contests import pages as contests_pages
from events_service.db import db
from events_service.directory import client
from events_service.directory.queries import is_revoked
from events_service.entries import api as entries_api
from events_service.entries import desk as entries_desk
from events_service.entries import pages as entries_pages
from events_service.events import api as events_api
from events_service.events import organising, steps
from events_service.events import pages as events_pages
from events_service.fairs import api as fairs_api
from events_service.fairs import desk as fairs_desk
from events_service.fairs import pages as fairs_pages
from events_service.jury import api as jury_api
from events_service.jury import chairing as jury_chairing
from events_service.jury import desk as jury_desk
from events_service.jury import pages as jury_pages
from events_service.notifications import api as notifications_api
from events_service.notifications import desk as notifications_desk
from events_service.notifications import pages as notifications_pages
from events_service.registrations import api as registrations_api
from events_service.registrations import pages as registrations_pages
from events_service.registrations import registrants
from events_service.results import api as results_api
from events_service.results import desk as results_desk
from events_service.results import pages as results_pages
from events_service.scoring import api as scoring_api
from events_service.scoring import desk as scoring_desk
from events_service.scoring import pages as scoring_pages
from events_service.subscriptions import api as subscriptions_api
from events_service.subscriptions import pages as subscriptions_pages
from services import migrations
from services.app import Service
from services.identity import actor
from services.settings import Settings

PACKAGE = Path(__file__).resolve().parent
SIGN_IN = "/registry/sign-in"
# Each feature: its JSON, then its pages.
FEATURES = (
    (events_api, events_pages, organising, steps),
    (fairs_api, fairs_pages, fairs_desk),
    (contests_api, contests_pages, contests_desk),
    (entries_api, entries_pages, entries_desk),
    (jury_api, jury_pages, jury_desk, jury_chairing),
    (scoring_api, scoring_pages, scoring_desk),
    (awards_api, awards_pages, awards_desk, awards_giving),
    (registrations_api, registrations_pages, registrants),
    (results_api, results_pages, results_desk),
    (calendars_api, calendars_pages),
    (notifications_api, notifications_pages, notifications_desk),
    (subscriptions_api, subscriptions_pages),
)

__all__ = ["models", "service"]


def service(settings: Settings) -> Service:
    """Everything the kit needs to know to make the app."""
    return Service(
        name="events",
        package=PACKAGE,
        db=db,
        database_url=settings.events_database_url,
        prefix="",
        title="Qonyrau events",
        pages=[module.pages for _api, *modules in FEATURES for module in modules],
        apis=[module.api for module, *_pages in FEATURES],
        context=lambda: page_context(settings),
        revoked=is_revoked,
        sign_in_url=SIGN_IN,
        ready=lambda: {**migrations.state(), "register": "ok" if client.answers(current_app) else "away"},
    )


def page_context(settings: Settings) -> dict[str, Any]:
    """Navigation and footer of every page of events."""
    entries = [
        (_("Events"), "/"),
        (_("Calendars"), "/calendars"),
        (_("Schools"), "/registry/territories"),
        (_("My page"), "/my"),
    ]
    footer = [(_("Calendars"), "/calendars"), (_("Schools by district"), "/registry/territories")]
    if actor():
        footer.append((_("Signing in"), "/registry/my/sessions"))
    here = "/" if request.path.startswith(("/events", "/fairs", "/contests")) else request.path
    return {
        "nav": [{"label": label, "url": url, "current": url == here} for label, url in entries],
        "footer_links": [{"label": label, "url": url} for label, url in footer],
        "footer_note": _("Demonstration: schools and people are invented.") if settings.demo else "",
        "sign_in_url": f"{SIGN_IN}?next={quote(request.path)}",
        "sign_out_url": "/registry/sign-out",
    }

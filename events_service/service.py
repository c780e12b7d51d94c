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
        pages=[
            events_pages.pages,
            organising.pages,
            steps.pages,
            fairs_pages.pages,
            fairs_desk.pages,
            contests_pages.pages,
            contests_desk.pages,
            entries_pages.pages,
            entries_desk.pages,
            jury_pages.pages,
            jury_desk.pages,
            jury_chairing.pages,
            scoring_pages.pages,
            scoring_desk.pages,
            awards_pages.pages,
            awards_desk.pages,
            awards_giving.pages,
            registrations_pages.pages,
            registrants.pages,
            results_pages.pages,
            results_desk.pages,
            calendars_pages.pages,
            notifications_pages.pages,
            notifications_desk.pages,
            subscriptions_pages.pages,
        ],
        apis=[
            events_api.api,
            fairs_api.api,
            contests_api.api,
            entries_api.api,
            jury_api.api,
            scoring_api.api,
            awards_api.api,
            registrations_api.api,
            results_api.api,
            calendars_api.api,
            notifications_api.api,
            subscriptions_api.api,
        ],
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

"""The features of the register put together."""

from pathlib import Path
from typing import Any

from flask import request
from flask_babel import gettext as _

from registry_service import models
from registry_service.changes import api as changes_api
from registry_service.db import db
from registry_service.people import api as people_api
from registry_service.people import pages as people_pages
from registry_service.people import sign_in
from registry_service.people.queries import is_revoked
from registry_service.territories import api as territories_api
from registry_service.territories import pages as territories_pages
from services.app import Service
from services.settings import Settings

PACKAGE = Path(__file__).resolve().parent
SIGN_IN = "/registry/sign-in"

__all__ = ["models", "service"]


def service(settings: Settings) -> Service:
    """Everything the kit needs to know to make the app."""
    return Service(
        name="registry",
        package=PACKAGE,
        db=db,
        database_url=settings.registry_database_url,
        prefix="/registry",
        title="Qonyrau register",
        pages=[territories_pages.pages, people_pages.pages, sign_in.pages],
        apis=[territories_api.api, people_api.api, changes_api.api],
        context=lambda: page_context(settings),
        revoked=is_revoked,
        sign_in_url=SIGN_IN,
    )


def page_context(settings: Settings) -> dict[str, Any]:
    """Navigation and footer of every page of the register."""
    entries = [
        (_("Events"), "/"),
        (_("Calendars"), "/calendars"),
        (_("Schools"), "/registry/territories"),
        (_("My page"), "/my"),
    ]
    footer = [
        (_("Schools by district"), "/registry/territories"),
        (_("School list"), "/registry/schools"),
        (_("Resource centres"), "/registry/centres"),
        (_("Twinning"), "/registry/twinning"),
        (_("Programmes"), "/registry/programmes"),
    ]
    return {
        "nav": [
            {"label": label, "url": url, "current": url == "/registry/territories"} for label, url in entries
        ],
        "footer_links": [{"label": label, "url": url} for label, url in footer],
        "footer_note": _("Demonstration: schools and people are invented.") if settings.demo else "",
        "sign_in_url": f"{SIGN_IN}?next={request.path}",
        "sign_out_url": "/registry/sign-out",
    }

"""The features of the register put together."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import request
from flask_babel import gettext as _

from registry_service import models
from registry_service.academic_years import api as academic_years_api
from registry_service.academic_years import pages as academic_years_pages
from registry_service.centres import api as centres_api
from registry_service.centres import pages as centres_pages
from registry_service.changes import api as changes_api
from registry_service.db import db
from registry_service.exports import pages as exports_pages
from registry_service.imports import api as imports_api
from registry_service.imports import pages as imports_pages
from registry_service.orders import api as orders_api
from registry_service.orders import pages as orders_pages
from registry_service.people import api as people_api
from registry_service.people import mine, sign_in
from registry_service.people import pages as people_pages
from registry_service.people.queries import is_revoked
from registry_service.programmes import api as programmes_api
from registry_service.programmes import pages as programmes_pages
from registry_service.rights import KEEPERS
from registry_service.schools import api as schools_api
from registry_service.schools import pages as schools_pages
from registry_service.territories import api as territories_api
from registry_service.territories import pages as territories_pages
from registry_service.twinning import api as twinning_api
from registry_service.twinning import pages as twinning_pages
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
        name="registry",
        package=PACKAGE,
        db=db,
        database_url=settings.registry_database_url,
        prefix="/registry",
        title="Qonyrau register",
        pages=[
            territories_pages.pages,
            schools_pages.pages,
            centres_pages.pages,
            twinning_pages.pages,
            programmes_pages.pages,
            orders_pages.pages,
            academic_years_pages.pages,
            people_pages.pages,
            exports_pages.pages,
            imports_pages.pages,
            sign_in.pages,
            mine.pages,
        ],
        apis=[
            territories_api.api,
            schools_api.api,
            centres_api.api,
            twinning_api.api,
            programmes_api.api,
            orders_api.api,
            academic_years_api.api,
            people_api.api,
            imports_api.api,
            changes_api.api,
        ],
        context=lambda: page_context(settings),
        revoked=is_revoked,
        ready=migrations.state,
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
        (_("Orders and acts"), "/registry/orders"),
        (_("School calendar"), "/registry/calendar"),
    ]
    if actor():
        footer.append((_("Signing in"), "/registry/my/sessions"))
    if KEEPERS.allows(actor()):
        footer += [(_("People"), "/registry/people"), (_("Import"), "/registry/imports")]
    keeps_people = ("/registry/sign-", "/registry/people", "/registry/my/", "/demo/")
    here = "" if request.path.startswith(keeps_people) else "/registry/territories"
    return {
        "nav": [{"label": label, "url": url, "current": url == here} for label, url in entries],
        "footer_links": [{"label": label, "url": url} for label, url in footer],
        "footer_note": _("Demonstration: schools and people are invented.") if settings.demo else "",
        "sign_in_url": f"{SIGN_IN}?next={quote(request.path)}",
        "sign_out_url": "/registry/sign-out",
    }

"""The demonstration lets anybody be anybody, so it serves this machine only, and its own databases only."""

from ipaddress import ip_address
from types import ModuleType

from flask import Flask, current_app, request
from flask_babel import gettext as _

from demo.loader import is_loaded
from events_service import db as events_db
from registry_service import db as registry_db
from services.errors import Forbidden, Unavailable

ROWS: dict[str, ModuleType] = {"registry": registry_db, "events": events_db}


def guard(app: Flask) -> None:
    """Refuse callers from elsewhere, and to serve a database that does not carry the mark."""
    app.before_request(_refuse_strangers)
    app.before_request(_refuse_other_databases)


def _refuse_strangers() -> None:
    """Whatever address the server was bound to; a local socket names no caller."""
    caller = request.environ.get("REMOTE_ADDR", "")
    try:
        near = not caller or ip_address(caller).is_loopback
    except ValueError:
        near = False
    if not near:
        raise Forbidden(_("The demonstration answers this machine only."))


def _refuse_other_databases() -> None:
    if not current_app.extensions.get("demo_mark"):
        if not is_loaded(ROWS[current_app.name]):
            raise Unavailable(_("This database is not the demonstration's: run python -m demo load."))
        current_app.extensions["demo_mark"] = True

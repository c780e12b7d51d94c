"""How points are said and what the states of a sheet are called."""

from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from events_service.contests.models import PLANNED
from events_service.entries.models import ADMITTED
from events_service.events.models import CANCELLED
from services.i18n import language


def points(value: Decimal | None) -> str:
    """«7,5»: no zeros at the end, with the decimal sign of the reader."""
    if value is None:
        return ""
    text = format(value.normalize(), "f")
    return text if language() == "en" else text.replace(".", ",")


def share(weight: Decimal) -> str:
    """«25», per cent of the sheet that a line counts for."""
    return points(weight * 100)


def state(sheet: Any) -> tuple[str, str]:
    """The mark of the look and the word of a sheet's state, for its own juror."""
    if sheet.row.signed_at:
        return "ok", _("Signed")
    if sheet.row.stage.status == PLANNED:
        return "plain", _("Not open yet")
    if sheet.row.entry.event.status == CANCELLED:
        return "no", _("Will not take place")
    if sheet.row.entry.status != ADMITTED:
        return "plain", _("Not admitted")
    if not sheet.open:
        return "warn", _("Not signed in time")
    if not sheet.filled:
        return "plain", _("Not begun")
    said = ngettext("%(num)s of %(all)s scored", "%(num)s of %(all)s scored", sheet.filled, all=len(sheet.lines))
    return "wait", said

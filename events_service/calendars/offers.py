"""A calendar as it is handed to people: its link, the link that opens a program, and the picture of that link."""

from dataclasses import dataclass
from urllib.parse import urlencode

import segno
from flask_babel import gettext as _
from markupsafe import Markup, escape

from events_service.calendars import addresses
from events_service.calendars.selections import DEFAULT_LANGUAGE, Selection
from services.i18n import language

SCALE, QUIET = 4, 4  # pixels of a module, and modules of white around them, as ISO 18004 asks


@dataclass(frozen=True)
class Offer:
    """`name` tells the two kinds apart in the page: `my` or `chosen`."""

    name: str
    title: str
    link: str

    @property
    def webcal(self) -> str:
        """The same for the program that holds calendars on this device."""
        return "webcal:" + self.link.partition(":")[2]

    @property
    def picture(self) -> Markup:
        """A QR code that a phone's camera opens in its calendar program: of https it would only save a file."""
        drawn = segno.make(self.webcal, error="m", micro=False)
        svg = drawn.svg_inline(scale=SCALE, border=QUIET, light="#fff", svgclass="qr", lineclass=None)
        label = escape(_("QR code of the link of %(title)s", title=self.title))
        return Markup(svg.replace("<svg", f'<svg role="img" aria-label="{label}"', 1))  # noqa: S704 - of our own making


def of_selection(selection: Selection) -> Offer:
    """An open calendar in the language being spoken."""
    return Offer("chosen", selection.title(), addresses.absolute(selection.path(language())))


def of_deadlines(selection: Selection) -> Offer:
    """What closes when, of the events of a selection."""
    query = {**selection.filters, **({} if language() == DEFAULT_LANGUAGE else {"lang": language()})}
    path = "/calendars/deadlines.ics" + (f"?{urlencode(sorted(query.items()))}" if query else "")
    return Offer("chosen", selection.title(_("deadlines")), addresses.absolute(path))


def of_person(person_id: str) -> Offer:
    """Her own calendar; whoever has its link may read it."""
    path = addresses.path_of(person_id)
    said = path if language() == DEFAULT_LANGUAGE else f"{path}?lang={language()}"
    return Offer("my", str(_("Your own calendar")), addresses.absolute(said))

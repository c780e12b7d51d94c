"""Where slots of a fair stand in each other's way: only said, never forbidden. No rows are read here."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from flask_babel import gettext as _

from events_service.events.models import Event
from events_service.fairs.models import Idea
from services.i18n import said_plain
from services.text import fold


def warnings(event: Event, slots: Sequence[Idea]) -> dict[str, list[str]]:
    """What to say of each accepted idea that has a slot, by its id; `slots` in order of their beginnings."""
    found: dict[str, list[str]] = {idea.id: [] for idea in slots}
    for idea in slots:
        assert idea.starts_at and idea.ends_at
        if not within(event, idea.starts_at, idea.ends_at):
            found[idea.id].append(_("The slot lies outside the time of the fair"))
    for first, second in _overlapping(slots):
        for one, other in ((first, second), (second, first)):
            found[one.id] += _clash(one, other)
    return {idea_id: words for idea_id, words in found.items() if words}


def within(event: Event, begin: datetime, end: datetime) -> bool:
    """Does a slot lie in the time of the fair? Where the day is not exact, every slot does."""
    if event.date_precision != "day" or not (event.starts_at and event.ends_at):
        return True
    return event.starts_at <= begin and end <= event.ends_at


def _overlapping(slots: Sequence[Idea]) -> Iterator[tuple[Idea, Idea]]:
    for number, first in enumerate(slots):
        for second in slots[number + 1 :]:
            assert first.ends_at and second.starts_at
            if second.starts_at >= first.ends_at:
                break
            yield first, second


def _clash(one: Idea, other: Idea) -> Iterator[str]:
    title = said_plain(other.title)
    if one.section_id == other.section_id:
        yield _("At the same time in this section: %(title)s", title=title)
    if one.author_id == other.author_id:
        yield _("The same person speaks then: %(title)s", title=title)
    if one.place and fold(one.place) == fold(other.place) and one.section_id != other.section_id:
        yield _("The same room then: %(title)s", title=title)

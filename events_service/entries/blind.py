"""What a juror may see of an entry."""

from dataclasses import dataclass

from events_service.contests.models import Stage
from events_service.entries.models import Entry
from events_service.files import store
from services.errors import NotFound
from services.i18n import said_plain


@dataclass(frozen=True)
class View:
    """An entry as its juror reads it; in a blind stage without author, school and district."""

    number: int | None
    nomination: str
    title: str
    summary: str
    video_url: str
    author: str
    files: list[tuple[int, str, str, int]]


def view(entry: Entry, stage: Stage) -> View:
    """The files are numbered from 1: number, name, type and size in bytes."""
    files = [
        (n, f"file-{n}" if stage.blind else row.name, row.media_type, row.size)
        for n, row in enumerate(entry.files, start=1)
    ]
    author = "" if stage.blind else entry.name
    nomination = said_plain(entry.nomination.title)
    return View(entry.number, nomination, entry.title, entry.summary, entry.video_url, author, files)


def file(entry: Entry, stage: Stage, number: int) -> tuple[str, str, bytes]:
    """Name, type and bytes of a file as a juror gets it."""
    found = view(entry, stage).files
    if not 0 < number <= len(found):
        raise NotFound
    row, (_n, name, media_type, _size) = entry.files[number - 1], found[number - 1]
    return name, media_type, store.get(row.blind_key if stage.blind else row.key)

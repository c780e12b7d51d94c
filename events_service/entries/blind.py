"""What a juror may see of an entry: nothing but number and title until its stage opens, and then while it is admitted.

In a blind stage neither its author, her school and district, nor file metadata.
"""

from dataclasses import dataclass

from events_service.contests.models import PLANNED, Stage
from events_service.db import db
from events_service.directory.models import School
from events_service.entries import queries
from events_service.entries.models import ADMITTED, Entry


@dataclass(frozen=True)
class Sight:
    """An entry for a juror. `author`, `school` and `district` are empty in a blind stage.

    Files are named by their number in every stage: `queries.blind_file(entry, number)` finds one of them.
    """

    id: str
    number: int | None
    nomination_id: str
    title: str
    summary: str
    video_url: str
    files: tuple[queries.BlindFile, ...]
    author: str = ""
    school: School | None = None
    district: str = ""


def readable(entry: Entry, stage: Stage) -> bool:
    """May a juror of this stage read the entry that is dealt to her?"""
    return stage.status != PLANNED and entry.status == ADMITTED


def view(entry: Entry, stage: Stage) -> Sight:
    """The entry as a juror of this stage sees it."""
    if not readable(entry, stage):
        return Sight(entry.id, entry.number, entry.nomination_id, entry.title_told, "", "", ())
    files = tuple(queries.blind_files(entry))
    own = entry.id, entry.number, entry.nomination_id, entry.title, entry.summary, entry.video_url, files
    if stage.blind:
        return Sight(*own)
    school = db.session.get(School, entry.school_id) if entry.school_id else None
    return Sight(*own, author=entry.name, school=school, district=entry.district)

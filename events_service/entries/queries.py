"""Reads of entries."""

from dataclasses import dataclass

from events_service.entries.models import Entry
from services.errors import NotFound

ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


@dataclass(frozen=True)
class BlindFile:
    """A file without what tells of its maker: its new name, its type, its size in bytes, and where it lies."""

    name: str
    media_type: str
    size: int
    key: str


def blind_files(entry: Entry) -> list[BlindFile]:
    """The files of an entry without what tells of their maker, in their order: file-1.pdf, file-2.jpg …"""
    return [
        BlindFile(f"file-{number}.{ENDINGS[file.media_type]}", file.media_type, file.size, file.blind_key)
        for number, file in enumerate(entry.files, 1)
    ]


def blind_file(entry: Entry, number: int) -> BlindFile:
    """The file of that number, from 1; NotFound where there is none."""
    found = blind_files(entry)
    if not 0 < number <= len(found):
        raise NotFound
    return found[number - 1]

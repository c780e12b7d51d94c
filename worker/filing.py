"""The files of the store into the folder of a backup and back, inside the app of events.

Their keys are random and what lies under one never changes: what the backup before holds already is not copied
again but gets a second name on the disk. The list is in the form of `sha256sum`, which can check it without us.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from events_service.files import store, sweeping
from services.errors import NotFound, Unavailable
from worker.dumping import DumpError

LIST, FOLDER = "files.sha256", "files"


def take(into: Path, before: Path | None) -> None:
    """Copy every file of the store, and list them with their checksums; DumpError while it cannot be reached."""
    held, sums = sums_of(before) if before else {}, {}
    with _reached():
        for key, _put_at in store.listed():
            path = into / FOLDER / key
            path.parent.mkdir(parents=True, exist_ok=True)
            with suppress(NotFound):  # taken out of a draft since it was listed
                sums[key] = _linked(before, key, held.get(key), path) or _fetched(key, path)
    (into / LIST).write_text("".join(f"{sums[key]}  {FOLDER}/{key}\n" for key in sorted(sums)))


def _linked(before: Path | None, key: str, digest: str | None, path: Path) -> str:
    """A second name for what the backup before holds, if it still is what was written; else nothing."""
    with suppress(OSError):  # a disk may know no second names
        if before and digest and digest_of(before / FOLDER / key) == digest:
            os.link(before / FOLDER / key, path)
            return digest
    return ""


def _fetched(key: str, path: Path) -> str:
    data = store.get(key)
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def sums_of(folder: Path) -> Mapping[str, str]:
    """The checksum of each file of a backup by its key; one made before there were files has none."""
    path = folder / LIST
    lines = path.read_text().splitlines() if path.is_file() else []
    return {key: digest for digest, _, key in (line.partition(f"  {FOLDER}/") for line in lines)}


def damaged(folder: Path) -> list[str]:
    """The keys of files that are not there, or are not what was written."""
    return [key for key, digest in sums_of(folder).items() if not _is(folder / FOLDER / key, digest)]


def _is(path: Path, digest: str) -> bool:
    with suppress(OSError):
        return digest_of(path) == digest
    return False


def holds_any() -> bool:
    """Does the store hold a file of ours?"""
    with _reached():
        return next(store.listed(), None) is not None


def bring(folder: Path, keys: Iterable[str]) -> None:
    """Put files of a backup back under their keys; what else the store holds stays for the sweep to judge."""
    with _reached():
        for key in keys:
            store.put(key, (folder / FOLDER / key).read_bytes())


def lacking() -> list[str]:
    """Keys that rows name and the store does not hold."""
    with _reached():
        return sorted(sweeping.named() - {key for key, _put_at in store.listed()})


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except Unavailable as error:
        raise DumpError("the store of files cannot be reached") from error


def digest_of(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

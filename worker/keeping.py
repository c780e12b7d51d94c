"""The command line of backups."""

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from worker import backup as verbs
from worker.dumping import DumpError
from worker.places import apps


def add_to(commands: Any) -> None:
    backup = commands.add_parser("backup", help="copy both databases into a new folder in FOLDER")
    backup.add_argument("folder", type=Path)
    backup.add_argument("--keep", type=int, default=0, help="leave only so many, the newest; 0: all")
    restore = commands.add_parser("restore", help="make both databases what a backup says; nothing may serve meanwhile")
    restore.add_argument("folder", type=Path)
    restore.add_argument("--overwrite", action="store_true", help="replace what the databases hold")


def _backup(given: argparse.Namespace) -> None:
    try:
        print(verbs.backup(apps(), given.folder, given.keep))
    except (DumpError, OSError) as error:
        sys.exit(f"backup: {error}")


def _restore(given: argparse.Namespace) -> None:
    try:
        held = verbs.restore(apps(), given.folder, given.overwrite)
    except DumpError as error:
        sys.exit(f"restore: {error}")
    print(f"restored from {given.folder.name}; {held} letters are held back for their organisers to look at")


COMMANDS: Mapping[str, Callable[[argparse.Namespace], None]] = {"backup": _backup, "restore": _restore}

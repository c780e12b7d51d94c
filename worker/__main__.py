"""What can be asked of the workers by hand: `python -m worker <command>`."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from services.logs import init_logging
from worker import backup, checking, figures, jobs, loop
from worker.delivery import drain_all
from worker.dumping import DumpError
from worker.places import apps, settings

Given = argparse.Namespace


def main() -> int:
    parser = argparse.ArgumentParser(prog="worker", description=__doc__)
    commands = parser.add_subparsers(required=True)
    drain = _add(commands, "drain", _drain, "send the mails that are due")
    drain.add_argument("--loop", action="store_true", help="go on until stopped, with the periodic work")
    tick = _add(commands, "tick", _tick, "run one periodic job now")
    tick.add_argument("job", choices=sorted(jobs.JOBS))
    _add(commands, "check-invariants", _check, "look for rows that break what must always hold")
    dump = _add(commands, "backup", _backup, "copy both databases and the files into a new folder in FOLDER")
    dump.add_argument("folder", type=Path)
    dump.add_argument("--keep", type=int, default=0, help="leave only so many, the newest; 0: all")
    restore = _add(commands, "restore", _restore, "bring back what a backup holds; nothing may serve meanwhile")
    restore.add_argument("folder", type=Path)
    restore.add_argument("--overwrite", action="store_true", help="replace what databases and store hold")
    restore.add_argument("--without-damaged", action="store_true", help="leave out files that are not what was written")
    given = parser.parse_args()
    init_logging(settings().log_format)
    return int(given.run(given) or 0)


def _add(commands: Any, name: str, run: Callable[[Given], int | None], help_: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=help_)
    command.set_defaults(run=run)
    return command


def _drain(given: Given) -> None:
    if not given.loop:
        print(drain_all(apps()))
        return
    asked = loop.Asked()
    figures.show(settings())
    loop.run(apps(), asked)


def _tick(given: Given) -> None:
    print(f"{given.job}: {jobs.run(given.job, apps())}")


def _check(_given: Given) -> int:
    return checking.report(apps())


def _backup(given: Given) -> None:
    try:
        print(backup.backup(apps(), given.folder, given.keep))
    except (DumpError, OSError) as error:
        sys.exit(f"backup: {error}")


def _restore(given: Given) -> None:
    try:
        held = backup.restore(apps(), given.folder, given.overwrite, given.without_damaged)
    except DumpError as error:
        sys.exit(f"restore: {error}")
    print(f"restored from {given.folder.name}; {held} letters are held back for their organisers to look at")


if __name__ == "__main__":
    sys.exit(main())

"""`python -m worker drain [--loop]`, `tick <job>`, `backup <folder>` and `restore <folder>`: without Celery."""

import argparse

from services.app import init_logging
from worker import jobs, keeping, loop
from worker.delivery import drain_all
from worker.places import apps


def main() -> None:
    parser = argparse.ArgumentParser(prog="worker", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    drain = commands.add_parser("drain", help="send the mails that are due")
    drain.add_argument("--loop", action="store_true", help="go on until stopped, with the periodic work")
    tick = commands.add_parser("tick", help="run one periodic job now")
    tick.add_argument("job", choices=sorted(jobs.JOBS))
    keeping.add_to(commands)
    given = parser.parse_args()
    init_logging()
    if given.command == "tick":
        print(f"{given.job}: {jobs.JOBS[given.job](apps())}")
    elif given.command in keeping.COMMANDS:
        keeping.COMMANDS[given.command](given)
    elif given.loop:
        asked = loop.Asked()
        loop.run(apps(), asked)
    else:
        print(drain_all(apps()))


if __name__ == "__main__":
    main()

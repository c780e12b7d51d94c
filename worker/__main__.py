"""`python -m worker drain [--loop]` and `python -m worker tick <job>`: the work without Celery."""

import argparse

from services.logs import init_logging
from worker import figures, jobs, loop
from worker.delivery import drain_all
from worker.places import apps, settings


def main() -> None:
    parser = argparse.ArgumentParser(prog="worker", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    drain = commands.add_parser("drain", help="send the mails that are due")
    drain.add_argument("--loop", action="store_true", help="go on until stopped, with the periodic work")
    tick = commands.add_parser("tick", help="run one periodic job now")
    tick.add_argument("job", choices=sorted(jobs.JOBS))
    given = parser.parse_args()
    init_logging(settings().log_format)
    if given.command == "tick":
        print(f"{given.job}: {jobs.run(given.job, apps())}")
    elif given.loop:
        asked = loop.Asked()
        figures.show(settings())
        loop.run(apps(), asked)
    else:
        print(drain_all(apps()))


if __name__ == "__main__":
    main()

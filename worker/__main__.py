"""The work without Celery, and the look of an operator.

`python -m worker drain [--loop]`, `python -m worker tick <job>`, `python -m worker check-invariants`.
"""

import argparse
import sys

from services.logs import init_logging
from worker import checking, figures, jobs, loop
from worker.delivery import drain_all
from worker.places import apps, settings


def main() -> int:
    parser = argparse.ArgumentParser(prog="worker", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    drain = commands.add_parser("drain", help="send the mails that are due")
    drain.add_argument("--loop", action="store_true", help="go on until stopped, with the periodic work")
    tick = commands.add_parser("tick", help="run one periodic job now")
    tick.add_argument("job", choices=sorted(jobs.JOBS))
    commands.add_parser("check-invariants", help="look for rows that break what must always hold")
    given = parser.parse_args()
    init_logging(settings().log_format)
    if given.command == "check-invariants":
        return checking.report(apps())
    if given.command == "tick":
        print(f"{given.job}: {jobs.run(given.job, apps())}")
    elif given.loop:
        asked = loop.Asked()
        figures.show(settings())
        loop.run(apps(), asked)
    else:
        print(drain_all(apps()))
    return 0


if __name__ == "__main__":
    sys.exit(main())

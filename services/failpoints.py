"""Named points of the flow where a test may kill, delay or fail the process that passes them.

`FAILPOINTS="after_commit=kill@3; after_data=sleep:0.2%10"`: at a point an action, always, only the
nth time this process passes (`@n`), or with a chance of so many percent (`%p`). Nothing happens
unless the process is a test's (QONYRAU_ENV=test): production and demo do not read the variable.
"""

import os
import random
import re
import signal
import time
from collections import Counter
from collections.abc import Mapping

POINTS = ("before_commit", "after_commit", "after_claim", "after_data", "before_sent")
_RULE = re.compile(rf"({'|'.join(POINTS)})=(kill|raise|sleep:([\d.]+))(?:([@%])(\d+))?")
_armed: dict[str, re.Match[str]] = {}
_passed: Counter[str] = Counter()


def arm(environ: Mapping[str, str]) -> None:
    """Read the rules, in a test's process only; ValueError for one that means nothing."""
    _armed.clear()
    _passed.clear()
    given = environ.get("FAILPOINTS", "") if environ.get("QONYRAU_ENV") == "test" else ""
    for text in filter(None, map(str.strip, given.split(";"))):
        rule = _RULE.fullmatch(text)
        if rule is None:
            raise ValueError(f"FAILPOINTS: {text} is no rule")
        _armed[rule[1]] = rule


def failpoint(name: str) -> None:
    """Here something may go wrong."""
    if name not in _armed:
        return
    act, seconds, only, amount = _armed[name].group(2, 3, 4, 5)
    _passed[name] += 1
    spared = {"@": _passed[name] != int(amount or 0), "%": random.random() * 100 >= int(amount or 0)}  # noqa: S311
    if spared.get(only):
        return
    if act == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if act == "raise":
        raise RuntimeError(f"failpoint {name}")
    time.sleep(float(seconds))


arm(os.environ)

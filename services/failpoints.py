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
_RULE = re.compile(r"(?P<point>\w+)=(?P<act>kill|raise|sleep:[\d.]+)(?:@(?P<nth>\d+)|%(?P<percent>\d+))?")
_armed: dict[str, re.Match[str]] = {}
_passed: Counter[str] = Counter()


def arm(environ: Mapping[str, str]) -> None:
    """Read the rules, in a test's process only; ValueError for one that means nothing."""
    _armed.clear()
    _passed.clear()
    given = environ.get("FAILPOINTS", "") if environ.get("QONYRAU_ENV") == "test" else ""
    for text in filter(None, map(str.strip, given.split(";"))):
        rule = _RULE.fullmatch(text)
        if rule is None or rule["point"] not in POINTS:
            raise ValueError(f"FAILPOINTS: {text} is no rule")
        _armed[rule["point"]] = rule


def failpoint(name: str) -> None:
    """Here something may go wrong."""
    rule = _armed.get(name)
    if rule is None:
        return
    _passed[name] += 1
    if rule["nth"] and _passed[name] != int(rule["nth"]):
        return
    if rule["percent"] and random.random() * 100 >= int(rule["percent"]):  # noqa: S311 - chance, not a secret
        return
    if rule["act"] == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif rule["act"] == "raise":
        raise RuntimeError(f"failpoint {name}")
    else:
        time.sleep(float(rule["act"].partition(":")[2]))


arm(os.environ)

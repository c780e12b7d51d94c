"""Points where tests make things go wrong, and that nobody else can."""

import os
import signal
import subprocess
import sys
import time

import pytest

from services import failpoints
from services.failpoints import failpoint

PASS = "from services.failpoints import failpoint; failpoint('after_claim'); print('alive')"


@pytest.fixture(autouse=True)
def disarmed():
    yield
    failpoints.arm({})


def arm(rules, env="test"):
    failpoints.arm({"QONYRAU_ENV": env, "FAILPOINTS": rules})


def process(env, rules="after_claim=kill"):
    environ = {**os.environ, "QONYRAU_ENV": env, "FAILPOINTS": rules}
    return subprocess.run([sys.executable, "-c", PASS], env=environ, capture_output=True, text=True)


def test_process_of_a_test_is_killed_at_its_point():
    assert process("test").returncode == -signal.SIGKILL


@pytest.mark.parametrize("env", ["production", "demo", ""])
def test_production_and_demonstration_do_not_read_the_variable(env):
    found = process(env)
    assert (found.returncode, found.stdout) == (0, "alive\n")


def test_point_nobody_armed_does_nothing():
    arm("before_sent=raise")
    failpoint("after_claim")


def test_nth_passing_alone_fails():
    arm("after_data=raise@3")
    passed = []
    for number in range(1, 6):
        try:
            failpoint("after_data")
            passed.append(number)
        except RuntimeError:
            continue
    assert passed == [1, 2, 4, 5]


@pytest.mark.parametrize(("percent", "least", "most"), [(0, 0, 0), (50, 1, 199), (100, 200, 200)])
def test_chance_is_a_percentage(percent, least, most):
    arm(f"after_data=raise%{percent}")
    failures = 0
    for _ in range(200):
        try:
            failpoint("after_data")
        except RuntimeError:
            failures += 1
    assert least <= failures <= most


def test_sleep_lasts_as_long_as_it_says_and_points_are_told_apart():
    arm("before_commit=sleep:0.05; after_commit=raise")
    begin = time.monotonic()
    failpoint("before_commit")
    assert time.monotonic() - begin >= 0.05
    with pytest.raises(RuntimeError, match="after_commit"):
        failpoint("after_commit")


@pytest.mark.parametrize("rules", ["after_tea=kill", "after_claim=explode", "after_claim", "after_claim=sleep"])
def test_rule_that_means_nothing_is_refused(rules):
    with pytest.raises(ValueError, match="FAILPOINTS"):
        arm(rules)

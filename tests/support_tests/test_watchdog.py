"""A server lives exactly as long as the process that asked for it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.support.processes import ROOT, spawn, wait_until

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
OWNER = """
import sys, time
from pathlib import Path
from tests.support.processes import spawn
process = spawn(sys.argv[2:], options=["--remove", sys.argv[1]])
print(process.child.pid, flush=True)
time.sleep(600)
"""


def own(folder: Path, command: list[str]) -> tuple[subprocess.Popen[str], psutil.Process]:
    """A process, in a group of its own, that has started a server; and that server."""
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(folder), *command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert owner.stdout
    return owner, psutil.Process(int(owner.stdout.readline()))


@pytest.mark.parametrize("kill", [os.kill, os.killpg], ids=["process", "group"])
def test_server_and_its_folder_go_when_their_owner_is_killed(kill, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    owner, server = own(folder, SLEEPER)
    kill(owner.pid, signal.SIGKILL)
    owner.wait()
    wait_until(lambda: not server.is_running())
    wait_until(lambda: not folder.exists())


def test_what_the_server_started_goes_with_it(tmp_path):
    command = ["sh", "-c", "sleep 601 & echo $!; wait"]
    log = tmp_path / "log"
    process = spawn(command, log_path=log)
    started = psutil.Process(int(wait_until(lambda: log.read_text())))
    process.stop()
    wait_until(lambda: not started.is_running() or started.status() == psutil.STATUS_ZOMBIE)


def test_stop_asks_before_it_kills(tmp_path):
    log = tmp_path / "log"
    command = ["sh", "-c", "trap 'echo asked; exit 0' TERM; echo up; while :; do sleep 0.05; done"]
    with spawn(command, log_path=log) as process:
        wait_until(lambda: "up" in process.log)
    assert process.log.split() == ["up", "asked"]


def test_process_knows_the_child_it_was_asked_for():
    with spawn(SLEEPER, cwd=Path("/")) as process:
        assert process.child.cmdline() == SLEEPER
        assert process.child.cwd() == "/"


def test_killed_process_takes_its_watchdog_along():
    process = spawn(SLEEPER)
    child = process.child
    process.kill()
    assert process.watchdog.returncode == 0
    assert not child.is_running()

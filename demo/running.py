"""All processes of the suite under one Ctrl-C: the Procfile under honcho, in this process."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.process import Process

from services.settings import ROOT

PROCFILE = ROOT / "deploy" / "Procfile"
LOOK_EVERY, PATIENCE = 0.5, 5


class Line(Process):
    """One line of the Procfile, which ends also when this process is killed outright."""

    def run(self, *given: Any) -> None:
        threading.Thread(target=self._follow, args=(os.getppid(),), daemon=True).start()
        super().run(*given)

    def _follow(self, parent: int) -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_EVERY)
        os.killpg(self._child.pid, signal.SIGTERM)
        try:
            self._child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(self._child.pid, signal.SIGKILL)
        os._exit(1)


class Together(Manager):
    """honcho's manager, which a signal in its first moments would stop half-way."""

    def __init__(self) -> None:
        super().__init__()
        self._process_ctor = Line

    def terminate(self) -> None:
        if self._all_started():
            super().terminate()
        else:
            threading.Timer(0.1, self.terminate).start()


def run(environ: Mapping[str, str]) -> int:
    """Start every line that is of use and wait for the end; answers the exit code."""
    manager = Together()
    path = f"{Path(sys.executable).parent}{os.pathsep}{environ.get('PATH', os.defpath)}"
    for name, command in parse_procfile(PROCFILE.read_text()).processes.items():
        if _of_use(name, environ):
            env = {**environ, "PATH": path, "PYTHONUNBUFFERED": "1"}
            manager.add_process(name, command, env=env, cwd=str(ROOT))
    threading.Thread(target=_follow_parent, args=(os.getppid(),), daemon=True).start()
    manager.loop()
    return 0 if manager.returncode in {130, 143} else manager.returncode or 1


def _of_use(name: str, environ: Mapping[str, str]) -> bool:
    needs = {"valkey": "VALKEY_PORT", "worker": "REDIS_URL"}
    return name not in needs or bool(environ.get(needs[name]))


def _follow_parent(parent: int) -> None:
    """End when the parent has ended, or is a `make` that was interrupted alone."""
    while os.getppid() == parent and not _interrupted(parent):
        time.sleep(LOOK_EVERY)
    os.kill(os.getpid(), signal.SIGTERM)


def _interrupted(parent: int) -> bool:
    """A `make` that got SIGINT waits for its children without telling them, with SIGINT blocked."""
    try:
        lines = Path(f"/proc/{parent}/status").read_text().splitlines()
    except OSError:
        return False
    state = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    blocked = int(state.get("SigBlk", "0"), 16)
    return state.get("Name") == "make" and bool(blocked & 1 << (signal.SIGINT - 1))

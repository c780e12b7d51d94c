"""Runs a server for as long as the test process lives, however it dies.

`python watchdog.py [--user UID] [--signal NAME] [--remove DIR] COMMAND …`: the tests hold the other
end of standard input; when it closes the server is told to end, then killed with all its group, and
the folder is removed. It runs in a session of its own, so killing the tests' process group spares it.
"""

import argparse
import os
import shutil
import signal
import subprocess
import threading
from contextlib import suppress
from typing import Any

PATIENCE = 10


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--user", type=int, default=-1)
    parser.add_argument("--signal", default="TERM")
    parser.add_argument("--remove", default="")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _stop_listening)
    child = _run(given.command, given.user)
    ended = threading.Thread(target=_clean_after, args=(child, given.remove))
    ended.start()
    _until_the_tests_are_gone()
    _end(child, getattr(signal, f"SIG{given.signal}"))
    ended.join()


def _run(command: list[str], user: int) -> subprocess.Popen[bytes]:
    as_user: dict[str, Any] = {"user": user, "group": user, "extra_groups": []} if user >= 0 else {}
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, process_group=0, **as_user)


def _stop_listening(*_: object) -> None:
    with suppress(OSError):
        os.close(0)


def _until_the_tests_are_gone() -> None:
    with suppress(OSError):
        while os.read(0, 1024):
            pass


def _clean_after(child: subprocess.Popen[bytes], folder: str) -> None:
    """Once the server has ended, by our word or by itself, nothing of it stays."""
    code = child.wait()
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(1 if code > 0 else 0)


def _end(child: subprocess.Popen[bytes], how: int) -> None:
    child.send_signal(how)
    try:
        child.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()


if __name__ == "__main__":
    main()

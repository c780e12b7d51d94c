"""Runs a server for as long as the test process lives, however it dies.

`python -m tests.support.watchdog [--user UID] [--signal NAME] [--remove DIR] COMMAND …`: the tests
hold the other end of standard input; when it closes the server is told to end, then killed, and the
folder is removed. It runs in a session of its own, so killing the tests' process group spares it.
"""

import argparse
import os
import shutil
import signal
import subprocess
import threading


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--user", type=int, default=-1)
    parser.add_argument("--signal", default="TERM")
    parser.add_argument("--remove", default="")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, lambda *_: os.close(0))
    as_user = {"user": given.user, "group": given.user, "extra_groups": []} if given.user >= 0 else {}
    child = subprocess.Popen(given.command, stdin=subprocess.DEVNULL, **as_user)
    ended = threading.Thread(target=_clean_after, args=(child, given.remove))
    ended.start()
    try:
        while os.read(0, 1024):
            pass
    except OSError:
        pass
    _end(child, getattr(signal, f"SIG{given.signal}"))
    ended.join()


def _clean_after(child: subprocess.Popen, folder: str) -> None:
    """Once the server has ended, by our word or by itself, nothing of it stays."""
    code = child.wait()
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(1 if code > 0 else 0)


def _end(child: subprocess.Popen, how: int) -> None:
    child.send_signal(how)
    try:
        child.wait(10)
    except subprocess.TimeoutExpired:
        child.kill()


if __name__ == "__main__":
    main()

"""Real processes for tests; none outlives the test run."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil

# What comes for certain is waited for as long as a busy machine may need: no test says how quick it is.
PATIENCE = 120.0
ROOT = Path(__file__).resolve().parents[2]
# By its path and isolated, so that neither the folder nor the environment of the command matters to it.
WATCHDOG = (sys.executable, "-I", "-S", str(ROOT / "tests" / "support" / "watchdog.py"))


class Process:
    """A child under the watchdog; a context manager that ends it."""

    def __init__(self, watchdog: subprocess.Popen[bytes], log_path: Path | None) -> None:
        self.watchdog, self.log_path = watchdog, log_path

    @property
    def child(self) -> psutil.Process:
        """The process that was asked for."""
        found: psutil.Process = wait_until(lambda: next(iter(psutil.Process(self.watchdog.pid).children()), None))
        return found

    def kill(self) -> None:
        """`kill -9` of the process and its children; the watchdog then ends by itself."""
        child = self.child
        for process in [child, *child.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.watchdog.wait(PATIENCE)

    def stop(self) -> None:
        """Ask the process to end; the watchdog kills what does not listen."""
        if self.watchdog.stdin and not self.watchdog.stdin.closed:
            self.watchdog.stdin.close()
        try:
            self.watchdog.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path else ""

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: Any) -> None:
        self.stop()


def spawn(
    args: Sequence[str],
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    log_path: Path | None = None,
    options: Sequence[str] = (),
) -> Process:
    """Start a command under the watchdog; its output goes to the log."""
    with (log_path or Path("/dev/null")).open("ab") as output:
        watchdog = subprocess.Popen(
            [*WATCHDOG, *options, *args],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=env,
            start_new_session=True,
        )
    return Process(watchdog, log_path)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(predicate: Callable[[], Any], timeout: float = PATIENCE, pause: float = 0.05) -> Any:
    """The first true answer of the predicate; TimeoutError after `timeout` seconds."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        found = predicate()
        if found:
            return found
        time.sleep(pause)
    raise TimeoutError(f"{predicate} stayed false for {timeout} s")


def wait_for_http(url: str, timeout: float = PATIENCE) -> None:
    """Without the certificates of the world, here and in other tests: reading them takes 40 ms of each client."""

    def answers() -> bool:
        with suppress(httpx.HTTPError):
            return httpx.get(url, timeout=5, trust_env=False, verify=False).status_code < 500
        return False

    wait_until(answers, timeout)

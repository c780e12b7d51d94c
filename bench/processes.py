"""Every line of deploy/Procfile: how long until it works, and what memory is its own (PSS) after a warm-up."""

import os
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from statistics import median

import psutil
import redis
from honcho.environ import parse_procfile

from bench import load, mailing
from bench.stage import Stage, cpu_of
from bench.table import Amount
from demo.running import PROCFILE
from tests.support.processes import Process, free_port, spawn, wait_until
from worker.app import make_app

LONGEST, LARGEST = 3.0, 180.0
WARMING = ("/", "/calendars", "/registry/territories", "/registry/schools", "/api/v1/openapi.json")


def measure(stage: Stage, times: int, _size: int) -> Iterator[Amount]:
    """Rows of seconds to readiness (median of `times`), then of MB for each process, and the sum."""
    environ = _environ(stage)
    lines = parse_procfile(PROCFILE.read_text()).processes
    for name in ("web", "worker", "loop") if environ["REDIS_URL"] else ("web", "loop"):
        taken = [_until_ready(stage, name, lines[name], environ) for _ in range(times)]
        yield Amount(f"ready: {name}", stage.engine, median(wall for wall, _cpu in taken), "s", LONGEST)
        yield Amount(f"ready: {name}, processor", stage.engine, median(cpu for _wall, cpu in taken), "s")
    yield from _memory(stage, environ)


def _environ(stage: Stage) -> dict[str, str]:
    path = f"{os.path.dirname(sys.executable)}{os.pathsep}{stage.environ.get('PATH', os.defpath)}"  # noqa: PTH120
    return {**stage.environ, "PATH": path, "QONYRAU_PORT": str(free_port()), "MAIL_URL": f"file:{stage.folder}/mail"}


def _until_ready(stage: Stage, name: str, command: str, environ: dict[str, str]) -> tuple[float, float]:
    """Seconds by the clock, and of processor, which other work on the machine stretches less."""
    ready = READY[name](stage, environ)
    begin = time.perf_counter()
    with spawn(["sh", "-c", command], environ) as process:
        wait_until(ready, 120, pause=0.01)
        return time.perf_counter() - begin, cpu_of(process.child)


def _web(stage: Stage, environ: dict[str, str]) -> Callable[[], bool]:
    """Ready when it says so; `stage` is not asked."""
    del stage

    def answers() -> bool:
        with suppress(OSError, EOFError):
            sent = load.Request("/health/ready")
            return load.send(int(environ["QONYRAU_PORT"]), [sent], 1).answers[0].status == 200
        return False

    return answers


def _worker(stage: Stage, environ: dict[str, str]) -> Callable[[], bool]:
    """Ready when it listens to its broker."""
    broker = redis.Redis.from_url(environ["REDIS_URL"])
    broker.flushall()
    app = make_app(stage.settings)
    return lambda: bool(app.control.ping(timeout=0.2))


def _loop(stage: Stage, environ: dict[str, str]) -> Callable[[], bool]:
    """Ready when it has sent a letter that was waiting for it; `environ` is not asked."""
    del environ
    event_id = mailing.owe(stage, 1)
    return lambda: bool(stage.count("notification", "status = 'sent' AND topic", event_id))


READY = {"web": _web, "worker": _worker, "loop": _loop}


def _memory(stage: Stage, environ: dict[str, str]) -> Iterator[Amount]:
    """The whole suite as `make run` starts it, after pages, letters and an idle moment."""
    log = stage.folder / "run.log"
    with spawn([sys.executable, "-m", "demo"], environ, log_path=log) as running:
        wait_until(_web(stage, environ), 120)
        _warm(stage, int(environ["QONYRAU_PORT"]))
        found = [(_name(process), pss(process)) for process in _family(running)]
    for name, megabytes in sorted(found):
        yield Amount(f"memory: {name}", stage.engine, megabytes, "MB", LARGEST)
    yield Amount("memory: all", stage.engine, sum(megabytes for _name, megabytes in found), "MB")


def _warm(stage: Stage, port: int) -> None:
    signed_in = {"Cookie": f"qonyrau={stage.tokens[0]}"}
    sent = [load.Request(path, headers=headers) for path in WARMING for headers in ({}, signed_in)]
    load.send(port, sent * 8, 16)
    event_id = mailing.owe(stage, 20)
    wait_until(lambda: stage.count("notification", "status = 'sent' AND topic", event_id) == 20, 60)


def _family(running: Process) -> list[psutil.Process]:
    main = running.child
    return [main, *main.children(recursive=True)]


def pss(process: psutil.Process) -> float:
    """MB that are its own: what is shared counts by shares."""
    return float(process.memory_full_info().pss) / 1e6


def _name(process: psutil.Process) -> str:
    words = process.cmdline() or [process.name()]
    known = {"demo": "make run itself", "gunicorn": "web", "celery": "worker", "worker": "loop", "valkey": "valkey"}
    names = [name for name, _ in known.items() if any(name in word for word in words)]
    return f"{known[names[0]] if names else shlex.join(words)[:40]} {process.pid}"

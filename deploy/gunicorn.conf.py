"""gunicorn in the form of the suite: its lines look like all others, and its master shows the figures.

Faulty settings are refused here, before a worker is started. There is no access log: the apps write a line
for each request, without tokens.
"""

import sys
from pathlib import Path
from typing import Any

from gunicorn.config import Config
from gunicorn.glogging import Logger

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


import wsgi  # noqa: E402 - found through the line above
from services import metrics  # noqa: E402

wsgi.settings()


class Lines(Logger):
    """Hands its lines to the root logger."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


logger_class = Lines


def when_ready(_server: Any) -> None:
    """One process of the server shows what all of them count."""
    metrics.serve(wsgi.settings())


def child_exit(_server: Any, worker: Any) -> None:
    """What an ended process was doing is no longer being done."""
    if wsgi.settings().metrics_port:
        metrics.mark_process_dead(worker.pid)

"""How both services are served: `gunicorn -c deploy/gunicorn.conf.py -b ADDRESS wsgi:single`; the command line wins.

Its lines look like all others, and its master shows the figures.

Faulty settings are refused here, before a worker is started. There is no access log: the apps write a line
for each request, without tokens.
"""

import gc
import logging
import sys
from pathlib import Path
from typing import Any

from gunicorn.config import Config
from gunicorn.glogging import Logger

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


import wsgi  # noqa: E402 - found through the line above
from services import metrics  # noqa: E402

wsgi.settings()
logging.getLogger("alembic").setLevel(logging.WARNING)  # it names its plugins whenever a database's age is asked for
worker_class = "gthread"
workers, threads = 2, 8
preload_app = True
control_socket_disable = True
loglevel = "warning"


class Lines(Logger):
    """Hands its lines to the root logger."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


logger_class = Lines


def when_ready(_server: Any) -> None:
    """One process of the server shows what all of them count.

    What is loaded now lives for ever: the workers share its pages, and the collector need not look at it.
    """
    metrics.serve(wsgi.settings())
    gc.collect()
    gc.freeze()


def post_fork(_server: Any, _worker: Any) -> None:
    """A thread that waits for the database holds a row that others wait for: give it its turn soon, not in 5 ms."""
    sys.setswitchinterval(0.0005)


def child_exit(_server: Any, worker: Any) -> None:
    """What an ended process was doing is no longer being done."""
    if wsgi.settings().metrics_port:
        metrics.mark_process_dead(worker.pid)

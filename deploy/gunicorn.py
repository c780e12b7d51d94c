"""How both services are served: `gunicorn -c deploy/gunicorn.py -b ADDRESS wsgi:single`; the command line wins."""

import gc
import sys
from typing import Any

worker_class = "gthread"
workers, threads = 2, 8
preload_app = True
control_socket_disable = True
loglevel = "warning"


def when_ready(server: Any) -> None:
    """What is loaded now lives for ever: the workers share its pages, and the collector need not look at it."""
    gc.collect()
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    """A thread that waits for the database holds a row that others wait for: give it its turn soon, not in 5 ms."""
    sys.setswitchinterval(0.0005)

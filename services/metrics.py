"""Figures for Prometheus, on a port of their own.

The processes of one server count into one folder, and whichever of them serves the port adds them up.
"""

import logging
import os
import shutil
import tempfile
from multiprocessing.util import Finalize

if os.environ.get("METRICS_PORT") and "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="qonyrau-metrics-")
    Finalize(None, shutil.rmtree, [os.environ["PROMETHEUS_MULTIPROC_DIR"], True], exitpriority=0)  # not in a fork

# The library decides how it counts at the moment of its import.
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, start_http_server  # noqa: E402
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead  # noqa: E402
from prometheus_client.registry import Collector  # noqa: E402

from services.settings import Settings  # noqa: E402

__all__ = ["Gauge", "mark_process_dead", "serve"]
log = logging.getLogger("qonyrau.metrics")
ROUTE = ["service", "method", "route"]
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
REQUESTS = Counter("qonyrau_requests", "Requests answered", [*ROUTE, "status"])
SECONDS = Histogram("qonyrau_request_seconds", "Time until the answer", ROUTE, buckets=BUCKETS)
POOL = Gauge("qonyrau_database_connections", "Connections in use", ["service"], multiprocess_mode="livesum")
SKIPPED = Counter("qonyrau_doorbell_skipped", "Commits after which no bell was rung")
LIMITED = Counter("qonyrau_limited", "Tries refused because there were too many", ["kind"])


def serve(settings: Settings, *collectors: Collector) -> None:
    """Show the figures at /metrics of METRICS_PORT, if it is set; a port that is taken is not worth dying for."""
    if not settings.metrics_port:
        return
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    for collector in collectors:
        registry.register(collector)
    try:
        start_http_server(settings.metrics_port, "127.0.0.1" if settings.demo else "0.0.0.0", registry)  # noqa: S104
    except OSError as error:
        log.warning("no figures on port %s: %s", settings.metrics_port, error)

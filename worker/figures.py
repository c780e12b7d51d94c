"""Figures that lie in the databases, read when somebody looks: the outboxes, and how far the copy is behind."""

from collections.abc import Iterator
from functools import cache

from prometheus_client.core import GaugeMetricFamily as Family
from prometheus_client.registry import Collector
from sqlalchemy import func, select

import events_service
import registry_service
from events_service.directory import copying
from registry_service.db import Change, db
from services import metrics
from services.database import utcnow
from services.rows import QUEUED, STATUSES
from services.settings import Settings
from worker.delivery import OUTBOXES
from worker.places import EVENTS, REGISTRY, Apps


def show(settings: Settings) -> None:
    """Serve the figures of this process and those of the databases, if a port is set."""
    metrics.serve(settings, Databases(settings))


@cache
def _apps(settings: Settings) -> Apps:
    """Apps of their own: the connections of those that work must not be shared with processes made later."""
    return {EVENTS: events_service.create_app(settings), REGISTRY: registry_service.create_app(settings)}


class Databases(Collector):
    """Asked anew at every look; a database that is away leaves its figures out."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def describe(self) -> list[Family]:
        """Nothing is asked of the databases before somebody looks."""
        return []

    def collect(self) -> Iterator[Family]:
        for read in (_outboxes, _lag):
            try:
                yield from read(_apps(self.settings))
            except Exception as error:
                metrics.log.warning("figures: %s", type(error).__name__)


def _outboxes(apps: Apps) -> list[Family]:
    rows = Family("qonyrau_outbox_rows", "Letters by how far they are", labels=["service", "status"])
    age = Family("qonyrau_outbox_oldest_due_seconds", "How long the oldest letter has been due", labels=["service"])
    for name, outbox in OUTBOXES.items():
        mail = outbox.model
        with apps[name].app_context():
            counted = select(mail.status, func.count()).group_by(mail.status)
            counts = dict(outbox.db.session.execute(counted).tuples().all())
            due = outbox.db.session.scalar(select(func.min(mail.due_at)).where(mail.status == QUEUED))
        for status in STATUSES:
            rows.add_metric([name, status], counts.get(status, 0))
        age.add_metric([name], max(0.0, (utcnow() - due).total_seconds()) if due else 0.0)
    return [rows, age]


def _lag(apps: Apps) -> list[Family]:
    with apps[REGISTRY].app_context():
        newest = db.session.scalar(select(func.max(Change.seq))) or 0
    with apps[EVENTS].app_context():
        behind = max(0, newest - copying.cursor())
    return [Family("qonyrau_directory_lag_changes", "Changes of the register not copied yet", value=behind)]

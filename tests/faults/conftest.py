"""Processes of a test, ended with it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from events_service.db import JobRun, db
from events_service.subscriptions.words import DAILY, WEEKLY
from services.fields import today
from tests.conftest import running
from tests.faults.house import House
from tests.support.suite import Suite


@pytest.fixture
def suite_settings(suite_settings, engine):
    """The digests of today are out already: whatever the hour, only the letters of the test are owed."""
    with running(suite_settings, engine) as found, found.events.app_context(), db.transaction() as session:
        for kind, day in ((DAILY, today()), (WEEKLY, today() - timedelta(days=today().weekday()))):
            session.add(JobRun(job=kind, slot=day.isoformat()))
    return suite_settings


@pytest.fixture
def house(suite_settings, tmp_path) -> Iterator[House]:
    with House(suite_settings, tmp_path) as found:
        yield found


@pytest.fixture
def suite(suite_settings, engine) -> Iterator[Suite]:
    """Both services in this process on the rows that the real processes serve."""
    with running(suite_settings, engine) as found:
        yield found

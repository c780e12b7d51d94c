"""Processes of a test, ended with it."""

from collections.abc import Iterator

import pytest

from tests.conftest import running
from tests.faults.house import House
from tests.support.suite import Suite


@pytest.fixture
def house(suite_settings, tmp_path) -> Iterator[House]:
    with House(suite_settings, tmp_path) as found:
        yield found


@pytest.fixture
def suite(suite_settings, engine) -> Iterator[Suite]:
    """Both services in this process on the rows that the real processes serve."""
    with running(suite_settings, engine) as found:
        yield found

"""Processes of a test, ended with it."""

from collections.abc import Iterator

import pytest

from tests.faults.house import House


@pytest.fixture
def house(suite_settings, tmp_path) -> Iterator[House]:
    with House(suite_settings, tmp_path) as found:
        yield found

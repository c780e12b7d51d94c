"""One stage for all tests of a module."""

import pytest

from tests.access.scene import set_stage


@pytest.fixture(scope="module")
def stage(shared_suite):
    return set_stage(shared_suite)

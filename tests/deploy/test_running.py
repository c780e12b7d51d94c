"""The exact commands and health checks of docker-compose.yml as local processes behind a real nginx."""

import os
import re
import time

import httpx
import pytest

from tests.deploy.compose import is_ours
from tests.deploy.parts import LASTING, all_parts, row
from tests.support.processes import wait_until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def parts(postgres_server, tmp_path_factory):
    with all_parts(postgres_server, tmp_path_factory.mktemp("parts")) as found:
        yield found


def test_every_service_of_ours_runs_and_is_well(parts):
    ours = {name for name, service in parts.services.items() if is_ours(service)}
    assert ours == {*LASTING, "migrate", "backup"}
    for name in (*LASTING, "gateway"):
        result = parts.check(name)
        assert result.returncode == 0, f"{name}: {result.stdout}{result.stderr}"

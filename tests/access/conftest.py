"""One stage for all tests of this folder: whatever they write is taken back."""

import pytest

from tests.access.scene import set_stage
from tests.conftest import running


@pytest.fixture(scope="session")
def stage(templates, engine, tmp_path_factory):
    with templates(engine).copied(tmp_path_factory.mktemp("stage")) as settings, running(settings, engine) as suite:
        yield set_stage(suite)

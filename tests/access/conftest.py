"""One stage for all tests of this folder: whatever they write is taken back."""

from functools import cache

import pytest

from tests.access.staging import built


@pytest.fixture(scope="session")
def stage_templates(templates, common):
    """The stage of an engine, set when it is first asked for."""
    return cache(lambda engine: built(templates(engine), common))


@pytest.fixture(scope="session")
def stage(stage_templates, engine, tmp_path_factory):
    with stage_templates(engine).stage(tmp_path_factory.mktemp("stage")) as found:
        yield found

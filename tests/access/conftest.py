"""One stage for all tests of this folder: whatever they write is taken back."""

from contextlib import contextmanager
from dataclasses import replace

import pytest

from tests.access.things import set_stage
from tests.conftest import running

OFTEN = {"limit_account": "10000/hour", "limit_address": "10000/hour"}  # limits have tests of their own


@pytest.fixture(scope="session")
def stage(templates, engine, tmp_path_factory):
    with staged(templates(engine), tmp_path_factory) as found:
        yield found


@contextmanager
def staged(template, tmp_path_factory):
    """A stage on a copy of an engine's region."""
    copied = template.copied(tmp_path_factory.mktemp("stage"))
    with copied as settings, running(replace(settings, **OFTEN), template.engine) as suite:
        yield set_stage(suite)

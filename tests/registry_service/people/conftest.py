"""Who asks, in tests of people."""

import pytest


@pytest.fixture
def registrar(suite):
    return suite.sign_in("registrar")


@pytest.fixture
def coordinator(suite):
    """She keeps the district ABA."""
    return suite.sign_in("coordinator")

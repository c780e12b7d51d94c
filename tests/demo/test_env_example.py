"""Every setting the code reads is in .env.example with a reason, and nothing else is."""

import re
from secrets import token_urlsafe

from services import settings
from tests.support.processes import ROOT

SETTING = re.compile(r"^#?([A-Z][A-Z_]+)=", re.MULTILINE)


def example():
    return (ROOT / ".env.example").read_text(encoding="utf-8")


def test_example_names_exactly_the_settings_that_are_read():
    source = (ROOT / "services" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'env\.\w+\("([A-Z_]+)"', source))
    assert set(SETTING.findall(example())) == read | {"QONYRAU_PORT"}


def test_every_setting_stands_below_a_reason():
    blocks = example().split("\n\n")
    for block in blocks[1:]:
        lines = [line for line in block.splitlines() if line]
        assert lines[0].startswith("# "), block


def test_example_filled_in_is_accepted_in_production(monkeypatch):
    values = dict(re.findall(r"^([A-Z_]+)=(.*)$", example(), re.MULTILINE))
    from tests.support.region import make_settings

    made = make_settings()
    secrets = {
        "SECRET_KEY": token_urlsafe(32),
        "SERVICE_KEYS": token_urlsafe(32),
        "REGISTRY_SIGNING_KEY": made.registry_signing_key,
    }
    loaded = settings.load({**values, **secrets})
    assert loaded.https and not loaded.demo and loaded.trusted_proxies == 1

"""Settings that are missing, weak, copied or wrong are named at start, all at once."""

import json
import secrets

import pytest
from joserfc.jwk import ECKey, OKPKey

from services import settings
from tests.support.region import make_settings

RANDOM = secrets.token_urlsafe(32)
KEY = ECKey.generate_key("P-256", parameters={"kid": "t"})


def jwk(key, private):
    return json.dumps(key.as_dict(private=private))


GOOD = {
    "QONYRAU_ENV": "production",
    "PUBLIC_URL": "https://qonyrau.example",
    "SECRET_KEY": RANDOM,
    "SERVICE_KEYS": secrets.token_hex(32),
    "REGISTRY_DATABASE_URL": "postgresql+psycopg://a:b@c/d",
    "EVENTS_DATABASE_URL": "postgresql+psycopg://a:b@c/e",
    "REGISTRY_SIGNING_KEY": jwk(KEY, private=True),
    "MAIL_URL": "smtp://mail.example",
}


def faults(**changed):
    try:
        settings.load({**GOOD, **changed})
    except settings.SettingsError as error:
        return str(error)
    return ""


def test_good_settings_have_no_fault():
    assert faults() == ""


def test_random_secrets_are_never_taken_for_weak_ones():
    for _ in range(300):
        assert not settings.weak(secrets.token_hex(16))
        assert not settings.weak(secrets.token_urlsafe(32)) or settings.COPIED.search(RANDOM)


@pytest.mark.parametrize("name", ["SECRET_KEY", "SERVICE_KEYS", "SECRET_KEY_FALLBACKS"])
@pytest.mark.parametrize(
    "value",
    ["short", "x" * 40, "ab" * 20, "0123456789abcdef" * 3, "change-me-" * 4, "change-me-please-0123456789-abcdefgh",
     "my-secret-key-for-qonyrau-0123456789",
     "this-is-an-example-key-0123456789abc", "PASSWORD-qwertyuiop-0123456789-asdf"],
)  # fmt: skip
def test_weak_secret_is_refused_in_production(name, value):
    assert name.removesuffix("_FALLBACKS") in faults(**{name: value})
    assert value not in faults(**{name: value})


def test_one_weak_service_key_among_good_ones_is_refused():
    assert "SERVICE_KEYS" in faults(SERVICE_KEYS=f"{GOOD['SERVICE_KEYS']},{'y' * 40}")


def test_signing_key_whose_public_half_nobody_has_is_refused():
    half, other = jwk(KEY, private=False), jwk(ECKey.generate_key("P-256"), private=False)
    assert "public half" in faults(SESSION_PUBLIC_KEYS=other)
    assert faults(SESSION_PUBLIC_KEYS=f'{{"keys": [{other}, {half}]}}') == ""


@pytest.mark.parametrize(
    "value",
    [
        jwk(KEY, private=False),
        jwk(ECKey.generate_key("P-384"), private=True),
        json.dumps(OKPKey.generate_key("Ed25519").as_dict(private=True)),
        "{}", "[]", "null", "no key", '{"kty": "EC"}',
    ],
)  # fmt: skip
def test_signing_key_that_is_public_or_of_another_curve_is_refused(value):
    assert "REGISTRY_SIGNING_KEY must be a private" in faults(REGISTRY_SIGNING_KEY=value)


@pytest.mark.parametrize(
    "value", ["{}", "no", '{"keys": []}', json.dumps({"keys": [KEY.as_dict(private=True)]}), '{"keys": [{"kty": "x"}]}']
)
def test_public_keys_that_are_none_or_private_are_refused(value):
    assert "SESSION_PUBLIC_KEYS" in faults(SESSION_PUBLIC_KEYS=value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAIL_FROM", "nobody"), ("MAIL_FROM", "Qonyrau <>"), ("MAIL_URL", "smpt://mail.example"), ("MAIL_URL", "smtp://"),
        ("FILES_URL", "var/files"), ("FILES_URL", "s3://"), ("FILES_URL", "file:"), ("FILES_URL", "ftp://x/y"),
        ("MAIL_URL", "mail.example"), ("PUBLIC_URL", "qonyrau.example"), ("PUBLIC_URL", "https://a b"),
        ("PUBLIC_URL", "https://qonyrau.example/path"), ("LIMIT_ACCOUNT", "often"), ("LIMIT_ADDRESS", "5/fortnight"),
        ("LOG_FORMAT", "xml"), ("METRICS_PORT", "many"), ("TRUSTED_PROXIES", "all"), ("QONYRAU_ENV", "prod"),
        ("REGISTRY_DATABASE_URL", "sqlite:///x.db"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_by_name(name, value):
    assert name in faults(**{name: value})


def test_every_fault_is_named_at_once():
    found = faults(SECRET_KEY="x", SERVICE_KEYS="", MAIL_FROM="x", LOG_FORMAT="x", METRICS_PORT="x", MAIL_URL="x:")
    for name in ("SECRET_KEY", "SERVICE_KEYS", "MAIL_FROM", "LOG_FORMAT", "METRICS_PORT", "MAIL_URL"):
        assert name in found


def test_empty_value_is_no_value():
    found = settings.load({**GOOD, "METRICS_PORT": "", "TRUSTED_PROXIES": "", "LIMIT_ACCOUNT": "", "MAIL_FROM": ""})
    assert (found.metrics_port, found.trusted_proxies, found.limit_account) == (0, 0, "5/15minute")


def test_form_of_lines_is_json_in_production_and_plain_elsewhere():
    assert settings.load(GOOD).log_format == "json"
    assert make_settings().log_format == "plain"

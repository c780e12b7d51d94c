"""Every setting of the suite, read once from the environment into one frozen object.

The code's default is production; a setting that is missing or weak is named at start.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from environs import Env
from joserfc.jwk import ECKey

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
ENVIRONMENTS = ("production", "demo", "test")


class SettingsError(RuntimeError):
    """A setting is missing, weak or contradicts another; the text names it."""


@dataclass(frozen=True)
class Settings:
    """Settings after checking. URLs are absolute; times are seconds."""

    env: str
    public_url: str
    secret_key: str
    secret_key_fallbacks: tuple[str, ...]
    registry_database_url: str
    events_database_url: str
    redis_url: str
    mail_url: str
    mail_from: str
    registry_url: str
    registry_signing_key: str
    session_public_keys: str
    service_keys: tuple[str, ...]
    heartbeat_file: str
    trusted_hosts: tuple[str, ...]
    trusted_proxies: int
    feed_uid_host: str
    time_zone: str = "Asia/Almaty"

    @property
    def demo(self) -> bool:
        return self.env == "demo"

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")


class _Given(Env):
    """Reads a mapping, and nothing of what the process itself was started with."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__()
        self._given = environ

    def _get_value(self, env_key: str, default: Any) -> Any:
        return self._given.get(env_key, default)


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check the settings; raise `SettingsError` naming every fault at once."""
    env = Env() if environ is None else _Given(environ)
    public_url = env.str("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
    host = urlsplit(public_url).hostname or "localhost"
    signing = env.str("REGISTRY_SIGNING_KEY", "")
    inner = urlsplit(env.str("REGISTRY_URL", "")).hostname or "localhost"
    settings = Settings(
        env=env.str("QONYRAU_ENV", "production"),
        public_url=public_url,
        secret_key=env.str("SECRET_KEY", ""),
        secret_key_fallbacks=tuple(env.list("SECRET_KEY_FALLBACKS", [])),
        registry_database_url=absolute_url(env.str("REGISTRY_DATABASE_URL", "sqlite:///var/registry.db")),
        events_database_url=absolute_url(env.str("EVENTS_DATABASE_URL", "sqlite:///var/events.db")),
        redis_url=env.str("REDIS_URL", ""),
        mail_url=absolute_mail(env.str("MAIL_URL", "file:var/mail")),
        mail_from=env.str("MAIL_FROM", f"Qonyrau <qonyrau@{host}>"),
        registry_url=env.str("REGISTRY_URL", "").rstrip("/"),
        registry_signing_key=signing,
        session_public_keys=env.str("SESSION_PUBLIC_KEYS", "") or public_half(signing),
        service_keys=tuple(env.list("SERVICE_KEYS", [])),
        heartbeat_file=env.str("HEARTBEAT_FILE", ""),
        trusted_hosts=tuple({*env.list("TRUSTED_HOSTS", [host]), *LOOPBACK, inner}),
        trusted_proxies=env.int("TRUSTED_PROXIES", 0),
        feed_uid_host=env.str("FEED_UID_HOST", host if host not in LOOPBACK else "qonyrau.local"),
    )
    faults = list(_faults(settings))
    if faults:
        raise SettingsError("Settings: " + "; ".join(faults))
    return settings


def absolute_url(url: str) -> str:
    """`sqlite:///var/x.db` relative to the project's root, whatever the working folder is."""
    prefix = "sqlite:///"
    if url.startswith(prefix) and not url.startswith(prefix + "/") and ":memory:" not in url:
        return prefix + str(ROOT / url.removeprefix(prefix))
    return url


def absolute_mail(url: str) -> str:
    """`file:var/mail` as `file:` and an absolute folder; `file://var/mail` would name a host."""
    if url.startswith("file:"):
        return "file:" + str(ROOT / url.removeprefix("file:"))
    return url


def public_half(signing_key: str) -> str:
    """The JWK set (JSON) that verifies what the signing key (a private JWK as JSON) signs."""
    if not signing_key:
        return ""
    key = ECKey.import_key(json.loads(signing_key))
    public: dict[str, Any] = key.as_dict(private=False)
    return json.dumps({"keys": [public]})


def _faults(settings: Settings) -> list[str]:
    faults = []
    if settings.env not in ENVIRONMENTS:
        faults.append(f"QONYRAU_ENV must be one of {', '.join(ENVIRONMENTS)}")
    if len(settings.secret_key) < 32:
        faults.append("SECRET_KEY must have 32 characters or more")
    if not settings.session_public_keys:
        faults.append("SESSION_PUBLIC_KEYS is missing")
    if settings.env == "production":
        faults += _production_faults(settings)
    if settings.env == "demo":
        faults += _demo_faults(settings)
    return faults


def _production_faults(settings: Settings) -> list[str]:
    faults = []
    for name in ("registry_database_url", "events_database_url"):
        if not getattr(settings, name).startswith("postgresql"):
            faults.append(f"{name.upper()} must be a PostgreSQL address in production")
    if any(len(key) < 32 for key in settings.service_keys) or not settings.service_keys:
        faults.append("SERVICE_KEYS must hold at least one key of 32 characters or more")
    return faults


def _demo_faults(settings: Settings) -> list[str]:
    faults = []
    if urlsplit(settings.public_url).hostname not in LOOPBACK:
        faults.append("demo mode serves loopback only: PUBLIC_URL is beyond it")
    mail = urlsplit(settings.mail_url)
    if mail.scheme != "file" and mail.hostname not in LOOPBACK:
        faults.append("demo mode writes mail into files or to a loopback server: MAIL_URL is beyond it")
    return faults

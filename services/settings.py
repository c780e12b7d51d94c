"""Every setting of the suite, read once from the environment into one frozen object.

The code's default is production; a setting that is missing or weak is named at start.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import limits
from environs import Env, EnvError
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from services.mail import Permanent, mailbox
from services.transports import SCHEMES

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
ENVIRONMENTS = ("production", "demo", "test")
COPIED = re.compile(r"change.?me|example|secret|password", re.IGNORECASE)


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
    files_url: str
    registry_url: str
    registry_signing_key: str
    session_public_keys: str
    service_keys: tuple[str, ...]
    heartbeat_file: str
    trusted_hosts: tuple[str, ...]
    trusted_proxies: int
    feed_uid_host: str
    limit_account: str
    limit_address: str
    log_format: str
    metrics_port: int
    time_zone: str = "Asia/Almaty"

    @property
    def demo(self) -> bool:
        return self.env == "demo"

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")


class _Given(Env):
    """Reads a mapping, gathers faults, and takes an empty value for none."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__(eager=False)
        self._given = environ

    def _get_value(self, env_key: str, default: Any) -> Any:
        return self._given.get(env_key) or default


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check the settings; raise `SettingsError` naming every fault at once."""
    env = _Given(os.environ if environ is None else environ)
    mode = env.str("QONYRAU_ENV", "production")
    public_url = env.str("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
    host = urlsplit(public_url).hostname or "localhost"
    signing = env.str("REGISTRY_SIGNING_KEY", "")
    inner = urlsplit(env.str("REGISTRY_URL", "")).hostname or "localhost"
    settings = Settings(
        env=mode,
        public_url=public_url,
        secret_key=env.str("SECRET_KEY", ""),
        secret_key_fallbacks=tuple(env.list("SECRET_KEY_FALLBACKS", [])),
        registry_database_url=absolute_url(env.str("REGISTRY_DATABASE_URL", "sqlite:///var/registry.db")),
        events_database_url=absolute_url(env.str("EVENTS_DATABASE_URL", "sqlite:///var/events.db")),
        redis_url=env.str("REDIS_URL", ""),
        mail_url=absolute_file(env.str("MAIL_URL", "file:var/mail")),
        mail_from=env.str("MAIL_FROM", f"Qonyrau <qonyrau@{host}>"),
        files_url=absolute_file(env.str("FILES_URL", "file:var/files")),
        registry_url=env.str("REGISTRY_URL", "").rstrip("/"),
        registry_signing_key=signing,
        session_public_keys=env.str("SESSION_PUBLIC_KEYS", "") or public_half(signing),
        service_keys=tuple(env.list("SERVICE_KEYS", [])),
        heartbeat_file=env.str("HEARTBEAT_FILE", ""),
        trusted_hosts=tuple({*env.list("TRUSTED_HOSTS", [host]), *LOOPBACK, inner}),
        trusted_proxies=env.int("TRUSTED_PROXIES", 0),
        feed_uid_host=env.str("FEED_UID_HOST", host if host not in LOOPBACK else "qonyrau.local"),
        limit_account=env.str("LIMIT_ACCOUNT", "5/15minute"),
        limit_address=env.str("LIMIT_ADDRESS", "300/hour"),
        log_format=env.str("LOG_FORMAT", "json" if mode == "production" else "plain"),
        metrics_port=env.int("METRICS_PORT", 0),
    )
    faults = [*_unread(env), *_faults(settings)]
    if faults:
        raise SettingsError("Settings: " + "; ".join(faults))
    return settings


def absolute_url(url: str) -> str:
    """`sqlite:///var/x.db` relative to the project's root, whatever the working folder is."""
    prefix = "sqlite:///"
    if url.startswith(prefix) and not url.startswith(prefix + "/") and ":memory:" not in url:
        return prefix + str(ROOT / url.removeprefix(prefix))
    return url


def absolute_file(url: str) -> str:
    """`file:var/mail` as `file:` and an absolute folder; `file://var/mail` would name a host."""
    if url.startswith("file:") and url != "file:":
        return "file:" + str(ROOT / url.removeprefix("file:"))
    return url


def public_half(signing_key: str) -> str:
    """The JWK set (JSON) that verifies what the signing key (a private JWK as JSON) signs; empty without one."""
    keys = [key.as_dict(private=False) for key in _keys(signing_key, private=True)]
    return json.dumps({"keys": keys}) if keys else ""


def _keys(text: str, private: bool) -> list[ECKey]:
    """The keys of a JWK or a JWK set, if all are on P-256 and of the half that is wanted; else none."""
    try:
        given = json.loads(text)
        keys = [ECKey.import_key(key) for key in given.get("keys", [given])]
    except (JoseError, ValueError, TypeError, AttributeError):
        return []
    return keys if all(key.is_private is private and key.curve_name == "P-256" for key in keys) else []


def weak(secret: str) -> bool:
    """Too short, copied from an example, or a few characters again and again."""
    repeated = len(set(secret)) < 8 or secret in (secret * 2)[1:-1]
    return len(secret) < 32 or repeated or bool(COPIED.search(secret))


def _unread(env: Env) -> list[str]:
    try:
        env.seal()
    except EnvError as error:
        return [f"{name} cannot be read: {' '.join(words)}" for name, words in error.error_messages.items()]  # type: ignore[attr-defined]
    return []


def _faults(settings: Settings) -> Iterator[str]:
    if settings.env not in ENVIRONMENTS:
        yield f"QONYRAU_ENV must be one of {', '.join(ENVIRONMENTS)}"
    if len(settings.secret_key) < 32:
        yield "SECRET_KEY must have 32 characters or more"
    signing, public = _keys(settings.registry_signing_key, True), _keys(settings.session_public_keys, False)
    if settings.registry_signing_key and not signing:
        yield "REGISTRY_SIGNING_KEY must be a private EC key on the curve P-256, as a JWK"
    if not public:
        yield "SESSION_PUBLIC_KEYS must be a JWK set of public EC keys on the curve P-256"
    elif not {key.thumbprint() for key in signing} <= {key.thumbprint() for key in public}:
        yield "SESSION_PUBLIC_KEYS must hold the public half of REGISTRY_SIGNING_KEY, or nobody could sign in"
    yield from _form_faults(settings)
    if settings.env == "production":
        yield from _production_faults(settings)
    if settings.env == "demo":
        yield from _demo_faults(settings)


def _form_faults(settings: Settings) -> Iterator[str]:
    """What would fail only later: at the first letter, the first sign-in, the first line."""
    if not re.match(r"https?://[^/@\s]+$", settings.public_url):
        yield "PUBLIC_URL must be http:// or https:// and a host, with no path"
    mail = urlsplit(settings.mail_url)
    if not (mail.scheme == "file" and mail.path or mail.scheme in SCHEMES and mail.hostname):
        yield f"MAIL_URL must begin with file: or one of {', '.join(SCHEMES)}"
    files = urlsplit(settings.files_url)
    if not (files.scheme == "file" and files.path or files.scheme == "s3" and files.hostname):
        yield "FILES_URL must begin with file: and name a folder, or with s3:// and name a bucket"
    try:
        mailbox(*parseaddr(settings.mail_from))
    except Permanent:
        yield "MAIL_FROM must be an address, or a name and an <address>"
    for name in ("limit_account", "limit_address"):
        try:
            limits.parse(getattr(settings, name))
        except ValueError:
            yield f"{name.upper()} must be a rate such as 5/15minute"
    if settings.log_format not in {"json", "plain"}:
        yield "LOG_FORMAT must be json or plain"


def _production_faults(settings: Settings) -> Iterator[str]:
    for name in ("registry_database_url", "events_database_url"):
        if not getattr(settings, name).startswith("postgresql"):
            yield f"{name.upper()} must be a PostgreSQL address in production"
    if len(settings.secret_key) >= 32 and any(map(weak, (settings.secret_key, *settings.secret_key_fallbacks))):
        yield "SECRET_KEY and its fallbacks must be random, not an example or a repetition"
    if any(map(weak, settings.service_keys)) or not settings.service_keys:
        yield "SERVICE_KEYS must hold at least one key, each random, of 32 characters or more"


def _demo_faults(settings: Settings) -> Iterator[str]:
    if urlsplit(settings.public_url).hostname not in LOOPBACK:
        yield "demo mode serves loopback only: PUBLIC_URL is beyond it"
    mail = urlsplit(settings.mail_url)
    if mail.scheme != "file" and mail.hostname not in LOOPBACK:
        yield "demo mode writes mail into files or to a loopback server: MAIL_URL is beyond it"

"""Who asks: the signed session token, the person it names, and who may call a route.

One ES256 token (RFC 7519) in one cookie or as Bearer. Services hold public keys only; the
private key stays with the service that signs people in. Roles are opaque words here, written
`role` or `role:scope`.
"""

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from flask import Response, current_app, g, request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from services.database import utcnow
from services.errors import Forbidden, Unauthorised
from services.settings import Settings

LIFETIME = timedelta(hours=12)
ISSUER = "qonyrau"


@dataclass(frozen=True)
class Actor:
    """A signed-in person as the token describes her; `unit` is the place she belongs to."""

    id: str
    name: str
    roles: frozenset[str]
    session: str
    unit: str = ""
    language: str = "kk"

    def has(self, *roles: str) -> bool:
        """Does she hold one of these roles, whatever its scope, or exactly `role:scope`?"""
        return any(held in roles or held.partition(":")[0] in roles for held in self.roles)

    def scopes(self, role: str) -> frozenset[str]:
        """The scopes in which she holds a role."""
        pairs = (held.partition(":") for held in self.roles)
        return frozenset(scope for word, _, scope in pairs if word == role)


@dataclass(frozen=True)
class Who:
    """Who may call a route; `name` is how the table of routes prints it."""

    name: str
    allows: Callable[[Actor | None], bool]

    def check(self, actor: Actor | None) -> None:
        if not self.allows(actor):
            raise Unauthorised if actor is None else Forbidden


ANYONE = Who("anyone", lambda actor: True)
SIGNED_IN = Who("signed in", lambda actor: actor is not None)
SERVICE = Who("service", lambda actor: _service_key_given())


def holders(*roles: str) -> Who:
    """Those who hold one of the roles."""
    return Who(", ".join(roles), lambda actor: actor is not None and actor.has(*roles))


def issue(settings: Settings, claims: dict[str, Any], now: datetime | None = None) -> tuple[str, datetime]:
    """A signed token of 12 hours for `claims` (sub, name, roles, sid, unit, lang) and its end."""
    now = now or utcnow()
    end = now + LIFETIME
    body = {"iss": ISSUER, "iat": int(now.timestamp()), "exp": int(end.timestamp()), **claims}
    key = ECKey.import_key(json.loads(settings.registry_signing_key))
    header = {"alg": "ES256", **({"kid": key.kid} if key.kid else {})}  # which key, while one is being changed
    return jwt.encode(header, body, key, algorithms=["ES256"]), end


@lru_cache(maxsize=8)
def _keys(public_keys: str) -> KeySet:
    return KeySet.import_key_set(json.loads(public_keys))


def read(settings: Settings, token: str) -> Actor | None:
    """The person a token names, or None when it is forged, old or not ours."""
    try:
        claims = jwt.decode(token, _keys(settings.session_public_keys), algorithms=["ES256"]).claims
        jwt.JWTClaimsRegistry(iss={"essential": True, "value": ISSUER}, exp={"essential": True}).validate(claims)
    except (JoseError, ValueError, KeyError, TypeError):
        return None
    return Actor(
        id=claims["sub"],
        name=claims.get("name", ""),
        roles=frozenset(claims.get("roles", [])),
        session=claims.get("sid", ""),
        unit=claims.get("unit", ""),
        language=claims.get("lang", "kk"),
    )


def settings_of_app() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def cookie_name(settings: Settings) -> str:
    return "__Host-qonyrau" if settings.https else "qonyrau"


def load_actor() -> None:
    """Before each request: who is it, and by cookie or by Bearer?"""
    settings = settings_of_app()
    header = request.headers.get("Authorization", "")
    g.by_bearer = header.startswith("Bearer ")
    token = header.removeprefix("Bearer ") if g.by_bearer else request.cookies.get(cookie_name(settings), "")
    g.actor = read(settings, token) if token else None


def actor() -> Actor | None:
    """The person who asks, if she is signed in."""
    found: Actor | None = g.get("actor")
    return found


def me() -> Actor:
    """The person who asks, on a route that only signed-in people reach."""
    found = actor()
    if found is None:
        raise Unauthorised
    return found


def set_cookie(response: Response, token: str, end: datetime) -> None:
    settings = settings_of_app()
    response.set_cookie(
        cookie_name(settings), token, expires=end, path="/", httponly=True, secure=settings.https, samesite="Lax"
    )


def clear_cookie(response: Response) -> None:
    settings = settings_of_app()
    response.delete_cookie(cookie_name(settings), path="/", secure=settings.https, httponly=True, samesite="Lax")


def _service_key_given() -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return any(key and hmac.compare_digest(given.encode(), key.encode()) for key in settings_of_app().service_keys)

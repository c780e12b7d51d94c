"""Ready is who can serve; what is away and only makes the service slower is told as `degraded`, with 200."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from redis import RedisError
from sqlalchemy import text

from services import doorbell, limits
from services.database import Database
from services.identity import settings_of_app


def ready(db: Database, more: Callable[[], dict[str, str]]) -> dict[str, Any]:
    """`{"status": "ok" | "degraded", "redis": …}` and what the service adds; raises when the database is away."""
    db.session.execute(text("SELECT 1"))
    found = {"database": "ok", "redis": _redis(), **more()}
    good = all(value in {"ok", "none", "no password"} for value in found.values())
    return {"status": "ok" if good else "degraded", **found}


def _redis() -> str:
    settings = settings_of_app()
    if doorbell.rests():
        return "away"
    try:
        memory = limits.shared(settings.redis_url).storage.info("memory") if settings.redis_url else {}
    except RedisError as error:
        doorbell.rest(error)
        return "away"
    doorbell.answered()
    if memory.get("maxmemory_policy", "noeviction") != "noeviction":
        return "evicts"
    bare = settings.env == "production" and not urlsplit(settings.redis_url).password
    return "no password" if memory and bare else "ok" if memory else "none"

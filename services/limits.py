"""How often somebody may try: counted in Redis, which all processes share, and in this process besides.

Never off: while Redis is away each process goes on counting by itself. Keys are hashes, so that no
address is kept.
"""

from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from ipaddress import ip_network
from time import time

import limits
from flask import current_app, request
from flask_babel import ngettext
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter as Window
from redis import RedisError

from services import doorbell, metrics
from services.errors import TooMany
from services.identity import settings_of_app


@lru_cache(maxsize=2)
def shared(redis_url: str) -> RedisStorage:
    """The counts of all processes; a question to them waits for a second at most."""
    return RedisStorage(redis_url, socket_timeout=1, socket_connect_timeout=1, retry=None)  # type: ignore[arg-type]


def hit(rate: str, kind: str, who: str) -> None:
    """Count one try of `who`; above `rate` (`5/15minute`) raise TooMany, which says when to come again."""
    item, names, url = limits.parse(rate), (kind, sha256(who.encode()).hexdigest()[:32]), settings_of_app().redis_url
    wait = _wait(current_app.extensions["limits"], item, names)
    if url and not wait and not doorbell.rests():
        try:
            wait = _wait(Window(shared(url)), item, names)
            doorbell.answered()
        except RedisError as error:
            doorbell.rest(error)
    if wait:
        metrics.LIMITED.labels(kind).inc()
        refused = TooMany(ngettext("Wait %(num)s minute", "Wait %(num)s minutes", wait // 60 + 1))
        refused.retry_after = wait
        raise refused


def _wait(window: Window, item: limits.RateLimitItem, names: tuple[str, str]) -> int:
    """Seconds until another try would be counted; 0 when this one was."""
    if window.hit(item, *names):
        return 0
    return max(1, int(window.get_window_stats(item, *names).reset_time - time()) + 1)


def client() -> str:
    """Who calls, by address: as counted proxies say, and nobody else; of IPv6 the network of one house."""
    address = request.remote_addr or "local"
    with suppress(ValueError):  # a proxy may say something else
        address = str(ip_network(f"{address}/64" if ":" in address else address, strict=False))
    return address

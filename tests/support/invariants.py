"""The invariants of both services asked of a test's databases, as `python -m worker check-invariants` does.

One engine a kind of database serves all tests, so that the statements are compiled once.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import Engine, NullPool, create_engine, event, make_url

from events_service.invariants import invariants as of_events
from registry_service.invariants import invariants as of_register
from services.invariants import Invariant, check, counting
from services.settings import Settings

_now: dict[str, str] = {}


def broken(settings: Settings, *besides: str) -> list[str]:
    """What breaks an invariant, in words, leaving those out whose names are given."""
    found = []
    for url, invariants in ((settings.registry_database_url, of_register), (settings.events_database_url, of_events)):
        engine = _engine(make_url(url).drivername)
        _now[engine.name] = url
        asked = _asked(invariants, besides, engine)
        with engine.connect() as connection:
            found += [str(finding) for finding in check(connection, *asked) if finding.broken]
    return found


@cache
def _asked(invariants: Callable[[], list[Invariant]], besides: tuple[str, ...], engine: Engine) -> tuple[Any, Any]:
    """The invariants but those, and their statement as the engine speaks it: made anew it takes longer than asked."""
    asked = [one for one in invariants() if one.name not in besides]
    return asked, counting(asked).compile(engine)


@cache
def _engine(driver: str) -> Engine:
    engine = create_engine(f"{driver}://", poolclass=NullPool)

    @event.listens_for(engine, "do_connect")
    def connect(dialect: Any, *_: Any) -> Any:
        args, options = dialect.create_connect_args(make_url(_now[engine.name]))
        return dialect.connect(*args, **options)

    return engine

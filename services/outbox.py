"""The outbox: rows are claimed with a lease, sent, and settled; nothing is lost, little is sent twice.

A claim takes one row and commits before the message leaves, so a sender that dies leaves a lease
that runs out. The claim's random word is the fence: a late sender cannot overwrite a newer claim.
"""

import hashlib
import hmac
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, or_, select, update
from sqlalchemy.exc import InterfaceError, OperationalError

from services.database import Database, Instant, new_id, utcnow
from services.failpoints import failpoint
from services.mail import Ambiguous, Letter, Permanent, Temporary, Transport, build, open_transport
from services.rows import NotificationRow
from services.settings import Settings

log = logging.getLogger("qonyrau.outbox")

LEASE = timedelta(seconds=180)
RETRIES = tuple(timedelta(seconds=s) for s in (30, 120, 300, 900, 3600, 7200, 21600, 21600, 28800))
MOST_AMBIGUOUS = 2
Render = Callable[[Any], Letter | None]


@dataclass
class Tally:
    """What one drain did."""

    sent: int = 0
    failed: int = 0
    retried: int = 0
    superseded: int = 0


@dataclass(frozen=True)
class Outbox:
    """The rows of one service and how they become letters; `render` answers None when the cause is gone."""

    db: Database
    model: type[Any]
    render: Render
    secret_kinds: frozenset[str] = frozenset()


def drain(outbox: Outbox, settings: Settings, go_on: Callable[[], bool] = lambda: True) -> Tally:
    """Send what is due over one connection; `go_on` is asked before each message."""
    tally = Tally()
    row = claim(outbox) if go_on() else None
    if row is None:
        return tally
    with open_transport(settings.mail_url) as transport:
        while row is not None:
            deliver(outbox, row, transport, settings, tally)
            row = claim(outbox) if go_on() else None
    return tally


def claim(outbox: Outbox, now: datetime | None = None) -> Any | None:
    """Take the oldest row that is due or whose lease ran out (or lies impossibly far ahead)."""
    now, word = now or utcnow(), new_id()
    model: Any = outbox.model
    take, taken = _claiming(model)
    times = {"now": now, "far": now + timedelta(days=2), "too_far": now + 2 * LEASE, "until": now + LEASE}
    with outbox.db.transaction() as session:
        session.connection().execute(take, {**times, "word": word})
        row = session.scalars(taken, {"word": word}).first()
        if row is not None:
            session.expunge(row)  # kept as it was claimed: read again, its claim would fence off nobody
        return row


@lru_cache
def _claiming(model: Any) -> tuple[Any, Any]:
    """The two statements of a claim, built once for each model."""
    now, far, too_far, until = (bindparam(name, type_=Instant) for name in ("now", "far", "too_far", "until"))
    due = and_(model.status == "queued", or_(model.due_at <= now, model.due_at > far))
    lapsed = and_(model.status == "sending", or_(model.lease_until <= now, model.lease_until > too_far))
    oldest = select(model.id).where(or_(due, lapsed)).order_by(model.id).limit(1).with_for_update(skip_locked=True)
    word: BindParameter[str] = bindparam("word")
    values = {"status": "sending", "claim": word, "lease_until": until, "attempts": model.attempts + 1}
    take = update(model.__table__).where(model.id == oldest.scalar_subquery()).values(values)
    return take, select(model).where(model.claim == word).execution_options(populate_existing=True)


def deliver(outbox: Outbox, row: Any, transport: Transport, settings: Settings, tally: Tally) -> None:
    """Render (once), send, and write down how it ended."""
    failpoint("after_claim")
    try:
        letter = _letter(outbox, row)
        if letter is None:
            settle(outbox, row, "superseded")
            tally.superseded += 1
            return
        message = build(letter, sender=settings.mail_from, message_id=message_id(row, settings), date=row.created_at)
        if row.request_id:
            message["X-Request-Id"] = row.request_id
        transport.send(message)
        failpoint("after_data")
    except Temporary as error:
        tally.retried += 1
        _retry(outbox, row, str(error))
    except (OperationalError, InterfaceError) as error:  # nothing wrong with the letter, and it was not given away
        log.warning("notification %s: the database was away: %s", row.id, error)
        tally.retried += 1
        _retry(outbox, row, "The database was away")
    except Ambiguous as error:
        tally.retried += 1
        _retry(outbox, row, str(error), ambiguous=1)
    except Permanent as error:
        tally.failed += 1
        settle(outbox, row, "failed", error=str(error))
    except Exception as error:  # a row that cannot be rendered must not stop the others
        log.exception("notification %s could not be made", row.id, extra={"request_id": row.request_id})
        tally.failed += 1
        settle(outbox, row, "failed", error=f"{type(error).__name__}: {error}")
    else:
        tally.sent += 1
        failpoint("before_sent")
        settle(outbox, row, "sent")
        log.info("notification %s sent: %s", row.id, row.kind, extra={"request_id": row.request_id})


def _letter(outbox: Outbox, row: NotificationRow) -> Letter | None:
    """The letter of a row: rendered at its first claim, then the same for every copy."""
    if row.rendered:
        return _thaw(row.rendered)
    letter = outbox.render(row)
    if letter is None:
        return None
    frozen = asdict(letter)
    frozen["calendar"] = letter.calendar.decode() if letter.calendar else None
    frozen["headers"] = dict(letter.headers)
    _write(outbox, row, rendered=frozen)
    return letter


def _thaw(frozen: dict[str, Any]) -> Letter:
    calendar = frozen["calendar"]
    return Letter(**{**frozen, "calendar": calendar.encode() if calendar else None})


def settle(outbox: Outbox, row: Any, status: str, error: str = "") -> None:
    """The end of a try; bodies that hold a secret are erased at once."""
    values: dict[str, Any] = {"status": status, "error": error[:500], "lease_until": None}
    if status == "sent":
        values["sent_at"] = utcnow()
    if row.kind in outbox.secret_kinds and status != "queued":
        values |= {"rendered": None, "params": {}}
    _write(outbox, row, **values)


def _retry(outbox: Outbox, row: Any, error: str, ambiguous: int = 0) -> None:
    doubtful = row.ambiguous + ambiguous
    if doubtful > MOST_AMBIGUOUS:
        settle(outbox, row, "uncertain", error=error)
    elif row.attempts > len(RETRIES):
        settle(outbox, row, "failed", error=error)
    else:
        due = utcnow() + RETRIES[row.attempts - 1]
        _write(outbox, row, status="queued", due_at=due, lease_until=None, ambiguous=doubtful, error=error[:500])


def _write(outbox: Outbox, row: Any, **values: Any) -> None:
    model = outbox.model
    with outbox.db.transaction() as session:
        own = update(model.__table__).where(model.id == row.id, model.claim == row.claim)
        session.connection().execute(own.values(**values))


def message_id(row: Any, settings: Settings) -> str:
    """The same on every try, so that a second copy can be recognised and dropped."""
    name = f"{type(row).__tablename__}.{row.id}.{row.kind}.{row.subject_ref}.{row.sequence}"
    mark = hmac.new(settings.secret_key.encode(), name.encode(), hashlib.sha256).hexdigest()[:24]
    return f"<n{row.id}.{mark}@{settings.feed_uid_host}>"

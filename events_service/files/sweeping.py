"""Bytes that no row names: what a process leaves that ends between putting them and committing their row."""

import logging
from datetime import timedelta

from sqlalchemy import select, union_all

from events_service.awards.models import Protocol
from events_service.db import Audit, db
from events_service.entries.models import EntryFile
from events_service.files import store
from services.database import utcnow
from services.metrics import Gauge

log = logging.getLogger("qonyrau.files")
YOUNG = timedelta(days=1)
MOST = 300
NAMING = (EntryFile.key, EntryFile.blind_key, Protocol.file_key)
NAMELESS = Gauge("qonyrau_files_nameless", "Files older than a day that no row named", multiprocess_mode="mostrecent")


def sweep() -> int:
    """Delete what was put more than a day ago and is named by no row, so much at most; answers how many.

    Where no row names anything nothing is deleted: that is rather the wrong database, or one not restored yet.
    """
    old = [key for key, put_at in store.listed() if put_at < utcnow() - YOUNG]
    known = named()
    nameless = [key for key in old if key not in known]
    NAMELESS.set(len(nameless))
    gone = nameless[:MOST] if known else []
    for key in gone:
        store.delete(key)
    if nameless:
        log.warning("%s files are named by no row, %s of them are deleted", len(nameless), len(gone))
    return len(gone)


def named() -> set[str]:
    """The keys that rows name, and those of signed papers that only the history names since another took their place.

    No transaction is left open: what follows may speak to a store far away.
    """
    keys = set(db.session.scalars(union_all(*(select(column).where(column != "") for column in NAMING))))
    attached = select(Audit.old).where(Audit.entity == "protocol", Audit.action == "protocol.attached")
    keys |= {before["key"] for before in db.session.scalars(attached) if before and before["key"]}
    db.session.rollback()
    return keys

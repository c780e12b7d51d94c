"""Reads of the local copy of the register."""

from events_service.db import db
from events_service.directory.models import RevokedSession


def is_revoked(session_id: str) -> bool:
    """Has the register ended this session? Known here as soon as the change feed has been read."""
    return db.session.get(RevokedSession, session_id) is not None

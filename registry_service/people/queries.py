"""Reads about people and sessions."""

from registry_service.db import db
from registry_service.people.models import SignInSession


def is_revoked(session_id: str) -> bool:
    """Has this sign-in session been ended (or never existed here)?"""
    row = db.session.get(SignInSession, session_id)
    return row is None or row.revoked_at is not None

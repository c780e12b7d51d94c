"""Signed links by which a guest, who has no session, reaches her own registration."""

from itsdangerous import BadSignature, URLSafeSerializer

from services.identity import settings_of_app


def path_of(public_id: str) -> str:
    """The path of the page of one registration."""
    return f"/registrations/{_signer().dumps(public_id)}"


def named_by(token: str) -> str | None:
    """The registration that a link of ours names; None for any other text."""
    try:
        return str(_signer().loads(token))
    except BadSignature:
        return None


def _signer() -> URLSafeSerializer:
    settings = settings_of_app()
    keys = [*settings.secret_key_fallbacks, settings.secret_key]
    return URLSafeSerializer(keys, salt="registration")

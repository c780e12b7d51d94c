"""The one letter the register sends: the link to sign in with, in its reader's language."""

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from registry_service.db import Notification, db
from registry_service.people.models import SignInLink
from services.database import utcnow
from services.i18n import language
from services.identity import settings_of_app
from services.mail import Letter

# A letter that lets its holder in is not kept once it is sent.
SECRET_KINDS = frozenset({"sign_in_link"})


def render(notification: Notification) -> Letter | None:
    """The letter, or None when its link is spent or too old to be of use."""
    link = db.session.get(SignInLink, notification.subject_ref)
    if link is None or link.spent_at or link.expires_at <= utcnow():
        return None
    with force_locale(notification.language):
        return _letter(notification)


def _letter(notification: Notification) -> Letter:
    url = f"{settings_of_app().public_url}/registry/sign-in/{notification.params['token']}"
    context = {"locale": language(), "name": notification.recipient_name, "url": url}
    return Letter(
        to_name=notification.recipient_name,
        to_address=notification.recipient,
        subject=_("Your link to sign in to Qonyrau"),
        text=_fill("mail_sign_in.txt", context),
        html=_fill("mail_sign_in.html", context),
        headers={"Content-Language": notification.language},
    )


def _fill(name: str, context: dict[str, str]) -> str:
    """A filled template, without what the kit adds to pages: a worker has no request."""
    return current_app.jinja_env.get_template(f"people/{name}").render(context).strip() + "\n"

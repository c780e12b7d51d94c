"""The letters the register sends about signing in, each in its reader's language."""

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from registry_service.db import Notification, db
from registry_service.people.models import SignInLink
from registry_service.people.passwords import LETTER_CHANGED, LETTER_REMOVED
from services.database import utcnow
from services.i18n import language
from services.identity import settings_of_app
from services.mail import Letter

# A letter that lets its holder in is not kept once it is sent.
SECRET_KINDS = frozenset({"sign_in_link"})
TOLD = {
    LETTER_CHANGED: (_l("Your password was changed"), _l("The password of your Qonyrau account was set or changed.")),
    LETTER_REMOVED: (_l("Your password was removed"), _l("The password of your Qonyrau account was removed.")),
}


def render(notification: Notification) -> Letter | None:
    """The letter, or None when its link is spent or too old to be of use."""
    told = notification.kind in TOLD
    if not told and not _of_use(notification):
        return None
    with force_locale(notification.language):
        return _password_letter(notification) if told else _link_letter(notification)


def _of_use(notification: Notification) -> bool:
    link = db.session.get(SignInLink, notification.subject_ref)
    return link is not None and link.spent_at is None and link.expires_at > utcnow()


def _link_letter(notification: Notification) -> Letter:
    path = f"/registry/sign-in/{notification.params['token']}"
    return _letter(notification, _("Your link to sign in to Qonyrau"), "mail_sign_in", path)


def _password_letter(notification: Notification) -> Letter:
    subject, told = TOLD[notification.kind]
    path = "/registry/sign-in?next=/registry/my/password"
    return _letter(notification, str(subject), "mail_password", path, told=str(told))


def _letter(notification: Notification, subject: str, template: str, path: str, **more: str) -> Letter:
    url = settings_of_app().public_url + path
    context = {"locale": language(), "name": notification.recipient_name, "url": url, **more}
    return Letter(
        to_name=notification.recipient_name,
        to_address=notification.recipient,
        subject=subject,
        text=_fill(f"{template}.txt", context),
        html=_fill(f"{template}.html", context),
        headers={"Content-Language": notification.language},
    )


def _fill(name: str, context: dict[str, str]) -> str:
    """A filled template, without what the kit adds to pages: a worker has no request."""
    return current_app.jinja_env.get_template(f"people/{name}").render(context).strip() + "\n"

"""What happens: events, registrations, calendars and the mails they owe."""

from flask import Flask

from services.settings import Settings


def create_app(settings: Settings) -> Flask:
    """The Flask app of the events service."""
    from events_service.calendars.shortcut import Shortcut  # noqa: PLC0415
    from events_service.service import service  # noqa: PLC0415 - models are only needed once an app is made
    from services.app import create_service  # noqa: PLC0415

    app = create_service(service(settings), settings)
    app.wsgi_app = Shortcut(app, app.wsgi_app)  # type: ignore[method-assign,assignment]
    return app

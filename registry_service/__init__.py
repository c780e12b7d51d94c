"""Who and where: territories, schools and their links, programmes, people and sign-in."""

from flask import Flask

from services.settings import Settings


def create_app(settings: Settings) -> Flask:
    """The register's Flask app. Its routes all carry /registry."""
    from registry_service.people.commands import people  # noqa: PLC0415 - models are only needed once an app is made
    from registry_service.service import service  # noqa: PLC0415
    from registry_service.territories.commands import ground  # noqa: PLC0415
    from services.app import create_service  # noqa: PLC0415

    app = create_service(service(settings), settings)
    app.cli.add_command(people)
    app.cli.add_command(ground)
    return app

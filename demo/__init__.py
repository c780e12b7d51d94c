"""The region «Karaganda roadmap 2021»: its facts as CSV, the loader, and the way in without a password."""

from pathlib import Path

from flask import Flask
from jinja2 import FileSystemLoader, PrefixLoader

PACKAGE = Path(__file__).resolve().parent


def add_to(app: Flask) -> None:
    """Give the register's app the routes that only the demonstration has, their templates and words."""
    from demo.pages import api, pages  # noqa: PLC0415 - only the demonstration loads them

    assert isinstance(app.jinja_loader, PrefixLoader)
    app.jinja_loader.mapping = {**app.jinja_loader.mapping, "demo": FileSystemLoader(PACKAGE / "templates")}
    app.extensions["babel"].translation_directories.append(str(PACKAGE / "translations"))
    guard(app)
    app.register_blueprint(pages)
    app.register_blueprint(api, url_prefix="/registry/api/v1")


def guard(app: Flask) -> None:
    """Keep the demonstration to this machine and to its own databases."""
    from demo import guarding  # noqa: PLC0415 - only the demonstration loads it

    guarding.guard(app)

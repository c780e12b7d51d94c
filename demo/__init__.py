"""The region «Karaganda roadmap 2021»: its facts as CSV, the loader, and the way in without a password."""

from flask import Flask


def add_to(app: Flask) -> None:
    """Give the register's app the routes that only the demonstration has."""

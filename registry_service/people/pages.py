"""Pages of people."""

from services.web import Pages

pages = Pages("people", __name__)

"""Pages of territories."""

from services.web import Pages

pages = Pages("territories", __name__)

"""JSON of territories."""

from services.web import Api

api = Api("territories_api", __name__)

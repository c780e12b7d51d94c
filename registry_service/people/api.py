"""JSON of people."""

from services.web import Api

api = Api("people_api", __name__)

"""Who may keep and read what in the register: a registrar everything, a coordinator her district.

Officials read everything and change nothing. The public reads facts, never the names of those
who wrote them.
"""

from flask_babel import gettext as _

from services.errors import Forbidden
from services.identity import Actor, holders

REGISTRARS = holders("registrar")
KEEPERS = holders("registrar", "coordinator")
READERS = holders("registrar", "coordinator", "official")


def may_keep(actor: Actor | None, territory_code: str) -> bool:
    """May she change what concerns schools of this territory?"""
    if actor is None:
        return False
    return actor.has("registrar") or territory_code in actor.scopes("coordinator")


def need_keeper(actor: Actor, *territory_codes: str) -> None:
    """Refuse unless she keeps all of these territories."""
    if not all(may_keep(actor, code) for code in territory_codes):
        raise Forbidden(_("You can change the schools of your own district only."))


def may_read_history(actor: Actor | None, territory_code: str) -> bool:
    """May she see who changed what?"""
    return may_keep(actor, territory_code) or (actor is not None and actor.has("official"))


def need_reader(actor: Actor | None, territory_code: str) -> None:
    """Refuse unless she may see who changed what."""
    if not may_read_history(actor, territory_code):
        raise Forbidden(_("The history of a school is open to its district, registrars and officials."))


def need_registrar(actor: Actor) -> None:
    if not actor.has("registrar"):
        raise Forbidden(_("Only a registrar can change this."))

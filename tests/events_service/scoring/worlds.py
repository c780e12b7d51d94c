"""Worlds that differ only in what a viewer may not know, and everything that she can look at.

The ids and what she may know stay; all else is drawn anew from a seed.
"""

import random
import re
from dataclasses import dataclass
from itertools import product
from urllib.parse import urlsplit

from sqlalchemy import delete, insert, select, text, update
from werkzeug.test import Client

from events_service.contests.models import Criterion, Stage
from events_service.db import db
from events_service.directory.models import Person, School
from events_service.entries.models import Entry, EntryFile
from events_service.jury.models import CONFLICTS, DECLARED, GROUNDS, RECUSED, Assignment, Conflict, Deal
from events_service.results.models import Compilation
from events_service.scoring.models import Score
from services.database import utcnow
from tests.events_service import arena as arenas
from tests.support.suite import ORIGIN

TRIGGERS = {
    "score": ("score_may_be_given", "score_stays", "score_stays_there"),
    "assignment": ("assignment_without_conflict", "assignment_stays_without"),
}
HOLE = re.compile(r"<(?:([^<>]*):)?(\w+)>")
LOOKED_AT = ("/contests", "/api/v1/contests", "/events/<ref>", "/api/v1/events/<ref>")
APART = ("/health", "/metrics", "/api/v1/openapi", "/static")  # of the machine, not of rows
# Made anew for each answer: of a request, and of a form that is sent once.
FRESH = re.compile(r'"request_id":\s*"[0-9a-f]*"|name="submission_id" value="[0-9a-f]*"')
QUERY = "?limit=1&sort=score&order=score&status=signed&q=a&stage="
MOST = 10  # addresses of one route


@dataclass
class World:
    """A contest with four jurors and six entries in a blind stage; who looks is a juror, its chair or an author."""

    arena: arenas.Arena
    viewer: str
    own: list[str]
    lines: dict[str, list[str]]
    makers: list[dict[str, str]]
    feed: str = ""

    @property
    def token(self) -> str:
        suite = self.arena.suite
        return {"juror": self.arena.juror(1), "chair": self.arena.juror(0), "author": suite.sign_in("teacher", 0)}[
            self.viewer
        ]

    @property
    def member(self) -> str:
        return self.arena.members[{"juror": 1, "chair": 0, "author": 3}[self.viewer]]


def build(suite, viewer: str) -> World:
    arena = arenas.build(suite, nominations=2, entries=6, jurors=4, open_stage="REMOTE")
    world = World(arena, viewer, [f"0{number:015x}" for number in range(3)], {}, [])
    with suite.events.app_context(), db.transaction() as session:
        for table, names in TRIGGERS.items():
            for name in names:
                session.execute(text(f"DROP TRIGGER {name}{f' ON {table}' * (suite.engine == 'postgres')}"))
        for entry_id in arena.entries:
            file = {"media_type": "application/pdf", "size": 1000, "sha256": "", "key": "", "blind_key": "kept"}
            session.add(EntryFile(entry_id=entry_id, name="x.pdf", **file))
        made = select(Person, School).join(School, School.id == Person.school_id).where(Person.email.like("teacher%"))
        for person, school in session.execute(made.order_by(Person.email).offset(10).limit(300)):
            who = {"author_id": person.id, "name": person.name, "email": person.email, "school_id": school.id}
            world.makers.append(who | {"district": school.territory_code})
        for entry in session.scalars(select(Entry)):
            of = Criterion.nomination_id == entry.nomination_id, Criterion.stage_id == arena.stages["REMOTE"]
            world.lines[entry.id] = list(session.scalars(select(Criterion.id).where(*of).order_by(Criterion.code)))
    world.feed = urlsplit(suite.json("GET", "/api/v1/me/calendar", as_=world.token).json["url"]).path
    return world


def draw(world: World, seed: str, known: str) -> None:
    """Everything that the viewer may not know from one seed, what she may from the other."""
    with world.arena.suite.events.app_context(), db.transaction() as session:
        for model in (Score, Conflict, Assignment, Deal, Compilation):
            session.execute(delete(model))
        hidden, seen = random.Random(seed), random.Random(known)
        for number, entry_id in enumerate(world.arena.entries):
            _entry(session, world, number, entry_id, hidden)
        for number, member_id in enumerate(world.arena.members):
            own = member_id == world.member and world.viewer != "author"
            for place, entry_id in enumerate(world.arena.entries):
                sheet = f"{0 if own else number + 1}{place:015x}"
                if own and place < 3:
                    _sheet(session, world, sheet, member_id, entry_id, seen, hidden)
                elif not own:
                    _hidden_sheet(session, world, sheet, member_id, entry_id, seen, hidden)
        _deal(session, world, seen, hidden)
        if world.viewer == "author":
            _unpublished(session, world, hidden)


def _entry(session, world, number, entry_id, hidden) -> None:
    """Who made it, and what the files were called; of entries that she does not read also what is in them."""
    values = {}
    if not (world.viewer == "author" and number == 0):
        values |= {"small_class": hidden.random() < 0.5, "language": hidden.choice(["kk", "ru"])}
        values |= hidden.choice(world.makers[number :: len(world.arena.entries)])
        values |= {"receipt": str(hidden.random()), "reason": str(hidden.random())}
    if number >= {"author": 1, "juror": 3, "chair": 6}[world.viewer]:
        values |= {"title": str(hidden.random()), "summary": "x" * hidden.randint(1, 300)}
        values |= {"video_url": f"https://{hidden.random()}.example"}
    if values:
        session.execute(update(Entry).where(Entry.id == entry_id).values(**values))
    if not (world.viewer == "author" and number == 0):
        named = {"name": f"{hidden.random()}.pdf", "key": str(hidden.random()), "sha256": str(hidden.random())}
        session.execute(update(EntryFile).where(EntryFile.entry_id == entry_id).values(**named))


def _sheet(session, world, sheet, member_id, entry_id, seen, hidden) -> None:
    """Her own: all of it is hers to know, but not why it was dealt to her."""
    signed, at = seen.random() < 0.4, utcnow()
    kept = {"feedback": seen.choice(["", "Жақсы"]), "version": 2, "signed_at": at if signed else None}
    _add(session, world, sheet, member_id, entry_id, ground=hidden.choice(GROUNDS), **kept)
    _score(session, world, sheet, entry_id, seen, whole=signed)


def _hidden_sheet(session, world, sheet, member_id, entry_id, seen, hidden) -> None:
    """Another's: the chair knows that it is dealt and signed, not why; a juror and an author nothing."""
    known = seen if world.viewer == "chair" else hidden
    signed, dealt, barred = known.random() < 0.5, known.random() < 0.7, known.random() < 0.2
    ground, kind = hidden.choice(GROUNDS), DECLARED if known.random() < 0.3 else hidden.choice(CONFLICTS[:-1])
    if barred:
        session.execute(
            insert(Conflict).values(
                member_id=member_id, entry_id=entry_id, kind=kind, note=str(hidden.random()), found_at=utcnow()
            )
        )
    if not dealt or barred:
        return
    kept = {"signed_at": utcnow() if signed else None, "ground": ground, "reopened": known.randint(0, 2)}
    kept["reason"] = str(hidden.random())
    if not signed and known.random() < 0.2:
        kept["status"] = RECUSED
    feedback, version = "x" * hidden.randint(0, 200), hidden.randint(2, 9)
    _add(session, world, sheet, member_id, entry_id, feedback=feedback, version=version, **kept)
    _score(session, world, sheet, entry_id, hidden, whole=signed)


def _add(session, world, sheet, member_id, entry_id, **values) -> None:
    key = {"id": sheet, "stage_id": world.arena.stages["REMOTE"], "entry_id": entry_id, "member_id": member_id}
    stamps = {"created_at": utcnow(), "changed_at": utcnow()}
    fixed = {"status": "active", "reason": "", "reopened": 0}
    session.execute(insert(Assignment).values(**fixed | key | stamps | values))


def _score(session, world, sheet, entry_id, drawn, whole) -> None:
    rows = [
        {
            "assignment_id": sheet,
            "criterion_id": line,
            "version": 2,
            "points": drawn.randint(0, 5),
            "by_id": "x",
            "at": utcnow(),
        }
        for line in world.lines[entry_id]
        if whole or drawn.random() < 0.5
    ]
    if rows:
        session.execute(insert(Score), rows)


def _deal(session, world, seen, hidden) -> None:
    """How the entries were dealt: who directs the jury sees its numbers, but not which conflict forbade what."""
    known = seen if world.viewer == "chair" else hidden
    declared, of_register = known.randint(0, 3), known.randint(2, 9)
    own_school = hidden.randint(1, of_register)
    blocked = {DECLARED: declared, "own_school": own_school, "twin": of_register - own_school}
    facts = {"entries": 6, "readers": 3, "full": known.randint(0, 6), "parts": 1, "panels": known.randint(1, 6)}
    facts |= {"loads": dict.fromkeys(world.arena.members, known.randint(1, 6)), "anchors": [known.randint(1, 6)]}
    made = {"id": "d" * 16, "stage_id": world.arena.stages["REMOTE"], "seed": known.randint(1, 99), "digest": ""}
    made |= {"created_by": "x", "created_at": utcnow(), "plan": [], "facts": facts | {"blocked": blocked}}
    session.execute(insert(Deal).values(**made, status="accepted", accepted_at=utcnow()))


def _unpublished(session, world, hidden) -> None:
    """The stage is closed, and results were compiled once or more; none are published."""
    stage_id = world.arena.stages["REMOTE"]
    session.execute(update(Stage).where(Stage.id == stage_id).values(status="closed", closed_at=utcnow()))
    for number in range(1, hidden.randint(1, 3) + 1):
        made = {"id": f"c{number:015x}", "stage_id": stage_id, "number": number, "status": "done", "created_by": "x"}
        document = {"document": "{}", "inputs_hash": str(hidden.random())[:60], "created_at": utcnow()}
        session.execute(
            insert(Compilation).values(**made, **document, method="", rules_version=1, done=1, total=1, reason="")
        )


def addresses(world: World) -> list[str]:
    """Every GET of a contest, with her own ids and with those of others in its holes, and all that has no holes."""
    arena, others = world.arena, [f"{number}{place:015x}" for number in (1, 3) for place in (0, 4)]
    sheets = [*world.own[:1], *others[:2]]
    pool = {
        "ref": [arenas.SLUG],
        "assignment_id": sheets,
        "member_id": [world.member, arena.members[2]],
        "entry_id": [arena.entries[0], arena.entries[4]],
        "stage_id": [arena.stages["REMOTE"]],
        "nomination_id": list(arena.nominations.values())[:1],
        "compilation_id": [f"c{1:015x}"],
        "number": ["1"],
    }
    found = [world.feed]
    for rule in sorted(arena.suite.events.url_map.iter_rules(), key=lambda rule: rule.rule):
        looked_at = rule.rule.startswith(LOOKED_AT) or not (HOLE.search(rule.rule) or rule.rule.startswith(APART))
        if looked_at and "GET" in (rule.methods or ()):
            holes = [_any(converter) or pool.get(name, [*sheets, "1"]) for converter, name in HOLE.findall(rule.rule)]
            for ids in list(product(*holes))[:MOST]:
                given = iter(ids)
                found.append(HOLE.sub(lambda _: str(next(given)), rule.rule))  # noqa: B023
    return found + [address + QUERY for address in found if address.startswith("/api/")]


def _any(converter: str) -> list[str]:
    """What fits where a route names all that fits."""
    return re.split(r", *", converter.removeprefix("any(").removesuffix(")")) if converter.startswith("any(") else []


class Looker:
    """A client that keeps its session, so that the token of its forms stays the same."""

    def __init__(self, world: World) -> None:
        self.client, self.token = Client(world.arena.suite.wsgi), world.token
        self.client.set_cookie("qonyrau", self.token, domain="127.0.0.1")
        self.client.set_cookie("qonyrau_lang", "kk", domain="127.0.0.1")
        self.look("/contests/none")  # makes the token

    def look(self, address: str) -> tuple[int, list[tuple[str, str]], str]:
        reply = self.client.get(address, base_url=ORIGIN)
        headers = [(name, value) for name, value in reply.headers if name != "X-Request-Id"]
        return reply.status_code, headers, FRESH.sub("", reply.get_data().decode(errors="backslashreplace"))

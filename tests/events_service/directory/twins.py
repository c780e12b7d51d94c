"""The register and its copy side by side, and random edits of the register."""

from datetime import date, timedelta

from sqlalchemy import delete, select, update

from events_service.db import db as copy_db
from events_service.directory import copying
from events_service.directory import models as copied
from registry_service.centres.models import Attachment
from registry_service.changes import queries as feed
from registry_service.db import Change, Counter, db
from registry_service.people.models import Person, PersonRole
from registry_service.programmes.models import Enrolment, Programme
from registry_service.schools.models import School, SchoolStatus
from registry_service.territories.models import Oblast, Territory
from services import ledger


def register_rows(suite):
    """What the register holds, by kind and id, as the feed would say it."""
    ids = {
        "oblast": Oblast.code,
        "territory": Territory.code,
        "programme": Programme.code,
        "school": School.id,
        "person": Person.id,
    }
    with suite.registry.app_context():
        return {kind: feed.JOINS[kind](set(db.session.scalars(select(column)))) for kind, column in ids.items()}


def copied_rows(suite):
    """The same, read from the copy."""
    with suite.events.app_context():
        session = copy_db.session
        held = session.execute(select(copied.Fact.school_id, copied.Fact)).all()
        oblasts = session.execute(select(copied.TerritoryOblast.territory_code, copied.TerritoryOblast)).all()

        def dates(row):
            return {"valid_from": row.valid_from.isoformat(), "valid_to": row.valid_to and row.valid_to.isoformat()}

        facts, members = {}, {}
        for school_id, fact in held:
            facts.setdefault(school_id, []).append({"kind": fact.kind, "ref": fact.ref, **dates(fact)})
        for code, member in oblasts:
            members.setdefault(code, []).append({"oblast": member.oblast_code, **dates(member)})

        def plain(model, *names):
            return [{name: getattr(row, name) for name in names} for row in session.scalars(select(model))]

        schools = {
            row.id: {
                **{name: getattr(row, name) for name in ("id", "code", "name", "sort_key", "kind")},
                "territory": row.territory_code,
                "opened_on": row.opened_on.isoformat(),
                "closed_on": row.closed_on and row.closed_on.isoformat(),
                "facts": facts.get(row.id, []),
            }
            for row in session.scalars(select(copied.School))
        }
        territories = plain(copied.Territory, "code", "kind", "name", "position")
        return {
            "oblast": {row["code"]: row for row in plain(copied.Oblast, "code", "name")},
            "territory": {row["code"]: {**row, "memberships": members.get(row["code"], [])} for row in territories},
            "programme": {row["code"]: row for row in plain(copied.Programme, "code", "name", "position")},
            "school": schools,
            "person": {
                row["id"]: row
                for row in plain(copied.Person, "id", "name", "email", "language", "school_id", "roles", "active")
            },
        }


def in_order(rows):
    """Facts and memberships are sets: order does not matter."""
    for row in (*rows["school"].values(), *rows["territory"].values()):
        for name in ("facts", "memberships"):
            if name in row:
                row[name] = sorted(row[name], key=lambda fact: sorted((k, str(v)) for k, v in fact.items()))
    return rows


def check_same(suite):
    assert in_order(copied_rows(suite)) == in_order(register_rows(suite))


def pull(suite, within=None):
    with suite.events.app_context():
        return copying.pull(suite.events, within)


def announce(session, kind, entity_id, op="upsert"):
    ledger.change(session, Change, Counter, kind, entity_id, op)


def random_edit(session, draw):
    """One write of the kinds the register makes, with its change row."""
    school = session.get(School, draw.choice(session.scalars(select(School.id).order_by(School.id)).all()))
    person = session.get(Person, draw.choice(session.scalars(select(Person.id).order_by(Person.id).limit(200)).all()))
    kind = draw.randrange(8)
    day = date(2023, 1, 1) + timedelta(days=draw.randrange(900))
    if kind == 0:
        school.name, school.sort_key = {"ru": f"Школа {draw.random()}"}, f"{draw.random()}"
    elif kind == 1:
        school.closed_on = None if school.closed_on else day
    elif kind == 2:
        ended = update(SchoolStatus).where(SchoolStatus.school_id == school.id, SchoolStatus.valid_to.is_(None))
        session.execute(ended.values(valid_to=day))
        session.add(SchoolStatus(school_id=school.id, status="small_class", valid_from=day))
    elif kind == 3:
        session.execute(delete(Attachment).where(Attachment.school_id == school.id))
    elif kind == 4:
        code = session.scalars(
            select(Programme.code).where(Programme.kind == "project").order_by(Programme.code)
        ).first()
        if not session.scalar(
            select(Enrolment.id).where(Enrolment.school_id == school.id, Enrolment.programme_code == code)
        ):
            session.add(Enrolment(school_id=school.id, programme_code=code, valid_from=day))
    elif kind == 5:
        others = select(School.id).where(School.id != school.id).order_by(School.id)
        other = session.get(School, draw.choice(session.scalars(others).all()))
        codes, other.code = (school.code, other.code), f"X{draw.random()}"
        session.flush()
        school.code = codes[1]
        session.flush()
        other.code = codes[0]
        announce(session, "school", other.id)
    elif kind == 6:
        person.name, person.language, person.active = (
            f"N{draw.random()}",
            draw.choice(["kk", "ru", "en"]),
            draw.random() < 0.8,
        )
        announce(session, "person", person.id)
    else:
        session.execute(delete(PersonRole).where(PersonRole.person_id == person.id))
        session.execute(delete(Person).where(Person.id == person.id))
        announce(session, "person", person.id)
    announce(session, "school", school.id)


def edit(suite, draw, number):
    for _ in range(number):
        with suite.registry.app_context(), db.transaction() as session:
            random_edit(session, draw)


def rename(suite, person_id, name):
    with suite.registry.app_context(), db.transaction() as session:
        session.execute(update(Person).where(Person.id == person_id).values(name=name))
        announce(session, "person", person_id)

"""The loaded region says what the report says, and the same every time."""

from datetime import date, datetime

import pytest
from sqlalchemy import func, select

from demo import loader
from demo.people import TEACHERS, address_of
from events_service.awards.models import Award, Protocol
from events_service.contests import checking
from events_service.contests import queries as contests
from events_service.contests.models import Contest
from events_service.db import db as events_db
from events_service.directory import queries as directory
from events_service.directory.models import Person as CopiedPerson
from events_service.entries.models import Entry, EntryFile
from events_service.events.models import Event
from events_service.fairs import clashes, queries
from events_service.fairs.models import Idea
from events_service.files import store
from events_service.jury import queries as jury
from events_service.jury.models import CHAIR, JuryMember
from events_service.results import queries as results
from events_service.results.models import Appeal, Compilation
from events_service.scoring.models import Score
from registry_service.centres.models import Attachment
from registry_service.db import Change, Counter
from registry_service.db import db as registry_db
from registry_service.orders.models import LEGAL_ACT, ORDER, Order
from registry_service.people.models import Person
from registry_service.programmes.models import Enrolment
from registry_service.schools.models import School, SchoolStatus
from registry_service.territories.models import Territory, TerritoryOblast
from registry_service.twinning.models import TwinningLink
from services.database import utcnow
from tests.support.region import dispose, make_apps, make_settings

REPORT_DAY, AFTER = date(2021, 5, 1), date(2022, 6, 8)
SHARES = {"ABA": 37, "AKT": 83, "BUH": 60, "ZHA": 63, "KAR": 75, "NUR": 78, "OSA": 76, "ULY": 76, "SHE": 79}


def count(statement):
    return registry_db.session.scalar(select(func.count()).select_from(statement.subquery()))


def schools_in(oblast, day, status=None):
    held = select(TerritoryOblast.territory_code).where(TerritoryOblast.on(day), TerritoryOblast.oblast_code == oblast)
    found = select(School.id).where(School.kind == "general", School.territory_code.in_(held))
    if status:
        with_status = select(SchoolStatus.school_id).where(SchoolStatus.on(day), SchoolStatus.status == status)
        found = found.where(School.id.in_(with_status))
    return found


def test_region_has_the_figures_of_the_report(suite):
    with suite.registry.app_context():
        assert count(schools_in("KRG", REPORT_DAY)) == 303
        assert count(schools_in("KRG", REPORT_DAY, "small_class")) == 211
        assert count(schools_in("KRG", REPORT_DAY, "resource_centre")) == 39
        assert count(select(Attachment).where(Attachment.on(REPORT_DAY))) == 211
        assert count(select(TwinningLink).where(TwinningLink.on(REPORT_DAY))) == 163
        assert count(select(Enrolment).where(Enrolment.on(REPORT_DAY))) == 156
        assert count(schools_in("KRG", AFTER)) == 259
        assert count(schools_in("KRG", AFTER, "small_class")) == 181


def test_shares_of_small_classes_are_those_printed(suite):
    with suite.registry.app_context():
        small = set(registry_db.session.scalars(schools_in("KRG", REPORT_DAY, "small_class")))
        schools = registry_db.session.scalars(select(School).where(School.kind == "general")).all()
    shares = {}
    for code in SHARES:
        own = [school for school in schools if school.territory_code == code]
        shares[code] = int(100 * sum(school.id in small for school in own) / len(own) + 0.5)
    assert shares == SHARES
    assert round(100 * len(small) / len(schools), 1) == 69.6


def test_small_school_is_attached_to_a_centre_of_its_own_district(suite):
    with suite.registry.app_context():
        links = registry_db.session.scalars(select(Attachment)).all()
        assert {link.school.territory_code == link.centre.territory_code for link in links} == {True}
        assert len({link.centre_id for link in links}) == 39


def test_twinning_stands_on_order_499_and_every_other_order_says_it_is_invented(suite):
    with suite.registry.app_context():
        orders = registry_db.session.scalars(select(Order)).all()
        real = [order for order in orders if order.number == "499"]
        assert [(order.issued_on, order.issuer_code) for order in real] == [(date(2019, 10, 18), "UO")]
        grounds = set(registry_db.session.scalars(select(TwinningLink.order_id)))
        assert grounds == {real[0].id}
        assert all(
            "Синтетический" in order.title["ru"] for order in orders if order.kind == ORDER and order is not real[0]
        )
        assert [order.number for order in orders if order.kind == LEGAL_ACT] == ["595"]


def test_territories_stand_in_the_order_of_the_report_and_each_has_a_school(suite):
    with suite.registry.app_context():
        places = registry_db.session.scalars(select(Territory).order_by(Territory.position)).all()
        assert [place.code for place in places[:9]] == list(SHARES)
        assert [place.position for place in places] == list(range(1, 19))
        with_school = set(registry_db.session.scalars(select(School.territory_code)))
        assert with_school == {place.code for place in places}


@pytest.mark.parametrize(
    ("number", "school"), [(0, "SYN-ABA-001"), (18, "SYN-ABA-002"), (540, "SYN-ABA-001"), (9, "SYN-P01")]
)
def test_teacher_is_dealt_to_territory_and_school_by_her_number(suite, number, school):
    with suite.registry.app_context():
        person = registry_db.session.scalars(select(Person).where(Person.email == address_of("teacher", number))).one()
        assert person.school.code == school
        assert person.is_synthetic and person.demo_number == number


def test_people_are_complete_and_only_invented(suite):
    with suite.registry.app_context():
        people = registry_db.session.scalars(select(Person)).all()
        assert len(people) == TEACHERS + 4 + 9 + 2 + 2 + 7 + 1
        assert all(person.email.endswith("@example.invalid") for person in people)
        kazakh = sum(person.language == "kk" for person in people) / len(people)
        assert 0.65 < kazakh < 0.75
        jury = [p.school.territory_code for p in people if p.email.startswith(("juror", "chair"))]
        assert len(set(jury)) == 8


def test_every_entity_is_announced_once_and_copied(suite):
    with suite.registry.app_context():
        announced = [(row.kind, row.entity_id) for row in registry_db.session.scalars(select(Change))]
        last = registry_db.session.get(Counter, "changes").value
    assert len(announced) == len(set(announced)) == last
    with suite.events.app_context():
        assert events_db.session.scalar(select(func.count()).select_from(CopiedPerson)) == TEACHERS + 25
        rules = ({"rule": "small_class"}, {"rule": "centres"}, {"rule": "twinned"},
                 {"rule": "programme", "programme": "USHQYR_OI"})  # fmt: skip
        day = utcnow().date()
        found = [len(events_db.session.scalars(directory.audience_schools(rule, day)).all()) for rule in rules]
        assert found == [211, 39, 163, 156]


def test_loading_again_changes_nothing(suite):
    assert loader.load(suite.registry, suite.events) is False


def test_loading_that_stopped_half_way_is_finished_with_all_its_contests(suite):
    copied = {mapper.local_table for mapper in events_db.Model.registry.mappers if "directory" in str(mapper.class_)}
    with suite.events.app_context(), events_db.transaction() as session:
        for table in reversed(events_db.metadata.sorted_tables):
            if table not in copied and table.name != "counter":
                session.execute(table.delete())
        session.execute(events_db.text("DELETE FROM counter WHERE name = 'demo'"))
    assert loader.load(suite.registry, suite.events) is True
    with suite.events.app_context():
        assert events_db.session.query(Event).count() > 40
        check_contest_at_the_jury()
        check_contest_of_last_year()


def test_database_of_somebody_else_is_refused(suite):
    with suite.events.app_context(), events_db.transaction() as session:
        session.execute(events_db.text("DELETE FROM counter WHERE name = 'demo'"))
    with pytest.raises(loader.NotOurs, match="events database"):
        loader.load(suite.registry, suite.events)


def contents(app):
    """All that the register holds, without times of writing and running numbers."""
    with app.app_context():
        db = app.config["SERVICE"].db
        tables = [table for table in db.metadata.sorted_tables if table.name not in {"change"}]
        return {
            table.name: sorted(
                tuple(str(value) for value in row if not isinstance(value, datetime))
                for row in db.session.execute(select(table))
            )
            for table in tables
        }


def told(app):
    """What can be seen of the events."""
    with app.app_context():
        return sorted(
            (e.slug, e.status, str(e.starts_at), str(e.title), e.seats_taken, e.waiting, e.audience_total or 0)
            for e in events_db.session.query(Event)
        )


def test_loading_is_the_same_every_time(tmp_path):
    seen = []
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        urls = {f"{s.upper()}_DATABASE_URL": f"sqlite:///{folder}/{s}.db" for s in ("registry", "events")}
        registry, events = make_apps(make_settings(**urls))
        loader.load(registry, events)
        seen.append((contents(registry), told(events)))
        dispose(registry, events)
    assert seen[0] == seen[1]


def test_caller_from_elsewhere_is_refused_by_the_demonstration(suite):
    path = "/registry/territories"
    answers = {
        address: suite.registry.test_client().get(path, environ_base={"REMOTE_ADDR": address}).status_code
        for address in ("127.0.0.1", "::1", "192.0.2.7", "10.0.0.1", "2001:db8::1")
    }
    assert answers == {"127.0.0.1": 200, "::1": 200, "192.0.2.7": 403, "10.0.0.1": 403, "2001:db8::1": 403}


def test_database_without_the_mark_is_not_served(suite):
    with suite.registry.app_context(), registry_db.transaction() as session:
        session.execute(registry_db.text("DELETE FROM counter WHERE name = 'demo'"))
    assert suite.registry.test_client().get("/registry/territories").status_code == 503


def test_fairs_have_sections_and_ideas_that_were_decided_or_wait(suite):
    with suite.events.app_context():
        rows = events_db.session.execute(
            select(Event.programme, Idea.status, Idea.starts_at.is_not(None), func.count())
            .join(Event, Event.id == Idea.event_id)
            .group_by(Event.programme, Idea.status, Idea.starts_at.is_not(None), Event.date_precision)
            .order_by(Event.date_precision, Idea.status, Idea.starts_at.is_not(None))
        ).all()
        slots = events_db.session.scalars(select(Idea).where(Idea.starts_at.is_not(None))).all()
        [fair] = {slot.event for slot in slots}
        assert clashes.warnings(fair, queries.slots_of(fair.id)) == {}
    assert [tuple(row) for row in rows] == [
        ("PED_FAIR", "accepted", True, 4),
        ("PED_FAIR", "submitted", False, 3),
        ("PED_FAIR", "accepted", False, 3),
    ]


def contest_in(state):
    """The one contest of the demonstration that stands there, and its stages."""
    found = [(row, contests.stages(row.event_id)) for row in events_db.session.scalars(select(Contest))]
    [one] = [(row, stages) for row, stages in found if contests.state_of(row.event, row, stages) == state]
    return one


def test_contest_of_this_year_takes_entries_and_has_a_jury(suite):
    with suite.events.app_context():
        contest, stages = contest_in("entries")
        assert [len(contests.criteria(stage.id)) for stage in stages] == [35, 25]
        assert checking.check(contest.event_id) == []
        of_it = JuryMember.event_id == contest.event_id
        seats = list(events_db.session.scalars(select(JuryMember).where(of_it, JuryMember.scores)))
        assert ([row.role for row in seats].count(CHAIR), len(seats)) == (1, 8)
        entries = select(Entry).where(Entry.event_id == contest.event_id).order_by(Entry.number)
        assert [row.number for row in events_db.session.scalars(entries) if row.small_class] == [1, 2, 3, 4, 5, 6, 7, 8]


def check_contest_at_the_jury():
    """Sheets signed, begun and untouched."""
    _contest, [stage, _final] = contest_in("judging")
    sheets = jury.assignments_of(stage.id)
    begun = set(events_db.session.scalars(select(Score.assignment_id)))
    for email, least in {"juror0@example.invalid": 5, "chair0@example.invalid": 5}.items():
        own = [row for row in sheets if row.member.email == email]
        assert sum(row.signed_at is None for row in own) >= least
        assert {(row.signed_at is not None, row.id in begun) for row in own} == {
            (True, True), (False, True), (False, False),
        }  # fmt: skip
    assert any(row.signed == row.dealt for row in jury.progress(stage.id))


def check_contest_of_last_year():
    """Published, corrected and awarded, with a split, ties, a cap and files."""
    contest, stages = contest_in("published")
    compiled = select(Compilation.number).where(Compilation.stage_id.in_([stage.id for stage in stages]))
    assert sorted(events_db.session.scalars(compiled)) == [1, 1, 2]
    assert [row.status for row in events_db.session.scalars(select(Appeal))] == ["upheld"]
    assert sorted(row.status for row in events_db.session.scalars(select(Protocol))) == ["signed"] * 3
    remote, final = (results.lines_of(results.document(results.published(stage))).values() for stage in stages)
    assert {row["why"] for row in remote} == {None, "threshold", "cap"}
    assert [len(row["sheets"]) for row in remote if float(row["gap"]) > 20] == [4]
    assert sorted((row["tie"], row["place"]) for row in final if row["tie"]) == [
        ("final", 2), ("final", 3), ("shared", 2), ("shared", 2),
    ]  # fmt: skip
    files = events_db.session.scalars(select(EntryFile).join(Entry).where(Entry.event_id == contest.event_id)).all()
    assert [store.get(file.key)[:4] for file in files if file.position] == [b"\x89PNG"] * 4
    assert all(store.get(file.key).startswith(b"%PDF-") for file in files if not file.position)
    assert {file.key for file in files} <= {key for key, _put_at in store.listed()}  # or no backup would hold them
    given = {row.entry_id for row in events_db.session.scalars(select(Award)) if row.entry_id}
    entered = select(Entry.id).where(Entry.event_id == contest.event_id)
    assert given == set(events_db.session.scalars(entered))

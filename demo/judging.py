"""The demonstration's jury at work: one contest that is being judged now, and last year's from deal to diplomas.

Decisions go through the verbs of those who take them; points and times are written as they would stand.
"""

from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from demo import contests, points
from demo.people import actor_of
from events_service.awards import awarding, minutes
from events_service.awards.models import Award
from events_service.contests import queries
from events_service.contests.models import Contest, Stage
from events_service.directory.models import Person
from events_service.entries.models import Entry
from events_service.events.models import Event
from events_service.jury import dealing, redealing, stages
from events_service.jury.models import CHAIR, DECLARED, MEMBER, SECRETARY, Assignment, Conflict, JuryMember
from events_service.jury.queries import assignments_of
from events_service.results import appealing, collecting, compiling, method, publishing
from events_service.results.models import DONE, UPHELD, Compilation
from events_service.results.queries import document, lines_of
from events_service.scoring.models import Score
from services.database import utcnow
from services.fields import midnight, today
from services.identity import Actor

NOW, AT_JURY, PAST = contests.CODES
DECLARED_ENTRY, KNOWN = 12, "Авторы бұрын менің сыныбымда практикадан өткен"
HELD = 180  # days since last year's final
# Few write to the entrants.
FEEDBACK = {
    "chair0@example.invalid": "Сабақтың құрылымы анық. Қорытындыға көбірек уақыт қалдырыңыз.",
    "juror0@example.invalid": "Хорошо подобраны задания. Покажите, как ученики проверяют себя сами.",
    "juror3@example.invalid": "Оқушылардың өз жұмысын бағалауы көрінсе, сабақ ұтар еді.",
}
APPEAL = (
    "Бірінші өлшемшарт бойынша ұпай сабақ жоспарына сай емес: жоспардың екінші беті ескерілмеген. "
    "Қайта қарауды сұраймын."
)
ANSWER = "Жоспардың екінші беті қаралды, бірінші өлшемшарт бойынша ұпай түзетілді."
DECISION = {
    "kk": "Жеңімпаздардың жұмыстары облыстық педагогикалық идеялар жәрмеңкесіне ұсынылсын.",
    "ru": "Рекомендовать работы победителей на областную ярмарку педагогических идей.",
}
PLACE = {"kk": "Қарағанды, оқу-әдістемелік орталық", "ru": "Караганда, учебно-методический центр"}


def fill(session: Session, event: Event, code: str, organiser: Actor) -> None:
    """One of the three contests, as far as it is."""
    if code == NOW:
        contests.fill(session, event, code, organiser, opened=-5, closed=20)
    elif code == AT_JURY:
        contests.fill(session, event, code, organiser, opened=-30, closed=-9)
        _judge_half(session, event, organiser)
    else:
        contests.fill(session, event, code, organiser, opened=-HELD - 50, closed=-HELD - 30)
        _finish(session, event, organiser)


def _judge_half(session: Session, event: Event, organiser: Actor) -> None:
    """Three days after opening: some jurors have signed all, most of them some, the chair is in the middle."""
    stage = queries.stages(event.id)[0]
    opened = midnight(today() - timedelta(days=3)) + timedelta(hours=9)
    _declare(session, event)
    _open(session, event, stage, organiser, opened)
    sheets = assignments_of(stage.id)
    jury = _jury(session, event)
    done: list[Assignment] = []
    begun: set[str] = set()
    for turn, member in enumerate(jury):
        own = [row for row in sheets if row.member_id == member.id]
        signed = len(own) if turn == len(jury) - 1 else 1 + turn % 4
        done += own[: signed + 1]
        begun |= {row.id for row in own[signed : signed + 1]}
    _score(session, done, opened + timedelta(hours=5), frozenset(begun))


def _declare(session: Session, event: Event) -> None:
    """A juror knows the author of an entry, so that it is not dealt to her."""
    member = session.scalars(
        select(JuryMember).where(JuryMember.event_id == event.id, JuryMember.role == MEMBER).order_by(JuryMember.email)
    ).first()
    entry = session.scalars(select(Entry).where(Entry.event_id == event.id, Entry.number == DECLARED_ENTRY)).one()
    assert member is not None
    session.add(Conflict(member_id=member.id, entry_id=entry.id, kind=DECLARED, note=KNOWN))
    session.flush()


def _finish(session: Session, event: Event, organiser: Actor) -> None:
    """Both stages, an appeal that is upheld and corrects one mark, signed protocols, and what was given on the last."""
    remote, final = queries.stages(event.id)
    held = midnight(today() - timedelta(days=HELD))
    for stage, at in ((remote, held - timedelta(days=20)), (final, held + timedelta(hours=9))):
        _open(session, event, stage, organiser, at)
        _score(session, assignments_of(stage.id), at + timedelta(hours=2))
        if stage is remote:
            _settle(session, event, stage, at + timedelta(hours=5))
        stages.close_stage(session, organiser, event.id, stage.id)
        closed = at + timedelta(hours=8)
        _publish(session, event, stage, organiser, closed + timedelta(hours=1))
        if stage is final:
            _appeal(session, event, stage, organiser, closed)
            _publish(session, event, stage, organiser, closed + timedelta(days=2, hours=1))
        _as_of(session, stage, at, closed)
    awarding.award(session, organiser, event.id)
    given = held + timedelta(days=7)
    of_contest = update(Award).where(Award.event_id == event.id)
    session.execute(of_contest.values(created_at=given, issued_on=given.date()))


def _open(session: Session, event: Event, stage: Stage, organiser: Actor, at: datetime) -> None:
    """Deal the entries and open the stage."""
    drafted = dealing.draft(session, organiser, event.id, stage.id)
    deal = dealing.propose(session, organiser, event.id, stage.id, drafted)
    dealing.accept(session, organiser, event.id, stage.id, deal.id)
    closes_at = stage.closes_at
    stages.open_stage(session, organiser, event.id, stage.id, utcnow() + timedelta(days=1))
    stage.opened_at, deal.accepted_at, stage.closes_at = at, at, closes_at
    contest = session.get_one(Contest, event.id)
    contest.frozen_at = min(at, contest.frozen_at or at)
    session.flush()


def _score(session: Session, sheets: list[Assignment], at: datetime, begun: frozenset[str] = frozenset()) -> None:
    """Points near how good the entry is and how strict its juror; all sheets are signed but those only begun."""
    if not sheets:
        return
    rubric, rows = queries.sheets(sheets[0].entry.event_id), []
    turns: Counter[str] = Counter()
    for sheet in sorted(sheets, key=lambda one: one.member.email):
        lines = rubric[sheet.entry.nomination_id, sheet.stage_id]
        common = {"assignment_id": sheet.id, "version": 2, "by_id": sheet.member.person_id, "at": at}
        turn = turns[sheet.entry_id]
        for line, given in points.given(sheet, lines[:3] if sheet.id in begun else lines, turn):
            rows.append({**common, "criterion_id": line.id, "points": given})
        turns[sheet.entry_id] += 1
        sheet.version, sheet.changed_at = 2, at
        if sheet.id not in begun:
            sheet.signed_at = at
            sheet.feedback = FEEDBACK.get(sheet.member.email, "")
    with session.no_autoflush:  # the database refuses points on a sheet that is signed
        session.execute(insert(Score), rows)
    session.flush()


def _settle(session: Session, event: Event, stage: Stage, at: datetime) -> None:
    """One more reader where two lie too far apart, as the last signature would have called."""
    entry = session.scalars(select(Entry).where(Entry.event_id == event.id, Entry.receipt == points.LOW[0])).one()
    called = redealing.one_more(session, stage, entry)
    assert called is not None
    _score(session, [called], at)


def _publish(session: Session, event: Event, stage: Stage, organiser: Actor, at: datetime) -> None:
    """Results of then, an hour later their protocol with the signatures of chair, secretary and three jurors."""
    found = _compile(session, event, stage, organiser)
    number = str(stage.position + found.number - 1)
    body = {"number": number, "held_on": at.date(), "place": PLACE, "decision": DECISION}
    protocol, _new = minutes.draft(session, organiser, event.id, stage.id, body)
    minutes.sign(session, organiser, event.id, protocol.id, [row.id for row in _signers(session, event)])
    publishing.publish(session, organiser, event.id, found.id)
    found.created_at = found.finished_at = protocol.created_at = at
    found.signed_at = protocol.signed_at = at + timedelta(hours=1)
    found.published_at = at + timedelta(hours=2)
    session.flush()


def _compile(session: Session, event: Event, stage: Stage, organiser: Actor) -> Compilation:
    """What the worker would compile, without waiting for one."""
    found = compiling.request(session, organiser, event.id, stage.id)
    made = method.compiled(collecting.inputs_of(session, stage))
    for name in ("method", "rules_version", "inputs_hash"):
        setattr(found, name, made[name])
    found.document, found.status, found.done, found.finished_at = method.canonical(made), DONE, found.total, utcnow()
    session.flush()
    return found


def _appeal(session: Session, event: Event, stage: Stage, organiser: Actor, closed: datetime) -> None:
    """The second of a nomination asks for another look a day after the stage, and one mark is put right."""
    published = session.get_one(Compilation, stage.compilation_id)
    line = next(row for row in lines_of(document(published)).values() if row["place"] == 2)
    entry = session.get_one(Entry, line["id"])
    author = actor_of(session.get_one(Person, entry.author_id))
    appeal, _new = appealing.file(session, author, event.id, {"entry": entry.id, "stage": stage.id, "text": APPEAL})
    sheet = line["sheets"][0]
    code, had = min(sheet["points"].items())
    most = next(row.max_points for row in queries.criteria(stage.id, entry.nomination_id) if row.code == code)
    better = {"sheet": sheet["assignment"], "criterion": code, "points": min(most, Decimal(had) + 1)}
    answer = {"decision": UPHELD, "answer": ANSWER, "corrections": [better]}
    appealing.answer(session, organiser, event.id, appeal.id, answer)
    appeal.filed_at, appeal.answered_at = closed + timedelta(days=1), closed + timedelta(days=2)
    session.flush()


def _as_of(session: Session, stage: Stage, opened: datetime, closed: datetime) -> None:
    """Put the stage to when it would have been: its results were published three hours after it closed."""
    stage.opened_at, stage.closes_at, stage.closed_at = opened, closed, closed
    stage.published_at = closed + timedelta(hours=3)
    session.flush()


def _signers(session: Session, event: Event) -> list[JuryMember]:
    jury = _jury(session, event, scoring=False)
    return [row for row in jury if row.role in {CHAIR, SECRETARY}] + [row for row in jury if row.role == MEMBER][:3]


def _jury(session: Session, event: Event, scoring: bool = True) -> list[JuryMember]:
    found = select(JuryMember).where(JuryMember.event_id == event.id).order_by(JuryMember.email)
    return [row for row in session.scalars(found) if row.scores or not scoring]

"""A protocol: what it says, when it may be written and signed, and that it stays as it was signed."""

import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import Client

from events_service.awards.models import Protocol
from events_service.db import db
from events_service.entries.models import Entry
from events_service.files import store, sweeping
from events_service.jury.models import RECUSED, REMOVED, Assignment, Conflict, JuryMember
from events_service.results.models import UPHELD, Appeal, Compilation, TieVote
from services.database import utcnow
from tests.events_service import arena as arenas
from tests.events_service.awards import ground, reading
from tests.support.suite import ORIGIN

pytestmark = pytest.mark.one_engine("sqlite")
TITLE = "best-teacher"


def call(arena, method, verb="", body=None, as_=None, stage="FINAL", **headers):
    path = f"{arena.api}/stages/{arena.stages[stage]}/protocol{verb}"
    return arena.suite.json(method, path, body, as_=as_ or arena.organiser, headers=headers)


def drafted(arena, stage="FINAL", **body):
    reply = call(arena, "POST", body=body, stage=stage)
    assert reply.status_code == 201, reply.text
    return reply.get_json()


def paper(arena, protocol_id, form, language="ru"):
    reply = arena.suite.get(f"/contests/{TITLE}/protocol/{protocol_id}/{language}.{form}", as_=arena.organiser)
    assert reply.status_code == 200, reply.text
    return reply.data


def plant(arena, stage):
    """A recusal, a conflict, an extra reading, votes and an appeal, straight into the rows."""
    with arena.suite.events.app_context(), db.transaction() as session:
        sheets = session.scalars(select(Assignment).where(Assignment.stage_id == arena.stages[stage])).all()
        one = next(row for row in sheets if row.entry_id == arena.entries[0] and row.member_id == arena.members[2])
        one.status, one.reason, one.signed_at = RECUSED, "Бывшая ученица", None
        added = next(row for row in sheets if row.entry_id == arena.entries[2] and row.member_id == arena.members[3])
        added.ground = "split"
        away = next(row for row in sheets if row.entry_id == arena.entries[7] and row.member_id == arena.members[4])
        away.status, away.reason, away.signed_at = REMOVED, "Уехала в командировку", None
        session.get_one(JuryMember, arena.members[6]).active = False  # she has signed all of hers
        session.add(Conflict(member_id=arena.members[4], entry_id=arena.entries[7], kind="own_school"))
        fifth, sixth = arena.entries[4:6]
        vote = {"entries": sorted([fifth, sixth]), "order": [sixth, fifth], "reason": "Опыт работы", "by_id": "chair"}
        session.add(TieVote(stage_id=arena.stages[stage], **vote))
        return one.id


def appeal(arena, stage, compilation):
    with arena.suite.events.app_context(), db.transaction() as session:
        session.add(Appeal(
            stage_id=arena.stages[stage], entry_id=arena.entries[1], compilation_id=compilation, status=UPHELD,
            text="Прошу пересмотреть план урока", answer="План засчитан", answered_at=utcnow(),
        ))  # fmt: skip


@pytest.mark.both_engines
def test_protocol_says_all_that_happened_in_both_papers(suite):
    arena = ground.closed(suite, entries=9, jurors=7, stage="REMOTE", district_cap=1)
    plant(arena, "REMOTE")
    compilation = ground.compiled(
        arena, "REMOTE", n5={"tie": "vote"}, n6={"tie": "vote"}, n7={"tie": "shared", "place": 3},
        n8={"passes": False, "why": "cap"}, n9={"passes": False, "why": "threshold"},
    )  # fmt: skip
    appeal(arena, "REMOTE", compilation)
    made = drafted(arena, "REMOTE", decision={"ru": "Поблагодарить школы"}, dissent={"ru": "Особое мнение члена жюри"})
    said = {code: reading.docx_text(paper(arena, made["id"], "docx", code)) for code in ("kk", "ru")}
    with suite.events.app_context():
        of_contest = (select(row.name).where(row.event_id == arena.event_id) for row in (JuryMember, Entry))
        names = [name for found in of_contest for name in db.session.scalars(found)]
    expected = [
        "Протокол № 1", "приказ № 12", "Председатель", "Секретарь", "6 из 6, нужно 5: кворум есть", "Бывшая ученица",
        "Уехала в командировку", "Оценили работы и вышли из жюри раньше",
        "Своя школа", "№ 8", "дополнительное чтение", "решил голос председателя", "№ 6, № 5. Основание: Опыт работы",
        "место разделено", "предел района: не больше 1 работ", "ниже порога 80,00", "Прошу пересмотреть план урока",
        "удовлетворена: План засчитан", "проходит в следующий этап: № 1", "Поблагодарить школы",
        "Особое мнение члена жюри", "Подписи", "abababababababab",
    ]  # fmt: skip
    pdf = "".join(reading.pdf_pages(paper(arena, made["id"], "pdf"))).replace("\n", "").replace("\xa0", " ")
    for text in [*expected, *names]:
        assert text in said["ru"].replace("\xa0", " "), text
        assert text.replace(" ", "") in pdf.replace(" ", ""), text
    assert "№ 1 хаттама" in said["kk"] and "аудан шегі" in said["kk"]
    assert all(name in said["kk"] for name in names)


@pytest.mark.parametrize("reason", ["", "Хатшы ауырып қалды"])
def test_unsigned_sheet_stands_in_the_way_unless_the_stage_was_closed_with_a_reason(suite, reason):
    arena = ground.closed(suite, entries=2)
    with suite.events.app_context(), db.transaction() as session:
        session.get_one(Assignment, arena.assignments[0]).signed_at = None
    ground.compiled(arena)
    if not reason:
        assert call(arena, "POST", body={}).status_code == 409
        return
    ground.close_because(arena, "FINAL", reason)
    made = drafted(arena)
    text = reading.docx_text(paper(arena, made["id"], "docx"))
    assert "Не подписан 1 оценочный лист. " in text and reason in text


def test_protocol_waits_for_the_end_of_its_stage(suite):
    arena = arenas.build(suite, entries=2, jurors=5, open_stage="FINAL", deal=True)
    assert call(arena, "POST", body={}).status_code == 409
    arenas.close(arena, "FINAL")
    reply = call(arena, "POST", body={})
    assert (reply.status_code, reply.get_json()["detail"]) == (409, "Кезең нәтижелері әлі есептелмеген")


def test_signing_wants_chair_secretary_jurors_and_a_quorum(suite):
    arena = ground.closed(suite, entries=2, jurors=6)
    ground.compiled(arena)
    made, people = drafted(arena), arena.members
    for signed in (people[1:], [people[0], *people[2:]], people[:4], [*people[:5], "nobody"]):
        assert call(arena, "POST", "/sign", {"signed": signed}).status_code == 422
    few = call(arena, "PATCH", body={"present": people[:4]}).get_json()
    assert few["quorum"] == {"needed": 5, "present": 4, "met": False}
    assert call(arena, "POST", "/sign", {"signed": people[:4]}).status_code == 422
    call(arena, "PATCH", body={"present": people[:5]})
    assert call(arena, "POST", "/sign", {"signed": people}).status_code == 422  # one of them was absent
    stale = call(arena, "POST", "/sign", {"signed": people[:5]}, **{"If-Match": f'"{made["version"]}"'})
    assert stale.status_code == 412
    signed = call(arena, "POST", "/sign", {"signed": people[:5]}).get_json()
    assert [row["role"] for row in signed["signatures"]][:2] == ["chair", "secretary"]
    assert call(arena, "PATCH", body={"number": "7"}).status_code == 409


@pytest.mark.both_engines
def test_signed_protocol_stays_and_corrected_results_have_their_own(suite):
    arena = ground.closed(suite, entries=4, jurors=6)
    ground.compiled(arena)
    first = drafted(arena)
    call(arena, "POST", "/sign", {"signed": arena.members})
    before = paper(arena, first["id"], "pdf")
    with suite.events.app_context(), db.transaction() as session:
        session.get_one(Entry, arena.entries[0]).name = "Басқа Есім"
        session.get_one(JuryMember, arena.members[2]).name = "Other Juror"
    assert paper(arena, first["id"], "pdf") == before  # to the byte
    ground.compiled(arena, n1={"score": "99.00", "decides": "99.00"})
    second = drafted(arena)
    assert (second["number"], second["id"] != first["id"]) == ("2", True)
    assert "Басқа Есім" in json.dumps(second["contents"], ensure_ascii=False)  # the control: a draft follows the rows
    assert call(arena, "POST", body={}).status_code == 200  # there is one a compilation
    with suite.events.app_context():
        assert len(db.session.scalars(select(Protocol)).all()) == 2


def test_ties_of_the_last_stage_show_the_total_that_is_equal(suite):
    arena = ground.closed(suite, entries=4, jurors=5, nominations=1)
    equal = {"tie": "final", "total": "86.51"}
    ground.compiled(arena, n1={**equal, "decides": "88.01"}, n2={**equal, "decides": "86.02"})
    found = drafted(arena)["contents"]["sections"]
    rows = next(block["table"]["rows"] for one in found if one["title"] == "Тең нәтижелер" for block in one["blocks"])
    assert [row[2] for row in rows] == ["86,51", "86,51"]
    assert [one["blocks"] for one in found if one["title"] == "Ерекше пікір"] == [[{"text": "Болған жоқ."}]]


def test_draft_of_older_results_is_left_behind_and_never_signed(suite):
    """Its number goes to the protocol of the newer results, and only those may be published."""
    arena = ground.closed(suite, entries=2)
    older = ground.compiled(arena, publish=False)
    first = drafted(arena)
    newer = ground.compiled(arena, publish=False)
    assert call(arena, "POST", "/sign", {"signed": arena.members}).status_code == 409
    second = drafted(arena)
    assert (first["number"], second["number"], second["compilation"]) == ("1", "1", newer)
    assert call(arena, "POST", "/sign", {"signed": arena.members}).get_json()["status"] == "signed"
    with suite.events.app_context():
        signed = [db.session.get_one(Compilation, one).signed_at for one in (older, newer)]
    assert signed[0] is None and signed[1]


def test_directors_write_it_on_pages_and_attach_the_signed_paper(suite, monkeypatch):
    arena = ground.closed(suite, entries=2)
    ground.compiled(arena)
    secretary = suite.browser("kk", arena.juror(1))
    secretary.get(f"/contests/{TITLE}/protocol/new/{arena.stages['FINAL']}")
    secretary.submit_fields({"number": "3", "place.kk": "Қарағанды"})
    assert "№ 3 хаттама" in secretary.text
    protocol = call(arena, "GET").get_json()
    assert (protocol["number"], protocol["place"], len(protocol["present"])) == ("3", {"kk": "Қарағанды"}, 6)
    page = f"/contests/{TITLE}/protocol/{protocol['id']}"
    secretary.get(f"{page}/sign")
    secretary.submit_fields({"signed[]": arena.members[1:]})
    assert "Төраға қол қоюы керек" in secretary.text
    token = next(e.get("value") for e in secretary.tree.iter("input") if e.get("name") == "csrf_token")
    scan = paper(arena, protocol["id"], "pdf")
    for name, data, status in (("scan.pdf", b"<html>", 422), ("scan.pdf", scan, 303)):
        reply = upload(secretary, f"{page}/sign", token, arena.members, name, data)
        assert reply.status_code == status, reply.text
    kept = suite.get(f"{page}/signed", as_=arena.organiser)
    assert (kept.data, kept.headers["Content-Disposition"][:10], kept.mimetype) == (
        scan,
        "attachment",
        "application/pdf",
    )
    assert (
        upload(secretary, f"{page}/sign", token, [], "again.pdf", paper(arena, protocol["id"], "pdf", "kk")).status_code
        == 303
    )
    api = f"{arena.api}/protocols/{protocol['id']}"
    headers = {"Authorization": f"Bearer {arena.organiser}"}
    for name, data, status in (("x.pdf", b"<html>", 422), ("json.pdf", scan, 200)):
        sent = {"file": (io.BytesIO(data), name)}
        reply = Client(suite.wsgi).post(f"{api}/scan", data=sent, headers=headers, base_url=ORIGIN)
        assert reply.status_code == status, reply.text
    assert suite.json("GET", api, as_=arena.organiser).get_json()["file"]["name"] == "json.pdf"
    assert suite.json("GET", f"{api}/scan", as_=arena.organiser).data == scan
    monkeypatch.setattr(sweeping, "YOUNG", timedelta(days=-1))
    with suite.events.app_context():
        assert sweeping.sweep() == 0, "the paper before it stays in the history"
        assert scan in [store.get(key) for key, _put_at in store.listed()]


def upload(browser, path, token, signed, name, data):
    fields = {"csrf_token": token, "version": "1", "signed[]": signed, "file": (io.BytesIO(data), name)}
    return browser.client.post(path, data=fields, base_url="http://127.0.0.1:8000")


@pytest.mark.parametrize("role", ["teacher", "juror", "official"])
def test_others_find_no_protocol(suite, role):
    arena = ground.closed(suite, entries=2)
    ground.compiled(arena)
    made = drafted(arena)
    token = suite.sign_in(role, 3 if role == "juror" else 0)
    assert call(arena, "GET", as_=token).status_code == 404
    for path in ("", f"/{made['id']}/edit", f"/{made['id']}/ru.pdf", f"/{made['id']}/signed"):
        assert suite.get(f"/contests/{TITLE}/protocol{path}", as_=token).status_code == 404

"""Awards: who gets which, that a second run gives none, what a correction does, and what everybody may check."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from events_service.awards.models import Award
from events_service.contests.models import Stage
from events_service.db import Audit, Counter, db
from events_service.entries.models import WITHDRAWN, Entry
from events_service.jury.models import RECUSED, Assignment
from events_service.results.degrees import kind_of
from events_service.results.models import DISMISSED, FILED, UPHELD, Appeal
from services.database import utcnow
from tests.events_service.awards import ground, reading
from tests.events_service.awards.test_minutes import TITLE, call, drafted
from tests.events_service.awards.test_next_step import next_of
from tests.events_service.cost import sent
from tests.events_service.jury.court import put

pytestmark = pytest.mark.one_engine("sqlite")
LARGEST = 200 * 1024
BUTTON = "Жетпегенін беру"


@pytest.mark.parametrize(("places", "kinds"), [
    ([1, 2, 3, 4, 5, 6, 7], "1223334"),
    ([1, 1, 3, 4, 4, 4, 4], "1123333"),
    ([1, 2, 2, 2, 5, 6, 7], "1222334"),
    ([None], "4"),
])  # fmt: skip
def test_places_earn_their_degree_and_shared_ones_all_get_it(places, kinds):
    names = {"1": "diploma_1", "2": "diploma_2", "3": "diploma_3", "4": "certificate"}
    assert [kind_of(place, (1, 2, 3)) for place in places] == [names[kind] for kind in kinds]


def signed(arena, stage="FINAL", **changes):
    """Corrected or first results, published, and their protocol signed."""
    ground.compiled(arena, stage, **changes)
    drafted(arena, stage)
    assert call(arena, "POST", "/sign", {"signed": arena.members}, stage=stage).status_code == 200


def give(arena, **body):
    return arena.suite.json("POST", f"{arena.api}/awards", body, as_=arena.organiser)


def count(arena, made, voided, valid, left_out=0, thanks=0):
    """What a run answers."""
    body = give(arena).get_json()
    assert body == {"made": made, "voided": voided, "valid": valid, "left_out": left_out, "thanks": thanks}


def awards(arena, **where):
    with arena.suite.events.app_context():
        return db.session.scalars(select(Award).filter_by(**where).order_by(Award.number)).all()


@pytest.fixture
def arena(suite):
    return ground.closed(suite, entries=7, jurors=5, nominations=1, signatures=2)


@pytest.mark.both_engines
def test_first_run_gives_all_and_the_second_none(suite, arena):
    assert give(arena).status_code == 409  # no protocol stands yet
    with suite.events.app_context(), db.transaction() as session:
        session.get_one(Entry, arena.entries[6]).status = WITHDRAWN
    signed(arena, **{f"n{number}": {"place": number} for number in (1, 3, 4, 5, 6, 7)}, n2={"place": 1})
    count(arena, 6, 0, 6, thanks=5)
    count(arena, 0, 0, 6)
    found = [row for row in awards(arena) if row.entry_id]
    assert [row.kind for row in found] == ["diploma_1", "diploma_1", "diploma_2", "diploma_3", "diploma_3", "diploma_3"]
    assert [row.number.rpartition("-")[2] for row in found] == ["0001", "0002", "0003", "0004", "0005", "0006"]
    assert len({row.code for row in awards(arena)}) == 6 + 5
    suite.drain()
    letters = [mail for mail in suite.mails() if "/awards/" in mail.get_body(("plain",)).get_content()]
    assert len(letters) == 6 + 5
    assert {mail["Content-Language"] for mail in letters} >= {"kk", "ru"}
    with suite.events.app_context():
        assert len(db.session.scalars(select(Audit).where(Audit.action == "award.made")).all()) == 6 + 5


@pytest.mark.both_engines
def test_correction_voids_what_lost_its_ground_and_there_and_back_again(arena):
    places = {f"n{number}": {"place": number} for number in range(1, 8)}
    swapped = places | {"n1": {"place": 2}, "n2": {"place": 1}}
    for corrected, *answer in ((places, 7, 0, 7, 0, 5), (swapped, 2, 2, 7), (places, 2, 2, 7)):
        signed(arena, **corrected)
        count(arena, *answer)
    first = awards(arena, entry_id=arena.entries[0])
    assert [(row.kind, row.void_at is None) for row in first] == [
        ("diploma_1", False), ("diploma_2", False), ("diploma_1", True),
    ]  # fmt: skip
    assert "№ 2 хаттама" in first[0].void_reason
    out = f"{arena.api}/entries/{arena.entries[0]}/exclude"
    assert arena.suite.json("POST", out, {"reason": "Көшірілген"}, as_=arena.organiser).status_code == 200
    assert give(arena).get_json()["type"] == "tag:qonyrau,2026:awards-wait"
    signed(arena, **{f"n{number}": {"place": number - 1} for number in range(2, 8)})
    count(arena, 3, 4, 6)
    assert "Көшірілген" in str(call(arena, "GET").get_json()["contents"])
    assert awards(arena, entry_id=arena.entries[0])[-1].void_reason == "Жұмыс енді байқауға қатыспайды"


def test_results_that_are_not_published_or_not_signed_give_nothing(arena):
    signed(arena)
    ground.compiled(arena)  # published, and its protocol not yet written
    assert give(arena).status_code == 409
    assert awards(arena) == []


def test_awards_wait_until_no_appeal_can_change_the_results(suite, arena):
    """One waits for its answer, then it stands in no protocol, then it does while more may come."""
    signed(arena, "REMOTE")
    signed(arena)
    with suite.events.app_context(), db.transaction() as session:
        stage = session.get_one(Stage, arena.stages["FINAL"])
        about = {"stage_id": stage.id, "compilation_id": stage.compilation_id, "text": "Р"}
        appeal = Appeal(entry_id=arena.entries[0], **about)
        session.add(appeal)
        session.flush()
        over = stage.published_at
    said, since = set(), utcnow() + timedelta(hours=1)
    for status, answered, published in (
        (FILED, None, over), (UPHELD, since, over), (DISMISSED, since, over), (DISMISSED, over, utcnow()),
    ):  # fmt: skip
        put(arena, Appeal, appeal.id, status=status, answered_at=answered)
        put(arena, Stage, stage.id, published_at=published)
        refused = give(arena)
        assert (refused.status_code, refused.get_json()["type"]) == (409, "tag:qonyrau,2026:awards-wait")
        page = suite.get(f"/contests/{TITLE}/awards", arena.organiser, "kk").text
        said.add(refused.get_json()["detail"])
        assert refused.get_json()["detail"] in page and BUTTON not in page
    assert next_of(arena) == ("window", None)
    put(arena, Stage, stage.id, published_at=over)
    assert next_of(arena) == ("awards", None)
    assert len(said) == 3 and awards(arena) == []
    assert BUTTON in suite.get(f"/contests/{TITLE}/awards", arena.organiser, "kk").text
    assert give(arena).status_code == 200


def test_awards_wait_for_appeals_and_newer_results_of_an_earlier_stage(suite, arena):
    """Totals count it; the control is the same run once the last results know of it."""
    early = ground.compiled(arena, "REMOTE")
    signed(arena)
    with suite.events.app_context(), db.transaction() as session:
        about = {"stage_id": arena.stages["REMOTE"], "compilation_id": early, "text": "Р"}
        session.add(appeal := Appeal(entry_id=arena.entries[0], answered_at=utcnow(), status=FILED, **about))
    assert give(arena).get_json()["detail"] == "Апелляция жауап күтіп тұр: марапат содан кейін беріледі"
    put(arena, Appeal, appeal.id, status=DISMISSED)
    signed(arena, "REMOTE")
    assert give(arena).get_json()["type"] == "tag:qonyrau,2026:awards-wait"
    assert next_of(arena) == ("overtaken", "FINAL")
    signed(arena)
    count(arena, 7, 0, 7, thanks=5)


def test_juror_who_signed_a_sheet_gets_a_letter_of_thanks_once(suite, arena):
    with suite.events.app_context(), db.transaction() as session:
        for sheet in session.scalars(select(Assignment).where(Assignment.member_id == arena.members[4])):
            sheet.status, sheet.signed_at = RECUSED, None
    signed(arena)
    count(arena, 7, 0, 7, thanks=4)
    found = awards(arena, kind="thanks")
    assert {row.member_id for row in found} == set(arena.members[:4])
    mine = next(row for row in found if row.member_id == arena.members[2])
    juror, path = arena.juror(2), f"/awards/{mine.code}/ru.pdf"
    [text] = reading.pdf_pages(suite.get(path, as_=juror).data)
    for said in ("БЛАГОДАРСТВЕННОЕ ПИСЬМО", mine.name, "за работу в жюри", mine.number, f"/awards/{mine.code}"):
        assert said in text
    assert suite.get(path, as_=arena.juror(3)).status_code == 404
    assert mine.code in suite.get("/my", as_=juror).text
    assert "Подлинная, действует" in suite.get(f"/awards/{mine.code}").text
    answer = suite.json("GET", f"{arena.api}/awards", as_=juror).get_json()["items"]
    assert [(row["juror"], row["entry"], row["kind"]) for row in answer] == [(arena.members[2], None, "thanks")]
    void = f"{arena.api}/awards/{mine.id}/void"
    assert suite.json("POST", void, {"reason": "Қате есім"}, as_=arena.organiser).status_code == 200
    count(arena, 0, 0, 7)
    assert give(arena, again=mine.id).get_json()["thanks"] == 1
    with pytest.raises(IntegrityError), suite.events.app_context(), db.transaction() as session:
        session.get_one(Award, mine.id).entry_id = arena.entries[0]


def test_everybody_checks_a_code_and_learns_no_address(suite, arena):
    signed(arena)
    give(arena)
    award = awards(arena)[0]
    with suite.events.app_context():
        address = db.session.get(Entry, award.entry_id).email
    typed = f"{award.code[:5]}-{award.code[5:]}".lower().translate(str.maketrans("abcehkmpt", "авсенкмрт"))
    browser = suite.browser("ru")
    browser.get(f"/awards?code={typed}")
    assert "Подлинная, действует" in browser.text and award.name in browser.text
    assert browser.response.headers["X-Robots-Tag"] == "noindex"
    answer = suite.json("GET", f"/api/v1/awards/{award.code}").get_json()
    assert (answer["valid"], answer["number"]) == (True, award.number)
    for shown in (browser.html, str(answer)):
        assert address not in shown and "@" not in shown and award.entry_id not in shown
    undone = suite.json("POST", f"{arena.api}/awards/{award.id}/void", {"reason": "Қате есім"}, as_=arena.organiser)
    assert undone.get_json()["void_reason"] == "Қате есім"
    browser.get(f"/awards/{award.code}")
    assert "Отозвана" in browser.text and "Қате есім" not in browser.text
    assert suite.json("GET", f"/api/v1/awards/{award.code}").get_json()["valid"] is False
    assert browser.get("/awards/2222222222").status_code == 404
    count(arena, 0, 0, 6, left_out=1)
    assert give(arena, again="0" * 32).status_code == 404
    assert give(arena, again=award.id).get_json()["made"] == 1  # asked for by name, with another number
    count(arena, 0, 0, 7)
    with suite.events.app_context():
        assert db.session.scalars(select(Counter.value).where(Counter.name.startswith("award "))).one() == 7 + 5 + 1


def test_paper_is_her_own_small_and_bears_its_address(suite, arena):
    signed(arena)
    give(arena)
    award, others = awards(arena)[0], suite.sign_in("teacher", 20)
    author = next(number for number, entry in enumerate(arena.entries) if entry == award.entry_id)
    for code, word in (("kk", "дәрежелі"), ("ru", "степени")):
        path = f"/awards/{award.code}/{code}.pdf"
        reply = suite.get(path, as_=suite.sign_in("teacher", author))
        [text] = reading.pdf_pages(reply.data)
        assert len(reply.data) <= LARGEST and reply.data == suite.get(path, as_=arena.organiser).data
        assert all(said in text for said in (award.name, word, f"/awards/{award.code}", award.number))
        assert suite.get(path, as_=others).status_code == 404
    assert award.number.rpartition("-")[0] and award.code in suite.get("/my", as_=suite.sign_in("teacher", author)).text
    own = suite.json("GET", f"{arena.api}/awards", as_=suite.sign_in("teacher", author)).get_json()
    assert [row["code"] for row in own["items"]] == [award.code]
    batch = suite.get(f"/contests/{TITLE}/awards/kk.pdf", as_=arena.organiser)
    assert len(reading.pdf_pages(batch.data)) == 7 + 5


def test_organiser_gives_and_takes_back_on_pages(suite, arena):
    signed(arena)
    browser = suite.browser("kk", arena.organiser)
    browser.get(f"/contests/{TITLE}/awards")
    browser.submit(f"/contests/{TITLE}/awards")
    assert "7 марапат дайындалды" in browser.text
    browser.submit(f"/contests/{TITLE}/awards")
    assert "жаңасы жасалмады" in browser.text
    plain = sent(suite, f"/contests/{TITLE}/awards", arena.organiser)
    browser.get(f"/contests/{TITLE}/awards/{awards(arena)[0].id}/void")
    browser.submit(reason="")
    assert browser.response.status_code == 422
    browser.submit(reason="Қате")
    assert "Күші жойылған" in browser.text
    assert sent(suite, f"/contests/{TITLE}/awards", arena.organiser) > plain  # only now it asks what a run would give
    again = next(form for form in browser.tree.iter("form") if form.find(".//input[@name='again']") is not None)
    browser.send(again, {})
    page = browser.get(f"/contests/{TITLE}/awards").text
    assert "1 марапат дайындалды" in page and 'name="again"' not in page
    assert len([row for row in awards(arena) if row.entry_id and row.void_at is None]) == 7

"""Tables of the register as files, opened again with other libraries."""

import csv
import io

import openpyxl
import pytest

from services import exports
from tests.registry_service.facts import API, coordinator, official, registrar

pytestmark = pytest.mark.either_engine

TABLES = ("schools", "attachments", "twinning", "enrolments", "orders")
EVIL = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "=cmd|' /C calc'!A0"]


def lines_of(reply, form="csv"):
    assert reply.status_code == 200, reply.text
    if form == "csv":
        assert reply.data.startswith(b"\xef\xbb\xbf")
        return list(csv.reader(io.StringIO(reply.data.decode("utf-8-sig")), delimiter=";"))
    book = openpyxl.load_workbook(io.BytesIO(reply.data))
    assert all(cell.data_type != "f" for row in book.active.iter_rows() for cell in row)
    return [["" if value is None else str(value) for value in row] for row in book.active.values]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_files_hold_what_the_lists_count(suite, form):
    counts = {"schools": 315, "attachments": 211, "twinning": 163, "enrolments": 156, "orders": 4}
    for table, number in counts.items():
        reply = suite.get(f"/registry/exports/{table}.{form}?as_of=2021-05-01")
        assert len(lines_of(reply, form)) - 1 == number, table
        assert f'{table}-2021-05-01.{form}"' in reply.headers["Content-Disposition"]


def test_file_of_schools_has_the_filters_of_the_list(suite):
    found = lines_of(suite.get("/registry/exports/schools.csv?district=ABA&small=yes&as_of=2021-05-01"))

    assert len(found) == 12
    assert {line[5] for line in found[1:]} == {"Абайский район"}
    assert found[0][:2] == ["Код", "Название на казахском"]
    browser = suite.browser()
    browser.get("/registry/schools?district=ABA&small=yes&as_of=2021-05-01&cursor=")
    links = [link.get("href") for link in browser.tree.iter("a") if "/exports/" in link.get("href", "")]
    assert [len(lines_of(suite.get(link), link[: link.index("?")].rpartition(".")[2])) for link in links] == [12, 12]


@pytest.mark.parametrize(("asked", "numbers"), [("q=499", ["499"]), ("kind=legal_act", None), ("year=2001", [])])
def test_file_of_orders_has_the_filters_of_the_list(suite, asked, numbers):
    listed = suite.json("GET", f"{API}/orders?{asked}").get_json()["items"]
    found = [line[0] for line in lines_of(suite.get(f"/registry/exports/orders.csv?{asked}"))[1:]]
    assert found == [order["number"] for order in listed] == (found if numbers is None else numbers)


def test_past_day_shows_what_held_then(suite):
    assert len(lines_of(suite.get("/registry/exports/twinning.csv?as_of=2019-10-17"))) == 1


def test_people_are_for_those_who_keep_them(suite):
    path = "/registry/exports/people.csv"
    everybody, own = (lines_of(suite.get(path, as_=who(suite))) for who in (registrar, coordinator))

    assert len(everybody) > len(own) > 1
    assert {line[3].split("-")[1] for line in own[1:]} == {"ABA"}
    assert suite.get(path, as_=official(suite)).status_code == 403
    assert suite.browser().get(path, follow=False).status_code == 302
    assert suite.get("/registry/exports/people.pdf").status_code == 404


@pytest.mark.parametrize("asked", ["as_of=x", "district=" + "X" * 100, "small=maybe"])
def test_bad_question_is_refused(suite, asked):
    assert suite.get(f"/registry/exports/schools.csv?{asked}").status_code == 422


def test_dangerous_names_come_out_as_text(suite):
    for number, text in enumerate(EVIL):
        body = {"name": {"ru": f"{text} школа"}, "district": "ABA", "code": f"EVIL-{number}", "reason": "Проверка"}
        assert suite.json("POST", f"{API}/schools", body, as_=registrar(suite)).status_code == 201
    named = "/registry/exports/schools.{}?district=ABA"

    plain = {line[0]: line[2] for line in lines_of(suite.get(named.format("csv")))}
    for number, text in enumerate(EVIL):
        assert plain[f"EVIL-{number}"] == ("" if text[0] == "\t" else "'") + f"{text} школа".strip()
    book = {line[0]: line[2] for line in lines_of(suite.get(named.format("xlsx")), "xlsx")}
    assert [book[f"EVIL-{number}"] for number in range(6)] == [f"{text} школа".strip() for text in EVIL]


def test_too_many_rows_for_a_file_is_a_clear_refusal(suite, monkeypatch):
    monkeypatch.setattr(exports, "MOST", 10)
    reply = suite.get("/registry/exports/schools.csv")

    assert reply.status_code == 422
    assert "10" in reply.text


def test_table_of_territories_is_a_workbook_too(suite):
    found = lines_of(suite.get("/registry/territories.xlsx?as_of=2021-05-01"), "xlsx")

    assert found[-1][3:] == ["303", "211", "69.6", "39", "211", "163", "156"]

"""Importing attachments, twinning, enrolments and people."""

import pytest

from tests.registry_service.facts import API, attachment_of, coordinator, history, registrar, school
from tests.registry_service.imports.files import apply, csv_file, dry_run, rows

pytestmark = pytest.mark.either_engine

ATTACH = ["Код школы", "РЦ", "С", "До", "Приказ"]
PEOPLE = ["ФИО", "E-mail", "Язык", "Школа", "Роли"]


def told(answer):
    return {(line["row"], line["column"]) for line in answer["rejected"]}


def test_attachments_are_moved_ended_left_alone_or_refused(suite):
    old = attachment_of(suite, "SYN-ABA-001")[0]["centre"]
    other = next(code for code in ("SYN-ABA-012", "SYN-ABA-013") if code != old)
    kept = attachment_of(suite, "SYN-ABA-002")[0]["centre"]
    data = csv_file(
        ATTACH,
        ["SYN-ABA-001", other, "2026-01-10", "", "499"],
        ["SYN-ABA-002", kept],
        ["SYN-ABA-003", attachment_of(suite, "SYN-ABA-003")[0]["centre"], "", "2026-01-20"],
        ["SYN-ABA-012", "SYN-ABA-013", "2026-01-10"],
        ["SYN-ABA-004", "SYN-ABA-001", "2026-01-10"],
        ["NOWHERE", "SYN-ABA-012", "2026-01-10"],
        ["SYN-ABA-002", other, "2026-01-10"],
    )
    shown = dry_run(suite, "attachments", data, coordinator(suite))

    assert (shown["changed"], shown["unchanged"]) == (2, 1)
    assert told(shown) == {(5, "school"), (6, "centre"), (7, "school"), (8, "school")}
    moved = rows(suite, shown["id"], coordinator(suite), status="changed")[0]["changes"]
    assert moved == [{"column": "centre", "old": old, "new": other}]

    done = apply(suite, "attachments", data, coordinator(suite))
    assert (done["id"], done["changed"]) == (shown["id"], 2)
    assert attachment_of(suite, "SYN-ABA-001")[0]["centre"] == other
    assert attachment_of(suite, "SYN-ABA-003") == []
    assert [line["action"] for line in history(suite, "SYN-ABA-001")] == ["school.moved"]


def test_twinning_begins_ends_and_gets_its_order(suite):
    data = csv_file(
        ["school", "patron", "valid_from", "valid_to", "order", "order_date"],
        ["SYN-ABA-001", "SYN-P05", "2026-01-10", "", "499", "18.10.2019"],
        ["SYN-ABA-003", "SYN-P01", "", "2026-01-10", "", ""],
        ["SYN-ABA-006", "SYN-P02", "", "", "499", ""],
        ["SYN-ABA-002", "SYN-ABA-001", "2026-01-10", "", "", ""],
        ["SYN-AKT-001", "SYN-P05", "2026-01-10", "", "", ""],
    )
    shown = apply(suite, "twinning", data, coordinator(suite))

    assert (shown["new"], shown["changed"], shown["unchanged"]) == (1, 1, 1)
    assert told(shown) == {(5, "patron"), (6, "school")}
    assert school(suite, "SYN-ABA-001")["patrons"] == ["SYN-P05"]
    assert school(suite, "SYN-ABA-003")["patrons"] == []


def test_enrolments_begin_and_end(suite):
    data = csv_file(
        ["programme", "school", "valid_to"],
        ["USHQYR_OI", "SYN-ABA-003", "2026-01-10"],
        ["ushqyr_oi", "SYN-ABA-001", ""],
        ["USHQYR_OI", "SYN-ABA-012", ""],
        ["SELSKAYA_SHKOLA", "SYN-ABA-001", ""],
        ["NONE", "SYN-ABA-001", ""],
        ["AUYL_QALA", "SYN-ABA-001", ""],
    )
    shown = apply(suite, "enrolments", data, registrar(suite), valid_from="2026-01-05")

    assert (shown["new"], shown["changed"]) == (1, 1)
    assert told(shown) == {(4, "school"), (5, "school"), (6, "programme"), (7, "programme")}
    assert "USHQYR_OI" in school(suite, "SYN-ABA-001")["programmes"]
    assert "USHQYR_OI" not in school(suite, "SYN-ABA-003")["programmes"]


def people(suite, **asked):
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return suite.json("GET", f"{API}/people?{query}", as_=registrar(suite)).get_json()["items"]


def test_people_come_change_and_are_warned_of(suite):
    data = csv_file(
        PEOPLE,
        ["Серікова Айгүл Маратқызы", "serikova@example.invalid", "қазақша", "SYN-ABA-001", ""],
        ["Серикова Айгул Мараткызы", "a.serikova@example.invalid", "русский", "SYN-ABA-002", ""],
        ["Новое Имя", "teacher0000@example.invalid", "", "", ""],
        ["Координатор", "new@example.invalid", "kk", "", "Координатор:AKT; teacher"],
        ["Без места", "no@example.invalid", "kk", "", "coordinator"],
        ["Без почты", "нет", "kk", "", ""],
    )
    shown = apply(suite, "people", data, registrar(suite), lang="ru")

    assert (shown["new"], shown["changed"]) == (3, 1)
    assert told(shown) == {(6, "roles"), (7, "email")}
    assert [line["row"] for line in shown["warnings"]] == [3]
    assert people(suite, q="new@example.invalid")[0]["roles"] == ["coordinator:AKT", "teacher"]
    assert people(suite, q="teacher0000@example.invalid")[0]["name"] == "Новое Имя"


def test_coordinator_brings_the_teachers_of_her_district_only(suite):
    data = csv_file(
        PEOPLE,
        ["Учитель", "one@example.invalid", "kk", "SYN-ABA-001", ""],
        ["Учитель", "two@example.invalid", "kk", "SYN-AKT-001", ""],
        ["Без школы", "three@example.invalid", "kk", "", ""],
        ["С ролью", "four@example.invalid", "kk", "SYN-ABA-001", "registrar"],
        ["Чужой", "official0@example.invalid", "kk", "", ""],
    )
    shown = apply(suite, "people", data, coordinator(suite))

    assert shown["new"] == 1
    assert told(shown) == {(3, "school"), (4, "school"), (5, "roles"), (6, "email")}


@pytest.mark.parametrize(
    "name", ["schools.csv", "schools.xlsx", "attachments.csv", "twinning.xlsx", "enrolments.csv", "people.xlsx"]
)
def test_exported_table_comes_back_unchanged(suite, name):
    token, kind = registrar(suite), name.partition(".")[0]
    shown = dry_run(suite, kind, suite.get(f"/registry/exports/{name}", as_=token).data, token, name=name)

    assert shown["unchanged"] == shown["rows"] > 100

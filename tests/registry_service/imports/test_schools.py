"""Importing schools: the dry run names what is wrong, and confirming does what it showed."""

import csv
import gzip
import io

import openpyxl

from tests.registry_service.facts import API, coordinator, history, last_change, registrar, school
from tests.registry_service.imports.files import (
    IMPORTS,
    SCHOOLS,
    apply,
    csv_file,
    dry_run,
    post_file,
    rows,
    send_form,
    xlsx_file,
)

BAD = {
    17: (["NEW-017", "", "Абайский", "да", "", ""], "name_ru"),
    40: (["NEW-040", "Школа 40", "Марсианский", "нет", "", ""], "district"),
    99: (["NEW-099", "Школа 99", "Нуринский", "может быть", "", ""], "small"),
    150: (["NEW-150", "Школа 150", "Нуринский", "да", "№ 777 от 01.02.2020", ""], "order"),
    303: (["NEW-303", "Школа 303", "Нуринский", "да", "499", "31.02.2020"], "valid_from"),
}


def file_of_303():
    """303 rows of schools, five of them bad; a row's number in the file is one more, below the head."""
    good = lambda n: [f"NEW-{n:03}", f"Сельская школа {n}", "Бұхаржырауский", "да", "№ 499 от 18.10.2019", "01.09.2021"]  # noqa: E731
    return xlsx_file(SCHOOLS, *(BAD[number][0] if number in BAD else good(number) for number in range(1, 304)))


def told(answer):
    return {(line["row"], line["column"]) for line in answer["rejected"]}


WANTED = {(number + 1, column) for number, (_cells, column) in BAD.items()}


def count(suite):
    return suite.json("GET", f"{API}/schools?limit=1").get_json()["total"]


def test_303_rows_with_5_bad_ones_through_json(suite):
    before, data = count(suite), file_of_303()
    shown = dry_run(suite, "schools", data, registrar(suite), name="школы.xlsx")

    assert (shown["rows"], shown["accepted"], shown["new"]) == (303, 298, 298)
    assert told(shown) == WANTED
    assert all(line["reason"] for line in shown["rejected"])
    assert count(suite) == before

    done = apply(suite, "schools", data, registrar(suite), name="школы.xlsx")
    assert done["id"] == shown["id"]
    assert (done["state"], done["accepted"], done["new"]) == ("done", 298, 298)
    assert told(done) == WANTED
    assert count(suite) == before + 298
    found = school(suite, "NEW-001")
    assert (found["district"], found["small"], found["opened_on"]) == ("BUH", True, "2021-09-01")
    assert history(suite, "NEW-001")[-1]["order"].startswith("№ 499")
    assert last_change(suite)[0] == "school"


def test_303_rows_with_5_bad_ones_through_the_page(suite):
    before, browser = count(suite), suite.browser(as_=registrar(suite))
    send_form(browser, file_of_303(), "школы.xlsx", kind="schools")

    for number, (_cells, _column) in BAD.items():
        assert f"{number + 1} Отклонена" in browser.text
    assert "298" in browser.text
    assert len(gzip.compress(browser.response.data)) < 15_000
    run = browser.url
    browser.submit(action=run)
    assert count(suite) == before + 298

    reply = browser.get(f"{run}/rejected.xlsx")
    lines = list(openpyxl.load_workbook(io.BytesIO(reply.data)).active.values)
    assert lines[0][: len(SCHOOLS)] == tuple(SCHOOLS)
    assert [line[len(SCHOOLS)] for line in lines[1:]] == [number + 1 for number in BAD]
    reply = browser.get(f"{run}/rejected.csv")
    assert len(list(csv.reader(io.StringIO(reply.data.decode("utf-8-sig")), delimiter=";"))) == 6


def test_second_confirmation_changes_nothing(suite):
    data = csv_file(SCHOOLS, ["NEW-1", "Школа", "Абай", "нет"])
    run = dry_run(suite, "schools", data, registrar(suite))["id"]
    answers = [suite.json("POST", f"{API}/imports/{run}/confirm", as_=registrar(suite)) for _ in range(2)]

    assert [reply.status_code for reply in answers] == [200, 409]


def test_difference_is_told_field_by_field(suite):
    data = csv_file(
        ["Код", "Название", "МКШ", "с какого дня", "Лишнее"],
        ["SYN-ABA-001", "Школа имени Абая", "нет", "2026-01-15", "x"],
        ["SYN-ABA-002", "", "да", "", ""],
    )
    shown = dry_run(suite, "schools", data, registrar(suite), lang="ru")
    changed, unchanged = rows(suite, shown["id"], registrar(suite))

    assert (shown["changed"], shown["unchanged"], shown["unread_columns"]) == (1, 1, ["Лишнее"])
    assert [(line["column"], line["new"]) for line in changed["changes"]] == [
        ("name_ru", "Школа имени Абая"),
        ("small", "нет"),
    ]
    assert unchanged["row"] == 3

    apply(suite, "schools", data, registrar(suite))
    found = school(suite, "SYN-ABA-001", "2026-02-01")
    assert (found["name"]["ru"], found["small"], found["attached"]) == ("Школа имени Абая", False, False)
    assert found["name"]["kk"]


def test_status_without_a_day_is_rejected_unless_the_file_has_one(suite):
    data = csv_file(["code", "small"], ["SYN-ABA-001", "no"])

    assert told(dry_run(suite, "schools", data, registrar(suite))) == {(2, "valid_from")}
    assert dry_run(suite, "schools", data, registrar(suite), valid_from="2026-01-15")["changed"] == 1


def test_what_changed_meanwhile_is_rejected_at_confirmation(suite):
    data = csv_file(SCHOOLS, ["NEW-1", "Первая школа", "Абай", "нет"], ["NEW-2", "Вторая школа", "Абай", "нет"])
    data += csv_file(["SYN-ABA-001", "Школа имени Абая", "", ""], encoding="utf-8")
    run = dry_run(suite, "schools", data, registrar(suite))["id"]
    body = {"code": "NEW-2", "name": {"ru": "Занято"}, "district": "ABA", "reason": "Раньше"}
    assert suite.json("POST", f"{API}/schools", body, as_=registrar(suite)).status_code == 201
    patch = {"name": {"ru": "Иначе"}, "reason": "Раньше"}
    assert suite.json("PATCH", f"{API}/schools/SYN-ABA-001", patch, as_=registrar(suite)).status_code == 200

    done = suite.json("POST", f"{API}/imports/{run}/confirm", as_=registrar(suite)).get_json()

    assert (done["new"], [line["row"] for line in done["rejected"]]) == (1, [3, 4])
    assert school(suite, "NEW-1")["name"] == {"ru": "Первая школа"}
    assert school(suite, "NEW-2")["name"] == {"ru": "Занято"}
    assert school(suite, "SYN-ABA-001")["name"]["ru"] == "Иначе"


def test_coordinator_brings_rows_of_her_own_district_only(suite):
    data = csv_file(
        SCHOOLS, ["NEW-1", "Школа", "Абай", "нет"], ["NEW-2", "Школа", "AKT", "нет"], ["SYN-AKT-001", "Школа", "", ""]
    )
    shown = dry_run(suite, "schools", data, coordinator(suite))

    assert (shown["new"], told(shown)) == (1, {(3, "district"), (4, "district")})


def test_one_sees_her_own_imports_only(suite):
    run = dry_run(suite, "schools", csv_file(SCHOOLS, ["N-1", "Школа", "Абай"]), coordinator(suite))["id"]

    for method, path in (
        ("GET", f"{API}/imports/{run}"),
        ("GET", f"{API}/imports/{run}/rows"),
        ("POST", f"{API}/imports/{run}/confirm"),
    ):
        foreign = suite.json(method, path, as_=registrar(suite))
        unknown = suite.json(method, path.replace(run, "0" * 16), as_=registrar(suite))
        assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert suite.get(f"{IMPORTS}/{run}", as_=registrar(suite)).status_code == 404
    assert suite.get(f"{IMPORTS}/{run}/rejected.csv", as_=registrar(suite)).status_code == 404
    assert suite.get(f"{IMPORTS}/{run}", as_=coordinator(suite)).status_code == 200


def test_teacher_and_stranger_import_nothing(suite):
    data = csv_file(SCHOOLS, ["N-1", "Школа", "Абай"])
    assert post_file(suite, "schools", data, suite.sign_in("teacher", 0)).status_code == 403
    assert suite.json("POST", f"{API}/imports?kind=schools").status_code == 401


def test_almost_the_same_name_is_warned_of_and_taken(suite):
    data = csv_file(
        SCHOOLS,
        ["NEW-1", "Средняя школа имени Кенесары Касымова", "Абай", "нет"],
        ["NEW-2", "Школа имени Кенесари Касымова", "Абайский район", "нет"],
        ["NEW-3", "Школа имени Кенесари Касымова", "Нура", "нет"],
        ["NEW-4", "Школа имени Кенесары Касымова № 2", "Абай", "нет"],
    )
    shown = dry_run(suite, "schools", data, registrar(suite))

    assert (shown["new"], [line["row"] for line in shown["warnings"]]) == (4, [3])


SPELT = {
    "Бұхаржырауский": "BUH",
    "Бухаржырауский": "BUH",
    "Бұқар жырау ауданы": "BUH",
    "Жаңааркинский": "ZHA",
    "жанааркинский район": "ZHA",
    "Жаңаарқа": "ZHA",
    "г. Балхаш": "CBA",
    "Karaganda city": "CKR",
    "she": "SHE",
}


def test_district_is_known_however_it_is_spelt(suite):
    lines = [[f"N-{number}", "Школа", spelt] for number, spelt in enumerate(SPELT)]
    apply(suite, "schools", csv_file(SCHOOLS, *lines), registrar(suite))

    assert [school(suite, line[0])["district"] for line in lines] == list(SPELT.values())

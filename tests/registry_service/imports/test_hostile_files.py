"""Files that mean harm, or are not what they say: each a clear refusal, soon, in bounded memory."""

import io
import os
import resource
import time
import zipfile

import psutil
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from werkzeug.test import Client

from registry_service.imports import reading
from registry_service.imports.columns import KINDS
from services.errors import Invalid
from tests.registry_service.facts import API, registrar, school
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
from tests.support.suite import ORIGIN

pytestmark = pytest.mark.either_engine

EXAMPLES = int(os.environ.get("IMPORT_EXAMPLES", "8"))
MB = 2**20
GOOD = ["N-1", "Школа", "Абай", "нет"]


def most_of_children() -> int:
    """KiB. A child begins as a copy of this process, and the kernel counts that too."""
    return max(600 * 1024, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + 1024)


def workbook(**members: bytes) -> bytes:
    """A good workbook with some of its members changed or added."""
    source, target = zipfile.ZipFile(io.BytesIO(xlsx_file(SCHOOLS, GOOD))), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            if name not in members:
                archive.writestr(name, source.read(name))
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def sheet_of(cells: bytes, before: bytes = b"") -> bytes:
    names = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    sheet = b"<?xml version='1.0'?>" + before + b"<worksheet " + names + b"><sheetData>" + cells
    return workbook(**{"xl/worksheets/sheet1.xml": sheet + b"</sheetData></worksheet>"})


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
TEXT = b'<row r="1"><c r="A1" t="inlineStr"><is><t>%s</t></is></c></row>'
HOSTILE = {
    "zip bomb": lambda: sheet_of(b" " * (60 * MB)),
    "many members": lambda: workbook(**{f"x{number}.xml": b"<x/>" for number in range(300)}),
    "ratio": lambda: workbook(**{"xl/media/image1.bin": bytes(3 * MB)}),
    "laughs": lambda: sheet_of(TEXT % b"&c;", LAUGHS),
    "outside entity": lambda: sheet_of(TEXT % b"&a;", OUTSIDE),
    "hidden definitions": lambda: workbook(**{"xl/styles.xml": LAUGHS.decode().encode("utf-16")}),
    "far away cell": lambda: sheet_of(TEXT % b"a" + b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "macros": lambda: workbook(**{"xl/vbaProject.bin": b"x"}),
    "not a workbook": lambda: zip_of(b"hello.txt"),
    "half a workbook": lambda: xlsx_file(SCHOOLS, GOOD)[:-200],
    "broken inside": lambda: sheet_of(b"<row><c></row>"),
    "old excel": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000),
    "windows-1251": lambda: csv_file(["Код", "Название"], ["1", "Школа"], encoding="cp1251"),
    "utf-16 that does not say so": lambda: csv_file(SCHOOLS, GOOD, encoding="utf-16-le"),
    "picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 100,
    "open quotes": lambda: b'code;name_ru;district\nN-1;"School;ABA\nN-2;School;ABA\n',
    "too many rows": lambda: csv_file(SCHOOLS, *([GOOD] * 5001)),
    "too many columns": lambda: csv_file([*SCHOOLS, *map(str, range(60))], GOOD),
    "too much text": lambda: csv_file(SCHOOLS, *([["N", "x" * 900]] * 4900)),
    "one enormous cell": lambda: csv_file(SCHOOLS, ["N-1", "я" * 2 * MB]),
    "nothing but a head": lambda: csv_file(SCHOOLS),
    "no known column": lambda: csv_file(["a", "b"], ["1", "2"]),
    "one column twice": lambda: csv_file(["code", "Код", "district"], ["1", "2", "ABA"]),
}


def zip_of(name: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name.decode(), b"x")
    return file.getvalue()


def test_hostile_file_is_refused_soon_and_in_bounded_memory(suite):
    """All of them on one copy of the region: the refusal never comes from what another left behind."""
    me, token = psutil.Process(), registrar(suite)
    dry_run(suite, "schools", csv_file(SCHOOLS, GOOD), token)
    for name, make in HOSTILE.items():
        data = make()
        assert len(data) < 5 * MB, name
        before, begun = me.memory_info().rss, time.monotonic()
        reply = post_file(suite, "schools", data, token, name="x.xlsx", lang="ru")

        assert reply.status_code == 422, (name, reply.text)
        assert reply.get_json()["errors"]["file"], name
        assert time.monotonic() - begun < 20 + reading.SECONDS, name
        assert me.memory_info().rss - before < 64 * MB, name
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < most_of_children()


def test_refusal_has_words_of_its_own(suite):
    words = {
        "zip bomb": "распаковывается",
        "laughs": "определения",
        "windows-1251": "Windows-1251",
        "open quotes": "Кавычки",
        "too many rows": "5000",
    }
    with suite.registry.test_request_context("/?lang=ru"):
        for name, word in words.items():
            with pytest.raises(Invalid) as refusal:
                reading.read(HOSTILE[name]())
            assert word in refusal.value.errors["file"][0]


def test_bomb_is_stopped_by_the_limit_of_the_child_too(suite, monkeypatch, tmp_path):
    """Negative control: with the limits on unpacking taken out, the child's memory is still bounded."""
    source = reading.CHILD.read_text(encoding="utf-8")
    open_child = tmp_path / "child.py"
    for guard, without in (
        ("UNPACKED, RATIO, CHUNK = 200, 50 * 2**20, 100, 2**16", "UNPACKED, RATIO, CHUNK = 200, 2**40, 2**30, 2**16"),
        ("TALLEST = 100_000", "TALLEST = 2**30"),
        ("found.total_width > MOST_COLUMNS", "False"),
    ):
        assert guard in source
        source = source.replace(guard, without)
    open_child.write_text(source, encoding="utf-8")
    monkeypatch.setattr(reading, "CHILD", open_child)
    with suite.registry.test_request_context("/"):
        for name in ("zip bomb", "far away cell"):
            with pytest.raises(Invalid):
                reading.read(HOSTILE[name]())
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < most_of_children()


def test_file_of_20_mb_is_refused_before_it_is_read(suite):
    data, begun = bytes(20 * MB), time.monotonic()
    reply = post_file(suite, "schools", data, registrar(suite))
    browser = suite.browser(as_=registrar(suite))
    page = send_form(browser, data, kind="schools")

    assert (reply.status_code, page.status_code) == (413, 413)
    assert reply.mimetype == "application/problem+json"
    assert "5 МБ" in page.get_data(as_text=True)
    assert time.monotonic() - begun < 30


def test_other_routes_keep_their_limit(suite):
    body = b'{"number": "' + b"1" * 3 * MB + b'"}'
    headers = {"Authorization": f"Bearer {registrar(suite)}"}
    client = Client(suite.wsgi)
    reply = client.post(f"{API}/orders", data=body, content_type="application/json", headers=headers, base_url=ORIGIN)

    assert reply.status_code == 413


def test_3_mb_file_is_read(suite):
    """More than other routes take: it is read, and refused only for its columns."""
    data = csv_file(["a", "b"], *([["x", "y" * 700]] * 4500))
    reply = post_file(suite, "schools", data, registrar(suite))

    assert 3 * MB < len(data) < 5 * MB
    assert (reply.status_code, list(reply.get_json()["errors"])) == (422, ["file"])


def test_formula_is_text_or_refused_with_its_row(suite):
    text = csv_file(SCHOOLS, ["N-1", "=1+1", "Абай"], ["N-2", "'=2+2", "Абай"])
    assert dry_run(suite, "schools", text, registrar(suite))["new"] == 2
    apply(suite, "schools", text, registrar(suite))
    assert school(suite, "N-1")["name"]["ru"] == "=1+1"
    assert school(suite, "N-2")["name"]["ru"] == "=2+2"

    book = xlsx_file(SCHOOLS, GOOD, ["N-2", "=1+1", "Абай"], ["N-3", "#N/A", "Абай"], ["N-4", "Школа", "Абай"])
    shown = dry_run(suite, "schools", book, registrar(suite))
    assert [(line["row"], line["column"]) for line in shown["rejected"]] == [(3, "name_ru"), (4, "name_ru")]
    assert shown["rows"] == 4


def test_every_way_to_save_csv_is_read(suite):
    lines = ["Код", "Атауы"], ["Ә-1", "Ғылым, «білім»; өнер"]
    with suite.registry.test_request_context("/"):
        for encoding in ("utf-8", "utf-8-sig", "utf-16"):
            for delimiter in ",;\t":
                sheet = reading.read(csv_file(*lines, encoding=encoding, delimiter=delimiter))
                assert (sheet.head, sheet.rows) == (lines[0], [(2, lines[1])])


def test_blank_rows_keep_the_numbers_of_the_others(suite):
    with suite.registry.test_request_context("/"):
        for data in (
            csv_file([], ["code", "b"], ["", " "], ["x", "y"]),
            xlsx_file([], ["code", "b"], [], ["x", "y"]),
        ):
            assert reading.read(data).rows == [(4, ["x", "y"])]


CELLS = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
    [
        "=1+1",
        "\0",
        "\u2028",
        "🏫",
        "ABA",
        "да",
        "499",
        "2026-02-30",
        "-1",
        "1e9",
        "9" * 40,
        "'",
        '"',
        "x@y.kz",
        "\ud7ff",
    ]
)


def test_random_cells_never_break_and_no_row_is_lost(suite):
    token, kinds = registrar(suite), list(KINDS)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def check(data):
        kind = data.draw(st.sampled_from(kinds))
        columns = KINDS[kind].columns
        lines = data.draw(st.lists(st.lists(CELLS, min_size=len(columns), max_size=len(columns)), max_size=6))
        lines = [line for line in lines if any(cell.strip() for cell in line)] or [["x"] * len(columns)]
        for file in [csv_file(columns, *lines, delimiter=data.draw(st.sampled_from(",;\t")))]:
            reply = post_file(suite, kind, file, token, dry_run=data.draw(st.booleans()))
            assert reply.status_code == 200, reply.text
            shown = reply.get_json()
            assert shown["rows"] == len(lines)
            assert shown["accepted"] + len({line["row"] for line in shown["rejected"]}) == len(lines)
            assert len(rows(suite, shown["id"], token)) == len(lines)

    check()


def test_page_keeps_what_was_typed_when_the_file_is_refused(suite):
    browser = suite.browser(as_=registrar(suite))
    reply = send_form(browser, HOSTILE["windows-1251"](), kind="twinning", reason="По приказу", valid_from="2026-01-10")

    assert reply.status_code == 422
    page = reply.get_data(as_text=True)
    assert "Windows-1251" in page
    assert 'value="2026-01-10"' in page
    assert "По приказу" in page
    assert browser.get(f"{IMPORTS}/templates/nothing.csv").status_code == 404
    for kind, found in KINDS.items():
        head = browser.get(f"{IMPORTS}/templates/{kind}.csv").get_data(as_text=True)
        assert head.count(";") == len(found.columns) - 1

"""The report's tables: figure for figure, for two days, on the page, as JSON and as a file."""

import csv
import io

import pytest

from registry_service.territories.queries import Figures, share
from services.exports import safe_cell
from tests.support import pages

pytestmark = pytest.mark.either_engine

REPORT = {
    "ABA": (30, 11, 37, 36.67, 8),
    "AKT": (23, 19, 83, 82.61, 17),
    "BUH": (48, 29, 60, 60.42, 27),
    "ZHA": (27, 17, 63, 62.96, 10),
    "KAR": (40, 30, 75, 75.0, 14),
    "NUR": (32, 25, 78, 78.13, 19),
    "OSA": (38, 29, 76, 76.32, 22),
    "ULY": (17, 13, 76, 76.47, 13),
    "SHE": (48, 38, 79, 79.17, 26),
}
NAMES = ["schools", "small", "small_share", "centres", "attached", "twinned", "debate"]
TOTALS = {"2021-05-01": [303, 211, 69.64, 39, 211, 163, 156], "2022-06-08": [259, 181, 69.88, 34, 181, 139, 133]}
PAGE, API = "/registry/territories", "/registry/api/v1/territories"


def cells(html, number):
    """The rows of the n-th table below its head, as lists of text."""
    table = list(pages.parse(html).iter("table"))[number]
    rows = [[pages.text_of(cell) for cell in row if cell.tag in {"td", "th"}] for row in table.iter("tr")]
    return rows[1:]


def numbers(html):
    """Every number of the tables that is a link, with its address."""
    return [
        (int(pages.text_of(link)), link.get("href"))
        for table in pages.parse(html).iter("table")
        for link in table.iter("a")
    ]


@pytest.mark.parametrize("lang", ["kk", "ru"])
def test_tables_of_may_2021_equal_the_report(suite, lang):
    html = suite.get(f"{PAGE}?as_of=2021-05-01", lang=lang).text
    first, second = cells(html, 0), cells(html, 1)

    assert [row[2:5] for row in first[:-1]] == [
        [str(schools), str(small), f"{percent} %"] for schools, small, percent, *_ in REPORT.values()
    ]
    assert first[-1][2:] == ["303", "211", "69,6 %", "39", "211", "163"]
    assert [[int(cell) for cell in row[2:]] for row in second[:-1]] == [
        [schools, small, debate] for schools, small, _, _, debate in REPORT.values()
    ]
    assert second[-1][2:] == ["303", "211", "156"]


@pytest.mark.parametrize("lang", ["kk", "ru"])
def test_tables_after_the_new_borders_have_seven_districts(suite, lang):
    html = suite.get(f"{PAGE}?as_of=2022-06-08", lang=lang).text
    first, second = cells(html, 0), cells(html, 1)

    assert len(first) == len(second) == 8
    assert first[-1][2:] == ["259", "181", "69,9 %", "34", "181", "139"]
    assert second[-1][2:] == ["259", "181", "133"]


def test_tables_the_day_before_the_new_borders_have_nine_districts(suite):
    rows = cells(suite.get(f"{PAGE}?as_of=2022-06-07").text, 0)

    assert len(rows) == 10
    assert rows[-1][2:4] == ["303", "211"]


def test_tables_of_the_other_oblast_are_its_own(suite):
    assert cells(suite.get(f"{PAGE}?oblast=ULT&as_of=2022-06-08").text, 0)[-1][2:4] == ["44", "30"]
    assert "table" not in {e.tag for e in pages.parse(suite.get(f"{PAGE}?oblast=ULT&as_of=2021-05-01").text).iter()}


def test_districts_stand_in_the_order_and_the_spelling_of_the_register(suite):
    rows = cells(suite.get(f"{PAGE}?as_of=2021-05-01").text, 0)

    assert [row[0] for row in rows] == ["1", "2", "3", "4", "5", "6", "7", "8", "9", ""]
    assert rows[2][1] == "Бухар-Жырауский район"
    assert rows[3][1] == "Жанааркинский район"


def test_page_names_the_order_of_twinning_from_the_rows(suite):
    browser = suite.browser()
    browser.get(f"{PAGE}?as_of=2021-05-01")
    link = next(a for a in browser.tree.iter("a") if "499" in pages.text_of(a))

    assert "18 октября 2019" in pages.text_of(link)
    assert browser.get(link.get("href")).status_code == 200
    assert "163" in browser.text


def test_page_says_which_districts_left(suite):
    text = suite.browser()
    text.get(PAGE)

    assert "Жанааркинский район и Улытауский район" in text.text
    assert "8 июня 2022" in text.text


@pytest.mark.parametrize("day", TOTALS)
def test_json_gives_the_same_figures(suite, day):
    body = suite.json("GET", f"{API}?as_of={day}").get_json()

    assert [body["totals"][name] for name in NAMES] == TOTALS[day]
    assert (body["as_of"], body["oblast"]) == (day, "KRG")
    for row in body["items"]:
        schools, small, _, exact, debate = REPORT[row["code"]]
        assert (row["schools"], row["small"], row["small_share"], row["debate"]) == (schools, small, exact, debate)
        assert row["kind"] == "district"
        assert row["attached"] == small


def test_json_tells_districts_and_cities_apart(suite):
    counts = {
        kind: len(suite.json("GET", f"{API}?as_of=2021-05-01&kind={kind}").get_json()["items"])
        for kind in ("district", "city", "all")
    }

    assert counts == {"district": 9, "city": 9, "all": 18}


def test_json_without_a_day_is_of_today(suite):
    body = suite.json("GET", API).get_json()

    assert len(body["items"]) == 7


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(day, marks=pytest.mark.one_engine(on))
        for day, on in zip(TOTALS, ("sqlite", "postgres"), strict=True)
    ],
)
def test_every_number_opens_a_list_of_that_length(suite, day):
    browser = suite.browser()
    browser.get(f"{PAGE}?as_of={day}")
    found = numbers(browser.html)
    assert len(found) >= 64

    for number, address in found:
        reply = suite.get(address)
        rows = [li for li in pages.parse(reply.text).iter("li") if li.find(".//h3") is not None]
        assert (len(rows), address) == (number, address)


def test_json_list_of_schools_has_the_same_totals(suite):
    base = "/registry/api/v1/schools?oblast=KRG&territory_kind=district&as_of=2021-05-01"
    filters = ["", "small=true", "centre=true", "attached=true", "twinned=true", "programme=USHQYR_OI"]

    totals = [suite.json("GET", f"{base}&{asked}").get_json()["total"] for asked in filters]

    assert totals == [303, 211, 39, 211, 163, 156]


@pytest.mark.parametrize("lang, delimiter, part", [("ru", ";", "69,6"), ("en", ",", "69.6")])
def test_file_holds_the_same_figures(suite, lang, delimiter, part):
    reply = suite.get(f"{PAGE}.csv?as_of=2021-05-01", lang=lang)
    rows = list(csv.reader(io.StringIO(reply.data.decode("utf-8-sig")), delimiter=delimiter))

    assert reply.data.startswith(b"\xef\xbb\xbf")
    assert reply.mimetype == "text/csv"
    assert len(rows) == 11
    assert rows[-1][3:] == ["303", "211", part, "39", "211", "163", "156"]
    assert rows[1][1:6] == ["ABA", rows[1][2], "30", "11", "37"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "\0"])
def test_cell_of_a_file_is_never_a_formula(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("value, cell", [(None, ""), (30, "30"), ("Абай", "Абай"), ("a=b", "a=b")])
def test_plain_cell_stays_as_it_is(value, cell):
    assert safe_cell(value) == cell


@pytest.mark.parametrize("asked", ["as_of=0000", "as_of=2021-13-45", "as_of=today", "as_of=1999-12-31", "oblast=XXX"])
@pytest.mark.one_engine("sqlite")
def test_question_that_cannot_be_read_is_shown_again(suite, asked):
    name, _, value = asked.partition("=")
    browser = suite.browser()

    assert browser.get(f"{PAGE}?{asked}").status_code == 422
    field = next(e for e in browser.tree.iter() if e.get("id") == f"f-{name}")
    assert field.get("aria-invalid") == "true"
    assert value in (field.get("value"), "XXX")
    assert suite.json("GET", f"{API}?{asked}").status_code == 422
    assert suite.get(f"{PAGE}.csv?{asked}").status_code == 422


@pytest.mark.parametrize("asked", ["as_of=%00", "as_of=" + "9" * 10240, "oblast=" + "X" * 10240, "kind=%F0%9F%98%80"])
def test_hostile_question_is_refused(suite, asked):
    assert suite.json("GET", f"{API}?{asked}").status_code == 422
    assert suite.get(f"{PAGE}?{asked}").status_code == 422


def test_empty_question_asks_nothing(suite):
    reply = suite.get(f"{PAGE}?as_of=&oblast=")

    assert reply.status_code == 200
    assert len(cells(reply.text, 0)) == 8


@pytest.mark.parametrize(
    "part, whole, digits, wanted",
    [(11, 30, 0, 0.37), (211, 303, 1, 0.696), (1, 8, 0, 0.13), (29, 200, 0, 0.15), (23, 200, 0, 0.12), (0, 5, 0, 0.0)],
)
def test_share_is_rounded_half_up(part, whole, digits, wanted):
    assert share(part, whole, digits) == wanted


def test_share_of_nothing_is_none():
    assert share(0, 0) is None
    assert Figures().small_share is None

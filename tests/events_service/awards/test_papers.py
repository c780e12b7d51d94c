"""Papers apart from any contest: text is only ever text, and the same data gives the same bytes."""

import io

import docx
import pikepdf
import pytest
import typst
from docx.oxml.ns import qn

from events_service.awards import as_docx, as_pdf
from tests.events_service.awards import reading

HOSTILE = '#panic("x") *bold* $x^2$ @ref <label> \\ // {{7*7}} &amp; =cmd "кавычки" Әғқңөұүһі'
TABLE = {"caption": HOSTILE, "heads": ["1", "2"], "rows": [[HOSTILE, "x"]] * 40, "widths": [3, 1], "right": [1]}
PAPER = {
    "language": "kk", "title": HOSTILE, "foot": HOSTILE,
    "head": {"organisation": HOSTILE, "subtitle": HOSTILE, "facts": [[HOSTILE, HOSTILE]]},
    "sections": [
        {"title": HOSTILE, "wide": wide, "blocks": [
            {"lead": HOSTILE}, {"text": HOSTILE}, {"list": [HOSTILE]}, {"facts": [["a", HOSTILE]]},
            {"table": TABLE},
            {"signs": [["Төраға", HOSTILE]]},
        ]} for wide in (False, True)
    ],
}  # fmt: skip
AWARD = {
    "language": "kk", "title": HOSTILE, "organisation": HOSTILE, "head": "ДИПЛОМ", "degree": "", "given": HOSTILE,
    "name": HOSTILE * 3, "school": HOSTILE * 3, "contest": HOSTILE * 3, "nomination": HOSTILE, "ground": HOSTILE,
    "dated": HOSTILE, "check": "", "signers": [["Төраға", HOSTILE]], "number": HOSTILE,
    "address": "https://example.kz/awards/ABC",
}  # fmt: skip


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_text_is_printed_as_it_is_and_never_evaluated():
    pdf = as_pdf.protocol(PAPER)
    assert reading.docx_text(as_docx.protocol(PAPER)).count(HOSTILE) > 80
    assert squeezed("".join(reading.pdf_pages(pdf))).count(squeezed(HOSTILE)) > 80
    assert pdf == as_pdf.protocol(PAPER)


def test_wide_tables_lie_across_and_long_names_stay_on_their_page():
    with pikepdf.open(io.BytesIO(as_pdf.protocol(PAPER))) as book:
        across = [page.mediabox[2] > page.mediabox[3] for page in book.pages]
    assert (across[0], across[-1]) == (False, True)
    assert len(reading.pdf_pages(as_pdf.awards([AWARD, AWARD]))) == 2


@pytest.mark.parametrize("made", [lambda: as_pdf.protocol(PAPER), lambda: as_pdf.awards([AWARD])])
def test_pdf_says_its_language_and_title_and_has_tags_for_screen_readers(made):
    """Typst refuses a PDF/UA-1 that lacks an alternative text."""
    with pikepdf.open(io.BytesIO(made())) as book:
        tagged = [thing for thing in book.objects if isinstance(thing, pikepdf.Dictionary) and "/S" in thing]
        assert (book.Root.Lang, book.docinfo["/Title"]) == ("kk", HOSTILE)
        assert book.Root.MarkInfo.Marked and book.Root.ViewerPreferences.DisplayDocTitle
        alts = [str(thing.Alt) for thing in tagged if "/Alt" in thing]
        heads = [thing for thing in tagged if thing.S == "/TH"]
    assert (len(heads) > 0) != (alts == [" https://example.kz/awards/ABC"])


@pytest.mark.parametrize("sign", ["🎉", "中"])
def test_sign_that_the_typeface_lacks_costs_no_paper(sign):
    """Somebody's appeal or the title of her entry may have one."""
    lead = {"title": "x", "wide": False, "blocks": [{"text": f"До {sign} после"}]}
    for pdf in (as_pdf.protocol({**PAPER, "sections": [lead]}), as_pdf.awards([{**AWARD, "name": f"До {sign} после"}])):
        [text] = reading.pdf_pages(pdf)
        assert "До " in text and "после" in text


def test_docx_keeps_its_widths_rows_and_signatures_together_and_counts_its_pages():
    book = docx.Document(io.BytesIO(as_docx.protocol(PAPER)))
    [table] = [found for found in book.tables if len(found.rows) > 40][:1]
    assert [column.width.mm for column in table.columns] == pytest.approx([130.5, 43.5], abs=0.1)
    assert len(table._tbl.xpath(".//w:cantSplit")) == len(table.rows)
    assert len(table._tbl.xpath(".//w:tblHeader")) == 1
    assert [len(page.footer._element.xpath(".//w:fldSimple")) for page in book.sections] == [2, 2]
    signed = [line for line in book.paragraphs if line.text.startswith("Төраға")]
    assert all(line.paragraph_format.keep_together for line in signed)
    assert {lang.get(qn("w:val")) for lang in book.styles.element.iter(qn("w:lang"))} == {"kk-KZ"}


@pytest.mark.parametrize("broken", [{"head": None}, {"sections": [{"title": 1}]}])
def test_paper_of_another_shape_is_noticed(broken):
    """The control: the templates read what they are given."""
    with pytest.raises(typst.TypstError):
        as_pdf.protocol(PAPER | broken)

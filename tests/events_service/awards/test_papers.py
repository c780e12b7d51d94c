"""Papers apart from any contest: text is only ever text, and the same data gives the same bytes."""

import io

import pikepdf
import pytest
import typst

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
    docx, pdf = as_docx.protocol(PAPER), as_pdf.protocol(PAPER)
    assert reading.docx_text(docx).count(HOSTILE) > 80
    assert squeezed("".join(reading.pdf_pages(pdf))).count(squeezed(HOSTILE)) > 80
    assert pdf == as_pdf.protocol(PAPER)


def test_wide_tables_lie_across_and_long_names_stay_on_their_page():
    with pikepdf.open(io.BytesIO(as_pdf.protocol(PAPER))) as book:
        across = [page.mediabox[2] > page.mediabox[3] for page in book.pages]
    assert (across[0], across[-1]) == (False, True)
    assert len(reading.pdf_pages(as_pdf.awards([AWARD, AWARD]))) == 2


@pytest.mark.parametrize("broken", [{"head": None}, {"sections": [{"title": 1}]}])
def test_paper_of_another_shape_is_noticed(broken):
    """The control: the templates read what they are given."""
    with pytest.raises(typst.TypstError):
        as_pdf.protocol(PAPER | broken)

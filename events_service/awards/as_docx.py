"""A protocol as DOCX, to be edited and signed: the same blocks as the PDF, drawn by python-docx.

The library is imported when a paper is made: processes that make none stay small.
"""

from collections.abc import Callable, Sequence
from io import BytesIO
from itertools import pairwise
from typing import Any

Paper = dict[str, Any]
FONT = "Times New Roman"
NARROW, WIDE = 174, 261  # millimetres between the margins of an upright page and of one that lies across
LANGUAGES = {"kk": "kk-KZ", "ru": "ru-RU"}  # by which an office program checks the spelling


def protocol(paper: Paper) -> bytes:
    """A paper of `contents` as the bytes of a DOCX file."""
    from docx import Document  # noqa: PLC0415

    book: Any = Document()
    _dress(book, paper)
    _head(book, paper)
    across = False
    for section, following in pairwise([*paper["sections"], {"blocks": []}]):
        if section["wide"] != across:
            across = section["wide"]
            _turn(book, across, paper["foot"])
        start = len(book.paragraphs)
        book.add_heading(section["title"], 2)
        for block in section["blocks"]:
            for kind, content in block.items():
                DRAWN[kind](book, content, WIDE if across else NARROW)
        if any("signs" in block for block in following["blocks"]):  # no sheet of signatures without a word
            for line in book.paragraphs[start:]:
                line.paragraph_format.keep_with_next = True
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _dress(book: Any, paper: Paper) -> None:
    """One typeface in all styles, A4, and who made it."""
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.shared import Mm, Pt, RGBColor  # noqa: PLC0415

    for name, size in (("Normal", 10), ("Heading 1", 15), ("Heading 2", 11.5), ("Footer", 8)):
        font = book.styles[name].font
        font.name, font.size, font.color.rgb = FONT, Pt(size), RGBColor(0, 0, 0)
        font.element.rPr.rFonts.attrib.clear()
        font.name = FONT
    book.styles["Footer"].paragraph_format.tab_stops.clear_all()
    book.styles["Normal"].paragraph_format.space_after = Pt(0)  # cells have nothing of their own to say
    page = book.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(18)
    page.top_margin = page.bottom_margin = Mm(16)
    _foot(page, paper["foot"], NARROW)
    for lang in book.styles.element.iter(qn("w:lang")):
        lang.set(qn("w:val"), LANGUAGES.get(paper["language"], paper["language"]))
    book.core_properties.title, book.core_properties.author = paper["title"], paper["head"]["organisation"]
    book.core_properties.language = paper["language"]


def _foot(page: Any, text: str, width: int) -> None:
    """By what the paper is known, and which page of how many this is."""
    from docx.enum.text import WD_TAB_ALIGNMENT  # noqa: PLC0415
    from docx.oxml import OxmlElement  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.shared import Mm  # noqa: PLC0415

    page.footer.is_linked_to_previous = False
    line = page.footer.paragraphs[0]
    line.paragraph_format.tab_stops.add_tab_stop(Mm(width), WD_TAB_ALIGNMENT.RIGHT)
    for said, field in ((f"{text}\t", "PAGE"), (" / ", "NUMPAGES")):
        line.add_run(said)
        line._p.append(OxmlElement("w:fldSimple", {qn("w:instr"): field}))


def _head(book: Any, paper: Paper) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415

    head = paper["head"]
    lines = [book.add_paragraph(head["organisation"]), book.add_heading(paper["title"], 1)]
    for line in [*lines, book.add_paragraph(head["subtitle"])]:
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _pairs(book, head["facts"], NARROW)


def _turn(book: Any, across: bool, foot: str) -> None:
    """A new page that lies across, or upright again."""
    from docx.enum.section import WD_ORIENT, WD_SECTION  # noqa: PLC0415

    page = book.add_section(WD_SECTION.NEW_PAGE)
    page.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    page.page_width, page.page_height = page.page_height, page.page_width
    _foot(page, foot, WIDE if across else NARROW)


def _lead(book: Any, text: str, width: int) -> None:
    line = _line(book, "")
    line.add_run(text).bold = line.paragraph_format.keep_with_next = True


def _text(book: Any, text: str, width: int) -> None:
    _line(book, text)


def _line(book: Any, text: str) -> Any:
    from docx.shared import Pt  # noqa: PLC0415

    line = book.add_paragraph(text)
    line.paragraph_format.space_before = line.paragraph_format.space_after = Pt(4)
    return line


def _list(book: Any, lines: list[str], width: int) -> None:
    for line in lines:
        book.add_paragraph(line, style="List Bullet")


def _pairs(book: Any, pairs: list[list[str]], width: int) -> None:
    _grid(book, pairs, [1, 3], width)
    _line(book, "")


def _table(book: Any, table: Paper, width: int) -> None:
    """Its head is repeated on every page."""
    from docx.oxml import OxmlElement  # noqa: PLC0415

    if table["caption"]:
        _lead(book, table["caption"], width)
    rows = [table["heads"], *table["rows"]]
    drawn = _grid(book, rows, table["widths"], width, style="Table Grid", right=table["right"])
    head = drawn.rows[0]
    head._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cell in head.cells:
        line = cell.paragraphs[0]
        line.runs[0].bold = line.paragraph_format.keep_with_next = True
    _line(book, "")


def _signs(book: Any, people: list[list[str]], width: int) -> None:
    """A line each, all of them on one page with what they sign as far as it holds them."""
    from docx.enum.text import WD_TAB_LEADER  # noqa: PLC0415
    from docx.shared import Mm, Pt  # noqa: PLC0415

    for number, (role, name) in enumerate(people, start=1):
        form = book.add_paragraph(f"{role}\t\t\t{name}").paragraph_format
        form.space_before, form.keep_together = Pt(18), True
        form.keep_with_next = number < len(people)
        form.left_indent, form.first_line_indent = Mm(105), Mm(-105)
        for at, leader in ((42, WD_TAB_LEADER.SPACES), (101, WD_TAB_LEADER.LINES), (105, WD_TAB_LEADER.SPACES)):
            form.tab_stops.add_tab_stop(Mm(at), leader=leader)


def _grid(
    book: Any,
    rows: list[list[str]],
    widths: list[int],
    width: int,
    style: str | None = None,
    right: Sequence[int] = (),
) -> Any:
    """Cells of text; `widths` are shares of `width` millimetres. No row is split between two pages."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415
    from docx.oxml import OxmlElement  # noqa: PLC0415
    from docx.shared import Mm, Pt  # noqa: PLC0415

    drawn = book.add_table(rows=len(rows), cols=len(widths), style=style)
    drawn.autofit = False
    sizes = [Mm(width * share / sum(widths)) for share in widths]
    for column, size in zip(drawn.columns, sizes, strict=True):
        column.width = size  # some programs look at the columns, some at the cells
    for line, texts in zip(drawn.rows, rows, strict=True):
        line._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for column, cell in enumerate(line.cells):
            cell.width, paragraph = sizes[column], cell.paragraphs[0]
            paragraph.add_run(texts[column]).font.size = Pt(9) if style else None
            if column in right:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    return drawn


DRAWN: dict[str, Callable[[Any, Any, int], None]] = {
    "lead": _lead,
    "text": _text,
    "list": _list,
    "facts": _pairs,
    "table": _table,
    "signs": _signs,
}

"""The text of a paper as its reader finds it: of a PDF by the fonts' own tables, of a DOCX by its cells."""

import io
import re

import pikepdf
from docx import Document


def docx_text(data: bytes) -> str:
    book = Document(io.BytesIO(data))
    lines = [*book.paragraphs, *(line for section in book.sections for line in section.footer.paragraphs)]
    cells = (cell.text for table in book.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(line.text for line in lines), *cells])


def pdf_pages(data: bytes) -> list[str]:
    """Each page's text without spaces at the ends of lines; words that a line breaks come apart."""
    with pikepdf.open(io.BytesIO(data)) as book:
        return [_page_text(page) for page in book.pages]


def _page_text(page: pikepdf.Page) -> str:
    fonts = {str(name): _letters(font) for name, font in page.Resources.get("/Font", {}).items()}
    found, font = [], {}
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            font = fonts[str(operands[0])]
        elif str(operator) in {"Tj", "TJ"}:
            parts = operands[0] if isinstance(operands[0], pikepdf.Array) else [operands[0]]
            codes = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
            found.append("".join(font.get(codes[at : at + 2], "?") for at in range(0, len(codes), 2)))
        elif str(operator) == "ET":
            found.append("\n")
    return "".join(found)


def _letters(font: pikepdf.Dictionary) -> dict[bytes, str]:
    """What the codes of a font mean: its ToUnicode table."""
    table = font.ToUnicode.read_bytes().decode("latin-1")
    pairs = re.findall(r"<([0-9a-fA-F]{4})>\s*<([0-9a-fA-F]+)>", table)
    return {bytes.fromhex(code): bytes.fromhex(said).decode("utf-16-be") for code, said in pairs}

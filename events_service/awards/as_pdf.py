"""Papers as PDF by Typst: the templates lie beside this module, and all text comes in as JSON data.

Nothing of it is ever evaluated. There is one typeface and no date of making, so that the same data gives the same
bytes. The library is imported when a paper is made: processes that make none stay small.
"""

import json
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import segno

FOLDER = Path(__file__).with_name("typst")


def protocol(paper: dict[str, Any]) -> bytes:
    """A paper of `contents`: A4, wide tables on pages that lie across."""
    return _for_all(FOLDER / "protocol.typ", paper)


def awards(papers: Iterable[dict[str, Any]]) -> bytes:
    """One page for each award: its words, and the address that checks it as a QR code."""
    pages = [{**paper, "qr": _qr(paper["address"])} for paper in papers]
    return _for_all(
        FOLDER / "award.typ", {"language": pages[0]["language"], "title": pages[0]["title"], "pages": pages}
    )


def _for_all(template: Path, data: dict[str, Any]) -> bytes:
    """A PDF/UA-1: with language, title, alternative texts and tags for screen readers, which are packed.

    Without that name where a text has a sign that the typeface lacks: an empty box is better than no paper.
    """
    import pikepdf  # noqa: PLC0415
    import typst  # noqa: PLC0415

    packed = BytesIO()
    try:
        paper = made(template, data, pdf_standards="ua-1")
    except typst.TypstError:
        paper = made(template, data)
    with pikepdf.open(BytesIO(paper)) as book:
        book.save(packed, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return packed.getvalue()


def made(template: Path, data: dict[str, Any], **options: Any) -> bytes:
    """A template with its data; `options` are those of Typst."""
    import typst  # noqa: PLC0415 - 30 MB that only papers need

    paper: bytes = typst.compile(
        str(template), root=str(template.parent), font_paths=_fonts(), ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, **options,
    )  # fmt: skip
    return paper


@cache
def _fonts() -> list[str]:
    """Where Open Sans lies; its own module would import Pillow."""
    found = find_spec("ttf_opensans")
    assert found is not None and found.submodule_search_locations
    return [str(Path(found.submodule_search_locations[0]) / "ttf")]


def _qr(address: str) -> str:
    drawn = BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=0, xmldecl=False, svgns=True)
    return drawn.getvalue().decode()

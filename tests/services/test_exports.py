"""Cells of files: any text stays text, whatever opens it."""

import csv
import io
from datetime import date

import openpyxl
from flask import Flask
from flask_babel import Babel
from hypothesis import given, settings
from hypothesis import strategies as st

from services.exports import RISKY, csv_bytes, xlsx_bytes
from services.text import UNSAFE

TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40) | st.sampled_from(RISKY).map(lambda s: s + "1")
app = Flask(__name__)
Babel(app)


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_no_text_becomes_a_formula_and_none_is_lost(texts):
    with app.test_request_context("/"):
        lines = list(csv.reader(io.StringIO(csv_bytes([texts]).decode("utf-8-sig"), newline="")))
        book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes([texts])))
    assert len(lines) == 1
    for text, cell in zip(texts, lines[0], strict=True):
        assert cell == (f"'{text}" if text.startswith(RISKY) else text)
        assert not cell.startswith(RISKY)
    for text, found in zip(texts, next(book.active.iter_rows()), strict=True):
        assert found.data_type == "s"
        wanted = UNSAFE.sub("\ufffd", text).replace("\ufffe", "").replace("\uffff", "")
        assert (found.value or "").replace("\r", "") == wanted.replace("\r", "")


def test_numbers_and_days_keep_their_kind():
    with app.test_request_context("/"):
        book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes([[1, 69.6, date(2026, 1, 2), None, True]])))
        text = csv_bytes([[1, 69.6, date(2026, 1, 2), None]]).decode("utf-8-sig")

    values = [cell.value for cell in next(book.active.iter_rows())]
    assert values[:2] == [1, 69.6]
    assert (values[2].date(), values[3:]) == (date(2026, 1, 2), [None, True])
    assert text == "1,69.6,2026-01-02,\r\n"

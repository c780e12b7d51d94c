"""Files for the tests of imports, made with another library than the one that reads them."""

import csv
import io
from typing import Any

import openpyxl
from werkzeug.test import Client

from tests.registry_service.facts import API
from tests.support.suite import ORIGIN

IMPORTS = "/registry/imports"
SCHOOLS = ["code", "name_ru", "district", "small", "order", "valid_from"]


def csv_file(*lines, delimiter=";", encoding="utf-8-sig") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(lines)
    return text.getvalue().encode(encoding)


def xlsx_file(*lines) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for line in lines:
        book.active.append(list(line))
    book.save(file)
    return file.getvalue()


def post_file(suite, kind, data, token, dry_run=True, name="file.csv", **asked):
    """The JSON call."""
    query = {"kind": kind, "dry_run": "yes" if dry_run else "no", **asked}
    return Client(suite.wsgi).post(
        f"{API}/imports",
        query_string=query,
        data={"file": (io.BytesIO(data), name)},
        headers={"Authorization": f"Bearer {token}"},
        base_url=ORIGIN,
    )


def dry_run(suite, kind, data, token, **asked) -> dict[str, Any]:
    reply = post_file(suite, kind, data, token, **asked)
    assert reply.status_code == 200, reply.text
    return reply.get_json()


def apply(suite, kind, data, token, **asked) -> dict[str, Any]:
    return dry_run(suite, kind, data, token, dry_run=False, **asked)


def send_form(browser, data, name="file.csv", **fields):
    """The form of the page, sent as a browser sends a file; then the page it leads to."""
    browser.get(IMPORTS)
    token = browser.form().find(".//input[@name='csrf_token']").get("value")
    sent = {"csrf_token": token, **fields, "file": (io.BytesIO(data), name)}
    reply = browser.client.post(IMPORTS, data=sent, base_url=ORIGIN)
    if reply.status_code == 303:
        browser.get(reply.location)
    return reply


def rows(suite, run_id, token, **asked):
    query = "&".join(f"{key}={value}" for key, value in {"limit": 200, **asked}.items())
    return suite.json("GET", f"{API}/imports/{run_id}/rows?{query}", as_=token).get_json()["items"]

"""Words the tests of the register share: people, bodies and what a change left behind."""

from registry_service.db import Change
from registry_service.db import db as registry_db

API = "/registry/api/v1"
WHY = {"reason": "По приказу отдела образования"}
DAY = "2026-02-01"


def registrar(suite):
    return suite.sign_in("registrar", 0)


def coordinator(suite, district="ABA"):
    order = ["ABA", "AKT", "BUH", "ZHA", "KAR", "NUR", "OSA", "ULY", "SHE"]
    return suite.sign_in("coordinator", order.index(district))


def official(suite):
    return suite.sign_in("official", 0)


def order_id(suite, number="499"):
    items = suite.json("GET", f"{API}/orders").get_json()["items"]
    return next(order["id"] for order in items if order["number"] == number)


def school(suite, code, day=DAY):
    return suite.json("GET", f"{API}/schools/{code}?as_of={day}").get_json()


def district(suite, code, day=DAY, oblast="KRG"):
    items = suite.json("GET", f"{API}/territories?as_of={day}&oblast={oblast}").get_json()["items"]
    return next(row for row in items if row["code"] == code)


def history(suite, code):
    reply = suite.json("GET", f"{API}/schools/{code}/history", as_=registrar(suite))
    assert reply.status_code == 200, reply.text
    return reply.get_json()["items"]


def last_change(suite):
    """Kind and id of the newest line of the change feed."""
    with suite.registry.app_context():
        row = registry_db.session.query(Change).order_by(Change.seq.desc()).first()
        return row.kind, row.entity_id


def attachment_of(suite, code, day=DAY):
    return suite.json("GET", f"{API}/attachments?school={code}&as_of={day}").get_json()["items"]

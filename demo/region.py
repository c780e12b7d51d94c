"""The register's side of the region: the facts of its report, and invented schools with their links.

Only district totals, order № 499 and programmes are facts. Every school, teacher, patron and other
order is invented, and says so.
"""

from datetime import date
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from demo import people
from demo.facts import rows_of
from demo.people import stable_id
from demo.school_calendar import load_calendar
from registry_service.centres.models import Attachment
from registry_service.changes.announcing import announce_all
from registry_service.orders.models import Order, Organisation, search_words
from registry_service.people.models import Person, PersonRole
from registry_service.programmes.models import DEBATE, Enrolment, Programme
from registry_service.schools.models import RESOURCE_CENTRE, SMALL_CLASS, School, SchoolStatus
from registry_service.territories.models import Oblast, Territory, TerritoryOblast
from registry_service.twinning.models import TwinningLink
from services.text import fold, sort_key

Row = dict[str, Any]
BEFORE, BORDERS, OPENED = date(2019, 1, 1), date(2022, 6, 8), date(2000, 9, 1)
STATUSES = {"is_small": SMALL_CLASS, "is_rc": RESOURCE_CENTRE}
OBLASTS = {
    "KRG": {"kk": "Қарағанды облысы", "ru": "Карагандинская область", "en": "Karaganda oblast"},
    "ULT": {"kk": "Ұлытау облысы", "ru": "область Ұлытау", "en": "Ulytau oblast"},
}
# Every city has a patron at least, so that it has a school for its teachers.
PATRON_CITIES = ("CKR", "CBA", "CZH", "CKZ", "CPR", "CSR", "CST", "CTE", "CSH", "CKR", "CTE", "CKR")
BOARDING = {
    "kk": "Синтетикалық мамандандырылған мектеп-интернат № {}",
    "ru": "Синтетическая специализированная школа-интернат № {}",
    "en": "Synthetic specialised boarding school no. {}",
}
INNOVATIVE = {
    "kk": "Синтетикалық инновациялық мектеп № {}",
    "ru": "Синтетическая инновационная школа № {}",
    "en": "Synthetic innovative school no. {}",
}
ORDINARY = {
    "kk": "Синтетикалық мектеп № {}, {}",
    "ru": "Синтетическая школа № {}, {}",
    "en": "Synthetic school no. {}, {}",
}


def load_register(session: Session) -> None:
    """Everything the register holds, in bulk, and one change row for each entity."""
    _territories(session)
    _organisations(session)
    load_calendar(session)
    orders = _orders(session)
    schools = _schools(session, orders["centres"])
    _programmes(session, orders)
    _attachments(session, orders["centres"])
    _twinning(session, orders["twinning"])
    _enrolments(session, orders["debate"])
    found = people.everybody(schools, [row["code"] for row in _places()])
    session.execute(insert(Person), [person for person, _ in found])
    session.execute(insert(PersonRole), [role for _, roles in found for role in roles])
    announce_all(session)


def _places() -> list[dict[str, str]]:
    """The 18 territories in the order of the report: districts, then cities."""
    return rows_of("districts") + rows_of("cities")


def _names(row: dict[str, str]) -> dict[str, str]:
    return {code: row[f"name_{code}"] for code in ("kk", "ru", "en")}


def _territories(session: Session) -> None:
    places = [
        {
            "code": row["code"],
            "kind": row["kind"],
            "name": _names(row),
            "aliases": [alias for alias in row.get("report_spellings", "").split("|") if alias],
            "position": position,
        }
        for position, row in enumerate(_places(), start=1)
    ]
    session.execute(insert(Oblast), [{"code": code, "name": name} for code, name in OBLASTS.items()])
    session.execute(insert(Territory), places)
    session.execute(insert(TerritoryOblast), [held for row in _places() for held in _memberships(row)])


def _memberships(row: dict[str, str]) -> list[Row]:
    """One period, or two for what went to another oblast."""
    old, new = row["oblast_2021"], row["oblast_from_2022_06_08"]
    periods = [(old, row["kato_2021"], BEFORE, None if old == new else BORDERS)]
    if old != new:
        periods.append((new, row["kato_from_2022_06_08"], BORDERS, None))
    names = ("oblast_code", "kato", "valid_from", "valid_to")
    return [{"territory_code": row["code"], **dict(zip(names, period, strict=True))} for period in periods]


def _organisations(session: Session) -> None:
    own = [{"code": row["code"], "kind": row["kind"], "name": _names(row)} for row in rows_of("organisations")]
    words = {"kk": "Білім бөлімі, {}", "ru": "Отдел образования, {}", "en": "Education office, {}"}
    offices = [
        {
            "code": f"RO-{row['code']}",
            "kind": "district_office",
            "name": {code: text.format(row[f"name_{code}"]) for code, text in words.items()},
        }
        for row in rows_of("districts")
    ]
    session.execute(insert(Organisation), own + offices)


def _orders(session: Session) -> dict[str, Row]:
    """Orders by what they are the ground of."""
    orders = {
        row["key"]: {
            "id": stable_id(f"order:{row['key']}"),
            "number": row["number"],
            "issued_on": date.fromisoformat(row["issued_on"]),
            "kind": row["kind"],
            "issuer_code": row["issuer"],
            "title": _names(row),
            "search": search_words(row["number"], _names(row)),
        }
        for row in rows_of("orders")
    }
    session.execute(insert(Order), list(orders.values()))
    return orders


def _schools(session: Session, order: Row) -> list[Row]:
    """303 schools with their statuses, and 12 patrons."""
    places = {row["code"]: _names(row) for row in _places()}
    listed = rows_of("schools_synthetic")
    schools = [
        _school(row["code"], row["district"], "general", _school_name(row["code"], places[row["district"]]))
        for row in listed
    ]
    schools += [_patron(number, city) for number, city in enumerate(PATRON_CITIES, start=1)]
    statuses = [
        {"school_id": stable_id(row["code"]), "status": status, **_since(order)}
        for row in listed
        for column, status in STATUSES.items()
        if row[column] == "1"
    ]
    session.execute(insert(School), schools)
    session.execute(insert(SchoolStatus), statuses)
    return schools


def _school_name(code: str, place: dict[str, str]) -> dict[str, str]:
    number = code.rpartition("-")[2]
    return {language: text.format(number, place[language]) for language, text in ORDINARY.items()}


def _patron(number: int, city: str) -> Row:
    kind, words = ("specialised_boarding", BOARDING) if number <= 8 else ("innovative", INNOVATIVE)
    names = {language: text.format(number) for language, text in words.items()}
    return _school(f"SYN-P{number:02}", city, kind, names)


def _school(code: str, territory: str, kind: str, name: dict[str, str]) -> Row:
    return {
        "id": stable_id(code),
        "code": code,
        "name": name,
        "sort_key": sort_key(name["kk"]),
        "search": " ".join([*(fold(text) for text in name.values()), code.lower()]),
        "kind": kind,
        "territory_code": territory,
        "opened_on": OPENED,
        "is_synthetic": True,
    }


def _programmes(session: Session, orders: dict[str, Row]) -> None:
    by_number = {order["number"]: order["id"] for order in orders.values()}
    rows = [
        {
            **{name: row[name] for name in ("code", "kind", "scope", "grades")},
            "name": _names(row),
            "position": position,
            "note": {code: row[f"note_{code}"] for code in ("kk", "ru", "en")},
            "order_id": by_number.get(row["order_no"]),
        }
        for position, row in enumerate(rows_of("programmes"))
    ]
    session.execute(insert(Programme), rows)


def _since(order: Row) -> Row:
    return {"valid_from": order["issued_on"], "order_id": order["id"]}


def _attachments(session: Session, order: Row) -> None:
    rows = [
        {**_link("attachment", row["school"], order), "centre_id": stable_id(row["rc"])}
        for row in rows_of("rc_attachments_synthetic")
    ]
    session.execute(insert(Attachment), rows)


def _twinning(session: Session, order: Row) -> None:
    rows = [
        {**_link("twinning", row["school"], order), "patron_id": stable_id(row["patron"])}
        for row in rows_of("twinning_links_synthetic")
    ]
    session.execute(insert(TwinningLink), rows)


def _enrolments(session: Session, order: Row) -> None:
    rows = [
        {**_link("debate", row["code"], order), "programme_code": DEBATE}
        for row in rows_of("schools_synthetic")
        if row["debate"] == "1"
    ]
    session.execute(insert(Enrolment), rows)


def _link(kind: str, school: str, order: Row) -> Row:
    return {"id": stable_id(f"{kind}:{school}"), "school_id": stable_id(school), **_since(order)}

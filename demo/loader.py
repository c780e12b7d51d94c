"""Loading the region «Karaganda roadmap 2021»: the facts of its report, and synthetic schools and people.

Only district totals, orders and programmes are facts. Every school, teacher and patron is invented.
"""

import csv
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from demo import people
from events_service import db as events_db
from events_service.directory import copying
from registry_service import db as registry_db
from registry_service.centres.models import Attachment
from registry_service.changes.announcing import announce_all
from registry_service.orders.models import Order, Organisation
from registry_service.people.models import Person, PersonRole
from registry_service.programmes.models import DEBATE, Enrolment, Programme
from registry_service.schools.models import RESOURCE_CENTRE, SMALL_CLASS, School, SchoolStatus
from registry_service.territories.models import Oblast, Territory, TerritoryOblast
from registry_service.twinning.models import TwinningLink
from services.database import Database
from services.ledger import insert_once
from services.migrations import upgrade
from services.text import fold, sort_key

DATA = Path(__file__).resolve().parent / "data"
MARK = "demo"
Row = dict[str, Any]

BEFORE, BORDERS = date(2019, 1, 1), date(2022, 6, 8)
OPENED, YEAR_2019, TWINNED, YEAR_2020 = (
    date(2000, 9, 1),
    date(2019, 9, 1),
    date(2019, 10, 18),
    date(2020, 9, 1),
)
OBLASTS = {
    "KRG": {"kk": "Қарағанды облысы", "ru": "Карагандинская область", "en": "Karaganda oblast"},
    "ULT": {"kk": "Ұлытау облысы", "ru": "область Ұлытау", "en": "Ulytau oblast"},
}
PATRON_CITIES = ("CKR", "CBA", "CZH", "CKZ", "CPR", "CSR", "CST", "CTE", "CSH", "CKR", "CTE", "CKR")


class NotOurs(RuntimeError):
    """The database holds something that is not the demonstration."""


def load(registry: Flask, events: Flask) -> bool:
    """Migrate both databases and load the region; False when it is there already.

    Raises NotOurs when a database holds rows but not the demonstration's mark.
    """
    for app in (registry, events):
        with app.app_context():
            upgrade()
    with registry.app_context():
        if _marked(registry_db.db, registry_db.Counter, Territory):
            return False
        with registry_db.db.transaction() as session:
            load_register(session)
            insert_once(session, registry_db.Counter, {"name": MARK, "value": 1})
    with events.app_context():
        copying.pull(events)
        with events_db.db.transaction() as session:
            insert_once(session, events_db.Counter, {"name": MARK, "value": 1})
    return True


def _marked(db: Database, counter: type[Any], sign: type[Any]) -> bool:
    if db.session.get(counter, MARK):
        return True
    if db.session.scalar(select(sign).limit(1)) is not None:
        raise NotOurs("the database is not empty and not the demonstration's: name another")
    return False


def rows_of(name: str) -> list[Row]:
    """The rows of one of the region's CSV files."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load_register(session: Session) -> None:
    """Everything the register holds, in bulk, and one change row for each entity."""
    _territories(session)
    orders = _organisations(session)
    schools = _schools(session, orders)
    _programmes(session, orders)
    _links(session, schools, orders)
    found = people.everybody(schools, [row["code"] for row in _places()])
    session.execute(insert(Person), [person for person, _ in found])
    session.execute(insert(PersonRole), [role for _, roles in found for role in roles])
    announce_all(session)


def _places() -> list[Row]:
    return rows_of("districts") + rows_of("cities")


def _texts(row: Row, prefix: str = "name") -> dict[str, str]:
    return {code: row[f"{prefix}_{code}"] for code in ("kk", "ru", "en")}


def _territories(session: Session) -> None:
    session.execute(insert(Oblast), [{"code": code, "name": name} for code, name in OBLASTS.items()])
    places, held = [], []
    for position, row in enumerate(_places(), start=1):
        aliases = [alias for alias in row.get("report_spellings", "").split("|") if alias]
        places.append(
            {
                "code": row["code"],
                "kind": row["kind"],
                "name": _texts(row),
                "aliases": aliases,
                "position": position,
            }
        )
        held += _memberships(row)
    session.execute(insert(Territory), places)
    session.execute(insert(TerritoryOblast), held)


def _memberships(row: Row) -> list[Row]:
    old, new = row["oblast_2021"], row["oblast_from_2022_06_08"]
    base = {"territory_code": row["code"], "order_id": None}
    first = {**base, "oblast_code": old, "kato": row["kato_2021"], "valid_from": BEFORE, "valid_to": None}
    if old == new:
        return [first]
    second = {
        **base,
        "oblast_code": new,
        "kato": row["kato_from_2022_06_08"],
        "valid_from": BORDERS,
        "valid_to": None,
    }
    return [{**first, "valid_to": BORDERS}, second]


def _organisations(session: Session) -> dict[str, str]:
    """Organisations and orders; answers order ids by a short name."""
    session.execute(insert(Organisation), people.organisations(rows_of("districts")))
    orders = {
        "499": (
            "499",
            TWINNED,
            {
                "kk": "«Ауыл – қала» жобасы туралы",
                "ru": "О проекте «Ауыл – қала»",
                "en": "On the Auyl–qala project",
            },
        ),
        "centres": (
            "СИНТ-1",
            YEAR_2019,
            {
                "kk": "Синтетикалық бұйрық: тірек мектептер мен бекіту",
                "ru": "Синтетический приказ: опорные школы и закрепление",
                "en": "Synthetic order: resource centres and attachment",
            },
        ),
        "debate": (
            "СИНТ-2",
            YEAR_2020,
            {
                "kk": "Синтетикалық бұйрық: пікірсайыс қозғалысы",
                "ru": "Синтетический приказ: дебатное движение",
                "en": "Synthetic order: debate movement",
            },
        ),
    }
    ids = {name: f"0rder{name:0>11}" for name in orders}
    session.execute(
        insert(Order),
        [
            {"id": ids[name], "number": number, "issued_on": day, "issuer_code": "UO", "title": title}
            for name, (number, day, title) in orders.items()
        ],
    )
    return ids


def _school(code: str, territory: str, kind: str, name: dict[str, str]) -> Row:
    return {
        "id": people.stable_id(code),
        "code": code,
        "name": name,
        "sort_key": sort_key(name["kk"]),
        "search": " ".join([fold(text) for text in name.values()] + [code.lower()]),
        "kind": kind,
        "territory_code": territory,
        "opened_on": OPENED,
        "closed_on": None,
        "is_synthetic": True,
        "version": 1,
    }


def _schools(session: Session, orders: dict[str, str]) -> dict[str, Row]:
    """303 schools and 12 patrons; answers rows by code."""
    places = {row["code"]: row for row in _places()}
    schools, statuses = {}, []
    for row in rows_of("schools_synthetic"):
        schools[row["code"]] = _school(row["code"], row["district"], "general", _name(row["code"], places))
        for column, status in (("is_small", SMALL_CLASS), ("is_rc", RESOURCE_CENTRE)):
            if row[column] == "1":
                ground = {"status": status, "valid_from": YEAR_2019, "order_id": orders["centres"]}
                statuses.append({"school_id": people.stable_id(row["code"]), **ground})
    for number, city in enumerate(PATRON_CITIES, start=1):
        code = f"SYN-P{number:02}"
        kind = "specialised_boarding" if number <= 8 else "innovative"
        schools[code] = _school(code, city, kind, _patron_name(number, kind))
    session.execute(insert(School), list(schools.values()))
    session.execute(insert(SchoolStatus), statuses)
    return schools


def _name(code: str, places: dict[str, Row]) -> dict[str, str]:
    _, district, number = code.split("-")
    place = places[district]
    return {
        "kk": f"№ {number} синтетикалық мектеп, {place['name_kk']}",
        "ru": f"Синтетическая школа № {number}, {place['name_ru']}",
        "en": f"Synthetic school no. {number}, {place['name_en']}",
    }


def _patron_name(number: int, kind: str) -> dict[str, str]:
    if kind == "innovative":
        return {
            "kk": f"№ {number} синтетикалық инновациялық мектеп",
            "ru": f"Синтетическая инновационная школа № {number}",
            "en": f"Synthetic innovative school no. {number}",
        }
    return {
        "kk": f"№ {number} синтетикалық мамандандырылған мектеп-интернат",
        "ru": f"Синтетическая специализированная школа-интернат № {number}",
        "en": f"Synthetic specialised boarding school no. {number}",
    }


def _programmes(session: Session, orders: dict[str, str]) -> None:
    session.execute(
        insert(Programme),
        [
            {
                "code": row["code"],
                "name": _texts(row),
                "kind": row["kind"],
                "scope": row["scope"],
                "grades": row["grades"],
                "position": position,
                "note": {"en": row["note_en"]},
                "order_id": orders["499"] if row["order_no"] == "499" else None,
            }
            for position, row in enumerate(rows_of("programmes"))
        ],
    )


def _links(session: Session, schools: dict[str, Row], orders: dict[str, str]) -> None:
    def link(kind: str, left: str, **more: Any) -> Row:
        return {"id": people.stable_id(f"{kind}:{left}"), "school_id": schools[left]["id"], **more}

    session.execute(
        insert(Attachment),
        [
            link(
                "rc",
                r["school"],
                centre_id=schools[r["rc"]]["id"],
                valid_from=YEAR_2019,
                order_id=orders["centres"],
            )
            for r in rows_of("rc_attachments_synthetic")
        ],
    )
    session.execute(
        insert(TwinningLink),
        [
            link(
                "twin",
                r["school"],
                patron_id=schools[r["patron"]]["id"],
                valid_from=TWINNED,
                order_id=orders["499"],
            )
            for r in rows_of("twinning_links_synthetic")
        ],
    )
    session.execute(
        insert(Enrolment),
        [
            link("debate", r["code"], programme_code=DEBATE, valid_from=YEAR_2020, order_id=orders["debate"])
            for r in rows_of("schools_synthetic")
            if r["debate"] == "1"
        ],
    )

"""The ground of an empty register, from a folder of CSV files with a line of names at the top:

`oblasts.csv` code, name_kk, name_ru, name_en · `territories.csv` code, kind (district, city), the names, oblast, kato,
valid_from · `organisations.csv` code, kind, the names. What is there already stays as it is.
"""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry_service.db import Audit, Change, Counter, db
from registry_service.orders.models import Organisation
from registry_service.territories.models import KINDS, Oblast, Territory, TerritoryOblast
from services import ledger
from services.identity import Actor

ground = AppGroup("ground", help="Oblasts, territories and organisations of the register.")
CONSOLE = Actor("", "command line", frozenset({"registrar"}), "")
Row = dict[str, str]


@ground.command("load")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def load(folder: Path) -> None:
    """Add what the files of FOLDER name and the register does not hold yet; all of it or nothing."""
    added = {}
    with db.transaction() as session:
        for name, make in {"oblasts": _oblast, "territories": _territory, "organisations": _organisation}.items():
            added[name] = sum(_add(session, make, row, where) for where, row in _rows(folder / f"{name}.csv"))
    click.echo(", ".join(f"{count} {name}" for name, count in added.items()) + " added")


def _rows(path: Path) -> Iterator[tuple[str, Row]]:
    if not path.is_file():
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            yield f"{path.name}, line {number}", {str(key): (value or "").strip() for key, value in row.items()}


def _add(session: Session, make: Any, row: Row, where: str) -> bool:
    try:
        kind, found, made = make(session, row)
    except (KeyError, ValueError) as error:
        raise click.ClickException(f"{where}: {error} is missing or wrong") from None
    if found:
        return False
    session.add(made)
    ledger.audit(session, Audit, CONSOLE, f"{kind}.created", kind, made.code, new={"name": made.name})
    ledger.change(session, Change, Counter, kind, made.code)
    return True


def _oblast(session: Session, row: Row) -> tuple[str, Any, Oblast]:
    code = _code(row, 10)
    return "oblast", session.get(Oblast, code), Oblast(code=code, name=_names(row))


def _territory(session: Session, row: Row) -> tuple[str, Any, Territory]:
    code, oblast = _code(row, 10), session.get(Oblast, row["oblast"])
    if oblast is None or row["kind"] not in KINDS:
        raise ValueError("oblast or kind")
    if not (row["kato"].isascii() and row["kato"].isdecimal() and len(row["kato"]) == 9):
        raise ValueError("kato")
    since = date.fromisoformat(row["valid_from"])
    held = TerritoryOblast(oblast_code=oblast.code, kato=row["kato"], valid_from=since, valid_to=None)
    position = (session.scalar(select(func.max(Territory.position))) or 0) + 1
    new = Territory(code=code, kind=row["kind"], name=_names(row), aliases=[], position=position, memberships=[held])
    return "territory", session.get(Territory, code), new


def _organisation(session: Session, row: Row) -> tuple[str, Any, Organisation]:
    code, kind = _code(row, 20), row["kind"]
    if not 0 < len(kind) <= 20:
        raise ValueError("kind")
    return "organisation", session.get(Organisation, code), Organisation(code=code, kind=kind, name=_names(row))


def _code(row: Row, most: int) -> str:
    code = row["code"]
    if not (code.isascii() and code.replace("-", "").isalnum() and len(code) <= most):
        raise ValueError("code")
    return code


def _names(row: Row) -> dict[str, str]:
    names = {code: row[f"name_{code}"] for code in ("kk", "ru", "en") if row.get(f"name_{code}")}
    if not names or any(len(name) > 300 for name in names.values()):
        raise ValueError("a name")
    return names

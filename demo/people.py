"""The invented people of the demonstration, the same at every loading.

One is looked up by her address: `<role><number>@example.invalid`, a teacher with four digits.
"""

import hashlib
from functools import cache
from typing import Any

from demo.facts import rows_of
from services.identity import Actor
from services.text import fold, sort_key

Row = dict[str, Any]
Found = tuple[Row, list[Row]]
TEACHERS = 2016
UMC_ORGANISERS = 3
SEED = 24  # with it those whom one meets first have names of their own


def stable_id(name: str) -> str:
    """A public id that is the same at every loading."""
    return hashlib.sha256(f"demo:{name}".encode()).hexdigest()[:16]


def address_of(role: str, number: int) -> str:
    width = 4 if role == "teacher" else 1
    return f"{role}{number:0{width}}@example.invalid"


def actor_of(person: Any) -> Actor:
    """A person of the events' copy as who acts."""
    return Actor(person.id, person.name, frozenset(person.roles), "", person.school_id or "", person.language)


def everybody(schools: list[Row], territories: list[str]) -> list[Found]:
    """Teachers, organisers, coordinators, officials, registrars, jurors and a chair."""
    by_place: dict[str, list[Row]] = {code: [] for code in territories}
    for row in sorted(schools, key=lambda row: str(row["code"])):
        by_place[row["territory_code"]].append(row)
    return [*_teachers(by_place, territories), *_staff(territories[:9]), *_jury(by_place, territories[:8])]


def _teachers(by_place: dict[str, list[Row]], territories: list[str]) -> list[Found]:
    """Dealt to the territories in turn, and within each to its schools in the order of their codes."""
    found = []
    for number in range(TEACHERS):
        turn, seat = divmod(number, len(territories))
        schools = by_place[territories[seat]]
        found.append(_person("teacher", number, schools[turn % len(schools)]["id"], "teacher"))
    return found


def _staff(districts: list[str]) -> list[Found]:
    """Those who hold a role and belong to no school."""
    homes = ["UMC"] * UMC_ORGANISERS + ["SSI1"]
    return [
        *(_person("organiser", n, None, "organiser", home) for n, home in enumerate(homes)),
        *(_person("coordinator", n, None, "coordinator", code) for n, code in enumerate(districts)),
        *(_person("official", n, None, "official", "KRG") for n in range(2)),
        *(_person("registrar", n, None, "registrar") for n in range(2)),
    ]


def _jury(by_place: dict[str, list[Row]], districts: list[str]) -> list[Found]:
    """Seven jurors and their chair: people of schools in different districts, with no role of their own."""
    schools = [by_place[code][-1]["id"] for code in districts]
    jurors = [_person("juror", number, school) for number, school in enumerate(schools[:-1])]
    return [*jurors, _person("chair", 0, schools[-1])]


def _person(kind: str, number: int, school_id: str | None, role: str = "", scope: str = "") -> Found:
    address = address_of(kind, number)
    name, language = _name(address)
    person = {
        "id": stable_id(address),
        "name": name,
        "sort_key": sort_key(name),
        "search": f"{fold(name)} {address}",
        "email": address,
        "language": language,
        "school_id": school_id,
        "is_synthetic": True,
        "demo_number": number,
    }
    return person, [{"person_id": person["id"], "role": role, "scope": scope}] if role else []


def _name(address: str) -> tuple[str, str]:
    """An invented name, and Kazakh for seven in ten, drawn from the address."""
    draw = int(hashlib.sha256(f"{SEED}:{address}".encode()).hexdigest()[:12], 16)
    language = "kk" if draw % 10 < 7 else "ru"
    families, givens = _names(language, "family"), _names(language, "given")
    given, family = givens[draw // 10 % len(givens)], families[draw // 1000 % len(families)]["name"]
    ending = "а" if given["woman"] and family.endswith(("ов", "ев")) else ""
    return f"{given['name']} {family}{ending}", language


@cache
def _names(language: str, part: str) -> list[dict[str, str]]:
    return [row for row in rows_of("names_synthetic") if (row["language"], row["part"]) == (language, part)]

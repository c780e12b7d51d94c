"""The invented people of the demonstration, the same at every loading."""

import hashlib
from typing import Any

from services.text import fold, sort_key

Row = dict[str, Any]
Found = tuple[Row, list[Row]]
TEACHERS = 2016
KK_FAMILY = (
    "Ахметов",
    "Сейітқали",
    "Оспанов",
    "Жұмабеков",
    "Қасымов",
    "Нұрланов",
    "Тоқтаров",
    "Ибраев",
    "Смағұлов",
    "Әбдіров",
    "Есенов",
    "Қожахметов",
)
KK_GIVEN = (
    "Айнұр",
    "Гүлнар",
    "Болат",
    "Дәурен",
    "Сәуле",
    "Ерлан",
    "Әсел",
    "Қанат",
    "Маржан",
    "Нұржан",
    "Динара",
    "Жанар",
    "Өмірбек",
    "Ұлжан",
    "Гүлмира",
)
RU_FAMILY = ("Шевченко", "Ким", "Петренко", "Мюллер", "Новак", "Лысенко", "Кравец", "Юрченко")
RU_GIVEN = ("Людмила", "Ольга", "Виктор", "Наталья", "Игорь", "Светлана", "Андрей", "Тамара")
WOMEN = {"Айнұр", "Гүлнар", "Сәуле", "Әсел", "Маржан", "Динара", "Жанар", "Ұлжан", "Гүлмира"}


def stable_id(name: str) -> str:
    """A public id that is the same at every loading."""
    return hashlib.sha256(f"demo:{name}".encode()).hexdigest()[:16]


def organisations(districts: list[Row]) -> list[Row]:
    """The methodical centre, the department, a boarding school and the district offices."""
    fixed = [
        (
            "UMC",
            "methodical_centre",
            "Оқу-әдістемелік орталық",
            "Учебно-методический центр",
            "Methodical centre",
        ),
        (
            "UO",
            "oblast_department",
            "Қарағанды облысының білім басқармасы",
            "Управление образования Карагандинской области",
            "Education department of Karaganda oblast",
        ),
        (
            "SSI1",
            "school",
            "№ 1 синтетикалық мамандандырылған мектеп-интернат",
            "Синтетическая специализированная школа-интернат № 1",
            "Synthetic specialised boarding school no. 1",
        ),
    ]
    offices = [
        (
            f"RO-{row['code']}",
            "district_office",
            f"Білім бөлімі, {row['name_kk']}",
            f"Отдел образования, {row['name_ru']}",
            f"Education office, {row['name_en']}",
        )
        for row in districts
    ]
    return [
        {"code": code, "kind": kind, "name": {"kk": kk, "ru": ru, "en": en}}
        for code, kind, kk, ru, en in fixed + offices
    ]


def everybody(schools: dict[str, Row], territories: list[str]) -> list[Found]:
    """Teachers, organisers, coordinators, officials, registrars, jurors and a chair."""
    by_place: dict[str, list[Row]] = {code: [] for code in territories}
    for row in schools.values():
        by_place[row["territory_code"]].append(row)
    return [*_teachers(by_place, territories), *_staff(by_place, territories)]


def _teachers(by_place: dict[str, list[Row]], territories: list[str]) -> list[Found]:
    found = []
    for number in range(TEACHERS):
        place = by_place[territories[number % len(territories)]]
        school = place[(number // len(territories)) % len(place)]
        found.append(_person("teacher", number, school["id"], [("teacher", "")], width=4))
    return found


def _staff(by_place: dict[str, list[Row]], territories: list[str]) -> list[Found]:
    districts = territories[:9]
    organisers = [_person("organiser", n, None, [("organiser", "UMC" if n < 3 else "SSI1")]) for n in range(4)]
    coordinators = [_person("coordinator", n, None, [("coordinator", code)]) for n, code in enumerate(districts)]
    officials = [_person("official", n, None, [("official", "KRG")]) for n in range(2)]
    registrars = [_person("registrar", n, None, [("registrar", "")]) for n in range(2)]
    jurors = [_person("juror", n, by_place[districts[n]][-1]["id"], [("teacher", "")]) for n in range(7)]
    chair = _person("chair", 0, None, [])
    return [*organisers, *coordinators, *officials, *registrars, *jurors, chair]


def _person(role: str, number: int, school_id: str | None, roles: list[tuple[str, str]], width: int = 1) -> Found:
    address = f"{role}{number:0{width}}@example.invalid"
    draw = int(hashlib.sha256(address.encode()).hexdigest()[:12], 16)
    kazakh = draw % 10 < 7
    families, givens = (KK_FAMILY, KK_GIVEN) if kazakh else (RU_FAMILY, RU_GIVEN)
    given, family = givens[draw // 10 % len(givens)], families[draw // 1000 % len(families)]
    ending = "а" if given in WOMEN and family.endswith(("ов", "ев")) else ""
    name = f"{given} {family}{ending}"
    person = {
        "id": stable_id(address),
        "name": name,
        "sort_key": sort_key(name),
        "search": f"{fold(name)} {address}",
        "email": address,
        "language": "kk" if kazakh else "ru",
        "school_id": school_id,
        "active": True,
        "is_synthetic": True,
        "demo_number": number,
        "version": 1,
    }
    return person, [{"person_id": person["id"], "role": word, "scope": scope} for word, scope in roles]

"""Which events the demonstration has: the report's, their copies in the present school year, and what is coming.

What happened in 2020-21 is the report's; times, the copies and what is coming are invented. Every day
is computed from today, so that there is always something to register for.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from demo.facts import Row, rows_of
from services.fields import as_utc, midnight
from services.i18n import LANGUAGES

Body = dict[str, Any]
YEAR_BEGINS, FRIDAY = 9, 4
A_DAY = timedelta(days=1)
KINDS = {
    "master_class_series": "master_class",
    "session_orientation": "session",
    "session_interim": "session",
    "session_final": "session",
    "contest_deadline": "contest",
    "contest_stage_remote": "contest",
    "contest_stage_final": "contest",
}
NOT_EVENTS = {"data_collection", "debate_movement"}
FORMATS = {"Zoom": "zoom", "online": "online", "in schools": "in_person", "resource centre": "in_person"}
AUDIENCES = {
    "education organisations of Karkaraly": "district:KAR",
    "163 attached schools": "twinned",
    "teachers of 18 territories": "everyone",
    "teachers of rural schools": "everyone",
    "all schools of the oblast": "everyone",
}
PLACES = {"seminar": 60, "master_class": 100, "experience_presentation": 90, "fair": 150}
# In the copies these stay as vague as a plan is in autumn.
VAGUE = {"UM-2021-04-B": "month", "BP-2021-4": "month", "FL-WEEK": "none"}
NAMED = {"district": "district", "programme": "programme", "cluster": "centre"}
PURPOSE = {
    "kk": "Инновациялық педагогикалық жұмыстарды табу, шағын жинақты мектеп мұғалімдерінің жақсы тәжірибесін тарату, "
    "пәнді оқыту деңгейін көтеру.",
    "ru": "Найти инновационные педагогические работы, распространить успешный опыт учителей малокомплектных школ, "
    "поднять уровень преподавания предметов.",
    "en": "To find innovative pedagogical works, spread the successful experience of teachers of small-class schools "
    "and raise the level of teaching.",
}
LESSON = {
    "kk": "«Шағын жинақты мектептің үздік сабағы» байқауы",
    "ru": "Конкурс «Лучший урок малокомплектной школы»",
    "en": "Contest: the best lesson of a small-class school",
}
# Days off of every year; the moving ones do not matter to a demonstration.
DAYS_OFF = "01-01 01-02 01-07 03-08 03-21 03-22 03-23 05-01 05-07 05-09 07-06 08-30 10-25 12-16"


@dataclass(frozen=True)
class Planned:
    """One event: a name that never changes, the body its organiser writes, and what becomes of it.

    `state` is empty for an ordinary published one, else draft, full or cancelled.
    """

    code: str
    body: Body
    state: str = ""


def everything(today: date) -> list[Planned]:
    """The report's events, their copies around today, and what is invented for the coming months."""
    rows = [row for row in rows_of("events") if row["kind"] not in NOT_EVENTS]
    again = [row for row in rows if row["demo_start_synthetic"] or row["code"] in VAGUE]
    return [
        *(Planned(row["code"], reported(row)) for row in rows),
        *(Planned(f"{row['code']}-again", repeated(row, today)) for row in again),
        *(Planned(row["code"], coming(row, today), row["state"]) for row in rows_of("coming_synthetic")),
        Planned("CT-NOW", contest(today, 49)),
        Planned("CT-JURY", contest(today, 30) | {"title": LESSON}),
        Planned("CT-PAST", last_contest(today)),
    ]


def reported(row: Row) -> Body:
    """As in the report and no more exact: the invented time inside only puts it in order."""
    times = _times(row) if row["demo_start_synthetic"] else _school_year(2020)
    return _from_report(row) | times | {"date_precision": row["report_date_precision"]}


def repeated(row: Row, today: date) -> Body:
    """The same once more in the school year around today, on the same day of the week."""
    body = _from_report(row) | {"date_precision": VAGUE.get(row["code"], "day")}
    if not row["demo_start_synthetic"]:
        return body
    first = _local(row["demo_start_synthetic"]).date()
    times = _times(row, same_weekday(first, today) - first)
    closes = times["starts_at"] - A_DAY
    return body | times | {"capacity": PLACES.get(body["kind"]), "registration_closes_at": closes}


def coming(row: Row, today: date) -> Body:
    """An invented event so many days ahead."""
    day = working_day(today + timedelta(days=int(row["days_ahead"])))
    start = as_utc(datetime.combine(day, time.fromisoformat(row["at"])))
    return {
        **{name: row[name] for name in ("kind", "programme", "format", "language", "subject", "organisation")},
        **{name: _texts(row, name) for name in ("title", "description", "venue")},
        "starts_at": start,
        "ends_at": start + timedelta(minutes=int(row["minutes"])),
        "capacity": int(row["capacity"]),
        "small_class_reserve": int(row["reserve"]),
        "reserve_until": start - timedelta(days=3) if row["reserve"] != "0" else None,
        "audience": audience_of(row["audience"]),
        "restrict_to_audience": row["only"] == "yes",
        "join_url": "" if row["format"] == "in_person" else f"https://meet.example.invalid/{row['code']}",
        "agenda": [_agenda_line(line, start) for line in _lines_of(row["code"], "agenda_synthetic")],
        "materials": [_material(line) for line in _lines_of(row["code"], "materials_synthetic")],
        "registration_closes_at": start - A_DAY,
    }


def contest(today: date, days: int) -> Body:
    """A contest: its event is the final, so many days ahead."""
    day = working_day(today + timedelta(days=days))
    [programme] = [row for row in rows_of("programmes") if row["code"] == "BEST_TEACHER"]
    return {
        "title": _texts(programme, "name"),
        "kind": "contest",
        "programme": programme["code"],
        "format": "in_person",
        "organisation": "UMC",
        "audience": {"rule": "small_class"},
        "description": PURPOSE,
        "venue": {"kk": "Қарағанды, оқу-әдістемелік орталық", "ru": "Караганда, учебно-методический центр"},
        "starts_at": as_utc(datetime.combine(day, time(10))),
        "ends_at": as_utc(datetime.combine(day, time(17))),
        "agenda": [],
        "materials": [],
    }


def last_contest(today: date) -> Body:
    """Last year's, half a year ago."""
    body = contest(today, -180)
    year = body["starts_at"].year
    return body | {"title": {code: f"{text} – {year}" for code, text in body["title"].items()}}


def same_weekday(day: date, today: date) -> date:
    """That day in the school year of today, moved by three days at most to its own day of the week."""
    begins = today.year if today.month >= YEAR_BEGINS else today.year - 1
    again = date(begins + (day.month < YEAR_BEGINS), day.month, min(day.day, 28) if day.month == 2 else day.day)
    return again + timedelta(days=(day.weekday() - again.weekday() + 3) % 7 - 3)


def working_day(day: date) -> date:
    """The day itself, or the next that is neither a weekend nor a day off."""
    while day.weekday() > FRIDAY or f"{day:%m-%d}" in DAYS_OFF:
        day += A_DAY
    return day


def audience_of(words: str) -> Body:
    """`small_class`, or `district:KAR`: a rule and what it needs."""
    rule, _, value = words.partition(":")
    return {"rule": rule, NAMED[rule]: value} if value else {"rule": rule}


def _from_report(row: Row) -> Body:
    boarding = "boarding" in row["organiser"]
    return {
        "kind": KINDS.get(row["kind"], row["kind"]),
        "title": _texts(row, "title"),
        "programme": row["programme_code"],
        "format": FORMATS.get(row["format"], "not_stated"),
        "organisation": "SSI1" if boarding else "UMC",
        "audience": audience_of(AUDIENCES.get(row["audience"], "small_class")),
        "agenda": [],
        "materials": [],
    }


def _times(row: Row, moved: timedelta = timedelta()) -> Body:
    start, end = row["demo_start_synthetic"], row["demo_end_synthetic"]
    return {"starts_at": as_utc(_local(start) + moved), "ends_at": as_utc(_local(end) + moved)}


def _school_year(year: int) -> Body:
    return {"starts_at": midnight(date(year, 9, 1)), "ends_at": midnight(date(year + 1, 6, 1)), "all_day": True}


def _local(written: str) -> datetime:
    """The time on the clock, without the offset that held in that year."""
    return datetime.fromisoformat(written).replace(tzinfo=None)


def _texts(row: Row, name: str) -> dict[str, str]:
    return {code: row[f"{name}_{code}"] for code in LANGUAGES if row.get(f"{name}_{code}")}


def _lines_of(code: str, name: str) -> list[Row]:
    return [line for line in rows_of(name) if line["code"] == code]


def _agenda_line(line: Row, start: datetime) -> Body:
    begins = start + timedelta(minutes=int(line["after"]))
    return {
        "starts_at": begins,
        "ends_at": begins + timedelta(minutes=int(line["minutes"])),
        "title": _texts(line, "title"),
        "presenter": line["presenter"],
        "district": "",
    }


def _material(line: Row) -> Body:
    url = f"https://files.example.invalid/{line['code']}/{line['file']}"
    return {"title": _texts(line, "title"), "url": url, "size": int(line["size"])}

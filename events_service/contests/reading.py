"""The two files of a contest's rules as data: what they hold, or every fault by line and column."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from marshmallow import Schema, ValidationError

from events_service.contests import levels
from events_service.contests.checking import said_sum, whole
from events_service.contests.exact import Exact
from events_service.contests.schemas import (
    MOST_CRITERIA,
    MOST_FILE,
    MOST_NOMINATIONS,
    MOST_STAGES,
    Code,
    CriterionBody,
)
from services.fields import Body, Text
from services.forms import messages
from services.i18n import LANGUAGES, translate_messages
from services.text import UNSAFE

CONTEST, RULES = "contest", "rules"
MOST_ROWS, MOST_COLUMNS = 500, 40


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where: line 0 is the file as a whole."""

    file: str
    line: int
    column: str
    message: str


@dataclass
class Rubric:
    """What contest.csv holds; stages by code as (order, weight), criteria by (nomination, stage)."""

    code: str = ""
    nominations: dict[str, dict[str, str]] = field(default_factory=dict)
    stages: dict[str, tuple[int, Decimal]] = field(default_factory=dict)
    criteria: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


class RowBody(Body):
    """A row of contest.csv but for its criterion, which is `CriterionBody`'s."""

    contest_code = Code(most=40, required=True)
    nomination_code = Code(required=True)
    stage_order = Exact(places=0, least="1", most="99", required=True)
    stage_code = Code(required=True)
    stage_weight = Exact(places=4, most="1", required=True)
    basis = Text(most=40, least=0)


CRITERION = {"code": "criterion_code", "title": "criterion_kk", "max_points": "max_points", "weight": "weight_in_stage"}
WANTED = ("contest_code", "nomination_code", "stage_order", "stage_code", "stage_weight", *CRITERION.values())


def rubric(text: str) -> Rubric:
    """Nominations, stages and criteria; `faults` is empty for a file that can be loaded."""
    found = Rubric()
    head, rows = table(CONTEST, text, WANTED, found.faults)
    if found.faults:
        return found
    seen: dict[Any, tuple[int, Any]] = {}
    for line, cells in rows:
        row, faults = _row(line, dict(zip(head, cells, strict=False)))
        found.faults += faults
        if row:
            found.faults += _agree(line, row, seen)
            _add(found, row)
    if not found.faults:
        found.faults += _limits(found) or _weights(found)
    return found


def table(
    file: str, text: str, wanted: tuple[str, ...], faults: list[Fault]
) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The head and the numbered rows of a file; commas or semicolons, whichever its head is parted by."""
    text = text.removeprefix("\ufeff")
    rows: list[tuple[int, list[str]]] = []
    if not text.strip():
        faults.append(Fault(file, 0, "", _("The file is empty")))
    elif len(text.encode()) > MOST_FILE:
        faults.append(Fault(file, 0, "", _("The file is larger than %(size)s KB", size=MOST_FILE // 1000)))
    elif UNSAFE.search(text.replace("\r\n", "\n")):
        faults.append(Fault(file, 0, "", _("The file holds characters that no text has: save it as CSV UTF-8")))
    else:
        rows = list(_rows(file, text, faults))
    head = [cell.strip().lower() for cell in rows[0][1]] if rows else []
    if not faults and (missing := [name for name in wanted if name not in head]):
        faults.append(Fault(file, 1, missing[0], _("These columns are missing: %(names)s", names=", ".join(missing))))
    long = [line for line, cells in rows[1:] if any(cells[len(head) :])]
    faults += [
        Fault(file, line, "", _("This line has more cells than the first one: is a comma unquoted?")) for line in long
    ]
    return head, rows[1:]


def _rows(file: str, text: str, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    first = text.lstrip().partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",", strict=True)
    count = 0
    try:
        for cells in reader:
            if not any(map(str.strip, cells)):
                continue
            count += 1
            if count > MOST_ROWS + 1 or len(cells) > MOST_COLUMNS:
                most = {"rows": MOST_ROWS, "columns": MOST_COLUMNS}
                said = _("A file has at most %(rows)s rows and %(columns)s columns", **most)
                faults.append(Fault(file, reader.line_num, "", said))
                return
            yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error:
        faults.append(Fault(file, reader.line_num, "", _("The quotation marks of this line do not close")))


def _row(line: int, row: dict[str, str]) -> tuple[dict[str, Any] | None, list[Fault]]:
    """One row loaded by the schemas, with the faults named by the columns of the file."""
    told = {code: row.get(f"levels_{code}", "").replace("|", "\n") for code in LANGUAGES}
    criterion: dict[str, Any] = {name: row.get(column) for name, column in CRITERION.items()}
    criterion |= {"title": _texts(row, "criterion"), "levels": levels.read(told)}
    body, faults = _load(RowBody(), row, line, {})
    lines, more = _load(CriterionBody(), criterion, line, {**CRITERION, "levels": f"levels_{levels.unread(told)}"})
    if lines and not any(f"levels_{code}" in row for code in LANGUAGES):
        del lines["levels"]
    title = _texts(row, "nomination")
    if not title or any(len(text) > 200 for text in title.values()):
        more.append(Fault(CONTEST, line, "nomination_kk", _("A title of 1 to 200 characters is expected here")))
    faults += more
    return (None if faults else {**body, "nomination": title, "criterion": lines}), faults


def _load(schema: Schema, row: dict[str, Any], line: int, columns: dict[str, str]) -> tuple[Any, list[Fault]]:
    try:
        return schema.load({name: value for name, value in row.items() if value not in (None, "")}), []
    except ValidationError as error:
        found = messages(translate_messages(error.normalized_messages()))
        return None, [Fault(CONTEST, line, _column(path, columns), str(message)) for path, message in found]


def _column(path: str, columns: dict[str, str]) -> str:
    name, _dot, rest = path.partition(".")
    code = rest.rpartition(".")[2]
    if name == "title" and code in LANGUAGES:
        return f"criterion_{code}"
    return f"levels_{code}" if name == "levels" and code in LANGUAGES else columns.get(name, name)


def _texts(row: dict[str, str], name: str) -> dict[str, str]:
    return {code: row[f"{name}_{code}"] for code in LANGUAGES if row.get(f"{name}_{code}")}


def _agree(line: int, row: dict[str, Any], seen: dict[Any, tuple[int, Any]]) -> Iterator[Fault]:
    """What several rows say of one thing is the same in all of them; a criterion stands once."""
    nomination, stage, criterion = row["nomination_code"], row["stage_code"], row["criterion"]["code"]
    for key, column, value in (
        ("contest", "contest_code", row["contest_code"]),
        (("nomination", nomination), "nomination_kk", row["nomination"]),
        (("stage", stage), "stage_weight", row["stage_weight"]),
        (("order", stage), "stage_order", row["stage_order"]),
        (("stage at", row["stage_order"]), "stage_order", stage),
    ):
        first, said = seen.setdefault(key, (line, value))
        if said != value:
            yield Fault(CONTEST, line, column, _("Line %(line)s says something else of the same", line=first))
    first, _none = seen.setdefault((nomination, stage, criterion), (line, None))
    if first != line:
        yield Fault(CONTEST, line, "criterion_code", _("This criterion stands in line %(line)s already", line=first))


def _add(found: Rubric, row: dict[str, Any]) -> None:
    found.code = row["contest_code"]
    found.nominations.setdefault(row["nomination_code"], row["nomination"])
    found.stages.setdefault(row["stage_code"], (int(row["stage_order"]), row["stage_weight"]))
    found.criteria.setdefault((row["nomination_code"], row["stage_code"]), []).append(row["criterion"])


def _limits(found: Rubric) -> list[Fault]:
    sizes = (len(found.nominations), len(found.stages), max(map(len, found.criteria.values()), default=0))
    if all(size <= most for size, most in zip(sizes, (MOST_NOMINATIONS, MOST_STAGES, MOST_CRITERIA), strict=True)):
        return []
    said = _(
        "At most %(nominations)s nominations, %(stages)s stages and %(criteria)s criteria of a stage",
        nominations=MOST_NOMINATIONS,
        stages=MOST_STAGES,
        criteria=MOST_CRITERIA,
    )
    return [Fault(CONTEST, 0, "", said)]


def _weights(found: Rubric) -> list[Fault]:
    """Weights that do not sum to 1, by nomination and stage; a stage without criteria sums to 0."""
    faults = []
    stages = [weight for _order, weight in found.stages.values()]
    if not whole(stages):
        said = _("The weights of the stages give %(sum)s together, not 1", sum=said_sum(stages))
        faults.append(Fault(CONTEST, 0, "stage_weight", said))
    for nomination in found.nominations:
        for stage in found.stages:
            weights = [line["weight"] for line in found.criteria.get((nomination, stage), [])]
            if not whole(weights):
                names = {"nomination": nomination, "stage": stage, "sum": said_sum(weights)}
                said = _("%(nomination)s, %(stage)s: the weights give %(sum)s together, not 1", **names)
                faults.append(Fault(CONTEST, 0, "weight_in_stage", said))
    return faults

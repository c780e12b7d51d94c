"""Random registers as plain tuples, and the rules of conflicts and deals told once more, in other words."""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from events_service.directory.models import ATTACHMENT, TWINNING, Fact
from events_service.jury.conflicts import Links, Reader, Work

DAY = date(2026, 3, 1)
JURORS, DISTRICTS = 7, 9
Live = dict[str, set[str]]
Link = tuple[str, str, date, date | None]


@dataclass
class Register:
    """Links are (school, other, from, to); people and works are (id, …, school, …)."""

    own_district: bool
    attached: list[Link] = field(default_factory=list)
    twinned: list[Link] = field(default_factory=list)
    jurors: list[tuple[str, str, str, frozenset[str]]] = field(default_factory=list)
    works: list[tuple[str, str, str, date]] = field(default_factory=list)

    @property
    def readers(self) -> list[Reader]:
        return [Reader(id_, person, school, past, frozenset(school[0])) for id_, person, school, past in self.jurors]

    @property
    def entries(self) -> list[Work]:
        return [Work(id_, author, school, school[0], day) for id_, author, school, day in self.works]

    @property
    def links(self) -> Links:
        def facts(kind, rows):
            return [Fact(school_id=a, kind=kind, ref=b, valid_from=since, valid_to=to) for a, b, since, to in rows]

        return Links(facts(ATTACHMENT, self.attached) + facts(TWINNING, self.twinned))

    def barred(self) -> set[tuple[str, str]]:
        """Pairs of juror and work, found in other words: by the links that hold on each day."""
        found = set()
        for day in {work[3] for work in self.works}:
            attached, twinned = _live(self.attached, day), _live(self.twinned, day)
            for id_, author, theirs, when in self.works:
                if when == day:
                    found |= {(j, id_) for j in self._may_not(author, theirs, attached, twinned)}
        return found

    def _may_not(self, author: str, theirs: str, attached: Live, twinned: Live) -> list[str]:
        found = []
        for id_, person, hers, past in self.jurors:
            together = attached[hers] & attached[theirs]
            linked = any(hers in links[theirs] or theirs in links[hers] for links in (attached, twinned))
            district = self.own_district and hers[0] == theirs[0]
            own = person == author or theirs in past or hers == theirs
            found += [id_] if own or district or together or linked else []
        return found


def _live(links: list[Link], day: date) -> Live:
    found: Live = defaultdict(set)
    for school, other, since, to in links:
        if since <= day and (to is None or day < to):
            found[school].add(other)
    return found


def drawn(seed: int, entries: int = 200) -> Register:
    """Nine districts of thirty schools, four centres each; jurors of different districts; some links have ended."""
    draw = random.Random(seed)
    schools = [f"{district}{number:02}" for district in range(DISTRICTS) for number in range(30)]
    found = Register(own_district=seed % 2 == 0)

    def dated(school: str, other: str) -> Link:
        since = DAY - timedelta(days=draw.randint(-30, 900))
        return school, other, since, since + timedelta(days=400) if draw.random() < 0.3 else None

    for school in schools:
        if int(school[1:]) >= 4:
            found.attached.append(dated(school, f"{school[0]}{draw.randrange(4):02}"))
        if draw.random() < 0.5:
            found.twinned.append(dated(school, draw.choice(schools)))
    for number, district in enumerate(draw.sample(range(DISTRICTS), JURORS)):
        past = frozenset(draw.sample(schools, draw.randrange(3)))
        found.jurors.append((f"j{number}", f"p{number}", f"{district}{draw.randrange(30):02}", past))
    for number in range(entries):
        author = f"p{number}" if number < 2 else f"a{number}"
        found.works.append((f"e{number:03}", author, draw.choice(schools), DAY + timedelta(days=draw.randrange(20))))
    return found


def faults(
    jurors: list[str], barred: set[tuple[str, str]], readers: int, panels: dict[str, tuple[str, ...]], anchors=()
) -> set[str]:
    """What is wrong with a deal: `readers`, `conflict`, `loads`, `apart`."""
    found = set()
    for entry, panel in panels.items():
        allowed = {juror for juror in jurors if (juror, entry) not in barred}
        wanted = len(allowed) if entry in anchors else readers
        found |= {"readers"} if len(panel) != wanted or len(set(panel)) != wanted else set()
        found |= set() if set(panel) <= allowed else {"conflict"}
    loads = [sum(juror in panel for panel in panels.values()) for juror in jurors]
    found |= {"loads"} if max(loads) - min(loads) > 1 else set()
    reached, grows = {jurors[0]}, True
    while grows:
        near = {juror for panel in panels.values() if reached & set(panel) for juror in panel}
        reached, grows = reached | near, not near <= reached
    return found | (set() if reached >= set(jurors) else {"apart"})

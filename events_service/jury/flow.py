"""Who reads what, as a min-cost flow from entries to jurors: exact, and the same for the same input and seed.

No rows are read here. Entries and jurors are ids in an order of their own; a blocked pair is never dealt.
networkx is imported when a deal is made: it takes 0.35 s, and most processes never deal.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

COST, TRIES = 10_000, 20


@dataclass(frozen=True)
class Problem:
    """What is to be dealt.

    readers: jurors for each entry; with no more jurors than that everybody reads everything she may
    least: scores that an entry needs to count at all
    anchors: entries that all read who may, so that jurors can be compared
    """

    entries: tuple[str, ...]
    jurors: tuple[str, ...]
    blocked: frozenset[tuple[str, str]]
    readers: int
    least: int
    anchors: int

    @cached_property
    def allowed(self) -> dict[str, tuple[str, ...]]:
        """Who may read an entry."""
        return {entry: tuple(j for j in self.jurors if (entry, j) not in self.blocked) for entry in self.entries}

    @property
    def full(self) -> bool:
        return self.readers >= len(self.jurors)

    @property
    def needed(self) -> int:
        """Readers without whom an entry cannot be judged."""
        return self.least if self.full else self.readers

    def conflicts_of(self, juror: str) -> int:
        return sum((entry, juror) in self.blocked for entry in self.entries)


@dataclass(frozen=True)
class Plan:
    """A deal: who reads each entry, and which of them all read; `seed` is the one that it came out of."""

    seed: int
    panels: dict[str, tuple[str, ...]]
    anchors: tuple[str, ...]
    full: bool

    @property
    def loads(self) -> Counter[str]:
        return Counter(juror for panel in self.panels.values() for juror in panel)


class Impossible(Exception):
    """No such deal exists. Its kind is the constraint that forbids it."""


class TooFewJurors(Impossible):
    def __init__(self, there: int, needed: int) -> None:
        super().__init__(f"{there} jurors, {needed} are needed")
        self.there, self.needed = there, needed


class TooFewReaders(Impossible):
    """`short`: entries and how many jurors may read them."""

    def __init__(self, short: dict[str, int], needed: int) -> None:
        super().__init__(f"too few jurors without a conflict: {short}")
        self.short, self.needed = short, needed


class Uneven(Impossible):
    """`held`: jurors whose conflicts keep them from a fair part, and how many they have."""

    def __init__(self, held: dict[str, int], entries: int) -> None:
        super().__init__(f"loads cannot be within one: {held} of {entries}")
        self.held, self.entries = held, entries


class Apart(Impossible):
    """`parts`: jurors who have no entry in common with those of the other parts."""

    def __init__(self, parts: list[list[str]]) -> None:
        super().__init__(f"the graph falls into {len(parts)} parts")
        self.parts = parts


def solve(problem: Problem, seed: int = 1) -> Plan:
    """A deal with loads within one of each other, no conflict, mixed panels and a connected graph.

    Where no such deal exists with all anchors, fewer are taken. Raises Impossible.
    """
    _check_readers(problem)
    if problem.full:
        return Plan(seed, problem.allowed, (), full=True)
    most = min(problem.anchors, len(problem.entries))
    for count in range(most, -1, -1):
        try:
            return _connected(problem, _anchors(problem, count), seed)
        except Impossible:
            if count == 0:
                raise
    raise AssertionError("not reached")


def parts_of(problem: Problem, panels: dict[str, tuple[str, ...]]) -> list[list[str]]:
    """The jurors, grouped by whether common entries join them, directly or over others."""
    import networkx as nx  # noqa: PLC0415 - see above

    graph = nx.Graph()
    graph.add_nodes_from(problem.jurors)
    for panel in panels.values():
        graph.add_edges_from((panel[0], other) for other in panel[1:])
    place = {juror: number for number, juror in enumerate(problem.jurors)}
    return sorted((sorted(part, key=place.__getitem__) for part in nx.connected_components(graph)), key=len)


def _check_readers(problem: Problem) -> None:
    if len(problem.jurors) < problem.needed:
        raise TooFewJurors(len(problem.jurors), problem.needed)
    short = {entry: len(may) for entry, may in problem.allowed.items() if len(may) < problem.needed}
    if short:
        raise TooFewReaders(short, problem.needed)


def _anchors(problem: Problem, count: int) -> tuple[str, ...]:
    """Those with the fewest conflicts; among equals the first."""
    return tuple(sorted(problem.entries, key=lambda entry: -len(problem.allowed[entry]))[:count])


def _connected(problem: Problem, anchors: tuple[str, ...], seed: int) -> Plan:
    """The first of some seeds whose graph is one; where conflicts alone part it, no seed is tried."""
    parts = parts_of(problem, problem.allowed)
    for tried in range(seed, seed + TRIES) if len(parts) == 1 else ():
        plan = Plan(tried, _dealt(problem, anchors, tried), anchors, full=False)
        parts = parts_of(problem, plan.panels)
        if len(parts) == 1:
            return plan
    raise Apart(parts)


def _dealt(problem: Problem, anchors: tuple[str, ...], seed: int) -> dict[str, tuple[str, ...]]:
    import networkx as nx  # noqa: PLC0415 - see above

    net = _Net(problem, anchors)
    draw = random.Random(seed)  # noqa: S311 - a deal must come out the same again
    graph = nx.DiGraph()
    for entry in net.rest:
        graph.add_node(("entry", entry), demand=-problem.readers)
    for juror in problem.jurors:
        graph.add_node(("juror", juror), demand=net.floor[juror])
        graph.add_edge(("juror", juror), "more", capacity=net.more[juror], weight=0)
    graph.add_node("more", demand=net.spare)
    for entry, juror in net.pairs:
        graph.add_edge(("entry", entry), ("juror", juror), capacity=1, weight=draw.randint(1, COST))
    try:
        if net.spare < 0 or min(net.more.values()) < 0:
            raise nx.NetworkXUnfeasible
        _cost, flow = nx.network_simplex(graph)
    except nx.NetworkXUnfeasible:
        raise Uneven(net.held(), len(problem.entries)) from None
    dealt = {entry: tuple(j for j in problem.allowed[entry] if flow["entry", entry]["juror", j]) for entry in net.rest}
    return {entry: dealt.get(entry) or problem.allowed[entry] for entry in problem.entries}


class _Net:
    """The capacities: each juror takes at least `floor` more entries than the anchors, and perhaps `more`."""

    def __init__(self, problem: Problem, anchors: tuple[str, ...]) -> None:
        self.problem = problem
        self.rest = [entry for entry in problem.entries if entry not in set(anchors)]
        read = Counter(juror for entry in anchors for juror in problem.allowed[entry])
        total = read.total() + problem.readers * len(self.rest)
        fair = total // len(problem.jurors)
        self.floor = {juror: max(0, fair - read[juror]) for juror in problem.jurors}
        self.more = {juror: fair + 1 - max(fair, read[juror]) for juror in problem.jurors}
        self.spare = problem.readers * len(self.rest) - sum(self.floor.values())

    @property
    def pairs(self) -> Iterator[tuple[str, str]]:
        return ((entry, juror) for entry in self.rest for juror in self.problem.allowed[entry])

    def held(self) -> dict[str, int]:
        """Those on the short side of the smallest cut: their conflicts leave them too little to read."""
        import networkx as nx  # noqa: PLC0415 - see above

        graph = nx.DiGraph()
        for entry in self.rest:
            graph.add_edge("from", ("entry", entry), capacity=self.problem.readers)
        for juror in self.problem.jurors:
            graph.add_edge(("juror", juror), "to", capacity=self.floor[juror])
            graph.add_edge(("juror", juror), "more", capacity=max(0, self.more[juror]))
        graph.add_edge("more", "to", capacity=max(0, self.spare))
        graph.add_edges_from(((("entry", e), ("juror", j)) for e, j in self.pairs), capacity=1)
        _value, (_full, short) = nx.minimum_cut(graph, "from", "to")
        counts = {juror: self.problem.conflicts_of(juror) for juror in self.problem.jurors}
        held = {juror: count for juror, count in counts.items() if count and ("juror", juror) in short}
        return held or {juror: count for juror, count in counts.items() if count == max(counts.values())}

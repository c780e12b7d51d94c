"""A feed of too many bytes: the longest entries lose their texts, as few as will do, and none is written thrice."""

from collections import Counter
from dataclasses import replace

import pytest

from events_service.ics import fitting, ical
from tests.events_service.ics.samples import ENTRY

TEXTS = ["Қысқа", "Ұзын мәтін " * 90, "", "Орта мәтін " * 30]
ENTRIES = [replace(ENTRY, uid=f"{number}@q", description=text) for number, text in enumerate(TEXTS)]
WHOLE = [ical.lines(entry, "") for entry in ENTRIES]


def fit(monkeypatch: pytest.MonkeyPatch, most: int) -> tuple[list[bytes], Counter[str]]:
    """What stands in a feed of at most so many bytes, and how often each entry was written for it."""
    written = Counter[str]()

    def write(entry: ical.Entry) -> bytes:
        written[entry.uid] += 1
        return ical.lines(entry, "")

    monkeypatch.setattr(fitting, "MOST", most)
    return fitting.fit(ENTRIES, write), written


def test_entries_that_fit_stay_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    found, written = fit(monkeypatch, sum(map(len, WHOLE)))
    assert found == WHOLE
    assert set(written.values()) == {1}


@pytest.mark.parametrize(("less", "shortened"), [(1, [1]), (2500, [1, 3])])
def test_longest_entries_are_shortened_until_all_fit(
    monkeypatch: pytest.MonkeyPatch, less: int, shortened: list[int]
) -> None:
    most = sum(map(len, WHOLE)) - less
    found, written = fit(monkeypatch, most)
    assert sum(map(len, found)) <= most
    assert [place for place in range(4) if found[place] != WHOLE[place]] == shortened
    assert max(written.values()) == 2


def test_short_entry_keeps_what_leads_to_its_event(monkeypatch: pytest.MonkeyPatch) -> None:
    found, _ = fit(monkeypatch, 0)
    for body in found:
        for name in (b"UID", b"DTSTART", b"DTEND", b"SUMMARY", b"LOCATION", b"URL", b"STATUS", b"ORGANIZER"):
            assert b"\r\n" + name in body
        assert b"DESCRIPTION" not in body

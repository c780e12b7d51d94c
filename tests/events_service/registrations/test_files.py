"""Registrants and events as files."""

import csv
import io

import openpyxl
import pytest

from tests.events_service.scene import play

pytestmark = pytest.mark.either_engine


def lines_of(reply, form):
    assert reply.status_code == 200, reply.text
    if form == "csv":
        return list(csv.reader(io.StringIO(reply.data.decode("utf-8-sig")), delimiter=";"))
    book = openpyxl.load_workbook(io.BytesIO(reply.data))
    assert all(cell.data_type != "f" for row in book.active.iter_rows() for cell in row)
    return [["" if value is None else str(value) for value in row] for row in book.active.values]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_registrants_are_a_file_for_those_who_see_the_list(suite, form):
    scene = play(suite, capacity=1)
    scene.register(0)
    scene.register(1)
    path = f"/events/{scene.event['slug']}/registrations.{form}"
    head, *found = lines_of(suite.get(path, as_=scene.organiser), form)

    assert len(head) == 7
    assert [line[1] for line in found] == ["teacher0000@example.invalid", "teacher0001@example.invalid"]
    assert [line[3] for line in found] == ["", "1"]
    own = lines_of(suite.get(path, as_=suite.sign_in("coordinator", 8)), form)
    assert len(own) <= 3
    for role, status in (("official", 403), ("teacher", 403)):
        assert suite.get(path, as_=suite.sign_in(role, 0)).status_code == status
    unknown = path.replace(scene.event["slug"], "no-such-event")
    assert suite.get(unknown, as_=scene.organiser).status_code == 404


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_list_of_events_is_a_file_with_the_filters_of_the_page(suite, form):
    scene = play(suite)
    everything = lines_of(suite.get(f"/events.{form}"), form)
    seminars = lines_of(suite.get(f"/events.{form}?kind={scene.event['kind']}"), form)

    assert len(everything) > len(seminars) > 1
    assert len({line[3] for line in seminars[1:]}) == 1
    assert scene.event["title"]["ru"] in {line[1] for line in seminars}

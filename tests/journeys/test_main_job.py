"""The main job over HTTP: publish, register, mail, move, cancel."""

from datetime import timedelta

from services.database import utcnow


def event_body(**changed):
    start = (utcnow() + timedelta(days=30)).replace(microsecond=0)
    body = {
        "kind": "seminar",
        "title": {"kk": "Кәсіптік бағдар семинары", "ru": "Семинар о профориентации"},
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=2)).isoformat(),
        "capacity": 2,
        "audience": {"rule": "small_class"},
    }
    return {**body, **changed}


def make_event(suite, **changed):
    organiser = suite.sign_in("organiser", 0)
    made = suite.json("POST", "/api/v1/events", event_body(**changed), as_=organiser)
    assert made.status_code == 201, made.text
    ref = made.get_json()["id"]
    assert suite.json("POST", f"/api/v1/events/{ref}/publish", as_=organiser).status_code == 200
    return ref


def test_event_takes_two_and_lets_the_third_wait(suite):
    ref = make_event(suite)
    replies = [
        suite.json("POST", f"/api/v1/events/{ref}/registrations", {}, as_=suite.sign_in("teacher", n)).get_json()
        for n in range(3)
    ]
    assert [(r["status"], r["position"]) for r in replies] == [
        ("confirmed", None),
        ("confirmed", None),
        ("waitlisted", 1),
    ]
    gone = suite.json("DELETE", f"/api/v1/registrations/{replies[0]['id']}", as_=suite.sign_in("teacher", 0))
    assert gone.status_code == 204
    third = suite.json("GET", f"/api/v1/registrations/{replies[2]['id']}", as_=suite.sign_in("teacher", 2)).get_json()
    assert third["status"] == "confirmed"


def test_audience_is_counted_as_the_report_counts(suite):
    organiser = suite.sign_in("organiser", 0)
    rules = [
        {"rule": "small_class"},
        {"rule": "centres"},
        {"rule": "twinned"},
        {"rule": "programme", "programme": "USHQYR_OI"},
    ]
    totals = []
    for rule in rules:
        made = suite.json("POST", "/api/v1/events", event_body(audience=rule), as_=organiser).get_json()
        totals.append(suite.json("GET", f"/api/v1/events/{made['id']}/audience", as_=organiser).get_json()["total"])
    assert totals == [211, 39, 163, 156]

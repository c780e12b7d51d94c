"""Nothing of the inside is answered: no trace, no SQL, no figures; TRACE is refused."""

import pytest

from services import identity

CANARY = "SELECT canary FROM secret_table"


def fail(**_):
    raise RuntimeError(CANARY)


def calls(app):
    """Each route with some address and method of it."""
    for rule in app.url_map.iter_rules():
        values = {name: next(iter(getattr(rule._converters[name], "items", ["1" * 8]))) for name in rule.arguments}
        _host, path = rule.build(values, append_unknown=False)
        yield rule.endpoint, path, sorted(rule.methods - {"HEAD", "OPTIONS"})[0]


@pytest.mark.parametrize("name", ["registry", "events"])
def test_error_of_any_route_tells_nothing_of_the_inside(bare, name, caplog):
    app = getattr(bare(), name)
    found = list(calls(app))
    for endpoint in app.view_functions:
        app.view_functions[endpoint] = fail
        app.extensions["who"][endpoint] = identity.ANYONE
    client = app.test_client()
    for endpoint, path, method in found:
        reply = client.open(path, method=method, headers={"Origin": "http://localhost"})
        assert reply.status_code == 500, endpoint
        for word in ("canary", "Traceback", "RuntimeError", "SELECT", ".py", "werkzeug", "File "):
            assert word not in reply.text, (endpoint, word)
    assert len(found) > 20
    assert any("unexpected error" in record.getMessage() for record in caplog.records)


def test_trace_is_refused(bare):
    suite = bare()
    for path in ("/", "/my", "/registry/sign-in", "/registry/api/v1/schools", "/health/live"):
        for method in ("TRACE", "TRACK", "CONNECT"):
            reply = suite.browser().client.open(path, method=method, headers={"X-Secret": "canary"})
            assert reply.status_code in (404, 405), method
            assert "canary" not in reply.text


def test_figures_and_tools_are_not_on_the_public_port(bare):
    suite = bare()
    for path in ("/metrics", "/registry/metrics", "/metrics/", "/debug", "/console", "/registry/console"):
        reply = suite.browser().client.get(path)
        assert reply.status_code == 404, path
        assert "qonyrau_requests" not in reply.text

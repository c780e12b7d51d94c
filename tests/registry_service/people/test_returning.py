"""Where one may be sent after signing in."""

import pytest

from registry_service.people.returning import safe_path


@pytest.mark.parametrize(
    "path",
    ["/", "/my", "/events/qysqy-seminar", "/?kind=seminar&month=2026-11", "/?q=%D2%9B", "/events/қыс", "/a#b", "/a:b"],
)
def test_return_path_of_this_site_is_kept(path):
    assert safe_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None, "", " ", "my", "?x", "#x", "//evil.example", "///evil.example", "////evil.example", "/\\evil.example",
        "\\\\evil.example", "\\/evil.example", "/\t/evil.example", "/\n/evil.example", "/\r\nSet-Cookie: a=b",
        "/a\x00b", "/a\u2028b", "/ /evil.example", " /my", "/my ", "https://evil.example", "http:evil.example",
        "HTTPS://evil.example", "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "mailto:a@b.example",
        "ftp://evil.example", "evil.example", ".", "..", "./my", "../my", "@evil.example", "/.//evil.example",
        "/a//b", "/%2f%2fevil.example", "/%2F/evil.example", "%2f%2fevil.example", "/%5cevil.example",
        "/%09/evil.example", "/%0d%0aLocation:%20x", "/%00", "/\u00a0/evil.example", "/\u3000evil", "/\x85evil",
        "/" + "a" * 200, "/registry/sign-in", "/registry/sign-in/abc", "/registry/sign-out", "/demo/sign-in",
        "/registry/demo/sign-in", "//[evil", "/\ud800",
    ],
)  # fmt: skip
def test_return_path_that_could_lead_elsewhere_becomes_the_start_page(path):
    assert safe_path(path) == "/"

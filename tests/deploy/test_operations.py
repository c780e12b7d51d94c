"""docs/operations.md names what is there: parts, files, settings, commands; and its key maker makes keys."""

import re
import subprocess
import sys

import yaml

from services import settings
from tests.deploy.compose import FILE, ROOT
from tests.deploy.parts import settings as example

TEXT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SERVICES = yaml.safe_load(FILE.read_text(encoding="utf-8"))["services"]
WORDS = re.compile(r"\bdc (?:ps|logs|restart|exec|stop|run --rm|build|up -d) ((?:[a-z]+ ?)+)")


def test_parts_it_names_are_services_of_the_compose_file():
    first = {match[1].split()[0] for match in WORDS.finditer(TEXT)}
    assert first <= set(SERVICES) and len(first) > 6
    for part in set(SERVICES) - {"mail", "backup"}:
        assert f"`{part}`" in TEXT, part


def test_files_it_names_are_there():
    for path in re.findall(r"deploy/[\w.]+\w|docs/[\w.]+\w|docker-compose\.yml", TEXT):
        assert (ROOT / path).exists() or (ROOT / f"{path}.example").exists(), path


def test_worker_commands_it_names_are_there():
    """check-invariants has a test of its own beside it."""
    said = set(re.findall(r"python -m worker ([a-z]+) ", TEXT)) - {"check"}
    shown = subprocess.run([sys.executable, "-m", "worker", "--help"], cwd=ROOT, capture_output=True, text=True).stdout
    assert said == {"backup", "restore"}
    assert all(f"    {name} " in shown for name in said), shown


def test_keys_made_as_it_says_are_accepted():
    script = re.search(r"<<'PY'\n(.*?)PY\n", TEXT, re.DOTALL)[1]
    made = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    lines = dict(line.split("=", 1) for line in made.splitlines())
    keys = {name: value.strip("'") for name, value in lines.items()}
    loaded = settings.load({**example("https://qonyrau.kz", "smtp://mail:1025"), **keys})
    assert loaded.session_public_keys == keys["SESSION_PUBLIC_KEYS"]
    assert loaded.registry_signing_key == keys["REGISTRY_SIGNING_KEY"]

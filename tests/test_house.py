"""The rules of the house, each with a violation planted to show that it would be noticed."""

import ast
import io
import re
import shutil
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("services", "registry_service", "events_service", "worker", "demo", "bench")
DOMAIN_WORDS = re.compile(r"school|teacher|seminar|contest|mektep|jury", re.IGNORECASE)
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def lint_imports(root: Path) -> subprocess.CompletedProcess:
    """import-linter as `make lint` runs it."""
    script = "from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports(no_cache=True))"
    return subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True)


@pytest.fixture
def copy_of_the_house(tmp_path: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "data"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_import_rule_holds(copy_of_the_house):
    result = lint_imports(copy_of_the_house)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("services/text.py", "import events_service"),
        ("events_service/events/planning.py", "import registry_service.db"),
        ("registry_service/people/queries.py", "import worker"),
        ("events_service/notifications/announcing.py", "import events_service.calendars.pages"),
        ("registry_service/schools/queries.py", "import registry_service.schools.pages"),
    ],
)
def test_import_rule_notices_a_planted_violation(copy_of_the_house, place, line):
    path = copy_of_the_house / place
    path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    result = lint_imports(copy_of_the_house)
    assert result.returncode != 0
    assert "BROKEN" in result.stdout


def names_in(source: str) -> set[str]:
    """Every identifier of a module: names, attributes, arguments, definitions, keywords."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        for attribute in ("id", "attr", "name", "arg"):
            value = getattr(node, attribute, None)
            if isinstance(value, str):
                found.add(value)
    return found


def test_kit_names_nothing_of_the_domain():
    for path in (ROOT / "services").rglob("*.py"):
        guilty = {name for name in names_in(path.read_text(encoding="utf-8")) if DOMAIN_WORDS.search(name)}
        assert not guilty, f"{path.name}: {guilty}"


def test_kit_would_be_caught_naming_the_domain():
    assert any(DOMAIN_WORDS.search(name) for name in names_in("def find(school_id): return school_id"))


def lines_of_code(path: Path) -> int:
    """Lines that hold code: no blank line, comment or docstring."""
    source = path.read_text(encoding="utf-8")
    docstrings: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            docstrings |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in {tokenize.NAME, tokenize.OP, tokenize.NUMBER, tokenize.STRING}:
            lines |= set(range(token.start[0], token.end[0] + 1))
    return len(lines - docstrings)


def test_kit_stays_within_its_budget_of_lines():
    assert sum(lines_of_code(path) for path in (ROOT / "services").rglob("*.py")) <= 2350


def test_files_stay_short():
    paths = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts]
    long = {str(p.relative_to(ROOT)): n for p in paths if (n := p.read_text(encoding="utf-8").count("\n")) > 250}
    assert not long


def catalogues() -> list[Path]:
    return sorted(ROOT.glob("*/translations/*/LC_MESSAGES/messages.po"))


def test_every_package_with_texts_has_both_catalogues():
    found = {(path.parts[-5], path.parts[-3]) for path in catalogues()}
    assert found == {
        (p, code) for p in ("services", "registry_service", "events_service", "demo") for code in ("kk", "ru")
    }


@pytest.mark.parametrize("path", catalogues(), ids=lambda path: f"{path.parts[-5]}-{path.parts[-3]}")
def test_catalogue_is_complete(path):
    with path.open("rb") as file:
        catalogue = read_po(file)
    assert not catalogue.fuzzy, f"{path}: a head marked fuzzy is passed over when catalogues are compiled"
    for message in catalogue:
        if not message.id:
            continue
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        assert all(texts), f"{path}: {message.id!r} is not translated"
        assert not message.fuzzy, f"{path}: {message.id!r} is fuzzy"
        wanted = set(PLACEHOLDER.findall(ids[-1]))
        for text in texts:
            assert set(PLACEHOLDER.findall(text)) <= wanted | {"num"}, f"{path}: placeholders of {text!r}"


def test_catalogues_hold_every_marked_text(tmp_path):
    for package in ("services", "registry_service", "events_service", "demo"):
        marked = {m.id if isinstance(m.id, str) else m.id[0] for m in extract(package, tmp_path) if m.id}
        for code in ("kk", "ru"):
            with (ROOT / package / "translations" / code / "LC_MESSAGES" / "messages.po").open("rb") as file:
                known = {m.id if isinstance(m.id, str) else m.id[0] for m in read_po(file)}
            assert marked <= known, f"{package} {code}: {sorted(marked - known)[:5]}; run make messages"


def extract(package: str, folder: Path):
    target = folder / f"{package}.pot"
    command = [
        sys.executable,
        "-m",
        "babel.messages.frontend",
        "-q",
        "extract",
        "-F",
        "services/babel.cfg",
        "-k",
        "_l",
        "-k",
        "N_",
        "-o",
        str(target),
        package,
    ]
    subprocess.run(command, cwd=ROOT, check=True)
    with target.open("rb") as file:
        return read_po(file)


def test_committed_files_name_no_registry_and_no_foreign_page():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    hosts = re.compile("py" + r"pi\.org|pythonhosted" + r"\.org|registry\." + "npmjs")
    for name in filter(None, listed):
        path = ROOT / name
        if path.is_file() and path.suffix in {".py", ".txt", ".in", ".toml", ".md", ".html", ".css", "", ".yml"}:
            assert not hosts.search(path.read_text(encoding="utf-8", errors="replace")), name

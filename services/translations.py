"""Catalogues: one per package, .po committed, .mo compiled at set-up.

`python -m services.translations compile | update`
"""

import sys
from pathlib import Path

from babel.messages.frontend import CommandLineInterface

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("services", "registry_service", "events_service", "demo")
LANGUAGES = ("kk", "ru")


def compile_all() -> None:
    for package in PACKAGES:
        folder = ROOT / package / "translations"
        if folder.is_dir():
            _babel("-q", "compile", "-d", str(folder))


def update_all() -> None:
    """Collect the marked texts again and bring every catalogue up to date."""
    for package in PACKAGES:
        folder, template = ROOT / package / "translations", ROOT / "var" / f"{package}.pot"
        template.parent.mkdir(exist_ok=True)
        mapping = ROOT / "services" / "babel.cfg"
        words = ["-k", "_l", "-k", "N_", "--no-location", "--sort-output", "--omit-header"]
        _babel("-q", "extract", "-F", str(mapping), *words, "-o", str(template), str(ROOT / package))
        for language in LANGUAGES:
            target = folder / language / "LC_MESSAGES" / "messages.po"
            verb = "update" if target.exists() else "init"
            extra = ["--no-fuzzy-matching", "--width=120", "--ignore-obsolete"] if verb == "update" else []
            _babel("-q", verb, "-i", str(template), "-d", str(folder), "-l", language, *extra)


def _babel(*arguments: str) -> None:
    CommandLineInterface().run(["pybabel", *arguments])


if __name__ == "__main__":
    {"compile": compile_all, "update": update_all}[sys.argv[1]]()

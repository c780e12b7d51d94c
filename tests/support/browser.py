"""A real Chromium. Without one these tests are skipped by name, but never in CI."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def chromium_path() -> str | None:
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One Chromium for the session."""
    path = chromium_path()
    if path is None and os.environ.get("CI"):
        pytest.fail("CI has no Chromium: .ci/run installs it")
    if path is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=list(ARGS))
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Makes pages: `new_page(lang="kk", width=360, javascript=False)`."""
    contexts = []

    def make(lang: str = "ru", width: int = 1280, javascript: bool = False, dark: bool = False) -> Any:
        context = chromium.new_context(
            locale=lang,
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15000)
        return page

    yield make
    for context in contexts:
        context.close()

"""The real browser: as narrow, as foreign and as scriptless as a test wants it."""

import pytest

PAGE = """data:text/html,<html lang=kk><title>t</title><p id=said>plain</p>
<script>document.getElementById('said').textContent = navigator.language + ' ' + innerWidth</script>"""


@pytest.mark.parametrize(("javascript", "said"), [(False, "plain"), (True, "kk 360")])
def test_page_runs_scripts_only_when_asked_and_has_the_language_and_width_given(new_page, javascript, said):
    page = new_page(lang="kk", width=360, javascript=javascript)
    page.goto(PAGE)
    assert page.locator("#said").inner_text() == said

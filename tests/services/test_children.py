"""A child process answers, or is ended with a word for why; only two are at work at a time."""

import pytest

from services import children
from services.errors import Unavailable


def script(tmp_path, body):
    path = tmp_path / "child.py"
    path.write_text(f"import sys, os, signal, time\n{body}\n", encoding="utf-8")
    return path


def test_child_is_given_bytes_and_arguments(tmp_path):
    path = script(tmp_path, "sys.stdout.write(sys.argv[1] + sys.stdin.read().upper())")
    assert children.ask(path, "сабақ".encode(), 10, "kk:").decode() == "kk:САБАҚ"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("time.sleep(60)", "slow"),
        ("os.kill(os.getpid(), signal.SIGXCPU)", "slow"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "memory"),
        ("sys.exit(3)", "broken"),
        ("", "broken"),
    ],
)
def test_child_that_does_not_answer_says_why(tmp_path, body, why):
    with pytest.raises(children.Ended, match=why):
        children.ask(script(tmp_path, body), b"", 1)


def test_third_child_is_not_begun(tmp_path, monkeypatch):
    monkeypatch.setattr(children, "QUEUE_SECONDS", 0.01)
    with children._turn(), children._turn(), pytest.raises(Unavailable):
        children.ask(script(tmp_path, "print(1)"), b"", 10)

"""Uploaded files: what is taken loses who made it; what means harm is refused soon and in bounded memory."""

import io
import json
import os
import random
import resource
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import docx
import pikepdf
import psutil
import pytest
from PIL import Image

from events_service.files import checking
from services import children
from services.errors import Invalid
from tests.events_service.files.made import AUTHOR, HOSTILE, document, pdf, picture

pytestmark = pytest.mark.one_engine("sqlite")
MUTATED = int(os.environ.get("MUTATED_FILES", "1000"))


def most_of_children() -> int:
    """KiB. A child begins as a copy of this process, and the kernel counts that too."""
    return max(600 * 1024, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + 1024)


def refusal(name, data):
    with pytest.raises(Invalid) as found:
        checking.inspect(name, data)
    return found.value.errors["file"][0]


def test_hostile_file_is_refused_soon_and_in_bounded_memory(suite):
    me, said = psutil.Process(), {}
    with suite.events.test_request_context("/?lang=ru"):
        for what, (name, make) in HOSTILE.items():
            data = make()
            before, begun = me.memory_info().rss, time.monotonic()
            said[what] = refusal(name, data)
            assert time.monotonic() - begun < 20, what
            assert me.memory_info().rss - before < 64 * 2**20, what
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < most_of_children()
    for what, word in (("bomb as DOCX", "распаковывается"), ("locked PDF", "паролем"), ("40 megapixels", "25")):
        assert word in said[what]


def test_1000_mutated_files_are_refused_or_taken_and_never_end_the_child(tmp_path):
    folder, script = tmp_path / "seeds", Path(__file__).with_name("mutating.py")
    folder.mkdir()
    seeds = {
        "a.pdf": pdf(), "b.docx": document(), "c.jpg": picture(), "d.png": picture("PNG"), "e.webp": picture("WEBP"),
    }  # fmt: skip
    for name, data in seeds.items():
        (folder / name).write_bytes(data)
    command = [sys.executable, str(script), str(checking.CHILD), str(folder), str(MUTATED)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert sum(count for _kind, _word, count in answer["found"]) == MUTATED
    assert answer["odd"] == []
    words = {word for _kind, word, _count in answer["found"]}
    assert words <= set(checking.REFUSALS) | {"taken"}
    # Negative control: both happen, so the mutations neither spare everything nor break everything.
    assert {"taken", "broken"} <= words


def test_blind_copies_hold_nothing_of_who_made_them(suite):
    """PDF: author, XMP, script, attachment, mail link, remark's author, EXIF; DOCX: properties, changes, link, EXIF."""
    files = {
        "a.pdf": pdf(),
        "b.DOCX": document(),
        "c.jpeg": picture(),
        "d.png": picture("PNG"),
        "e.webp": picture("WEBP"),
    }
    with suite.events.test_request_context("/"):
        found = {name: checking.inspect(name, data) for name, data in files.items()}

    assert [one.extension for one in found.values()] == ["pdf", "docx", "jpg", "png", "webp"]
    for name, one in found.items():
        before, after = opened(files[name]), opened(one.blind)
        assert any(trace in before for trace in TRACES), name
        assert not any(trace in after for trace in TRACES), name
    written = opened(found["b.DOCX"].blind).decode(errors="replace")
    assert "қосылған" in written
    assert "Оқушылар/сынып" in written  # what describes a picture stays, the folder it lay in does not
    with pikepdf.open(io.BytesIO(found["a.pdf"].blind)) as book:
        assert (len(book.pages), list(book.docinfo), len(book.attachments)) == (2, [], 0)
        images = book.pages[0].Resources.XObject
        photos = [bytes(images[name].get_raw_stream_buffer()) for name in ("/Im0", "/Im1")]
    assert [Image.open(io.BytesIO(photo)).size for photo in photos] == [(60, 40)] * 2
    assert [p.text for p in docx.Document(io.BytesIO(found["b.DOCX"].blind)).paragraphs][:1] == ["Сабақ жоспары"]


TRACES = [b"igul", AUTHOR.encode(), AUTHOR.encode("utf-16-be"), b"JavaScript", b"2026-11-01", b"Exif\0\0", b"00A1B2C3"]


def opened(data):
    """All bytes of a file, those of a PDF's and DOCX's streams unpacked."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return b"".join(archive.read(name) for name in archive.namelist())
    if not data.startswith(b"%PDF"):
        return data
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as book:
        book.save(out, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def test_picture_is_turned_as_it_was_held(suite):
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (60, 40)).save(out, "JPEG", exif=exif.tobytes())
    with suite.events.test_request_context("/"):
        drawn = checking.inspect("x.jpg", out.getvalue()).blind
    assert Image.open(io.BytesIO(drawn)).size == (40, 60)


def test_picture_that_grows_when_drawn_anew_is_not_kept(suite):
    """Few colours pack well, and three bytes a pixel do not."""
    noise, out = Image.frombytes("P", (3000, 3000), random.Random(1).randbytes(3000 * 3000)), io.BytesIO()
    noise.putpalette(random.Random(2).randbytes(768))
    noise.save(out, "PNG", compress_level=1)
    with suite.events.test_request_context("/?lang=en"):
        assert "simpler form" in refusal("x.png", out.getvalue())
        assert checking.inspect("x.png", picture("PNG")).blind  # the control


def test_child_has_none_of_our_secrets(suite, monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "canary")
    script = tmp_path / "child.py"
    script.write_text("import os; print(sorted(os.environ))", encoding="utf-8")
    assert b"SECRET" not in children.ask(script, b"", 5)


def test_bomb_is_stopped_by_the_limit_of_the_child_too(suite, monkeypatch, tmp_path):
    """Negative control: without the limits on unpacking and pixels the child's memory is still bounded."""
    source = checking.CHILD.read_text(encoding="utf-8")
    for guard, without in (("RATIO, CHUNK = 2000, 50 * 2**20, 100,", "RATIO, CHUNK = 2000, 2**40, 2**30,"),):
        assert guard in source
        source = source.replace(guard, without)
    open_child = tmp_path / "child.py"
    open_child.write_text(source, encoding="utf-8")
    monkeypatch.setattr(checking, "CHILD", open_child)
    with suite.events.test_request_context("/?lang=en"):
        assert "too much memory" in refusal("x.docx", document(word__big=300))
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < most_of_children()

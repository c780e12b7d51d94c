"""Files in a backup: all of them come back byte for byte, a damaged one is named, and none is copied twice."""

import json
import shutil
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import delete

from events_service.db import db
from events_service.entries.models import EntryFile
from events_service.files import store, sweeping
from services.errors import NotFound
from tests.events_service.entries.acts import begin, call, contest, teachers
from tests.events_service.files.bucket import in_bucket, in_store
from tests.events_service.files.test_sweeping import name, place, put
from tests.worker.test_backup import client_programs, wipe  # noqa: F401
from tests.worker.test_jobs import places
from worker import backup as verbs
from worker import filing
from worker.backup import backup, restore
from worker.dumping import DumpError

pytestmark = pytest.mark.one_engine("sqlite")


def lose(suite):
    shutil.rmtree(place(suite, ""))


def test_rehearsal_a_file_comes_back_byte_for_byte_under_its_entry(suite, tmp_path):
    token, data = suite.sign_in("teacher", teachers(suite)[0]), bytes(range(256)) * 4000
    arena = contest(suite)
    entry, key = begin(arena, token), put(suite)
    with suite.events.app_context():
        store.put(key, data)
        with db.transaction() as session:
            of = {"media_type": "application/pdf", "size": len(data), "sha256": "x", "key": key}
            session.add(EntryFile(id="f" * 16, entry_id=entry["id"], name="x.pdf", **of))
    made = backup(places(suite), tmp_path)
    wipe(suite)
    with pytest.raises(DumpError, match="store of files is not empty: say --overwrite"):
        restore(places(suite), made)
    lose(suite)
    restore(places(suite), made)
    path = f"{arena.api}/entries/{entry['id']}/files/{'f' * 16}"
    assert suite.json("GET", path, as_=token).data == data
    lose(suite)
    call(arena, "GET", f"entries/{entry['id']}/files/{'f' * 16}", as_=token, status=404)


def test_damaged_file_is_named_and_nothing_is_touched(suite, tmp_path):
    whole, changed, gone = [put(suite) for _ in range(3)]
    made = backup(places(suite), tmp_path)
    (made / "files" / changed).write_bytes(b"y")
    (made / "files" / gone).unlink()
    lose(suite)
    with pytest.raises(DumpError) as refused:
        restore(places(suite), made, overwrite=True)
    assert changed in str(refused.value) and gone in str(refused.value) and whole not in str(refused.value)
    assert not place(suite, whole).exists()
    restore(places(suite), made, overwrite=True, without_damaged=True)
    assert [place(suite, key).exists() for key in (whole, changed, gone)] == [True, False, False]


def test_list_of_files_is_proved_too(suite, tmp_path):
    put(suite)
    made = backup(places(suite), tmp_path)
    (made / "files.sha256").write_text("")
    with pytest.raises(DumpError, match="files is not what was written"):
        restore(places(suite), made, overwrite=True)


def test_rows_that_name_what_is_not_there_are_told(suite, tmp_path, caplog):
    arena = contest(suite, entries=1)
    with suite.events.app_context(), db.transaction() as session:
        session.execute(delete(EntryFile))  # the region has some
        of = {"media_type": "application/pdf", "size": 1, "sha256": "x", "key": "away"}
        session.add(EntryFile(entry_id=arena.entries[0], name="x.pdf", **of))
    restore(places(suite), backup(places(suite), tmp_path), overwrite=True)
    assert "rows name files that are not in the store: away" in caplog.text


def test_unchanged_bytes_lie_once_on_the_disk_until_they_are_damaged(suite, tmp_path):
    key = put(suite)
    first, second = backup(places(suite), tmp_path), backup(places(suite), tmp_path)
    one, two = (made / "files" / key for made in (first, second))
    assert one.samefile(two)
    one.write_bytes(b"y")
    third = backup(places(suite), tmp_path, keep=1)
    assert [path.name for path in tmp_path.glob("qonyrau-*")] == [third.name]
    assert (third / "files" / key).read_bytes() == b"x"
    lose(suite)
    restore(places(suite), third, overwrite=True)
    assert place(suite, key).read_bytes() == b"x"


def test_files_are_copied_last_so_that_no_row_of_the_copy_lacks_its_bytes(suite, tmp_path, monkeypatch):
    """What is put before the rows are copied is in the backup; what is taken out while it runs stops nobody."""
    real, late, lists = verbs.dump, [], store.listed
    monkeypatch.setattr(verbs, "dump", lambda url, path: (late.append(put(suite)), real(url, path)))
    monkeypatch.setattr(store, "listed", lambda: [*lists(), *[(store.new_key(), None)]])
    made = backup(places(suite), tmp_path)
    assert len(late) == 2 and all((made / "files" / key).is_file() for key in late)
    assert len((made / "files.sha256").read_text().splitlines()) == 2


def test_store_that_is_away_makes_no_backup_of_half(suite, tmp_path, monkeypatch):
    in_store(monkeypatch, suite.events, "http://127.0.0.1:9", "s3://away")
    with pytest.raises(DumpError, match="cannot be reached"):
        backup(places(suite), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_backup_made_before_there_were_files_is_restored(suite, tmp_path):
    key, made = put(suite), backup(places(suite), tmp_path)
    manifest = json.loads((made / "manifest.json").read_text())
    del manifest["files"]["files"]
    (made / "manifest.json").write_text(json.dumps(manifest))
    (made / "files.sha256").unlink()
    restore(places(suite), made, overwrite=True)
    assert place(suite, key).exists()


def test_bucket_is_read_swept_backed_up_and_filled_again_as_a_folder_is(suite, tmp_path, monkeypatch):
    with in_bucket(monkeypatch, suite.events) as address, suite.events.app_context():
        keys = {store.new_key(): bytes([number]) * 1000 for number in range(3)}
        for key, data in keys.items():
            store.put(key, data)
        httpx.put(f"{address}/prefix/of-somebody-else.pdf", content=b"x", trust_env=False).raise_for_status()
        assert {key for key, _put_at in store.listed()} == set(keys)
        first, second = backup(places(suite), tmp_path), backup(places(suite), tmp_path)
        for key in keys:
            assert (first / "files" / key).samefile(second / "files" / key)
            store.delete(key)
            store.delete(key)
            with pytest.raises(NotFound):
                store.get(key)
        assert not filing.holds_any()
        restore(places(suite), second, overwrite=True)
        assert {key: store.get(key) for key, _put_at in store.listed()} == keys
        named, *_nameless = keys
        name(suite, [(named, "")])
        assert sweeping.sweep() == 0, "they are young"
        monkeypatch.setattr(sweeping, "YOUNG", timedelta(days=-1))
        assert sweeping.sweep() == 2
        assert [key for key, _put_at in store.listed()] == [named]

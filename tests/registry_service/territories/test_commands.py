"""The ground of an empty register from CSV files."""

import pytest
from sqlalchemy import func, select

from registry_service.db import Audit, Change, db
from registry_service.territories.models import Territory
from tests.support.suite import Suite

FILES = {
    "oblasts": "code,name_kk,name_ru,name_en\nAKM,Ақмола облысы,Акмолинская область,\n",
    "territories": "code,kind,name_kk,oblast,kato,valid_from\nAKK,district,Аққөл ауданы,AKM,113200000,2019-01-01\n",
    "organisations": "code,kind,name_kk,name_ru\nAKM-UMC,methodical_centre,Орталық,Центр\n",
}


@pytest.fixture
def folder(tmp_path):
    found = tmp_path / "ground"
    found.mkdir()
    for name, text in FILES.items():
        (found / f"{name}.csv").write_text(text, encoding="utf-8")
    return found


def load(suite: Suite, folder):
    return suite.registry.test_cli_runner().invoke(args=["ground", "load", str(folder)])


def test_ground_is_added_once_told_to_the_copy_and_to_history(suite, folder):
    result = load(suite, folder)
    assert (result.exit_code, result.output) == (0, "1 oblasts, 1 territories, 1 organisations added\n")
    assert load(suite, folder).output == "0 oblasts, 0 territories, 0 organisations added\n"
    with suite.registry.app_context():
        placed = db.session.get(Territory, "AKK")
        assert [(held.oblast_code, held.kato) for held in placed.memberships] == [("AKM", "113200000")]
        for model in (Audit, Change):
            assert db.session.scalar(select(func.count()).where(model.entity_id == "AKK").select_from(model)) == 1
    suite.pull()
    added = ["people", "add", "Айгүл", "a@example.kz", "--role", "coordinator:AKK", "--role", "organiser:AKM-UMC"]
    assert suite.registry.test_cli_runner().invoke(args=added).exit_code == 0


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("territories", "AKM,1132", "XXX,1132", "territories.csv, line 2: oblast or kind"),
        ("territories", "113200000", "1132", "line 2: kato"),
        ("territories", "2019-01-01", "2019", "line 2: "),
        ("organisations", "AKM-UMC", "a b", "organisations.csv, line 2: code"),
        ("organisations", "Орталық,Центр", ",", "line 2: a name"),
        ("oblasts", "code,", "kod,", "oblasts.csv, line 2: 'code'"),
    ],
)
def test_wrong_line_is_named_and_nothing_is_added(suite, folder, name, old, new, said):
    path = folder / f"{name}.csv"
    path.write_text(path.read_text("utf-8").replace(old, new), encoding="utf-8")
    result = load(suite, folder)
    assert result.exit_code == 1 and said in result.output
    with suite.registry.app_context():
        assert db.session.scalar(select(func.count()).where(Change.entity_id == "AKM").select_from(Change)) == 0

"""The demo writes only where it may, and removes only what it made."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from kpi import messages
from kpi.demo import generate
from kpi.demo.mark import MARK, read_mark, remove_made
from kpi.errors import SettingsError
from kpi.ingest.load import load
from kpi.lake import Lake
from kpi.settings import REPOSITORY, Settings
from kpi.warehouse.build import build
from tests.cli.test_commands import kpi
from tests.conftest import copy_demo_registries
from tests.demo.demo_workspace import SCALE
from tests.warehouse.smalltown import make_smalltown


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return an empty demo workspace."""
    return copy_demo_registries(tmp_path / "place")


@pytest.fixture
def made(demo: tuple[Path, object], place: Path) -> Path:
    """Return a copy of a demo workspace that was made."""
    workspace, _ = demo
    for path in workspace.iterdir():
        copy = shutil.copytree if path.is_dir() else shutil.copy2
        copy(path, place / path.name, **({"dirs_exist_ok": True} if path.is_dir() else {}))
    return place


def contents(workspace: Path) -> dict[str, bytes]:
    return {str(path.relative_to(workspace)): path.read_bytes() for path in workspace.rglob("*") if path.is_file()}


def refused(workspace: Path) -> str:
    before = contents(workspace)
    with pytest.raises(SettingsError) as caught:
        generate(workspace, scale=SCALE, workers=1)
    assert contents(workspace) == before
    assert all(caught.value.what(language) for language in messages.LANGUAGES)
    return caught.value.key


def test_a_workspace_of_real_data_is_refused_and_nothing_in_it_changes(place: Path) -> None:
    declared = (place / "workspace.toml").read_text(encoding="utf-8")
    (place / "workspace.toml").write_text(declared.replace("synthetic = true", "synthetic = false"), encoding="utf-8")
    assert refused(place) == "demo_workspace_real"
    done = kpi("demo", workspace=place)
    assert done.returncode == 2
    assert "real data" in done.stderr


@pytest.mark.parametrize(
    "name",
    [
        "reference/services.csv", "inbox/transactions/real.csv", "lake/files/0.json", "warehouse/current.json",
        "reports/issued/2025-01/programme.json",
    ],
)  # fmt: skip
def test_a_workspace_that_holds_work_and_no_mark_is_refused(place: Path, name: str) -> None:
    path = place / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("real\n", encoding="utf-8")
    assert refused(place) == "demo_file_foreign"


def test_a_file_of_the_demo_that_somebody_replaced_is_theirs(made: Path) -> None:
    (made / "inbox" / "services" / "directory-2021.csv").write_text("real\n", encoding="utf-8")
    (made / "demo_malformed.csv").unlink()
    assert refused(made) == "demo_file_foreign"


def test_a_demo_that_was_interrupted_is_made_anew(made: Path) -> None:
    whole = contents(made)
    mark = read_mark(made)
    (made / MARK).write_text(json.dumps({key: mark[key] for key in mark.keys() - {"made", "summary"}}))
    (made / "inbox" / "services" / "directory-2021.csv").write_text("half", encoding="utf-8")
    assert not generate(made, scale=SCALE, workers=1).reused
    assert contents(made) == whole


@pytest.mark.parametrize("target", ["/", "~", "nowhere"])
def test_a_folder_that_is_no_demo_is_neither_filled_nor_emptied(tmp_path: Path, target: str) -> None:
    place = Path(target).expanduser() if target != "nowhere" else tmp_path / "nowhere"
    before = sorted(place.iterdir()) if place.exists() else None
    assert kpi("demo", workspace=place).returncode == 2
    assert remove_made(place, builds_too=True).files == 0
    assert (sorted(place.iterdir()) if place.exists() else None) == before


def test_removing_takes_everything_that_the_demo_made(place: Path) -> None:
    before = contents(place)
    generate(place, scale=SCALE, workers=1)
    settings = Settings(workspace=place, threads=1)
    load(settings)
    build(settings)
    done = kpi("demo", "--remove", workspace=place)
    assert done.returncode == 0, done.stderr
    assert contents(place) == before | {".pseudonym.key": (place / ".pseudonym.key").read_bytes()}
    assert "made nothing" in kpi("demo", "--remove", workspace=place).stderr


def test_removing_leaves_a_real_inbox_its_lake_and_what_was_issued(made: Path) -> None:
    own = {
        "inbox/transactions/real.csv": "submitted_at,service_id,outcome\n2025-01-02,x,completed\n",
        "inbox/services/directory-2021.csv": "service_id,event,event_on\n",
        "reference/services.csv": "service_id,entity_id,name_ar,name_en\n",
        "reports/issued/2025-01/programme.json": "{}",
        "logs/queries.jsonl": "{}",
    }
    for name, text in own.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(text, encoding="utf-8")
    load(Settings(workspace=made, threads=1))
    real = ("services/directory-2021.csv", "transactions/real.csv")
    lake = Lake(made)
    told = [lake.entry(name) for name in real]
    assert all(told)
    assert kpi("demo", "--remove", workspace=made).returncode == 0
    left = contents(made)
    assert {name: left[name].decode() for name in own} == own
    assert sorted(lake.files(), key=lambda file: file.source_file) == told
    assert not (made / MARK).exists()
    assert not (made / "demo_malformed.csv").exists()


def test_make_clean_in_a_real_workspace_removes_nothing(tmp_path: Path) -> None:
    make_smalltown(tmp_path / "data")
    shutil.copy(REPOSITORY / "Makefile", tmp_path / "Makefile")
    before = contents(tmp_path)
    for _ in range(2):
        done = subprocess.run(["make", "clean"], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert contents(tmp_path) == before
        (tmp_path / ".venv" / "bin").mkdir(parents=True, exist_ok=True)
        (tmp_path / ".venv" / "bin" / "kpi").unlink(missing_ok=True)
        (tmp_path / ".venv" / "bin" / "kpi").symlink_to(REPOSITORY / ".venv" / "bin" / "kpi")
        before = contents(tmp_path)

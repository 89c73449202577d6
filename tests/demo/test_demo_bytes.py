import hashlib
from pathlib import Path

import pytest

from kpi.demo import DemoSummary, generate
from kpi.errors import SettingsError
from tests.demo.demo_workspace import SCALE, empty_workspace


def digests(workspace: Path) -> dict[str, str]:
    files = sorted(path for path in workspace.rglob("*") if path.is_file())
    return {str(path.relative_to(workspace)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_seed_gives_the_same_bytes_with_one_and_with_two_processes(workspace: Path, tmp_path: Path) -> None:
    other = empty_workspace(tmp_path / "two")
    generate(other, scale=SCALE, workers=2)
    assert digests(other) == digests(workspace)


def test_another_seed_gives_other_rows_and_the_same_total(workspace: Path, tmp_path: Path) -> None:
    other = empty_workspace(tmp_path / "other")
    summary = generate(other, seed=7, scale=SCALE, workers=1)
    assert summary.digital_2025 == round(11_439_542 * SCALE)
    assert digests(other)["reference/services.csv"] != digests(workspace)["reference/services.csv"]


def test_a_second_run_keeps_what_is_there(demo: tuple[Path, DemoSummary]) -> None:
    workspace, first = demo
    before = {path: path.stat().st_mtime_ns for path in (workspace / "inbox").rglob("*")}
    again = generate(workspace, scale=SCALE, workers=1)
    assert again.reused
    assert not first.reused
    assert (again.files, again.digital_2025) == (first.files, first.digital_2025)
    assert {path: path.stat().st_mtime_ns for path in (workspace / "inbox").rglob("*")} == before


def test_a_lost_file_is_written_again_and_a_foreign_file_is_left_alone(tmp_path: Path) -> None:
    workspace = empty_workspace(tmp_path / "lost")
    foreign = workspace / "inbox" / "transactions" / "ours.csv"
    generate(workspace, scale=SCALE, workers=1)
    foreign.write_text("kept\n", encoding="utf-8")
    lost = workspace / "inbox" / "services" / "directory-2021.csv"
    before = lost.read_bytes()
    lost.unlink()
    assert not generate(workspace, scale=SCALE, workers=1).reused
    assert lost.read_bytes() == before
    assert foreign.read_text(encoding="utf-8") == "kept\n"


def test_progress_reaches_the_last_file(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    generate(empty_workspace(tmp_path / "progress"), scale=SCALE, progress=lambda *step: seen.append(step), workers=1)
    stage, done, total = seen[-1]
    assert stage == "transactions"
    assert done == total > 200


def test_a_missing_registry_is_named(tmp_path: Path) -> None:
    workspace = empty_workspace(tmp_path / "missing")
    (workspace / "reference" / "journeys.csv").unlink()
    with pytest.raises(SettingsError) as caught:
        generate(workspace, scale=SCALE)
    assert "journeys.csv" in caught.value.what("ar")
    assert "journeys.csv" in caught.value.what("en")

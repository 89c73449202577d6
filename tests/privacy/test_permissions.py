"""Whatever the program writes in a workspace is closed to other users of the machine, whatever the umask says."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kpi.doctor import examine
from kpi.durable import open_to_others
from kpi.settings import REPOSITORY, Settings
from tests.warehouse.smalltown import make_smalltown


def kpi(*arguments: str, workspace: Path, umask: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kpi", *arguments, "--workspace", str(workspace)]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, umask=umask)


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """Return a workspace in which only registries and logs lie."""
    workspace = tmp_path / "town"
    workspace.mkdir()
    make_smalltown(workspace)
    shutil.rmtree(workspace / "lake")
    (workspace / ".pseudonym.key").unlink()
    log = workspace / "inbox" / "transactions" / "baths.csv"
    log.write_text(log.read_text(encoding="utf-8") + "2024-01-02,baths,nothing,N,web,completed,1\n", encoding="utf-8")
    for path in (workspace / "inbox", *(workspace / "inbox").rglob("*")):
        path.chmod(0o750 if path.is_dir() else 0o640)
    return workspace


def modes(workspace: Path) -> dict[str, int]:
    """Return the permissions of everything but the registries, by path."""
    left_out = ("reference", "workspace.toml", "inbox")
    paths = [path for path in workspace.rglob("*") if path.relative_to(workspace).parts[0] not in left_out]
    return {
        path.relative_to(workspace).as_posix(): stat.S_IMODE(path.stat().st_mode)
        for path in paths
        if not path.is_symlink()
    }


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o007, 0o077])
def test_nothing_that_a_command_writes_is_wider_than_it_may_be(town: Path, umask: int) -> None:
    for command in (["load"], ["build"], ["feedback"], ["report", "--month", "2024-02"]):
        done = kpi(*command, workspace=town, umask=umask)
        assert done.returncode == 0, done.stderr
    kpi("query", "drop table load_file", workspace=town, umask=umask)  # refused, and recorded
    found = modes(town)
    assert {"lake", "warehouse", "reports/issued", "reports/feedback/baths.xlsx", "logs/queries.jsonl"} <= set(found)
    widest = {True: 0o750 & ~umask, False: 0o640 & ~umask}
    wide = {path: oct(mode) for path, mode in found.items() if mode & ~widest[(town / path).is_dir()]}
    assert wide == {}
    assert found[".pseudonym.key"] == 0o600
    assert open_to_others(town) == ()


def test_a_file_that_is_loaded_from_elsewhere_does_not_bring_its_permissions(town: Path, tmp_path: Path) -> None:
    sent = tmp_path / "transactions" / "sent.csv"
    sent.parent.mkdir()
    shutil.copy(town / "inbox" / "transactions" / "parks.csv", sent)
    sent.chmod(0o666)
    os.utime(sent, (1_700_000_000, 1_700_000_000))
    assert kpi("load", str(sent), workspace=town, umask=0o022).returncode == 0
    copied = (town / "inbox" / "transactions" / "sent.csv").stat()
    assert (stat.S_IMODE(copied.st_mode), copied.st_mtime) == (0o640, 1_700_000_000)


def test_doctor_says_what_is_open_and_its_command_closes_it(town: Path) -> None:
    settings = Settings(workspace=town)
    kpi("load", workspace=town, umask=0o022)
    assert "private" in {finding.key for finding in examine(settings)}
    (town / "lake").chmod(0o755)
    log = town / "inbox" / "transactions" / "baths.csv"
    log.chmod(0o644)
    (finding,) = [finding for finding in examine(settings) if finding.key == "open_to_others"]
    assert finding.facts["count"] == "2"
    for language in ("ar", "en"):
        assert str(log) in finding.what(language)
    subprocess.run(str(finding.facts["command"]), shell=True, check=True)  # noqa: S602 what doctor says is done
    assert "private" in {finding.key for finding in examine(settings)}

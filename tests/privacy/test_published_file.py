"""The file that people open cannot be written by accident, opens as documented, and what is served stays whole."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from kpi import messages
from kpi.doctor import examine
from kpi.errors import NothingPublished
from kpi.settings import REPOSITORY, Settings
from kpi.warehouse.build import build
from kpi.warehouse.connect import Warehouse
from kpi.warehouse.publish import FOR_PEOPLE, candidates
from tests.warehouse.smalltown import SUMS, expected_sums, make_smalltown

AS_ANOTHER = """
import os, sys, duckdb
path, group, read_only = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "read_only"
os.setgroups([]); os.setgid(group); os.setuid(65534)
try:
    with duckdb.connect(path, read_only=read_only) as file:
        if not read_only:
            file.execute("create table mine as select 1")
        print(file.execute("select count(*) from readme").fetchone()[0] > 0)
except duckdb.Error as error:
    print(type(error).__name__)
"""


@pytest.fixture
def town() -> Iterator[Settings]:
    """Return a published workspace that another user of its group may enter."""
    place = Path(tempfile.mkdtemp(prefix="kpi-town-"))
    place.chmod(0o750)
    settings = make_smalltown(place)
    build(settings)
    yield settings
    shutil.rmtree(place)


def for_people(settings: Settings) -> Path:
    return settings.workspace / "warehouse" / FOR_PEOPLE


def served(settings: Settings) -> list[tuple]:
    warehouse = Warehouse.open(settings.workspace)
    try:
        return warehouse.query(SUMS).rows()
    finally:
        warehouse.close()


def found(settings: Settings) -> set[str]:
    return {finding.error.key if finding.error else finding.key for finding in examine(settings)}


def as_another(settings: Settings, mode: str) -> str:
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    group = str(settings.workspace.stat().st_gid)
    command = [sys.executable, "-c", AS_ANOTHER, str(for_people(settings)), group, mode]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_another_user_of_the_group_opens_it_read_only_and_not_to_write(town: Settings) -> None:
    assert as_another(town, "read_only") == "True"
    assert as_another(town, "write") == "IOException"
    assert stat.S_IMODE(for_people(town).stat().st_mode) == 0o440


def test_what_its_owner_writes_into_it_is_not_served_is_told_and_put_right(town: Settings) -> None:
    for_people(town).chmod(0o640)
    with duckdb.connect(str(for_people(town))) as file:
        file.execute("create table mine as select range from range(100000)")
        file.execute("update load_file set rows_read = 0")
    assert served(town) == expected_sums(1)
    assert "copy_damaged" in found(town)
    done = build(town)
    assert (done.is_new, done.is_restored) == (False, True)
    assert "copy_damaged" not in found(town)
    with duckdb.connect(str(for_people(town)), read_only=True) as file:
        assert file.execute(SUMS).fetchall() == expected_sums(1)


def test_a_log_that_a_writer_left_beside_it_is_never_replayed_into_the_next_one(town: Settings) -> None:
    log = for_people(town).with_name(f"{FOR_PEOPLE}.wal")
    log.write_bytes(b"left")
    assert "copy_damaged" in found(town)
    build(town)
    assert not log.exists()


def test_a_damaged_file_is_called_damaged_and_not_unpublished(town: Settings) -> None:
    path = for_people(town).with_name(next(candidates(for_people(town).parent)).file)
    path.chmod(0o640)
    with duckdb.connect(str(path)) as file:
        file.execute("create table mine as select 1")
    with pytest.raises(NothingPublished) as caught:
        Warehouse.open(town.workspace)
    assert (caught.value.key, caught.value.exit_code) == ("published_damaged", 4)
    assert "size" in caught.value.what("en")
    assert all(path.stem.removeprefix("kpi-") in caught.value.what(language) for language in messages.LANGUAGES)
    assert "published_damaged" in found(town)
    assert build(town).is_new
    assert served(town) == expected_sums(1)
    assert any(key.startswith("damaged.") for key in found(town))


def test_a_workspace_without_builds_is_still_called_unpublished(tmp_path: Path) -> None:
    settings = make_smalltown(tmp_path)
    with pytest.raises(NothingPublished) as caught:
        Warehouse.open(settings.workspace)
    assert caught.value.key == "nothing_published"


def test_readme_says_how_to_open_it_and_what_older_clients_get_wrong(town: Settings) -> None:
    with duckdb.connect(str(for_people(town)), read_only=True) as file:
        lines = file.execute("select ar, en from readme").fetchall()
    for language in (0, 1):
        said = " ".join(line[language] or "" for line in lines)
        assert "read_only=True" in said
        assert "2.0.1" in said
    assert "read_only=True" in (REPOSITORY / "README.md").read_text(encoding="utf-8")


def test_grouping_by_all_with_an_alias_in_having_keeps_its_grain() -> None:
    rows = duckdb.sql(
        "select a, b, count(*) as n from (values (1, 1), (1, 2), (1, 2), (2, 1)) as t (a, b) "
        "group by all having n > 0 order by all"
    ).fetchall()
    assert rows == [(1, 1, 1), (1, 2, 2), (2, 1, 1)]


def test_one_engine_stands_in_every_lock() -> None:
    locks = [path.read_text(encoding="utf-8") for path in REPOSITORY.glob("requirements*.lock")]
    pinned = {line for lock in locks for line in lock.splitlines() if line.startswith("duckdb==")}
    assert len(locks) == 3
    assert pinned == {f"duckdb=={duckdb.__version__} \\"}
    assert '"duckdb>=2.0.1,' in (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")

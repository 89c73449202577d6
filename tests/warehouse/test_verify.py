"""A published file can be proved: bytes against the manifest, content against digests, digests against the lake."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from kpi.errors import BuildUnavailable, LakeDamaged, NothingPublished
from kpi.ingest.load import load
from kpi.lake import Lake
from kpi.settings import REPOSITORY, Settings
from kpi.warehouse.build import build
from kpi.warehouse.connect import Warehouse
from kpi.warehouse.digest import digests
from kpi.warehouse.manifest import Manifest, sha256_of
from kpi.warehouse.publish import POINTER
from kpi.warehouse.verify import verify
from tests.warehouse.smalltown import BATHS, write_generation


@pytest.fixture
def settings(published_town: Settings) -> Settings:
    return published_town


def published(settings: Settings) -> Path:
    manifest = Manifest.read(settings.workspace / "warehouse" / POINTER)
    assert manifest
    return settings.workspace / "warehouse" / manifest.file


def keys(settings: Settings, **options: str) -> set[str]:
    return {found.key for found in verify(settings, **options).differences}


def test_a_fresh_build_is_exactly_what_the_lake_says_and_nothing_is_left_behind(settings: Settings) -> None:
    found = verify(settings)
    assert [difference.what("en") for difference in found.differences] == []
    assert (found.is_same, found.exit_code, found.changed_inputs) == (True, 0, ())
    assert found.objects > 50
    assert not list((settings.workspace / "warehouse").glob(".build-*"))


def test_the_demo_is_exactly_what_its_lake_says(demo_workspace: Path, tmp_path: Path) -> None:
    # Verifying writes beside the published file, and other suites list and copy that folder meanwhile.
    own = Path(shutil.copytree(demo_workspace, tmp_path / "workspace", symlinks=True))
    assert verify(Settings(workspace=own)).is_same


def test_two_builds_of_the_same_lake_have_the_same_digests_in_another_process_too(demo_workspace: Path) -> None:
    path = published(Settings(workspace=demo_workspace))
    program = (
        "import duckdb, sys\nfrom kpi.warehouse.digest import digests\n"
        "with duckdb.connect(sys.argv[1], read_only=True, config={'threads': '1'}) as c:\n"
        "    print([(d.object_name, d.row_count, d.digest) for d in digests(c).values()])\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program, str(path)], cwd=REPOSITORY, capture_output=True, text=True, check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    stored = Warehouse.open(demo_workspace).query("select * from meta_digest order by object_name").rows()
    assert outputs == {f"{stored}\n"}


def test_the_order_of_rows_does_not_matter_and_a_duplicate_does() -> None:
    found = []
    for values in ("(1, 'a'), (2, null)", "(2, null), (1, 'a')", "(1, 'a'), (2, null), (2, null)", "(1, 'a'), (2, '')"):
        with duckdb.connect() as connection:
            connection.execute(f"create table t as select * from (values {values}) as v(n, s)").fetchall()
            found.append(digests(connection)["t"].digest)
    assert found[0] == found[1]
    assert len(set(found)) == 3


def test_two_rows_that_read_alike_when_joined_have_different_digests() -> None:
    found = set()
    for values in ("('ab', 'c')", "('a', 'bc')", "('a', null)", "('a', '-')", "('1:a', '')"):
        with duckdb.connect() as connection:
            connection.execute(f"create table t as select * from (values {values}) as v(x, y)").fetchall()
            found.add(digests(connection)["t"].digest)
    assert len(found) == 5


def test_changed_bytes_are_named_although_duckdb_would_open_the_file(settings: Settings) -> None:
    path = published(settings)
    path.chmod(0o644)
    with path.open("ab") as file:
        file.write(b"junk")
    found = verify(settings)
    assert [difference.key for difference in found.differences] == ["size_differs"]
    assert found.exit_code == 1


def test_a_build_that_was_altered_with_a_matching_manifest_is_found_by_its_digests(settings: Settings) -> None:
    path = published(settings)
    path.chmod(0o644)
    with duckdb.connect(str(path)) as connection:
        connection.execute("update fct_transaction_service_month set transactions = transactions + 1").fetchall()
        connection.execute("checkpoint").fetchall()
    folder = settings.workspace / "warehouse"
    for place in (folder / POINTER, path.with_suffix(".json")):
        text = place.read_text(encoding="utf-8")
        manifest = Manifest.read(place)
        assert manifest
        text = text.replace(manifest.sha256, sha256_of(path)).replace(
            f'"size_bytes": {manifest.size_bytes}', f'"size_bytes": {path.stat().st_size}'
        )
        place.write_text(text, encoding="utf-8")
    found = verify(settings)
    named = {difference.facts["object"] for difference in found.differences if difference.key == "file_content"}
    assert "fct_transaction_service_month" in named
    assert "kpi_transactions" in named
    assert found.exit_code == 1


def test_a_lake_that_changed_since_is_told_with_rows_sums_and_the_reason(settings: Settings) -> None:
    write_generation(settings.workspace, 2)
    load(settings)
    found = verify(settings)
    assert found.changed_inputs == ("lake",)
    sums = [difference.what("en") for difference in found.differences if difference.key == "sum"]
    wanted = f"fct_transaction_month: the sum of transactions is {(BATHS + 3) * 3} in the build and {(BATHS + 3) * 6}"
    assert any(text.startswith(wanted) for text in sums)
    assert any(difference.key == "total" for difference in found.differences)


def test_registries_that_changed_since_are_told(settings: Settings) -> None:
    path = settings.workspace / "reference" / "entities.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Baths", "Public baths"), encoding="utf-8")
    found = verify(settings)
    assert found.changed_inputs == ("registries",)
    assert "dim_entity" in {difference.facts.get("object") for difference in found.differences}


def test_a_missing_file_a_stray_log_and_nothing_at_all_are_told_apart(settings: Settings, tmp_path: Path) -> None:
    path = published(settings)
    stray = path.with_name(f"{path.name}.wal")
    stray.write_bytes(b"")
    assert keys(settings) == {"stray_wal"}
    stray.unlink()
    path.unlink()
    with pytest.raises(NothingPublished):
        verify(settings)
    with pytest.raises(NothingPublished):
        verify(Settings(workspace=tmp_path / "empty"))


def test_an_older_build_is_verified_by_its_name(settings: Settings) -> None:
    first = Warehouse.open(settings.workspace).build_id
    write_generation(settings.workspace, 2)
    load(settings)
    build(settings)
    assert verify(settings).is_same
    assert not verify(settings, first).is_same
    with pytest.raises(BuildUnavailable):
        verify(settings, "1999")


def test_a_damaged_lake_is_refused_by_name_then_healed_by_a_load(settings: Settings) -> None:
    before = Warehouse.open(settings.workspace).build_id
    damaged = Lake(settings.workspace).accepted_paths("transactions")[0]
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    assert "error" in keys(settings)
    with pytest.raises(LakeDamaged) as caught:
        build(settings, force=True)
    assert "transactions/baths.csv" in caught.value.what("ar")
    assert "kpi load" in caught.value.next_step("en")
    with pytest.raises(LakeDamaged):
        build(settings, force=True)
    assert Warehouse.open(settings.workspace).build_id == before
    load(settings)
    build(settings, force=True)
    assert verify(settings).is_same


def test_a_damaged_ledger_entry_is_never_a_silent_gap(settings: Settings) -> None:
    entry = sorted((settings.workspace / "lake" / "files").glob("*.json"))[0]
    entry.write_text(entry.read_text(encoding="utf-8")[:50], encoding="utf-8")
    with pytest.raises(LakeDamaged):
        build(settings)
    load(settings)
    assert not build(settings).is_new
    entry.with_name("0" * 32 + ".json").write_text("{", encoding="utf-8")
    load(settings)
    assert not build(settings).is_new


def test_a_copy_of_the_workspace_elsewhere_still_verifies(settings: Settings, tmp_path_factory) -> None:
    elsewhere = tmp_path_factory.mktemp("copy") / "workspace"
    shutil.copytree(settings.workspace, elsewhere, symlinks=True)
    assert verify(Settings(workspace=elsewhere)).is_same

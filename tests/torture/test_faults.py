"""Every fault of the published files: the last good build answers, and the next run heals."""

import errno
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from kpi.errors import StorageError
from kpi.ingest.load import load
from kpi.settings import REPOSITORY, Settings
from kpi.warehouse.build import build
from kpi.warehouse.connect import Warehouse, current_build_id
from kpi.warehouse.manifest import Manifest, damage
from kpi.warehouse.publish import FOR_PEOPLE, POINTER, candidates, is_copy_whole, manifests
from tests.torture.drivers import served_generation
from tests.warehouse.smalltown import SUMS, make_smalltown, write_generation

HEADER_BYTES = 3 * 4096
BLOCK_BYTES = 256 * 1024


@pytest.fixture
def two_builds(settings: Settings) -> tuple[Settings, Path]:
    """Return a workspace with generations 1 and 2 published, and the file of generation 2."""
    return settings, settings.workspace / "warehouse" / publish_next(settings, 2).file


def publish_next(settings: Settings, generation: int) -> Manifest:
    """Load and publish a generation."""
    write_generation(settings.workspace, generation)
    load(settings)
    return build(settings).manifest


def kpi(*arguments: str, workspace: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a person does."""
    environment = os.environ | {"KPI_WORKSPACE": str(workspace), "KPI_LANGUAGE": "en", "KPI_THREADS": "1"} | more
    return subprocess.run(
        [sys.executable, "-m", "kpi", *arguments],
        env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def damaged(kind: str, content: bytes, chance: random.Random) -> bytes:
    """Return a file's bytes with one kind of damage at a random place."""
    changed = bytearray(content)
    place = chance.randrange(len(content))
    if kind == "bit flipped":
        changed[place] ^= 1 << chance.randrange(8)
    elif kind == "bit flipped in the header":
        changed[chance.randrange(HEADER_BYTES)] ^= 1 << chance.randrange(8)
    elif kind == "truncated":
        return content[:place]
    elif kind == "emptied":
        return b""
    elif kind == "page zeroed":
        start = place // 4096 * 4096
        changed[start : start + 4096] = bytes(4096) if any(content[start : start + 4096]) else b"\1" * 4096
    elif kind == "garbage":
        return chance.randbytes(len(content))
    elif kind == "lengthened":
        changed += chance.randbytes(chance.randrange(1, 10_000))
    else:
        swap_blocks(changed, chance)
    return bytes(changed)


def swap_blocks(content: bytearray, chance: random.Random) -> None:
    """Swap two blocks that differ; each keeps its own checksum, so that DuckDB cannot always notice."""
    count = (len(content) - HEADER_BYTES) // BLOCK_BYTES
    while True:
        first, second = (HEADER_BYTES + BLOCK_BYTES * block for block in chance.sample(range(count), 2))
        one, other = bytes(content[first : first + BLOCK_BYTES]), bytes(content[second : second + BLOCK_BYTES])
        if one != other:
            content[first : first + BLOCK_BYTES], content[second : second + BLOCK_BYTES] = other, one
            return


KINDS = (
    "bit flipped", "bit flipped in the header", "truncated", "emptied", "page zeroed", "garbage", "lengthened",
    "blocks swapped",
)  # fmt: skip


def test_no_damaged_byte_is_ever_served_and_the_build_before_answers(
    two_builds: tuple[Settings, Path], rounds: int, report: Callable[[str], None]
) -> None:
    settings, path = two_builds
    content, chance = path.read_bytes(), random.Random(3)
    path.chmod(0o644)
    served: Counter[str] = Counter()
    for turn in range(len(KINDS) * max(4, rounds // 4)):
        kind = KINDS[turn % len(KINDS)]
        path.write_bytes(damaged(kind, content, chance))
        assert current_build_id(settings.workspace) != path.stem.removeprefix("kpi-"), kind
        assert served_generation(settings.workspace) == 1, kind
        served[kind] += 1
    publish_next(settings, 3)
    assert served_generation(settings.workspace) == 3
    report(f"{served.total()} damaged builds of {len(KINDS)} kinds: 0 served, the one before answered every time")


def test_swapped_blocks_that_duckdb_does_not_notice_are_noticed_by_the_checksum(
    two_builds: tuple[Settings, Path], tmp_path: Path, report: Callable[[str], None]
) -> None:
    settings, path = two_builds
    content, chance = path.read_bytes(), random.Random(4)
    path.chmod(0o644)
    unnoticed = 0
    for turn in range(40):
        swapped = bytearray(content)
        swap_blocks(swapped, chance)
        elsewhere = tmp_path / f"swapped{turn}.duckdb"
        elsewhere.write_bytes(swapped)
        try:
            with duckdb.connect(str(elsewhere), read_only=True) as connection:
                connection.execute(SUMS).fetchall()
        except duckdb.Error:
            continue
        finally:
            elsewhere.unlink()
        unnoticed += 1
        path.write_bytes(swapped)
        assert served_generation(settings.workspace) == 1
    assert unnoticed
    report(f"40 swaps of 256 KiB blocks: DuckDB answered over {unnoticed} of them, the checksum let 0 pass")


def test_a_pointer_torn_at_any_byte_is_survived_and_put_right_without_a_new_build(
    two_builds: tuple[Settings, Path], report: Callable[[str], None]
) -> None:
    settings, _ = two_builds
    pointer = settings.workspace / "warehouse" / POINTER
    whole = pointer.read_bytes()
    for length in range(len(whole)):
        pointer.write_bytes(whole[:length])
        assert next(candidates(pointer.parent)).sequence == 2
    report(f"pointer torn at each of {len(whole)} bytes: the last published build answered every time")
    for content in (b"", b"[]", b"null", b"\xff\xfe", b'{"file": 3}', b'{"build_id": "x", "file": "../../etc/passwd"}'):
        pointer.write_bytes(content)
        assert served_generation(settings.workspace) == 2
        done = build(settings)
        assert (done.is_new, done.is_restored) == (False, True)
        assert Manifest.read(pointer) == done.manifest
    pointer.unlink()
    assert served_generation(settings.workspace) == 2
    assert build(settings).is_restored
    assert not build(settings).is_restored


def test_a_pointer_whose_checksum_was_altered_does_not_hide_the_good_build_behind_it(
    two_builds: tuple[Settings, Path],
) -> None:
    settings, _ = two_builds
    pointer = settings.workspace / "warehouse" / POINTER
    record = json.loads(pointer.read_text(encoding="utf-8"))
    pointer.write_text(json.dumps(record | {"sha256": "0" * 64}), encoding="utf-8")
    assert served_generation(settings.workspace) == 2
    build(settings)
    assert Manifest.read(pointer) == manifests(pointer.parent)[0]


def test_a_damaged_manifest_does_not_matter_while_the_pointer_holds_and_is_written_again(
    two_builds: tuple[Settings, Path],
) -> None:
    settings, path = two_builds
    path.with_suffix(".json").write_bytes(b"{}")
    assert served_generation(settings.workspace) == 2
    assert build(settings).is_restored
    assert Manifest.read(path.with_suffix(".json"))


def test_a_removed_or_diverted_copy_for_people_is_put_right_by_the_next_run(two_builds: tuple[Settings, Path]) -> None:
    settings, path = two_builds
    copy = path.with_name(FOR_PEOPLE)
    for divert in (lambda: None, lambda: copy.symlink_to("elsewhere"), lambda: copy.write_bytes(b"a file")):
        copy.unlink()
        divert()
        assert served_generation(settings.workspace) == 2
        assert build(settings).is_restored
        assert is_copy_whole(path.parent, manifests(path.parent)[0])


def test_a_stray_log_beside_the_newest_build_is_never_replayed_and_the_next_run_heals(
    two_builds: tuple[Settings, Path],
) -> None:
    settings, path = two_builds
    for content in (b"", b"junk", os.urandom(5000)):
        path.with_name(f"{path.name}.wal").write_bytes(content)
        assert served_generation(settings.workspace) == 1
    assert build(settings).is_new
    assert served_generation(settings.workspace) == 2


def test_a_clock_that_went_back_neither_hides_the_newest_build_nor_prunes_it(settings: Settings) -> None:
    folder = settings.workspace / "warehouse"
    first = next(candidates(folder))
    ahead = f"20990101T000000-{first.inputs_sha256[:8]}"
    record = json.loads((folder / POINTER).read_text(encoding="utf-8"))
    record |= {"build_id": ahead, "file": f"kpi-{ahead}.duckdb", "built_at": "2099-01-01T00:00:00+00:00"}
    (folder / first.file).rename(folder / record["file"])
    (folder / first.file).with_suffix(".json").unlink()
    for place in (folder / POINTER, folder / f"kpi-{ahead}.json"):
        place.write_text(json.dumps(record), encoding="utf-8")
    publish_next(settings, 2)
    assert served_generation(settings.workspace) == 2
    (folder / POINTER).unlink()
    assert served_generation(settings.workspace) == 2
    for generation in range(3, 6):
        publish_next(settings.model_copy(update={"keep_builds": 1}), generation)
        assert served_generation(settings.workspace) == generation


def test_builds_in_the_same_second_of_the_same_inputs_never_share_a_name(settings: Settings) -> None:
    names = [build(settings, force=True).manifest.build_id for _ in range(3)]
    assert len(set(names)) == 3
    assert current_build_id(settings.workspace) == names[-1]


def test_two_builds_at_once_end_with_one_whole_build_and_a_clear_word_to_the_other(
    settings: Settings, report: Callable[[str], None]
) -> None:
    command = [sys.executable, "-m", "kpi", "build", "--force", "--workspace", str(settings.workspace)]
    both = [subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    endings = [(process.communicate()[1], process.returncode) for process in both]
    assert {code for _, code in endings} <= {0, 2}
    assert any(code == 0 for _, code in endings)
    assert all("Another process is building" in words for words, code in endings if code == 2)
    assert served_generation(settings.workspace) == 1
    folder = settings.workspace / "warehouse"
    assert not list(folder.glob(".build-*"))
    assert all(damage(folder, manifest) is None for manifest in manifests(folder))
    report(f"3 builds at once: {sum(code == 0 for _, code in endings)} published, the others refused clearly")


def test_leftovers_of_a_killed_run_are_removed_folders_too(settings: Settings) -> None:
    folder = settings.workspace / "warehouse"
    (folder / ".build-1.spill").mkdir()
    (folder / ".build-1.spill" / "spilled.tmp").write_bytes(b"x")
    (folder / ".build-1.duckdb").write_bytes(b"x")
    (folder / ".build-current.duckdb").symlink_to("nowhere")
    (folder / "kpi-20200101T000000-00000000.duckdb").write_bytes(b"a file that no manifest names")
    build(settings, force=True)
    assert not list(folder.glob(".build-*"))
    assert not (folder / "kpi-20200101T000000-00000000.duckdb").exists()


def test_what_is_published_is_on_disk_before_what_names_it(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    sync, move = os.fsync, os.replace

    def fsync(descriptor: int) -> None:
        name = Path(f"/proc/self/fd/{descriptor}").readlink().name
        steps.append(f"sync {name.split('-2')[0] if name.startswith('.build-kpi') else name}")
        sync(descriptor)

    def replace(source: Path, target: Path) -> None:
        steps.append(f"move {Path(target).name.split('-2')[0]}{Path(target).suffix}")
        move(source, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    build(settings, force=True)
    folder = "sync warehouse"
    assert steps == [
        f"sync .build-{os.getpid()}.duckdb", "move kpi.duckdb", folder,
        "sync .build-kpi", "move kpi.json", folder,
        f"sync .build-current.json.{os.getpid()}", "move current.json.json", folder,
        "sync .build-current.duckdb", "move current.duckdb.duckdb", folder,
    ]  # fmt: skip


@pytest.mark.parametrize("step", range(3))
def test_a_disk_that_fills_up_at_any_step_of_publishing_changes_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    folder = settings.workspace / "warehouse"
    before = sorted(path.name for path in folder.iterdir())
    sync, calls = os.fsync, []

    def fsync(descriptor: int) -> None:
        if Path(f"/proc/self/fd/{descriptor}").readlink().name != "warehouse":
            calls.append(descriptor)
            if len(calls) == step + 1:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(StorageError) as caught:
        build(settings, force=True)
    assert caught.value.exit_code == 5
    assert sorted(path.name for path in folder.iterdir()) == before
    assert served_generation(settings.workspace) == 1
    monkeypatch.undo()
    assert build(settings, force=True).is_new


@pytest.fixture
def small_disk(tmp_path: Path):
    """Mount a disk of 80 MB; only root may."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=80m", "tmpfs", str(place)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def write_rejected(workspace: Path, generation: int) -> None:
    """Write a log whose rows are all rejected: it takes room in the lake and changes no figure."""
    rows = [f"2024-01-02,baths,{generation}-{row * 7919 % 100_003},web,completed,1" for row in range(20_000)]
    text = "\n".join(["submitted_at,entity_id,service_id,channel,outcome,transactions", *rows])
    (workspace / "inbox" / "transactions" / "rejected.csv").write_text(text, encoding="utf-8")


def test_a_full_disk_while_loading_building_and_publishing_is_told_and_survived(
    small_disk: Path, report: Callable[[str], None]
) -> None:
    workspace = small_disk / "workspace"
    settings = make_smalltown(workspace)
    build(settings)
    generation, told = 1, Counter()
    for free_bytes in (0, 200_000, 1_500_000, 6_700_000):
        generation += 1
        write_generation(workspace, generation)
        write_rejected(workspace, generation)
        ballast = small_disk / "ballast"
        with ballast.open("wb") as file:
            file.write(b"x" * max(0, shutil.disk_usage(small_disk).free - free_bytes))
        loaded, built = kpi("load", workspace=workspace), kpi("build", "--force", workspace=workspace)
        assert "Traceback" not in loaded.stderr + built.stderr, loaded.stderr + built.stderr
        assert loaded.returncode in (3, 5, 7), loaded.stderr
        assert built.returncode in (0, 5), built.stderr
        assert served_generation(workspace) in (generation - 1, generation)
        assert not list((workspace / "warehouse").glob(".build-*"))
        told[f"load {loaded.returncode}"] += 1
        told[f"build {built.returncode}"] += 1
        ballast.unlink()
        load(settings)
        build(settings)
        assert served_generation(workspace) == generation
    assert told["build 5"] >= 3
    report(f"{generation - 1} full disks, by exit code: {dict(sorted(told.items()))}; all healed once there was room")


def test_files_and_folders_that_may_not_be_read_or_written_are_told_in_words(report: Callable[[str], None]) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    place = Path(tempfile.mkdtemp(prefix="kpi-nobody-"))
    try:
        place.chmod(0o755)
        settings = make_smalltown(place)
        build(settings)
        newest = place / "warehouse" / publish_next(settings, 2).file
        newest.chmod(0o000)
        done = subprocess.run(
            [sys.executable, "-m", "tests.torture.drivers", "open_as_nobody", str(place)],
            cwd=REPOSITORY, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert json.loads(done.stdout) == {"served": 1, "error": "folder_forbidden"}, done.stderr
        newest.chmod(0o440)
        assert served_generation(place) == 2
        report("an unreadable build and an unwritable folder: the build before answered, the fault was told in words")
    finally:
        shutil.rmtree(place)


def test_a_reader_that_holds_a_pruned_build_keeps_its_answers(settings: Settings) -> None:
    held = Warehouse.open(settings.workspace)
    keep_one = settings.model_copy(update={"keep_builds": 1})
    for generation in (2, 3, 4):
        publish_next(keep_one, generation)
    assert not held.path.exists()
    assert held.query(SUMS).rows() == [("baths", 21), ("parks", 9)]
    assert current_build_id(settings.workspace) != held.build_id

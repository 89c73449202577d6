"""Publish a finished build: versioned names, a checksummed pointer, and nothing ever written in place.

The order is the promise: the file is complete and on disk before its manifest, the manifest before the pointer.
A reader that follows the pointer therefore finds the build before or the build after, never something between.
Builds are ordered by a counter in the manifest, never by the clock.
"""

import errno
import fcntl
import json
import logging
import os
import shutil
from collections.abc import Collection, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from kpi.durable import put, write_whole
from kpi.errors import SettingsError, storage_fault
from kpi.lake import sha256_of
from kpi.moment import day_of, zone_of
from kpi.warehouse.manifest import Manifest, damage, file_name, known_damage
from kpi.workspace import folder_missing

LOG = logging.getLogger(__name__)
POINTER = "current.json"
FOR_PEOPLE = "current.duckdb"
_REFLINK = 0x40049409  # FICLONE: share the blocks until one of them is written
LOCK = "publish.lock"
BUILD_PREFIX = ".build-"
PUBLISHED_MODE = 0o440


@contextmanager
def publishing(folder: Path) -> Generator[None]:
    """Hold the workspace's publishing lock and clear away what a killed run left behind.

    Raises `SettingsError` when another process holds the lock, `StorageError` when the folder cannot be written.
    """
    if not folder.parent.is_dir():
        raise folder_missing(folder.parent)
    with storage_fault(folder):
        folder.mkdir(exist_ok=True)
        lock = (folder / LOCK).open("a")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SettingsError("build_running", folder=folder.name) from error
        remove_leftovers(folder)
        yield


def remove_leftovers(folder: Path) -> None:
    """Remove unfinished files and spill folders; the caller holds the publishing lock."""
    for leftover in folder.glob(f"{BUILD_PREFIX}*"):
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)


def publish(built: Path, manifest: Manifest, keep: int, protected: Collection[str] = ()) -> None:
    """Put a closed build into service under its versioned name; the caller holds the publishing lock.

    A fault before the pointer moves leaves the build before in service and nothing of this one behind.
    """
    folder = built.parent
    target = folder / manifest.file
    try:
        settle(built)
        put(built, target)
        _write_manifest(target.with_suffix(".json"), manifest)
        _write_manifest(folder / POINTER, manifest)
    except OSError:
        if Manifest.read(folder / POINTER) != manifest:
            for path in (target, target.with_suffix(".json")):
                with suppress(OSError):
                    path.unlink(missing_ok=True)
        raise
    try:
        _give_people(folder, manifest)
        prune(folder, keep, {manifest.build_id, *protected})
    except OSError as error:
        # The build is in service; the next run copies and prunes again.
        LOG.warning("After publishing %s: %s", manifest.build_id, error)


def restore(folder: Path, manifest: Manifest) -> bool:
    """Make pointer, manifest and the copy for people those of this build; tell whether one of them was not."""
    is_pointed_at = Manifest.read(folder / POINTER) == manifest
    is_listed = Manifest.read((folder / manifest.file).with_suffix(".json")) == manifest
    is_given = is_copy_whole(folder, manifest)
    if not is_listed:
        _write_manifest((folder / manifest.file).with_suffix(".json"), manifest)
    if not is_pointed_at:
        _write_manifest(folder / POINTER, manifest)
    if not is_given:
        _give_people(folder, manifest)
    return not (is_pointed_at and is_listed and is_given)


def is_copy_whole(folder: Path, manifest: Manifest) -> bool:
    """Tell whether the copy that people open holds the bytes of a build, and no log lies beside it."""
    copy = folder / FOR_PEOPLE
    if copy.is_symlink() or not copy.is_file() or (folder / f"{FOR_PEOPLE}.wal").exists():
        return False
    return copy.stat().st_size == manifest.size_bytes and sha256_of(copy) == manifest.sha256


def manifests(folder: Path) -> list[Manifest]:
    """List the published builds that still have their file, last published first."""
    found = [Manifest.read(path) for path in folder.glob("kpi-*.json")]
    present = [manifest for manifest in found if manifest and (folder / manifest.file).is_file()]
    return sorted(present, key=lambda manifest: manifest.order, reverse=True)


def candidates(folder: Path) -> Iterator[Manifest]:
    """Give the builds a reader may open: the one pointed at, then the others from the last published back."""
    current = Manifest.read(folder / POINTER)
    if current and (folder / current.file).is_file():
        yield current
    for manifest in manifests(folder):
        if manifest != current:
            yield manifest


def next_sequence(folder: Path) -> int:
    """Return the number of the next publication, above every number in the folder."""
    known = [*manifests(folder), Manifest.read(folder / POINTER)]
    return max((manifest.sequence for manifest in known if manifest), default=0) + 1


def is_intact(folder: Path, manifest: Manifest) -> bool:
    """Tell whether a build's bytes are the published ones and no write-ahead log lies beside them."""
    return damage(folder, manifest) is None


def prune(folder: Path, keep: int, protected: Collection[str]) -> None:
    """Remove old builds, and files that no manifest names; the caller holds the publishing lock.

    The last `keep` intact builds stay, those named by `protected`, and the last intact one of each month, so that a
    published figure can be traced. A damaged build never takes the place of an intact one.
    """
    zone = zone_of(folder.parent)
    seen_months: set[str] = set()
    kept = {file_name(build_id) for build_id in protected}
    intact = 0
    for manifest in manifests(folder):
        if known_damage(folder, manifest):
            if intact < keep:
                kept.add(manifest.file)
            continue
        intact += 1
        month = _month_of(manifest, zone)
        if intact <= keep or month not in seen_months:
            kept.add(manifest.file)
        seen_months.add(month)
    for path in folder.glob("kpi-*.duckdb"):
        if path.name not in kept:
            # The manifest goes first: a build that is listed always has its file.
            path.with_suffix(".json").unlink(missing_ok=True)
            path.unlink(missing_ok=True)
            path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
    for path in folder.glob("kpi-*.json"):
        if not path.with_suffix(".duckdb").exists():
            path.unlink(missing_ok=True)


def _month_of(manifest: Manifest, time_zone: str | None) -> str:
    try:
        return f"{day_of(manifest.built_at, time_zone):%Y-%m}"
    except ValueError:
        return manifest.build_id[:6]


def _write_manifest(path: Path, manifest: Manifest) -> None:
    content = json.dumps(asdict(manifest), indent=2, sort_keys=True).encode()
    write_whole(path, content, BUILD_PREFIX)


def _give_people(folder: Path, manifest: Manifest) -> None:
    """Put a copy of a build under the name that people open: whatever is written into it, what is served stays whole.

    Where the file system can, the copy takes no room until somebody writes into it.
    """
    beside = folder / f"{BUILD_PREFIX}{FOR_PEOPLE}"
    beside.unlink(missing_ok=True)
    with (folder / manifest.file).open("rb") as source, beside.open("wb") as target:
        try:
            fcntl.ioctl(target.fileno(), _REFLINK, source.fileno())
        except OSError:
            shutil.copyfileobj(source, target, 2**20)
    if sha256_of(beside) != manifest.sha256:
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(beside))
    settle(beside)
    # A log that lay beside the copy before would be replayed into the new one.
    (folder / f"{FOR_PEOPLE}.wal").unlink(missing_ok=True)
    put(beside, folder / FOR_PEOPLE)


def settle(path: Path) -> None:
    """Make a file read-only, for its owner and group only."""
    path.chmod(path.stat().st_mode & PUBLISHED_MODE)

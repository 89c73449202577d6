"""Publish a finished build: versioned names, a checksummed pointer, and nothing ever written in place.

The order is the promise: the file is complete and on disk before its manifest, the manifest before the pointer.
A reader that follows the pointer therefore finds the build before or the build after, never something between.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from kpi.errors import SettingsError

POINTER = "current.json"
SYMLINK = "current.duckdb"
LOCK = "publish.lock"
BUILD_PREFIX = ".build-"


@dataclass(frozen=True)
class Manifest:
    """Describe one published build; `current.json` is the manifest of the build in service."""

    build_id: str
    file: str
    sha256: str
    size_bytes: int
    built_at: str
    inputs_sha256: str
    rows: dict[str, int]
    totals: dict[str, int]

    @staticmethod
    def read(path: Path) -> "Manifest | None":
        """Read a manifest; None when it is absent, torn, or not a manifest."""
        try:
            return Manifest(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None


@contextmanager
def publishing(folder: Path) -> Generator[None]:
    """Hold the workspace's publishing lock; raise `SettingsError` when another process holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SettingsError("build_running", folder=folder.name) from error
        for leftover in folder.glob(f"{BUILD_PREFIX}*"):
            leftover.unlink(missing_ok=True)
        yield


def publish(built: Path, manifest: Manifest, keep: int) -> None:
    """Put a closed build into service under its versioned name; the caller holds the publishing lock."""
    folder = built.parent
    target = folder / manifest.file
    _sync_file(built)
    built.chmod(0o444)
    built.replace(target)
    _sync_folder(folder)
    content = json.dumps(asdict(manifest), indent=2, sort_keys=True).encode()
    _replace(folder / f"{target.stem}.json", content)
    _replace(folder / POINTER, content)
    _point(folder / SYMLINK, manifest.file)
    _sync_folder(folder)
    _prune(folder, keep, current=manifest.build_id)


def manifests(folder: Path) -> list[Manifest]:
    """List the published builds that still have their file, newest first."""
    found = [Manifest.read(path) for path in folder.glob("kpi-*.json")]
    present = [manifest for manifest in found if manifest and (folder / manifest.file).is_file()]
    return sorted(present, key=lambda manifest: manifest.build_id, reverse=True)


def candidates(folder: Path) -> list[Manifest]:
    """List the builds a reader may open: the one pointed at, then the others from the newest back."""
    current = Manifest.read(folder / POINTER)
    others = [manifest for manifest in manifests(folder) if current is None or manifest.build_id != current.build_id]
    return [current, *others] if current and (folder / current.file).is_file() else others


def is_intact(folder: Path, manifest: Manifest) -> bool:
    """Tell whether a build's bytes are the published ones and no write-ahead log lies beside them."""
    path = folder / manifest.file
    if path.with_name(f"{path.name}.wal").exists():
        return False
    return path.stat().st_size == manifest.size_bytes and sha256_of(path) == manifest.sha256


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _prune(folder: Path, keep: int, current: str) -> None:
    # A month end is the last build of its month: it stays, so that a published figure can be traced.
    seen_months: set[str] = set()
    for position, manifest in enumerate(manifests(folder)):
        month = manifest.build_id[:6]
        is_month_end = month not in seen_months
        seen_months.add(month)
        if position < keep or is_month_end or manifest.build_id == current:
            continue
        (folder / manifest.file).unlink(missing_ok=True)
        (folder / manifest.file).with_suffix(".json").unlink(missing_ok=True)


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_name(f"{BUILD_PREFIX}{path.name}")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    _sync_folder(path.parent)


def _point(link: Path, target: str) -> None:
    beside = link.with_name(f"{BUILD_PREFIX}{link.name}")
    beside.unlink(missing_ok=True)
    beside.symlink_to(target)
    beside.replace(link)


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

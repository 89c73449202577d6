"""What is known of one published build: its manifest, and whether its bytes are still the published ones."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Literal

from kpi.lake import sha256_of

Damage = Literal["file_missing", "file_forbidden", "stray_wal", "size_differs", "checksum_differs"]


@dataclass(frozen=True)
class Manifest:
    """Describe one published build; `current.json` is the manifest of the build in service.

    `sequence` counts publications and orders builds, because the clock may go back. `inputs` holds one digest for each
    kind of input, so that a later run can say which of them changed; `inputs_sha256` covers them all.
    """

    build_id: str
    file: str
    sha256: str
    size_bytes: int
    built_at: str
    inputs_sha256: str
    rows: dict[str, int]
    totals: dict[str, int]
    sequence: int = 0
    inputs: dict[str, str] = field(default_factory=dict)

    @property
    def order(self) -> tuple[int, str]:
        """Return what sorts builds by their publication."""
        return self.sequence, self.build_id

    @staticmethod
    def read(path: Path) -> "Manifest | None":
        """Read a manifest; None when it is absent, torn, or not a manifest."""
        known = {item.name for item in fields(Manifest)}
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            manifest = Manifest(**{name: value for name, value in record.items() if name in known})
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            return None
        return manifest if manifest._is_sound() else None

    def _is_sound(self) -> bool:
        texts = (self.build_id, self.file, self.sha256, self.built_at, self.inputs_sha256)
        counts = (self.size_bytes, self.sequence)
        tables = (self.rows, self.totals, self.inputs)
        return (
            all(isinstance(text, str) for text in texts)
            and all(isinstance(count, int) for count in counts)
            and all(isinstance(table, dict) for table in tables)
            and self.file == file_name(self.build_id)
            and Path(self.file).name == self.file
        )


def file_name(build_id: str) -> str:
    """Return the name of a build's file."""
    return f"kpi-{build_id}.duckdb"


def damage(folder: Path, manifest: Manifest) -> Damage | None:
    """Read a build's bytes and say how they differ from the published ones; None when they do not."""
    return _damage(folder, manifest, sha256_of)


def known_damage(folder: Path, manifest: Manifest) -> Damage | None:
    """Say the same as `damage`, but read the bytes again only when the file's size, time or inode changed.

    Cheap enough to ask on every page view; whoever opens a file asks `damage`.
    """
    return _damage(folder, manifest, _remembered_sha256)


def damage_looked_at_anew(folder: Path, manifest: Manifest) -> Damage | None:
    """Say the same as `damage`, and have `known_damage` say it too: bytes may rot without a new time."""
    _sha256_of_state.cache_clear()
    return _damage(folder, manifest, _remembered_sha256)


def _damage(folder: Path, manifest: Manifest, digest: Callable[[Path], str]) -> Damage | None:
    path = folder / manifest.file
    try:
        # DuckDB would replay a log that lies beside the file, whoever left it there.
        if path.with_name(f"{path.name}.wal").exists():
            return "stray_wal"
        if path.stat().st_size != manifest.size_bytes:
            return "size_differs"
        return None if digest(path) == manifest.sha256 else "checksum_differs"
    except FileNotFoundError:
        return "file_missing"
    except OSError:
        return "file_forbidden"


def _remembered_sha256(path: Path) -> str:
    stat = path.stat()
    return _sha256_of_state(path, stat.st_ino, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=256)
def _sha256_of_state(path: Path, _inode: int, _size_bytes: int, _modified_ns: int) -> str:
    return sha256_of(path)

"""The lake: accepted and rejected rows as Parquet, and a ledger entry per source file.

`lake/files/<hash of the source path>.json` is the commit point. Data files are named by a digest of everything that
determines their content, so they are never overwritten by something else, and a file no entry names is an orphan.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from copy import copy
from pathlib import Path

from kpi.durable import put_all
from kpi.lake_file import EarlierContent, LakeFile, OlderVersionKeptError, Span, iso_time

__all__ = ["EarlierContent", "Lake", "LakeFile", "OlderVersionKeptError", "Span", "iso_time", "sha256_of"]
LOADER_VERSION = "4"

_Stamp = tuple[int, int, int]  # what changes when a file is replaced: inode, nanoseconds, bytes


class Lake:
    """The lake of one workspace."""

    def __init__(self, workspace: Path) -> None:
        self.root = workspace / "lake"
        self._known: dict[str, tuple[_Stamp, LakeFile | None]] = {}
        self._seen: tuple[LakeFile, ...] | None = None

    def files(self) -> tuple[LakeFile, ...]:
        """Return the ledger, sorted by source file."""
        if self._seen is not None:
            return self._seen
        entries = self._entries().values()
        return tuple(sorted((entry for entry in entries if entry), key=lambda entry: entry.source_file))

    def accepted_paths(self, log: str) -> tuple[Path, ...]:
        """Return the Parquet files with the accepted rows of a log."""
        return tuple(file.accepted_path for file in self.files() if file.log == log and file.accepted_path)

    def unreadable_entries(self) -> tuple[Path, ...]:
        """Return the ledger entries that cannot be read: what they stand for would be missing without a word."""
        return tuple(self.root / "files" / name for name, file in sorted(self._entries().items()) if file is None)

    def damaged_data(self) -> Generator[tuple[LakeFile, Path]]:
        """Give every data file whose bytes are not those that were loaded, with its ledger entry; reads them all."""
        contents = (content for file in self.files() for content in (file, file.pending) if content)
        for file in contents:
            for path, sha256 in (
                (file.accepted_path, file.accepted_sha256),
                (file.rejected_path, file.rejected_sha256),
            ):
                if path and not _holds(path, sha256):
                    yield file, path

    def torn_data(self) -> Generator[tuple[LakeFile, Path]]:
        """Give every data file that is missing or cut off, with its ledger entry; looks at both ends of each only."""
        for file in self.files():
            yield from ((file, path) for path in file.data_paths if not _is_whole(path))

    def set_aside(self, path: Path) -> None:
        """Move a damaged data file out of the way, so that the next load reads its source again."""
        aside = self.root / ".damaged"
        aside.mkdir(exist_ok=True)
        if path.exists():
            path.replace(aside / path.name)

    def entry(self, source_file: str) -> LakeFile | None:
        """Return the ledger entry of one source file."""
        return self._read(self._entry_path(source_file))

    def data_path(self, log: str, lake_key: str, kind: str) -> Path:
        """Return where the accepted or rejected rows of a digest belong."""
        return self.root / log / f"{lake_key}.{kind}.parquet"

    def commit(self, *files: LakeFile) -> None:
        """Make entries the truth: write aside, fsync, replace, fsync the folder."""
        put_all({self._draft(file): self._entry_path(file.source_file) for file in files})

    def _draft(self, file: LakeFile) -> Path:
        path = self._entry_path(file.source_file)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.write_text(
            json.dumps(file.as_record(self.root), ensure_ascii=False, separators=(",", ":"), sort_keys=True),
            encoding="utf-8",
        )
        return draft

    def forget(self, source_file: str) -> None:
        """Remove the entry of a source file that was withdrawn by name; call only while holding the lock."""
        self._entry_path(source_file).unlink(missing_ok=True)

    def forget_entry(self, name: str) -> None:
        """Remove an entry that cannot be read (its name below `files/`); call only while holding the lock."""
        (self.root / "files" / name).unlink(missing_ok=True)

    def seen_as(self, files: Iterable[LakeFile]) -> "Lake":
        """Return this lake as if these files were all that the ledger names."""
        seen = copy(self)
        seen._seen = tuple(sorted(files, key=lambda file: file.source_file))
        return seen

    def remove_orphans(self) -> None:
        """Remove data files and drafts that no entry names; call only while holding the lock.

        While an entry cannot be read nothing is removed: what it names may be needed when it has been put right.
        """
        if self.unreadable_entries():
            return
        kept = {str(path) for file in self.files() for path in file.data_paths}
        drafts = map(str, (self.root / "files").glob(".*.json.*"))
        staged = map(str, (self.root / ".staging").glob("*"))
        # A lake has thousands of files, and to make a path of each takes longer than all the rest of this.
        folders = [entry.path for entry in os.scandir(self.root) if entry.is_dir() and entry.name != "overlap"]
        data = (entry.path for folder in folders for entry in os.scandir(folder) if entry.name.endswith(".parquet"))
        for path in (*data, *staged, *drafts):
            if path not in kept:
                Path(path).unlink(missing_ok=True)

    @contextmanager
    def locked(self) -> Generator[None]:
        """Hold the lake for one load; a second load waits."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / ".lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    @contextmanager
    def reading(self) -> Generator[None]:
        """Keep the lake as it is while it is read; waits for a load to finish, and a load waits for its readers."""
        if not self.root.is_dir():
            yield
            return
        with (self.root / ".lock").open("a") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH)
            yield

    def _entries(self) -> dict[str, LakeFile | None]:
        """Return what the entries say, by name; one is read again only when another has taken its place."""
        try:
            found = [entry for entry in os.scandir(self.root / "files") if entry.name.endswith(".json")]
        except FileNotFoundError:
            return {}
        known: dict[str, tuple[_Stamp, LakeFile | None]] = {}
        for entry in found:
            try:
                now = entry.stat()
            except FileNotFoundError:
                continue
            stamp = (now.st_ino, now.st_mtime_ns, now.st_size)
            before = self._known.get(entry.name)
            known[entry.name] = before if before and before[0] == stamp else (stamp, self._read(Path(entry.path)))
        self._known = known
        return {name: file for name, (_, file) in known.items()}

    def _entry_path(self, source_file: str) -> Path:
        return self.root / "files" / f"{hashlib.sha256(source_file.encode()).hexdigest()[:32]}.json"

    def _read(self, path: Path) -> LakeFile | None:
        try:
            return LakeFile.from_record(json.loads(path.read_text(encoding="utf-8")), self.root)
        except (OSError, ValueError, TypeError, KeyError):
            return None  # a damaged entry counts as absent: the next load reads the source again


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_whole(path: Path) -> bool:
    """Tell whether a Parquet file begins and ends as one, and is long enough for what its end says of it."""
    mark = b"PAR1"
    try:
        with path.open("rb") as file:
            begins = file.read(len(mark)) == mark
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 8))
            end = file.read(8)
    except OSError:
        return False
    return begins and end[4:] == mark and int.from_bytes(end[:4], "little") + 12 <= size


def _holds(path: Path, sha256: str) -> bool:
    try:
        # An entry written before digests were kept can only be asked whether its file is there.
        return sha256_of(path) == sha256 or not sha256
    except OSError:
        return False

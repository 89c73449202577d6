"""The lake: accepted and rejected rows as Parquet, and a ledger entry per source file.

`lake/files/<hash of the source path>.json` is the commit point. Data files are named by a digest of everything that
determines their content, so they are never overwritten by something else, and a file no entry names is an orphan.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from kpi import messages
from kpi.durable import sync
from kpi.errors import SourceError

LOADER_VERSION = "3"
_SYNCED_AT_ONCE = 8

_Stamp = tuple[int, int, int]  # what changes when a file is replaced: inode, nanoseconds, bytes


class OlderVersionKeptError(SourceError):
    """A source file cannot be read, and the rows of its last good version stay in the lake.

    The facts hold those of the cause, and `kept_rows` and `kept_since`.
    """

    def what(self, language: str) -> str:
        """Say what is wrong with the file, and which rows stay in force."""
        rows, since = self.facts["kept_rows"], self.facts["kept_since"]
        kept = messages.text("errors.kept_older_version.what", language, rows=rows, loaded_at=since)
        return f"{super().what(language)} {kept}"


@dataclass(frozen=True)
class Span:
    """The accepted transactions of one file for one entity and month, those with an id apart from those without.

    `month` is the first day as ISO text; `first_id` and `last_id` bound the ids; `received_at` is when the file first
    brought this entity and month (ISO, UTC), whatever replaced its content since; `transactions` is what the rows sum
    up to.
    """

    entity_id: str
    month: str
    months_covered: int
    has_ids: bool
    rows: int
    first_id: str | None
    last_id: str | None
    received_at: str
    transactions: int | None = None  # None in entries of an older loader


@dataclass(frozen=True)
class EarlierContent:
    """What a file held before its sender overwrote it: nothing of it is in the lake any more, but it is on record."""

    sha256: str
    bytes: int
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    received_at: str
    loaded_at: str
    loader_version: str


@dataclass(frozen=True)
class LakeFile:
    """What the lake holds of one source file.

    `sha256` is the digest of the source's content. With `error` set and paths present, an older good version of the
    file is still in the lake: an error never opens a silent gap.
    """

    log: str
    source_file: str
    source_name: str
    sha256: str
    bytes: int
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    rejected_by_reason: dict[str, int]
    accepted_path: Path | None
    rejected_path: Path | None
    loaded_at: str
    loader_version: str
    error: str | None = None
    error_key: str | None = None
    error_facts: dict[str, str] = field(default_factory=dict)
    lake_key: str = ""
    reading: str = ""
    modified_ns: int = 0
    accepted_sha256: str = ""
    rejected_sha256: str = ""
    spans: tuple[Span, ...] = ()
    earlier: tuple[EarlierContent, ...] = ()

    @property
    def received_at(self) -> str:
        """Return when the content in force arrived (ISO, UTC): the file's modification time."""
        return iso_time(self.modified_ns) if self.modified_ns else ""

    @property
    def only_entity(self) -> str | None:
        """Return the entity of every accepted transaction, None when there are several or none."""
        entities = {span.entity_id for span in self.spans}
        return entities.pop() if len(entities) == 1 else None

    @property
    def problem(self) -> SourceError | None:
        """Return the error in a form that speaks both languages."""
        if not self.error_key:
            return None
        kind = OlderVersionKeptError if self.accepted_path else SourceError
        return kind(self.error_key, **self.error_facts)


class Lake:
    """The lake of one workspace."""

    def __init__(self, workspace: Path) -> None:
        self.root = workspace / "lake"
        self._known: dict[str, tuple[_Stamp, LakeFile | None]] = {}

    def files(self) -> tuple[LakeFile, ...]:
        """Return the ledger, sorted by source file."""
        entries = self._entries().values()
        return tuple(sorted((entry for entry in entries if entry), key=lambda entry: entry.source_file))

    def accepted_paths(self, log: str) -> tuple[Path, ...]:
        """Return the Parquet files with the accepted rows of a log."""
        return tuple(file.accepted_path for file in self.files() if file.log == log and file.accepted_path)

    def rejected_paths(self) -> tuple[Path, ...]:
        """Return the Parquet files with the rejected rows of every log."""
        return tuple(file.rejected_path for file in self.files() if file.rejected_path)

    def unreadable_entries(self) -> tuple[Path, ...]:
        """Return the ledger entries that cannot be read: what they stand for would be missing without a word."""
        return tuple(self.root / "files" / name for name, file in sorted(self._entries().items()) if file is None)

    def damaged_data(self) -> Generator[tuple[LakeFile, Path]]:
        """Give every data file whose bytes are not those that were loaded, with its ledger entry; reads them all."""
        for file in self.files():
            for path, sha256 in (
                (file.accepted_path, file.accepted_sha256),
                (file.rejected_path, file.rejected_sha256),
            ):
                if path and not _holds(path, sha256):
                    yield file, path

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
        settle({self._draft(file): self._entry_path(file.source_file) for file in files})

    def _draft(self, file: LakeFile) -> Path:
        path = self._entry_path(file.source_file)
        path.parent.mkdir(parents=True, exist_ok=True)
        record = asdict(replace(file, spans=(), earlier=()))
        record["spans"] = [list(vars(span).values()) for span in file.spans]
        record["earlier"] = [list(vars(content).values()) for content in file.earlier]
        for name in ("accepted_path", "rejected_path"):
            record[name] = record[name] and Path(record[name]).relative_to(self.root).as_posix()
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.write_text(
            json.dumps(record, ensure_ascii=False, separators=(",", ":"), sort_keys=True), encoding="utf-8"
        )
        return draft

    def forget(self, source_file: str) -> None:
        """Remove the entry of a source file that is no longer sent."""
        self._entry_path(source_file).unlink(missing_ok=True)

    def forget_unreadable(self) -> None:
        """Remove the entries that cannot be read; call only when every source file that is sent was just loaded."""
        for path in self.unreadable_entries():
            path.unlink(missing_ok=True)

    def remove_orphans(self) -> None:
        """Remove data files and drafts that no entry names; call only while holding the lock."""
        kept = {str(path) for file in self.files() for path in (file.accepted_path, file.rejected_path) if path}
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
            record = json.loads(path.read_text(encoding="utf-8"))
            for name in ("accepted_path", "rejected_path"):
                record[name] = self.root / record[name] if record[name] else None
            record["spans"] = tuple(Span(*span) for span in record.get("spans", ()))
            record["earlier"] = tuple(EarlierContent(*content) for content in record.get("earlier", ()))
            return LakeFile(**record)
        except (OSError, ValueError, TypeError, KeyError):
            return None  # a damaged entry counts as absent: the next load reads the source again


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _holds(path: Path, sha256: str) -> bool:
    try:
        # An entry written before digests were kept can only be asked whether its file is there.
        return sha256_of(path) == sha256 or not sha256
    except OSError:
        return False


def iso_time(nanoseconds: int) -> str:
    """Return a file time as ISO text in UTC, to the second."""
    return datetime.fromtimestamp(nanoseconds // 10**9, UTC).isoformat(timespec="seconds")


def settle(drafts: Mapping[Path, Path]) -> None:
    """Put finished drafts in their places so that they survive a crash.

    A disk writes many files that wait for it at once in little more time than one.
    """
    with ThreadPoolExecutor(_SYNCED_AT_ONCE) as pool:
        list(pool.map(sync, drafts))
        for draft, path in drafts.items():
            draft.replace(path)
        list(pool.map(sync, {path.parent for path in drafts.values()}))

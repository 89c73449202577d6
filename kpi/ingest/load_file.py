"""Load one source file into the lake: read, check, write aside, commit. It never raises: a file's fault is a result."""

import errno
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import polars as pl

from kpi.durable import put_all
from kpi.errors import SourceError, is_disk_full
from kpi.ingest.bounds import DEFAULT, Bounds
from kpi.ingest.contracts import CONTRACTS
from kpi.ingest.lake_output import LakeOutput
from kpi.ingest.lookups import Lookups
from kpi.ingest.moments import Clock
from kpi.ingest.pseudonym import Pseudonyms
from kpi.ingest.pseudonym_key import key_fingerprint
from kpi.ingest.read import kind_of, read_chunks
from kpi.ingest.sources import Source, Sources
from kpi.ingest.unforeseen import where_it_failed
from kpi.ingest.validate import ColumnCameLateError, Validator
from kpi.lake import LOADER_VERSION, Lake, LakeFile, OlderVersionKeptError, sha256_of
from kpi.masking import NUMBER, masked
from kpi.moment import day_of, now

Status = Literal["loaded", "unchanged", "failed"]


@dataclass(frozen=True)
class Plan:
    """Everything a worker needs to load any file of a workspace."""

    workspace: Path
    inbox: Path
    sources: Sources
    lookups: Lookups
    clock: Clock
    pseudonyms: Pseudonyms
    digests: dict[str, str]  # per log, of everything its rows are looked up in
    number_pattern: str = ""  # what a beneficiary's number looks like here, if the workspace says so
    bounds: Bounds = DEFAULT


@dataclass(frozen=True)
class FileResult:
    """What became of one source file."""

    source_file: str
    status: Status
    file: LakeFile | None = None
    error: SourceError | None = None


@dataclass(frozen=True)
class Started:
    """A file that is being loaded: what it was when it was opened, and what the lake knew of it."""

    source_file: str
    source: Source
    known: LakeFile | None
    before: os.stat_result
    sha256: str
    reading: str

    @property
    def lake_key(self) -> str:
        """Return the digest of everything that determines what the lake holds of the file."""
        return hashlib.sha256(f"{self.sha256} {self.reading} {self.source_file}".encode()).hexdigest()[:40]


def load_file(plan: Plan, source_file: str) -> FileResult:
    """Bring the lake up to date with one file of the inbox (POSIX path relative to it)."""
    lake = Lake(plan.workspace)
    known = lake.entry(source_file)
    try:
        return _load(plan, lake, source_file, known)
    except SourceError as error:
        return failed(plan, source_file, error)
    except (FileNotFoundError, PermissionError) as error:
        key = "file_vanished" if isinstance(error, FileNotFoundError) else "file_forbidden"
        return failed(plan, source_file, SourceError(key, file=source_file))
    except MemoryError:
        raise  # whoever runs this knows whether there is more
    except (Exception, pl.exceptions.PanicException) as error:  # noqa: BLE001 one bad file must never stop the others
        if _is_file_too_large(error):
            most = f"{plan.bounds.output_mebibytes:,}"
            return failed(plan, source_file, SourceError("bound_output", file=source_file, mebibytes=most))
        if is_disk_full(error):
            # The source is not at fault: its ledger entry stays, and the next load reads it again.
            return FileResult(source_file, "failed", known, SourceError("disk_full", place=plan.workspace))
        return failed(plan, source_file, SourceError("unreadable", file=source_file, reason=where_it_failed(error)))


def failed(plan: Plan, source_file: str, error: SourceError, *, given_up: str = "") -> FileResult:
    """Record a file that cannot be read; the rows of its last good version stay in the lake and the error says so."""
    lake = Lake(plan.workspace)
    known = lake.entry(source_file)
    error = _without_numbers(error)
    if known is not None and known.accepted_path is not None:
        kept = {"kept_rows": known.rows_accepted, "kept_since": known.loaded_at}
        fields = _error_fields(OlderVersionKeptError(error.key, **error.facts, **kept))
        entry = replace(known, reading="", pending=None, given_up=given_up, **fields)
    else:
        entry = LakeFile(
            log=_log_of(plan, source_file),
            source_file=source_file,
            source_name="",
            sha256="",
            bytes=_size(plan.inbox / source_file),
            rows_read=0,
            rows_accepted=0,
            rows_rejected=0,
            rejected_by_reason={},
            accepted_path=None,
            rejected_path=None,
            loaded_at=now().isoformat(timespec="seconds"),
            loader_version=LOADER_VERSION,
            given_up=given_up,
            **_error_fields(error),
        )
    if known is None or replace(entry, loaded_at=known.loaded_at) != known:
        lake.commit(entry)
    return FileResult(source_file, "failed", entry, entry.problem)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def reading_of(plan: Plan, source: Source) -> str:
    """Return a digest of everything but the content that decides what a file becomes in the lake."""
    parts = (
        repr(LOADER_VERSION),
        repr(source),
        _contract_text(source.log),
        repr(plan.digests[source.log]),
        repr(plan.clock.time_zone),
        repr(key_fingerprint(plan.pseudonyms.key)),
        repr(plan.number_pattern or NUMBER),
    )
    return hashlib.sha256(f"({', '.join(parts)})".encode()).hexdigest()


@cache
def _contract_text(log: str) -> str:
    return repr(CONTRACTS[log])


def is_settled(plan: Plan, known: LakeFile | None) -> bool:
    """Tell from size and time alone that a file is as the ledger knows it; in doubt the content decides."""
    if known is None or known.error is not None:
        return False
    known = known.latest
    if known.reading == "":
        return False
    stat = (plan.inbox / known.source_file).stat()
    if (stat.st_size, stat.st_mtime_ns) != (known.bytes, known.modified_ns) or _is_recent(known):
        return False
    return _still_holds(plan, known, reading_of(plan, plan.sources.of_file(known.source_file)))


def _is_recent(known: LakeFile) -> bool:
    """A file written in the second it was read may have changed again without a new time."""
    loaded = datetime.fromisoformat(known.loaded_at).timestamp()
    return loaded - known.modified_ns / 1e9 < 2


def _still_holds(plan: Plan, known: LakeFile, reading: str) -> bool:
    loaded_on = day_of(known.loaded_at, plan.clock.time_zone)
    was_future = "future_date" in known.rejected_by_reason and plan.clock.today > loaded_on
    paths = [path for path in (known.accepted_path, known.rejected_path) if path]
    return known.reading == reading and not was_future and bool(paths) and all(path.exists() for path in paths)


def _load(plan: Plan, lake: Lake, source_file: str, known: LakeFile | None) -> FileResult:
    started = start(plan, source_file, known)
    if isinstance(started, FileResult):
        return started
    return commit(plan, lake, [(started, _write(plan, lake, started))])[0]


def start(plan: Plan, source_file: str, known: LakeFile | None) -> Started | FileResult:
    """Look at a file's bytes; return its result when the lake has its content already."""
    path = plan.inbox / source_file
    source = plan.sources.of_file(source_file)
    kind_of(source_file)
    before = path.stat()
    sha256 = sha256_of(path)
    reading = reading_of(plan, source)
    latest = known.latest if known and not known.error else None
    if latest and latest.sha256 == sha256 and _still_holds(plan, latest, reading):
        return FileResult(source_file, "unchanged", latest)
    return Started(source_file, source, known, before, sha256, reading)


def commit(plan: Plan, lake: Lake, files: Sequence[tuple[Started, LakeOutput]]) -> list[FileResult]:
    """Put what was written aside into the lake, then the entries that make it the truth.

    Where a content of the file counts already, the new one is pending until the load has judged it.
    """
    finished = [written.finished() for _, written in files]
    put_all(dict(pair for places in finished for pair in places.values()))
    entries = [
        _entry(plan, started, written, {kind: place for kind, (_, place) in places.items()})
        for (started, written), places in zip(files, finished, strict=True)
    ]
    lake.commit(*(entry.after(started.known) for (started, _), entry in zip(files, entries, strict=True)))
    return [FileResult(entry.source_file, "loaded", entry) for entry in entries]


def _entry(plan: Plan, started: Started, written: LakeOutput, places: Mapping[str, Path]) -> LakeFile:
    source_file, known, sha256 = started.source_file, started.known, started.sha256
    after = (plan.inbox / source_file).stat()
    accepted, rejected = places.get("accepted"), places.get("rejected")
    return LakeFile(
        source_file=source_file,
        **started.source.in_ledger,
        sha256=sha256,
        bytes=after.st_size,
        rows_read=written.rows_read,
        rows_accepted=written.rows_read - written.rows_rejected,
        rows_rejected=written.rows_rejected,
        rejected_by_reason=dict(sorted(written.by_reason.items())),
        dropped_by_reason=dict(sorted(written.dropped_by_reason.items())),
        accepted_path=accepted,
        rejected_path=rejected,
        loaded_at=now().isoformat(timespec="seconds"),
        loader_version=LOADER_VERSION,
        lake_key=started.lake_key,
        reading=started.reading,
        modified_ns=after.st_mtime_ns,
        accepted_sha256=sha256_of(accepted) if accepted else "",
        rejected_sha256=sha256_of(rejected) if rejected else "",
        accepted_values=dict(written.accepted_values),
        spans=written.counter.spans(known, after.st_mtime_ns),
        earlier=known.contents_before(sha256) if known else (),
    )


def _write(plan: Plan, lake: Lake, started: Started) -> LakeOutput:
    present: frozenset[str] = frozenset()
    while True:
        try:
            return _written(plan, lake, started, present)
        except ColumnCameLateError as late:
            present |= frozenset(late.args)


def _written(plan: Plan, lake: Lake, started: Started, present: frozenset[str]) -> LakeOutput:
    source_file, source = started.source_file, started.source
    output = LakeOutput(lake, source, started.lake_key)
    validator = Validator(
        source_file, source, plan.lookups, plan.clock, plan.pseudonyms, plan.number_pattern, present=present
    )
    try:
        for chunk in read_chunks(plan.inbox / source_file, source_file, source, plan.bounds):
            output.add(validator.check(chunk))
            check_unchanged(plan, started)
        check_unchanged(plan, started)
    except BaseException:
        output.discard()
        raise
    return output


def check_unchanged(plan: Plan, started: Started) -> None:
    """Stop at once when a file changes: one that grows as fast as it is read would never end."""
    before, now = started.before, (plan.inbox / started.source_file).stat()
    if (before.st_size, before.st_mtime_ns) != (now.st_size, now.st_mtime_ns):
        raise SourceError("file_changing", file=started.source_file)


def _log_of(plan: Plan, source_file: str) -> str:
    try:
        return plan.sources.of_file(source_file).log
    except SourceError:
        return ""


def _without_numbers(error: SourceError) -> SourceError:
    """Hide what an error quotes of a file where it looks like a beneficiary number; the file's own name stays."""
    facts = {
        name: masked(fact) if name != "file" and isinstance(fact, str) else fact for name, fact in error.facts.items()
    }
    return type(error)(error.key, **facts)


def _error_fields(error: SourceError) -> dict[str, Any]:
    facts = {name: str(value) for name, value in error.facts.items()}
    return {"error": str(error), "error_key": error.key, "error_facts": facts}


def _is_file_too_large(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno == errno.EFBIG

"""Keep what was issued: files written aside, synced and renamed, and a record of figures and digests beside them."""

import fcntl
import hashlib
import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from kpi.durable import write_whole
from kpi.errors import ReportError, storage_fault
from kpi.periods import Period
from kpi.queries.source_files import SourceFile
from kpi.report.figures import Figure, Issued
from kpi.report.scope import Scope

DRAFT_PREFIX = ".draft-"
SOURCES = "sources-{build}.json"
LOCK = ".lock"


class Store:
    """Read and write the issued snapshots of a workspace: `reports/issued/<month>/<scope>.json` beside the PDFs."""

    def __init__(self, workspace: Path) -> None:
        self.root = workspace / "reports" / "issued"

    def folder(self, month: date) -> Path:
        """Return the folder of a month."""
        return self.root / f"{month:%Y-%m}"

    def months(self) -> tuple[date, ...]:
        """List the months of which anything was issued, in order of time."""
        found = (path.name for path in self.root.glob("????-??") if any(path.glob("*.json")))
        return tuple(sorted(date.fromisoformat(f"{name}-01") for name in found))

    def issued(self, month: date, scope: Scope) -> Issued | None:
        """Read the record of one scope; None when it was not issued. Raises `ReportError` for a damaged record."""
        return self._read(self.folder(month) / f"{scope.stem}.json")

    def all_issued(self, month: date) -> tuple[Issued, ...]:
        """Read every record of a month, ordered by scope; raise `ReportError` for the first damaged one."""
        found = []
        for one in self.each_issued(month):
            if isinstance(one, ReportError):
                raise one
            found.append(one)
        return tuple(found)

    def each_issued(self, month: date) -> Generator[Issued | ReportError]:
        """Give every record of a month, ordered by scope, or in its place what is wrong with it."""
        for path in sorted(self.folder(month).glob("*.json")):
            if path.name.startswith("sources-"):
                continue
            try:
                if (record := self._read(path)) is not None:
                    yield record
            except ReportError as error:
                yield error

    def write(self, month: date, scope: Scope, record: Issued) -> None:
        """Write a record; the source files are kept once for all records of a build."""
        folder = self.folder(month)
        sources = folder / SOURCES.format(build=record.build_id)
        if not sources.exists():
            write_aside(sources, _written({name: _file_out(one) for name, one in record.files.items()}))
        write_aside(folder / f"{scope.stem}.json", _written(_out(record)))

    @contextmanager
    def issuing(self) -> Generator[None]:
        """Hold the lock of the issued snapshots, and clear away drafts that a killed run left behind."""
        with storage_fault(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            lock = (self.root / LOCK).open("a")
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise ReportError("report_running", folder=self.root) from error
            for draft in self.root.glob(f"*/{DRAFT_PREFIX}*"):
                draft.unlink(missing_ok=True)
            yield

    def _read(self, path: Path) -> Issued | None:
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            sources = path.with_name(SOURCES.format(build=found["build_id"]))
            files = json.loads(sources.read_text(encoding="utf-8"))
            return _in(found, {name: _file_in(*one) for name, one in files.items()})
        except FileNotFoundError as error:
            if not path.exists():
                return None
            raise ReportError("report_record_damaged", file=error.filename) from error
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ReportError("report_record_damaged", file=path) from error


def write_aside(path: Path, content: bytes) -> None:
    """Put a whole file under its name, or nothing: written aside, synced, renamed, the folder synced.

    Raises `StorageError` when the disk is full or the folder may not be written.
    """
    with storage_fault(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content, DRAFT_PREFIX)


def sha256(content: bytes) -> str:
    """Return the digest of a file's bytes."""
    return hashlib.sha256(content).hexdigest()


def _written(record: object) -> bytes:
    return json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def _out(record: Issued) -> dict[str, object]:
    return {
        "scope": record.scope,
        "period": record.period.key,
        "build_id": record.build_id,
        "revision": record.revision,
        "files": dict(record.digests),
        "figures": {
            kpi_id: {
                "value": one.value,
                "numerator": one.numerator,
                "denominator": one.denominator,
                "as_of": one.as_of.isoformat() if one.as_of else None,
            }
            for kpi_id, one in record.figures.items()
        },
    }


def _in(found: dict, files: Mapping[str, SourceFile]) -> Issued:
    figures = {
        kpi_id: Figure(
            value=one["value"],
            numerator=one["numerator"],
            denominator=one["denominator"],
            as_of=date.fromisoformat(one["as_of"]) if one["as_of"] else None,
        )
        for kpi_id, one in found["figures"].items()
    }
    return Issued(
        scope=found["scope"],
        period=Period.parse(found["period"]),
        build_id=found["build_id"],
        figures=figures,
        digests=found["files"],
        files=files,
        revision=found["revision"],
    )


def _file_out(one: SourceFile) -> list[object]:
    return [one.log, one.digest, {entity: [f"{day}" for day in span] for entity, span in one.spans.items()}]


def _file_in(log: str, digest: str, spans: Mapping[str, list[str]]) -> SourceFile:
    days = {entity: (date.fromisoformat(first), date.fromisoformat(last)) for entity, (first, last) in spans.items()}
    return SourceFile(log, digest, days)

"""What the ledger of the lake says of one source file: what was read of it, which rows, and when they came."""

from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kpi import messages
from kpi.errors import SourceError


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

    `month` is the first day as ISO text; `first_id` and `last_id` bound the ids in normal form; `received_at` is when
    the file first brought this entity and month (ISO, UTC), whatever replaced its content since; `transactions` is what
    the rows sum up to; `has_days` tells whether a row's day is the day it speaks of, and not just how a month's total
    was dated.
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
    has_days: bool = False


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

    `sha256` is the digest of the source's content; `accepted_values` says how many values each column of the accepted
    rows has (empty in entries of an older loader). With `error` set and paths present, an older good version of the
    file is still in the lake: an error never opens a silent gap. `pending` is a newer content that does not count yet:
    it takes this one's place once it is known not to be held back. `archived_at` (ISO, UTC) is when the raw file was
    taken out of the inbox on purpose, `archived_as` the name of its sealed copy, or `deleted`.
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
    accepted_values: dict[str, int] = field(default_factory=dict)
    dropped_by_reason: dict[str, int] = field(default_factory=dict)  # optional values left out of accepted rows
    spans: tuple[Span, ...] = ()
    earlier: tuple[EarlierContent, ...] = ()
    period: str = ""  # what the source declares that one total covers, "" when it declares nothing
    is_complete: bool = False  # the source declares that the file is all there is of its months
    sender: str = ""  # the entity that the source names for all rows
    given_up: str = ""  # a digest of the content that ended its reader, and of the bounds
    pending: "LakeFile | None" = None
    archived_at: str = ""
    archived_as: str = ""

    @property
    def archived(self) -> bool:
        """Tell whether the raw file was sealed away or deleted while its rows stay."""
        return bool(self.archived_at)

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

    @property
    def latest(self) -> "LakeFile":
        """Return the newest content of the file, whether it counts or is pending."""
        return self.pending or self

    @property
    def data_paths(self) -> tuple[Path, ...]:
        """Return the data files of every content that is in the lake."""
        own = (self.accepted_path, self.rejected_path)
        return (*(path for path in own if path), *(self.pending.data_paths if self.pending else ()))

    def after(self, known: "LakeFile | None") -> "LakeFile":
        """Return the entry of a file with this as its newest content; what counts goes on until it is judged."""
        if known is None or known.accepted_path is None:
            return self
        return replace(known, pending=self, error=None, error_key=None, error_facts={}, given_up="")

    def contents_before(self, sha256: str) -> tuple[EarlierContent, ...]:
        """Return the contents on record before one with this digest, the one that it overwrites among them."""
        if self.pending and self.pending.sha256 != sha256:
            return self.pending.contents_before(sha256)
        if not self.sha256 or self.sha256 == sha256:
            return self.earlier
        own = EarlierContent(
            self.sha256,
            self.bytes,
            self.rows_read,
            self.rows_accepted,
            self.rows_rejected,
            self.received_at,
            self.loaded_at,
            self.loader_version,
        )
        return (*self.earlier, own)

    def as_record(self, root: Path) -> dict[str, Any]:
        """Return what stands in the ledger; paths are relative to the lake's folder."""
        record = asdict(replace(self, spans=(), earlier=(), pending=None))
        record["spans"] = [list(vars(span).values()) for span in self.spans]
        record["earlier"] = [list(vars(content).values()) for content in self.earlier]
        record["pending"] = self.pending and self.pending.as_record(root)
        for name in ("accepted_path", "rejected_path"):
            record[name] = record[name] and Path(record[name]).relative_to(root).as_posix()
        return record

    @staticmethod
    def from_record(record: dict[str, Any], root: Path) -> "LakeFile":
        """Read what stands in the ledger; raise `ValueError`, `TypeError` or `KeyError` when it is damaged."""
        found = dict(record)
        for name in ("accepted_path", "rejected_path"):
            found[name] = root / found[name] if found[name] else None
        found["spans"] = tuple(Span(*span) for span in found.get("spans", ()))
        found["earlier"] = tuple(EarlierContent(*content) for content in found.get("earlier", ()))
        found["pending"] = LakeFile.from_record(found["pending"], root) if found.get("pending") else None
        return LakeFile(**found)


def iso_time(nanoseconds: int) -> str:
    """Return a file time as ISO text in UTC, to the second."""
    return datetime.fromtimestamp(nanoseconds // 10**9, UTC).isoformat(timespec="seconds")

"""What each sender's months come to, and which files bring them, from the ledger and the overlap alone."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from kpi.ingest.overlap import Overlap
from kpi.lake_file import LakeFile


@dataclass(frozen=True)
class MonthPart:
    """What one file adds to a sender's month; `replaces` tells that it took the place of an older file's rows."""

    source_file: str
    sha256: str
    modified_ns: int
    log_rows: int
    transactions: int
    replaces: bool


@dataclass(frozen=True)
class SenderMonth:
    """What counts of one entity's month, by file from the first received to the last."""

    entity_id: str
    month: date
    months_covered: int
    parts: tuple[MonthPart, ...]

    @cached_property
    def transactions(self) -> int:
        """Return what the month comes to."""
        return sum(part.transactions for part in self.parts)

    @property
    def ends_before(self) -> date:
        """Return the first day after it."""
        number = month_number(self.month) + self.months_covered
        return date(number // 12, number % 12 + 1, 1)

    @property
    def judged(self) -> list[object]:
        """Return what a release of the month covers: the contents that make it up and what they come to."""
        contents = sorted((part.source_file, part.sha256, part.transactions) for part in self.parts)
        return [self.entity_id, self.month.isoformat(), self.months_covered, contents]


def month_number(month: date) -> int:
    """Return how many months lie between a month and the beginning of the count of years."""
    return 12 * month.year + month.month - 1


def sender_months(files: Iterable[LakeFile], overlap: Overlap) -> list[SenderMonth]:
    """Sum up the transactions that count, by entity and month: not those held back, replaced or sent twice."""
    contents = {file.source_file: file for file in files}
    found: defaultdict[tuple[str, date, int], list[MonthPart]] = defaultdict(list)
    for name, entity, month, covered, rows, transactions, replaces in overlap.counted.iter_rows():
        part = MonthPart(name, contents[name].sha256, contents[name].modified_ns, rows, transactions, replaces)
        found[entity, month, covered].append(part)
    for parts in found.values():
        parts.sort(key=lambda part: (part.modified_ns, part.source_file))
    return [SenderMonth(*cell, tuple(parts)) for cell, parts in sorted(found.items())]

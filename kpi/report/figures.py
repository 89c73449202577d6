"""The figures of one document, as they are frozen when it is issued and compared afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kpi.periods import Period
from kpi.queries.snapshot_book import Book
from kpi.queries.source_files import SourceFile, SourceFiles, causes_of, changed_files
from kpi.report.scope import Scope


@dataclass(frozen=True)
class Figure:
    """Hold one figure exactly; None means not provided, `as_of` is the month a stock was counted in."""

    value: float | None
    numerator: int | None
    denominator: int | None
    as_of: date | None


Figures = Mapping[str, Figure]
"""Figures by KPI."""


@dataclass(frozen=True)
class Issued:
    """Hold what a document said when it was issued: its period, build, figures and the source files behind them.

    `digests` holds the SHA-256 of each file by its name, `revision` counts corrected issues from 1.
    """

    scope: str
    period: Period
    build_id: str
    figures: Figures
    digests: Mapping[str, str]
    files: Mapping[str, SourceFile]
    revision: int = 1


@dataclass(frozen=True)
class Restated:
    """Tell how a figure that was issued is computed now, and because of which files."""

    scope: str
    kpi_id: str
    before: Figure
    after: Figure
    causes: tuple[str, ...]

    @property
    def difference(self) -> float | None:
        """Return how far the value moved, in its unit; None when one of the two is not provided."""
        if self.before.value is None or self.after.value is None:
            return None
        return self.after.value - self.before.value


def figures_of(book: Book, scope: Scope, period: Period | None = None) -> Figures:
    """Return every KPI's figure for a scope, in the snapshot's period or an earlier one that was read."""
    found = {}
    for kpi in book.kpis.values():
        if scope.kind in kpi.scopes:
            cell, as_of = book.cell(kpi.id, scope.kind, scope.group, period or book.period)
            found[kpi.id] = (
                Figure(cell.value, cell.numerator, cell.denominator, as_of) if cell else Figure(None, None, None, None)
            )
    return found


def restatements(issued: Issued, now: Figures, sources: SourceFiles, scope: Scope) -> tuple[Restated, ...]:
    """Compare what was issued with the same figures today, each with the changed files that it is computed from."""
    nothing = Figure(None, None, None, None)
    differing = [
        (kpi_id, before, after)
        for kpi_id, before in issued.figures.items()
        if (after := now.get(kpi_id, nothing)) != before
    ]
    changed = changed_files(issued.files, sources) if differing else {}
    entity_id = scope.group if scope.kind == "entity" else None
    return tuple(
        Restated(issued.scope, kpi_id, before, after, causes_of(kpi_id, entity_id, issued.period, changed, sources))
        for kpi_id, before, after in differing
    )

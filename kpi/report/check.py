"""Compare what was issued with what the data say now, and the files with their digests."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kpi.catalogue import Kpi
from kpi.errors import ReportError
from kpi.lake import sha256_of
from kpi.queries.snapshot_book import Book, read_book
from kpi.queries.snapshot_scopes import ScopeNames, scope_names
from kpi.queries.source_files import SourceFiles, source_files
from kpi.report.content import check_month
from kpi.report.figures import Issued, Restated, figures_of, restatements
from kpi.report.record import Store
from kpi.report.scope import Scope, scopes_asked
from kpi.settings import Settings
from kpi.warehouse.connect import Warehouse


@dataclass(frozen=True)
class CheckedSnapshots:
    """Tell how the issued snapshots of a month stand: figures restated since, and files that are not as issued."""

    month: date
    build_id: str
    issued: tuple[Issued, ...]
    restated: tuple[Restated, ...]
    altered: tuple[str, ...]
    missing: tuple[str, ...]
    kpis: Mapping[str, Kpi]

    @property
    def documents(self) -> int:
        """Count the issued files."""
        return sum(len(one.digests) for one in self.issued)

    @property
    def is_same(self) -> bool:
        """Tell whether every figure and every file is as it was issued."""
        return not (self.restated or self.altered or self.missing)


def check_issued(settings: Settings, month: date) -> CheckedSnapshots:
    """Compare every issued snapshot of a month; raise `ReportError` when none was issued."""
    warehouse = Warehouse.open(settings.workspace, settings.build)
    try:
        return check_with(warehouse, settings.workspace, month)
    finally:
        warehouse.close()


def check_with(warehouse: Warehouse, workspace: Path, month: date) -> CheckedSnapshots:
    """Compare every issued snapshot of a month with an open build; raise `ReportError` when none was issued."""
    store = Store(workspace)
    issued = store.all_issued(month)
    if not issued:
        raise ReportError("report_not_issued", month=f"{month:%Y-%m}")
    check_month(warehouse, month)
    names = scope_names(warehouse)
    kinds = dict.fromkeys(["programme", *(one.scope.partition(":")[0] for one in issued)])
    book, sources = read_book(warehouse, month, tuple(kinds)), source_files(warehouse)  # ty: ignore[invalid-argument-type]
    restated = [found for one in issued for found in _restated(one, book, sources, names)]
    altered, missing = _files(store, month, issued)
    return CheckedSnapshots(month, book.build.build_id, issued, tuple(restated), altered, missing, book.kpis)


def _restated(issued: Issued, book: Book, sources: SourceFiles, names: ScopeNames) -> tuple[Restated, ...]:
    try:
        (scope,) = scopes_asked((issued.scope,), names)
    except ReportError:  # it is no longer in the registry: none of its figures has a value any more
        scope = Scope("programme")
        return restatements(issued, {}, sources, scope)
    return restatements(issued, figures_of(book, scope, issued.period), sources, scope)


def _files(store: Store, month: date, issued: tuple[Issued, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    altered, missing = [], []
    for one in issued:
        for name, digest in one.digests.items():
            path = store.folder(month) / name
            if not path.is_file():
                missing.append(name)
            elif sha256_of(path) != digest:
                altered.append(name)
    return tuple(altered), tuple(missing)

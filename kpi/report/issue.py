"""Issue the documents of a month, or write copies elsewhere: what was issued is frozen and never replaced."""

import contextlib
import ctypes
import errno
import gc
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

from kpi.errors import DocumentNotWritten, KpiError, ReportError
from kpi.moment import today_in
from kpi.periods import shift_months
from kpi.queries.freshness import freshness
from kpi.queries.snapshot_scopes import scope_names
from kpi.report.batch import Outcome, WantedDocument, make_all
from kpi.report.content import Content, check_month, read_content
from kpi.report.figures import Figures, Issued, figures_of
from kpi.report.font import FONTS
from kpi.report.record import Store, sha256, write_aside
from kpi.report.scope import Scope, scopes_asked
from kpi.settings import Settings
from kpi.warehouse.connect import Warehouse

_FAULTS = {
    errno.EISDIR: "folder_there",
    errno.EEXIST: "file_there",
    errno.ENOTDIR: "file_there",
    errno.ENOENT: "no_folder",
    errno.ENAMETOOLONG: "name_too_long",
}
_OF_THE_FOLDER = ("file_there", "no_folder")

Status = Literal["issued", "unchanged", "copy", "failed"]
FIRST_REVISION = 1


@dataclass(frozen=True)
class Written:
    """Tell what became of one document: where it lies, or why it does not."""

    wanted: WantedDocument
    status: Status
    path: Path | None = None
    error: KpiError | None = None
    lost: str = ""


@dataclass(frozen=True)
class Order:
    """Say what is wanted: a month, scopes and languages; where to, if not into the issued snapshots.

    `reissue` issues a corrected revision where figures differ from what was issued; `skip_issued` leaves out, without
    comparing, what was issued before.
    """

    month: date
    scopes: tuple[str, ...]
    languages: tuple[str, ...]
    out: Path | None = None
    reissue: bool = False
    skip_issued: bool = False
    fonts: Path = FONTS


def write_reports(
    settings: Settings,
    order: Order,
    *,
    today: date | None = None,
    on_document: Callable[[Written, int, int], None] | None = None,
) -> tuple[Written, ...]:
    """Make every document wanted and write it; one that fails costs itself only.

    `on_document` hears of each document with how many are done and wanted. Raises `ReportError` for a scope that does
    not exist and for a month that is ahead or without data.
    """
    warehouse = Warehouse.open(settings.workspace, settings.build)
    store = Store(settings.workspace)
    try:
        scopes = scopes_asked(order.scopes, scope_names(warehouse))
        refuse_ahead(warehouse, order.month, today or today_in(settings.workspace))
        with store.issuing() if order.out is None else contextlib.nullcontext():
            wanted = [WantedDocument(scope, language) for scope in scopes for language in order.languages]
            results = []
            for result in _written(_Issuing(settings, warehouse, store, order), wanted):
                results.append(result)
                if on_document:
                    on_document(result, len(results), len(wanted))
        return tuple(results)
    finally:
        warehouse.close()


def refuse_ahead(warehouse: Warehouse, month: date, today: date) -> None:
    """Raise `ReportError` for a month that has not ended, or that the build does not cover."""
    if month >= today.replace(day=1):
        last = freshness(warehouse).last_month
        raise ReportError("report_month_ahead", month=f"{month:%Y-%m}", last=f"{last:%Y-%m}" if last else "–")
    check_month(warehouse, month)


@dataclass(frozen=True)
class _Issuing:
    settings: Settings
    warehouse: Warehouse
    store: Store
    order: Order


def _written(run: _Issuing, wanted: Sequence[WantedDocument]) -> Iterator[Written]:
    order, known = run.order, _Records(run, wanted)
    yield from known.failed
    todo = [one for one in wanted if one.scope.key not in known.damaged]
    if order.skip_issued:
        todo = [one for one in todo if not known.is_issued(one)]
    if not todo:
        return
    scopes = tuple({one.scope.key: one.scope for one in todo}.values())
    earlier = next(iter(known.earlier.values()), None)
    content = read_content(run.warehouse, order.month, scopes, earlier.period if earlier else None)
    figures = {scope.key: figures_of(content.book, scope) for scope in scopes}
    records, make = {}, []
    for one in todo:
        result = known.settled(one, figures[one.scope.key])
        if result is not None:
            yield result
            continue
        record = records.setdefault(one.scope.key, known.next_record(one.scope, content, figures))
        make.append(replace(one, revision=record.revision if order.out is None else None))
    if not make:
        return
    run.warehouse.close()  # all that is asked of it is in the content, and the documents need the memory
    _give_back_memory()
    workers = min(run.settings.threads, os.cpu_count() or 1)
    for outcome in make_all(content, make, known.earlier, workers=workers, fonts=order.fonts):
        yield _stored(run, outcome, records)


def _give_back_memory() -> None:
    """Ask the C library to return what was freed; without glibc there is no such request, and no need of it."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _stored(run: _Issuing, outcome: Outcome, records: dict[str, Issued]) -> Written:
    """Write one document and add it to the record of its scope; the file comes first, so a record is never ahead."""
    one, order = outcome.wanted, run.order
    if outcome.pdf is None:
        return Written(one, "failed", error=outcome.error, lost=outcome.lost)
    record = records[one.scope.key]
    if order.out is None:
        path = run.store.folder(order.month) / file_name(one, record.revision)
    else:
        path = order.out / f"{order.month:%Y-%m}-{one.file}"
    try:
        write_aside(path, outcome.pdf)
        if order.out is None:
            record = replace(record, digests={**record.digests, path.name: sha256(outcome.pdf)})
            run.store.write(order.month, one.scope, record)
            records[one.scope.key] = record
    except KpiError as error:
        return Written(one, "failed", error=error, lost=outcome.lost)
    except OSError as fault:
        # A name that is taken by a folder, a path that is too long: whatever it is, the others are written.
        return Written(one, "failed", error=_not_written(path, fault), lost=outcome.lost)
    return Written(one, "issued" if order.out is None else "copy", path, lost=outcome.lost)


def _not_written(path: Path, fault: OSError) -> DocumentNotWritten:
    known = _FAULTS.get(fault.errno or 0, "")
    place = path.parent if known in _OF_THE_FOLDER else path
    return DocumentNotWritten("report_not_written", place=place, fault=known, reason=fault.strerror or fault)


def file_name(wanted: WantedDocument, revision: int) -> str:
    """Return the name of an issued document; a corrected one carries its revision."""
    if revision == FIRST_REVISION:
        return wanted.file
    return f"{wanted.scope.stem}-{wanted.language}-r{revision}.pdf"


class _Records:
    """Hold what was issued of the month and of the month before, for the scopes wanted."""

    def __init__(self, run: _Issuing, wanted: Sequence[WantedDocument]) -> None:
        self.order = run.order
        self.issued: dict[str, Issued] = {}
        self.earlier: dict[str, Issued] = {}
        self.damaged: set[str] = set()
        self.failed: list[Written] = []
        before = shift_months(run.order.month, -1)
        for scope in {one.scope.key: one.scope for one in wanted}.values():
            try:
                found = (run.store.issued(run.order.month, scope) if run.order.out is None else None,
                         run.store.issued(before, scope))  # fmt: skip
            except ReportError as error:
                self.damaged.add(scope.key)
                self.failed += [Written(one, "failed", error=error) for one in wanted if one.scope == scope]
                continue
            for records, record in zip((self.issued, self.earlier), found, strict=True):
                if record is not None:
                    records[scope.key] = record

    def is_issued(self, one: WantedDocument) -> bool:
        """Tell whether a document was issued, in whatever revision."""
        record = self.issued.get(one.scope.key)
        return record is not None and file_name(one, record.revision) in record.digests

    def settled(self, one: WantedDocument, now: Figures) -> Written | None:
        """Say that a document needs no making, or may not be made; None when it is to be made."""
        record = self.issued.get(one.scope.key)
        if record is None:
            return None
        if dict(record.figures) == dict(now):
            return Written(one, "unchanged") if self.is_issued(one) else None
        if self.order.reissue:
            return None
        facts = {"document": one.file, "build": record.build_id, "month": f"{self.order.month:%Y-%m}"}
        return Written(one, "failed", error=ReportError("report_already_issued", **facts))

    def next_record(self, scope: Scope, content: Content, figures: Mapping[str, Figures]) -> Issued:
        """Return the record that the documents of a scope are added to: the one there is, or a new revision."""
        record = self.issued.get(scope.key)
        if record is not None and dict(record.figures) == dict(figures[scope.key]):
            return record
        return Issued(
            scope=scope.key,
            period=content.period,
            build_id=content.book.build.build_id,
            figures=figures[scope.key],
            digests=record.digests if record else {},
            files=content.sources.files,
            revision=record.revision + 1 if record else FIRST_REVISION,
        )

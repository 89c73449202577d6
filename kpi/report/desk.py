"""What a page needs of the snapshots: one document, pictures of its pages, all as one archive, and what was issued."""

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from kpi.periods import shift_months
from kpi.queries.snapshot_scopes import scope_names
from kpi.report.batch import Outcome, Wanted, make_all, make_one
from kpi.report.content import Content, read_content
from kpi.report.document import document
from kpi.report.figures import Issued
from kpi.report.record import Store
from kpi.report.render import PREVIEW_PPI, Renderer
from kpi.report.scope import ALL, Scope, scopes_asked
from kpi.warehouse.connect import Warehouse

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the same documents give the same archive


@dataclass(frozen=True)
class IssuedDocument:
    """Tell of one issued document: its file, digest, build, revision, and whether the file is still there."""

    scope: str
    path: Path
    sha256: str
    build_id: str
    revision: int
    is_present: bool


def issued_months(workspace: Path) -> tuple[date, ...]:
    """List the months of which anything was issued, the latest first."""
    return tuple(reversed(Store(workspace).months()))


def issued_documents(workspace: Path, month: date) -> tuple[IssuedDocument, ...]:
    """List what was issued of a month, every revision, by scope and name."""
    store = Store(workspace)
    folder = store.folder(month)
    return tuple(
        IssuedDocument(one.scope, folder / name, digest, one.build_id, one.revision, (folder / name).is_file())
        for one in store.all_issued(month)
        for name, digest in sorted(one.digests.items())
    )


def one_pdf(warehouse: Warehouse, workspace: Path, month: date, scope: str, language: str) -> tuple[str, bytes]:
    """Make one document from the data now; return its file name and bytes. Nothing is recorded."""
    content, (found,), earlier = _read(warehouse, workspace, month, (scope,))
    wanted = Wanted(found, language)
    return f"{month:%Y-%m}-{wanted.file}", make_one(content, wanted, earlier.get(found.key))


def previews(
    warehouse: Warehouse, workspace: Path, month: date, scope: str, language: str, ppi: float = PREVIEW_PPI
) -> tuple[bytes, ...]:
    """Return a PNG of each page of one document, from the template of the PDF."""
    content, (found,), earlier = _read(warehouse, workspace, month, (scope,))
    return _renderer().pictures(document(content, found, language, earlier.get(found.key)), ppi)


def archive(
    warehouse: Warehouse,
    workspace: Path,
    month: date,
    languages: Sequence[str],
    *,
    scopes: Sequence[str] = (ALL,),
    workers: int = 2,
    on_document: Callable[[int, int], None] | None = None,
) -> tuple[bytes, tuple[Outcome, ...]]:
    """Make many documents into one ZIP; return it with the documents that could not be made.

    `on_document` hears how many are done and how many are wanted.
    """
    content, found, earlier = _read(warehouse, workspace, month, scopes)
    wanted = [Wanted(scope, language) for scope in found for language in languages]
    made: dict[str, bytes] = {}
    failed = []
    for done, outcome in enumerate(make_all(content, wanted, earlier, workers=workers), start=1):
        if outcome.pdf is None:
            failed.append(outcome)
        else:
            made[f"{month:%Y-%m}-{outcome.wanted.file}"] = outcome.pdf
        if on_document:
            on_document(done, len(wanted))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as bundle:  # a PDF is compressed already
        for name in sorted(made):
            bundle.writestr(zipfile.ZipInfo(name, _ZIP_TIME), made[name])
    return out.getvalue(), tuple(failed)


def _read(
    warehouse: Warehouse, workspace: Path, month: date, asked: Sequence[str]
) -> tuple[Content, tuple[Scope, ...], dict[str, Issued]]:
    scopes = scopes_asked(asked, scope_names(warehouse))
    store, before = Store(workspace), shift_months(month, -1)
    earlier = {scope.key: record for scope in scopes if (record := store.issued(before, scope)) is not None}
    period = next((record.period for record in earlier.values()), None)
    return read_content(warehouse, month, scopes, period), scopes, earlier


@cache
def _renderer() -> Renderer:
    return Renderer()

"""What a page needs of the snapshots: one document, pictures of its pages, all as one archive, and what was issued.

Nothing is set in the process that asks: a server has many threads, Typst serves one at a time and keeps what it laid
out.
"""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from kpi.periods import shift_months
from kpi.queries.snapshot_scopes import scope_names
from kpi.report.batch import Outcome, WantedDocument, make_all
from kpi.report.content import Content, read_content
from kpi.report.document import document
from kpi.report.figures import Issued
from kpi.report.font import FONTS, require_fonts
from kpi.report.issue import FIRST_REVISION
from kpi.report.record import Store
from kpi.report.render import PREVIEW_PPI
from kpi.report.scope import ALL, Scope, all_scopes, scopes_asked
from kpi.report.typesetter import Typesetter
from kpi.warehouse.connect import Warehouse

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the same documents give the same archive
_ALL_CORES = 0
_NAME = re.compile(r"-(?P<language>[a-z]{2})(?:-r(?P<revision>\d+))?\.pdf$")


@dataclass(frozen=True)
class IssuedDocument:
    """Tell of one issued document: its file, digest, build, and whether the file is still there.

    `build_id` is None for a revision that a later one took the place of: the record names the last one only.
    `written_at` is the time of the file.
    """

    scope: str
    language: str
    path: Path
    sha256: str
    revision: int
    is_last: bool
    build_id: str | None
    written_at: datetime | None

    @property
    def is_present(self) -> bool:
        """Tell whether the file is there."""
        return self.written_at is not None


@dataclass(frozen=True)
class Ready:
    """Hold what one document says in either language, read from one build and from the snapshot issued before."""

    content: Content
    scope: Scope
    earlier: Issued | None

    @property
    def timestamp(self) -> int:
        """Return the time that the document bears: that of its build."""
        return int(self.content.book.build.built_at.timestamp())


def every_scope(warehouse: Warehouse) -> tuple[Scope, ...]:
    """List what a document can be about, the programme first."""
    return all_scopes(scope_names(warehouse))


def issued_months(workspace: Path) -> tuple[date, ...]:
    """List the months of which anything was issued, the latest first."""
    return tuple(reversed(Store(workspace).months()))


def issued_mark(workspace: Path, month: date) -> str:
    """Return what changes when anything of a month is issued, altered or taken away."""
    found = sorted((path.name, path.stat()) for path in Store(workspace).folder(month).glob("*.*"))
    return ";".join(f"{name}:{stat.st_mtime_ns}:{stat.st_size}" for name, stat in found)


def issued_documents(workspace: Path, month: date) -> tuple[IssuedDocument, ...]:
    """List what was issued of a month, every revision, by scope and language; raise `ReportError` for a bad record."""
    store = Store(workspace)
    folder, listed = store.folder(month), []
    for record in store.all_issued(month):
        found = [_issued_document(record, folder / name, digest) for name, digest in record.digests.items()]
        listed += sorted(found, key=lambda one: (one.language, one.revision))
    return tuple(listed)


def ready(warehouse: Warehouse, workspace: Path, month: date, scope: str) -> Ready:
    """Read what one document says; raise `ReportError` for a month without data and for an unknown scope."""
    content, (found,), earlier = _read(warehouse, workspace, month, (scope,))
    return Ready(content, found, earlier.get(found.key))


def pdf_of(asked: Ready, language: str) -> tuple[str, bytes]:
    """Make the PDF; return its file name and bytes. Nothing is recorded."""
    draft = document(asked.content, asked.scope, language, asked.earlier)
    with Typesetter(asked.timestamp, require_fonts(FONTS), threads=_ALL_CORES) as typesetter:
        return f"{asked.content.month:%Y-%m}-{WantedDocument(asked.scope, language).file}", typesetter.pdf(draft)


def pictures_of(asked: Ready, language: str, ppi: float = PREVIEW_PPI) -> tuple[bytes, ...]:
    """Return a PNG of each page, from the template of the PDF."""
    draft = document(asked.content, asked.scope, language, asked.earlier)
    with Typesetter(asked.timestamp, require_fonts(FONTS), threads=_ALL_CORES) as typesetter:
        return typesetter.pictures(draft, ppi)


def one_pdf(warehouse: Warehouse, workspace: Path, month: date, scope: str, language: str) -> tuple[str, bytes]:
    """Make one document from the data now; return its file name and bytes. Nothing is recorded."""
    return pdf_of(ready(warehouse, workspace, month, scope), language)


def previews(
    warehouse: Warehouse, workspace: Path, month: date, scope: str, language: str, ppi: float = PREVIEW_PPI
) -> tuple[bytes, ...]:
    """Return a PNG of each page of one document, from the template of the PDF."""
    return pictures_of(ready(warehouse, workspace, month, scope), language, ppi)


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
    wanted = [WantedDocument(scope, language) for scope in found for language in languages]
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


def _issued_document(record: Issued, path: Path, digest: str) -> IssuedDocument:
    found = _NAME.search(path.name)
    language, revision = (found["language"], int(found["revision"] or FIRST_REVISION)) if found else ("", 0)
    is_last = revision == record.revision
    try:
        written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        written_at = None
    build_id = record.build_id if is_last else None
    return IssuedDocument(record.scope, language, path, digest, revision, is_last, build_id, written_at)

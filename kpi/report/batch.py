"""Make many documents: the content is read once, and Typst works in processes of its own.

A document that fails costs itself, not the batch; a worker that dies costs the document it was making.
"""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from kpi.errors import KpiError, ReportError
from kpi.report.content import Content
from kpi.report.document import document
from kpi.report.figures import Issued
from kpi.report.font import FONTS, require_fonts
from kpi.report.render import Renderer
from kpi.report.scope import Scope
from kpi.report.typesetter import Typesetter

WORTH_WORKERS = 4  # documents; below, starting a process costs more than it saves


@dataclass(frozen=True)
class Wanted:
    """Name one document: its scope and language."""

    scope: Scope
    language: str

    @property
    def file(self) -> str:
        """Return the name of its file."""
        return f"{self.scope.stem}-{self.language}.pdf"


@dataclass(frozen=True)
class Outcome:
    """Hold the bytes of a document, or why there are none; `lost` says which characters the font lacks."""

    wanted: Wanted
    pdf: bytes | None
    error: KpiError | None = None
    lost: str = ""


_Draft = tuple[tuple[Wanted, str], dict[str, object] | Outcome]
"""A document ready to be set with what the font lacks, or why there is none."""


def make_all(
    content: Content,
    wanted: Sequence[Wanted],
    earlier: Mapping[str, Issued],
    *,
    workers: int,
    fonts: Path = FONTS,
) -> Iterator[Outcome]:
    """Make every document, each given out when it is done; `earlier` holds the issued snapshots of the month before.

    Raises `ReportError` before the first when the fonts are missing.
    """
    require_fonts(fonts)
    timestamp = int(content.book.build.built_at.timestamp())
    # By language: a large document and its translation would be set at the same time, and need most memory together.
    drafts = _drafts(content, sorted(wanted, key=lambda one: one.language), earlier)
    if workers < 2 or len(wanted) < WORTH_WORKERS:
        renderer = Renderer(fonts)
        for task, draft in drafts:
            yield draft if isinstance(draft, Outcome) else _outcome(*task, partial(renderer.pdf, draft, timestamp))
        return
    yield from _in_workers(drafts, min(workers, len(wanted)), timestamp, fonts)


def make_one(content: Content, wanted: Wanted, earlier: Issued | None) -> bytes:
    """Make one document; raise what stands against it."""
    (outcome,) = make_all(content, [wanted], {wanted.scope.key: earlier} if earlier else {}, workers=1)
    if outcome.pdf is None:
        raise outcome.error or ReportError("report_not_made", reason=wanted.file)
    return outcome.pdf


def _drafts(content: Content, wanted: Iterable[Wanted], earlier: Mapping[str, Issued]) -> Iterator[_Draft]:
    for one in wanted:
        try:
            draft = document(content, one.scope, one.language, earlier.get(one.scope.key))
        except KpiError as error:
            yield (one, ""), Outcome(one, None, error)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one document, the others are made
            reason = f"{type(error).__name__}: {error}"
            yield (one, ""), Outcome(one, None, ReportError("report_not_made", reason=reason))
        else:
            yield (one, str(draft["lost"])), draft


def _outcome(wanted: Wanted, lost: str, make: Callable[[], bytes]) -> Outcome:
    try:
        return Outcome(wanted, make(), lost=lost)
    except KpiError as error:
        return Outcome(wanted, None, error, lost)


def _in_workers(drafts: Iterator[_Draft], count: int, timestamp: int, fonts: Path) -> Iterator[Outcome]:
    results: queue.SimpleQueue[Outcome | None] = queue.SimpleQueue()
    turn, stopped = threading.Lock(), threading.Event()

    def work() -> None:
        try:
            with Typesetter(timestamp, fonts) as typesetter:
                while not stopped.is_set():
                    with turn:
                        task, draft = next(drafts, (None, None))
                    if task is None or draft is None:
                        return
                    made = draft if isinstance(draft, Outcome) else _outcome(*task, partial(typesetter.pdf, draft))
                    results.put(made)
        finally:
            results.put(None)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        for _ in threads:
            while (outcome := results.get()) is not None:
                yield outcome
    finally:
        stopped.set()
        for thread in threads:
            thread.join()

"""Make many documents: the content is read once, and Typst works in processes of its own.

A document that fails costs itself, not the batch; a worker that dies costs the document it was making.
"""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import wait
from dataclasses import dataclass
from pathlib import Path

from kpi.background import in_thread
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
class WantedDocument:
    """Name one document: its scope and language, and which revision of what is issued; None for a copy."""

    scope: Scope
    language: str
    revision: int | None = None

    @property
    def file(self) -> str:
        """Return the name of its file."""
        return f"{self.scope.stem}-{self.language}.pdf"


@dataclass(frozen=True)
class Outcome:
    """Hold the bytes of a document, or why there are none; `lost` says which characters the font lacks."""

    wanted: WantedDocument
    pdf: bytes | None
    error: KpiError | None = None
    lost: str = ""


_Draft = tuple[tuple[WantedDocument, str], dict[str, object] | Outcome]
"""A document ready to be set with what the font lacks, or why there is none."""


def make_all(
    content: Content,
    wanted: Sequence[WantedDocument],
    earlier: Mapping[str, Issued],
    *,
    workers: int,
    fonts: Path = FONTS,
) -> Iterator[Outcome]:
    """Make every document, each given out when it is done; `earlier` holds the issued snapshots of the month before.

    There is an outcome for each that is wanted, whatever becomes of processes and threads. Raises `ReportError` before
    the first when the fonts are missing.
    """
    require_fonts(fonts)
    timestamp = int(content.book.build.built_at.timestamp())
    # By language: a large document and its translation would be set at the same time, and need most memory together.
    drafts = _drafts(content, sorted(wanted, key=lambda one: one.language), earlier)
    if workers < 2 or len(wanted) < WORTH_WORKERS:
        renderer = Renderer(fonts)
        made = (_made(one, draft, lambda draft: renderer.pdf(draft, timestamp)) for one, draft in drafts)
    else:
        made = _in_workers(drafts, min(workers, len(wanted)), timestamp, fonts)
    missing = dict.fromkeys(wanted)
    for outcome in made:
        missing.pop(outcome.wanted, None)
        yield outcome
    for one in missing:
        yield Outcome(one, None, ReportError("report_not_made", reason="what was to make it ended without a word"))


def _drafts(content: Content, wanted: Iterable[WantedDocument], earlier: Mapping[str, Issued]) -> Iterator[_Draft]:
    for one in wanted:
        try:
            draft = document(content, one.scope, one.language, earlier.get(one.scope.key), one.revision)
        except KpiError as error:
            yield (one, ""), Outcome(one, None, error)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one document, the others are made
            reason = f"{type(error).__name__}: {error}"
            yield (one, ""), Outcome(one, None, ReportError("report_not_made", reason=reason))
        else:
            yield (one, str(draft["lost"])), draft


def _made(
    task: tuple[WantedDocument, str], draft: dict[str, object] | Outcome, make: Callable[[dict[str, object]], bytes]
) -> Outcome:
    if isinstance(draft, Outcome):
        return draft
    wanted, lost = task
    try:
        return Outcome(wanted, make(draft), lost=lost)
    except KpiError as error:
        return Outcome(wanted, None, error, lost)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one document, the others are made
        reason = f"{type(error).__name__}: {error}"
        return Outcome(wanted, None, ReportError("report_not_made", reason=reason), lost)


def _in_workers(drafts: Iterator[_Draft], count: int, timestamp: int, fonts: Path) -> Iterator[Outcome]:
    results: queue.SimpleQueue[Outcome | None] = queue.SimpleQueue()
    turn, stopped = threading.Lock(), threading.Event()

    def work() -> None:
        with Typesetter(timestamp, fonts) as typesetter:
            while not stopped.is_set():
                with turn:
                    task, draft = next(drafts, (None, None))
                if task is None or draft is None:
                    return
                results.put(_made(task, draft, typesetter.pdf))

    working = [in_thread(work) for _ in range(count)]
    for one in working:
        one.add_done_callback(lambda _: results.put(None))
    try:
        for _ in working:
            while (outcome := results.get()) is not None:
                yield outcome
    finally:
        stopped.set()
        wait(working)

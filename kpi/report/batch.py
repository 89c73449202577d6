"""Make many documents: the content is read once, and Typst works in processes of its own.

A document that fails costs itself, not the batch; a worker that dies costs the document it was making.
"""

import gc
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from kpi.errors import KpiError, ReportError
from kpi.report.content import Content
from kpi.report.document import document
from kpi.report.figures import Issued
from kpi.report.font import FONTS, require_fonts
from kpi.report.render import Renderer
from kpi.report.scope import Scope

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


@dataclass
class _Worker:
    process: BaseProcess
    line: Connection
    task: tuple[Wanted, str] | None = None


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
    drafts = _drafts(content, wanted, earlier)
    if workers < 2 or len(wanted) < WORTH_WORKERS:
        renderer = Renderer(fonts)
        for task, draft in drafts:
            yield (
                draft
                if isinstance(draft, Outcome)
                else _outcome(*task, lambda text=draft: renderer.pdf(text, timestamp))
            )
        return
    yield from _in_workers(drafts, min(workers, len(wanted)), timestamp, fonts)


def make_one(content: Content, wanted: Wanted, earlier: Issued | None) -> bytes:
    """Make one document; raise what stands against it."""
    (outcome,) = make_all(content, [wanted], {wanted.scope.key: earlier} if earlier else {}, workers=1)
    if outcome.pdf is None:
        raise outcome.error or ReportError("report_not_made", reason=wanted.file)
    return outcome.pdf


def _drafts(
    content: Content, wanted: Iterable[Wanted], earlier: Mapping[str, Issued]
) -> Iterator[tuple[tuple[Wanted, str], "dict[str, object] | Outcome"]]:
    for one in wanted:
        try:
            draft = document(content, one.scope, one.language, earlier.get(one.scope.key))
        except KpiError as error:
            yield (one, ""), Outcome(one, None, error)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one document, the others are made
            yield (
                (one, ""),
                Outcome(one, None, ReportError("report_not_made", reason=f"{type(error).__name__}: {error}")),
            )
        else:
            yield (one, str(draft["lost"])), draft


def _outcome(wanted: Wanted, lost: str, make: Callable[[], bytes]) -> Outcome:
    try:
        return Outcome(wanted, make(), lost=lost)
    except KpiError as error:
        return Outcome(wanted, None, error, lost)


def _in_workers(drafts: Iterator, count: int, timestamp: int, fonts: Path) -> Iterator[Outcome]:
    pool = [_start(timestamp, fonts) for _ in range(count)]
    try:
        waiting = True
        while waiting or any(worker.task for worker in pool):
            for place, worker in enumerate(pool):
                if waiting and worker.task is None:
                    if not worker.process.is_alive():
                        pool[place] = worker = _start(timestamp, fonts)
                    task, draft = next(drafts, (None, None))
                    if task is None:
                        waiting = False
                    elif isinstance(draft, Outcome):
                        yield draft
                    else:
                        worker.task = task
                        worker.line.send(draft)
            busy = [worker for worker in pool if worker.task]
            ready = wait([worker.line for worker in busy], timeout=None if busy else 0)
            for worker in busy:
                if worker.line in ready and worker.task:
                    task, worker.task = worker.task, None
                    yield _received(worker, *task)
    finally:
        for worker in pool:
            worker.line.close()
            worker.process.join(timeout=0.05 if worker.task else 5)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()


def _received(worker: _Worker, wanted: Wanted, lost: str) -> Outcome:
    try:
        pdf, error = worker.line.recv()
    except (EOFError, OSError):
        worker.process.join()
        reason = f"exit code {worker.process.exitcode}"
        pdf, error = None, ReportError("report_not_made", reason=reason)
    return Outcome(wanted, pdf, error, lost)


def _start(timestamp: int, fonts: Path) -> _Worker:
    # Started fresh: a copy of this process would hold the warehouse and everything read from it.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, timestamp, fonts), daemon=True)
    process.start()
    theirs.close()  # so that the death of the worker is an end of file on our side
    return _Worker(process, ours)


def _serve(line: Connection, timestamp: int, fonts: Path) -> None:
    """Make what the line asks for until it closes."""
    for number in (signal.SIGINT, signal.SIGTERM):  # the parent decides when an interrupted batch ends
        signal.signal(number, signal.SIG_IGN)
    renderer = Renderer(fonts)
    try:
        while True:
            draft = line.recv()
            try:
                line.send((renderer.pdf(draft, timestamp), None))
            except KpiError as error:
                line.send((None, error))
            gc.collect()
    except (EOFError, ConnectionError):
        os._exit(0)

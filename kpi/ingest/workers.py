"""Load many files at once, a bundle at a time each worker; a worker that dies costs its file, not the load."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from threading import Thread

from kpi.errors import SourceError
from kpi.ingest.load_file import FileResult, Plan, failed
from kpi.ingest.together import bundles, load_files, read_bytes

WORTH_A_PROCESS_BYTES = 24 * 2**20
"""Below, one after the other is done before a process has started."""
WORTH_ALL_PROCESSES_BYTES = 128 * 2**20
"""Below, one of the workers is a thread of this process: it works while the others start."""


@dataclass
class _Worker:
    runs: BaseProcess | Thread
    line: Connection
    knows_plan: bool = False
    task: tuple[str, ...] | None = None


def load_all(
    plan: Plan, tasks: list[tuple[str, int]], *, workers: int, on_result: Callable[[FileResult], None]
) -> list[FileResult]:
    """Load every file (source file, bytes) and return the results in the order they were finished."""
    results: list[FileResult] = []

    def finish(result: FileResult) -> None:
        results.append(result)
        on_result(result)

    ordered = bundles(plan, tasks)
    count, to_read = min(workers, len(ordered)), sum(read_bytes(name, size) for name, size in tasks)
    if count < 2 or to_read < WORTH_A_PROCESS_BYTES:
        for names in ordered:
            for result in load_files(plan, names):
                finish(result)
    else:
        starts = [_start_process] * count
        if to_read < WORTH_ALL_PROCESSES_BYTES:
            starts[0] = _start_thread
        _run_pool(plan, ordered, starts, finish)
    return results


def _run_pool(
    plan: Plan,
    tasks: list[tuple[str, ...]],
    starts: Sequence[Callable[[], _Worker]],
    finish: Callable[[FileResult], None],
) -> None:
    waiting = list(reversed(tasks))
    with _thread_share(len(starts)):
        pool = [start() for start in starts]
        try:
            pool = [_feed(plan, worker, waiting) for worker in pool]
            while any(worker.task for worker in pool):
                ready = wait([worker.line for worker in pool if worker.task])
                for place, worker in enumerate(pool):
                    if worker.line in ready:
                        for result in _results(plan, worker, waiting):
                            finish(result)
                        pool[place] = _feed(plan, worker, waiting)
        finally:
            for worker in pool:
                _stop(worker)


def _results(plan: Plan, worker: _Worker, waiting: list[tuple[str, ...]]) -> list[FileResult]:
    """Return what a worker found; when it died over several files, let each of them wait to be loaded by itself."""
    task, worker.task = worker.task or (), None
    try:
        return worker.line.recv()
    except (EOFError, OSError):
        worker.runs.join()
        if len(task) > 1:
            waiting += [(name,) for name in task]
            return []
        return [
            failed(plan, name, SourceError("worker_died", file=name, code=getattr(worker.runs, "exitcode", "–")))
            for name in task
        ]


def _feed(plan: Plan, worker: _Worker, waiting: list[tuple[str, ...]]) -> _Worker:
    """Give the next files to a worker, or to a new one where it has died; return the one that has them."""
    if not waiting:
        return worker
    task = waiting.pop()
    for one in (worker, None):
        if one is None or not one.runs.is_alive():
            worker.line.close()
            worker = _start_process()
        worker.task = task
        with suppress(OSError):  # it died just now: a new one takes the files, and a second death is told as theirs
            # Not with the start of the process: that would wait until the process has imported what it needs.
            worker.line.send((None if worker.knows_plan else plan, task))
            worker.knows_plan = True
            break
    return worker


def _start_process() -> _Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve_alone, args=(theirs,), daemon=True)
    process.start()
    theirs.close()  # so that the death of the worker is an end of file on our side
    return _Worker(process, ours)


def _start_thread() -> _Worker:
    ours, theirs = multiprocessing.Pipe()
    thread = Thread(target=_serve, args=(theirs,))
    thread.start()
    return _Worker(thread, ours)


def _stop(worker: _Worker) -> None:
    worker.line.close()
    if not isinstance(worker.runs, Thread):  # a thread ends by itself, when its files are in the lake
        if worker.task:
            worker.runs.join(timeout=0.05)
        worker.runs.kill()
    worker.runs.join()


def _serve_alone(line: Connection) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):  # the parent decides when an interrupted load ends
        signal.signal(number, signal.SIG_IGN)
    _serve(line)


def _serve(line: Connection) -> None:
    """Load what the line asks for until it closes; the first question comes with the plan."""
    with line, suppress(EOFError, ConnectionError):
        plan, names = line.recv()
        while True:
            line.send(load_files(plan, names))
            _, names = line.recv()


@contextmanager
def _thread_share(count: int) -> Generator[None]:
    """Let the workers share the cores: Polars sizes its pool when it is imported, from the environment."""
    name = "POLARS_MAX_THREADS"
    before = os.environ.get(name)
    os.environ[name] = str(max(1, (os.cpu_count() or 1) // count))
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before

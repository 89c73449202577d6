"""Load many files in worker processes, a bundle at a time each; a worker that dies costs its file, not the load."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from kpi.errors import SourceError
from kpi.ingest.load_file import FileResult, Plan, failed
from kpi.ingest.together import bundles, load_files, read_bytes

WORTH_A_WORKER_BYTES = 128 * 2**20  # below, starting processes costs about what it saves


@dataclass
class _Worker:
    process: BaseProcess
    line: Connection
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
    count = min(workers, len(ordered))
    if count < 2 or sum(read_bytes(name, size) for name, size in tasks) < WORTH_A_WORKER_BYTES:
        for names in ordered:
            for result in load_files(plan, names):
                finish(result)
    else:
        _run_pool(plan, ordered, count, finish)
    return results


def _run_pool(plan: Plan, tasks: list[tuple[str, ...]], count: int, finish: Callable[[FileResult], None]) -> None:
    waiting = list(reversed(tasks))
    with _thread_share(count):
        pool = [_start(plan) for _ in range(count)]
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
        worker.process.join()
        if len(task) > 1:
            waiting += [(name,) for name in task]
            return []
        return [
            failed(plan, name, SourceError("worker_died", file=name, code=worker.process.exitcode)) for name in task
        ]


def _feed(plan: Plan, worker: _Worker, waiting: list[tuple[str, ...]]) -> _Worker:
    """Give the next files to a worker, or to a new one where it has died; return the one that has them."""
    if not waiting:
        return worker
    task = waiting.pop()
    for one in (worker, None):
        if one is None or not one.process.is_alive():
            worker.line.close()
            worker = _start(plan)
        worker.task = task
        with suppress(OSError):  # it died just now: a new one takes the files, and a second death is told as theirs
            worker.line.send(task)
            break
    return worker


def _start(plan: Plan) -> _Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, plan), daemon=True)
    process.start()
    theirs.close()  # so that the death of the worker is an end of file on our side
    return _Worker(process, ours)


def _stop(worker: _Worker) -> None:
    worker.line.close()
    worker.process.join(timeout=0.05 if worker.task else 5)
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join()


def _serve(line: Connection, plan: Plan) -> None:
    """Load what the line asks for until it closes."""
    for number in (signal.SIGINT, signal.SIGTERM):  # the parent decides when an interrupted load ends
        signal.signal(number, signal.SIG_IGN)
    try:
        while True:
            line.send(load_files(plan, line.recv()))
    except (EOFError, ConnectionError):
        return


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

"""Load many files at once, a bundle at a time each worker; a worker that dies costs its file, not the load."""

from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import wait

from kpi.errors import SourceError
from kpi.ingest.load_file import FileResult, Plan, failed
from kpi.ingest.together import bundles, load_files, read_bytes
from kpi.ingest.worker import WORTH_A_PROCESS_BYTES, Worker, start_process, start_thread

WORTH_ALL_PROCESSES_BYTES = 128 * 2**20
"""Below, one of the workers is a thread of this process: it works while the others start."""


def load_all(
    plan: Plan,
    tasks: list[tuple[str, int]],
    *,
    workers: int,
    on_result: Callable[[FileResult], None],
    begun: Worker | None = None,
) -> list[FileResult]:
    """Load every file (source file, bytes) and return the results in the order they were finished.

    A worker that has `begun` already is one of the `workers`, if that many are worth their start.
    """
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
        others = count - 1 if begun else count
        pool = [start_thread()] if to_read < WORTH_ALL_PROCESSES_BYTES else []
        pool += [start_process(count) for _ in range(others - len(pool))]
        _run_pool(plan, ordered, [*pool, begun] if begun else pool, finish, begun)
    return results


def _run_pool(
    plan: Plan,
    tasks: list[tuple[str, ...]],
    pool: list[Worker],
    finish: Callable[[FileResult], None],
    begun: Worker | None = None,
) -> None:
    waiting, share = list(reversed(tasks)), len(pool)
    try:
        for place, worker in enumerate(pool):
            pool[place] = _feed(plan, worker, waiting, share)
        while any(worker.task for worker in pool):
            ready = wait([worker.line for worker in pool if worker.task])
            for place, worker in enumerate(pool):
                if worker.line in ready:
                    for result in _results(plan, worker, waiting):
                        finish(result)
                    pool[place] = _feed(plan, worker, waiting, share)
    finally:
        for worker in pool:
            if worker is begun:
                worker.dismiss()  # who began it waits until it has ended
            else:
                worker.stop()


def _results(plan: Plan, worker: Worker, waiting: list[tuple[str, ...]]) -> list[FileResult]:
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


def _feed(plan: Plan, worker: Worker, waiting: list[tuple[str, ...]], share: int) -> Worker:
    """Give the next files to a worker, or to a new one where it has died; return the one that has them."""
    if not waiting:
        return worker
    task = waiting.pop()
    for one in (worker, None):
        if one is None or not one.runs.is_alive():
            worker.line.close()
            worker = start_process(share)
        worker.task = task
        with suppress(OSError):  # it died just now: a new one takes the files, and a second death is told as theirs
            # Not with the start of the process: that would wait until the process has imported what it needs.
            worker.line.send((None if worker.knows_plan else plan, task))
            worker.knows_plan = True
            break
    return worker

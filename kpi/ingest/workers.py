"""Load many files at once, a bundle at a time each worker; a worker that dies costs its file, not the load.

Only what cannot hurt by its construction, plain delimited text, is read in this process or a thread of it. Everything
else is read by processes in walls, which have the memory of the load together: the largest of them is ended when they
take more, and its files are read once more, alone and with all of it, before one is refused.
"""

import signal
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import wait
from threading import Thread

from kpi.errors import SourceError
from kpi.ingest.given_up import give_up
from kpi.ingest.load_file import FileResult, Plan, failed
from kpi.ingest.read import is_plain_text
from kpi.ingest.together import bundles, load_files, read_bytes
from kpi.ingest.worker import OUT_OF_MEMORY, WORTH_A_PROCESS_BYTES, Allowance, Worker, start_process, start_thread

WORTH_ALL_PROCESSES_BYTES = 128 * 2**20
"""Below, one of the workers is a thread of this process: it works while the others start."""
OWN_BYTES = 320 * 2**20
"""Of the memory of a load: what this process takes, plain text in slices and the libraries of all included."""
WORKER_BYTES = 256 * 2**20
"""What a process takes that reads files as they usually are: more of them are not started than have room."""
LOOK_SECONDS = 0.02
"""How often the memory of the processes is looked at; in so short a time none of them takes much more."""
_OF_MEMORY = (OUT_OF_MEMORY, -signal.SIGABRT, -signal.SIGKILL)
_OF_TIME = (-signal.SIGXCPU,)


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
    load = _Load(plan, dict(tasks), on_result)
    ordered = bundles(plan, tasks)
    plain = [names for names in ordered if all(map(is_plain_text, names))]
    to_read = sum(read_bytes(name, size) for name, size in tasks)
    count = 1 if to_read < WORTH_A_PROCESS_BYTES else min(workers, len(ordered))
    if count < 2 and len(plain) == len(ordered):
        for names in ordered:
            load.here(names)
    elif ordered:
        pool = load.pool(count, begun, has_thread=bool(plain) and to_read < WORTH_ALL_PROCESSES_BYTES)
        load.run(ordered, pool, begun)
    load.once_more()
    return load.results


class _Load:
    """The files of one load: what is done, and what its worker died of and is to be read once more by itself."""

    def __init__(self, plan: Plan, sizes: dict[str, int], on_result: Callable[[FileResult], None]) -> None:
        self.plan, self.sizes, self.on_result = plan, sizes, on_result
        self.results: list[FileResult] = []
        self.again: list[str] = []
        self.processes = 1
        self.room_bytes = plan.bounds.memory_mebibytes * 2**20 - OWN_BYTES

    def finish(self, result: FileResult) -> None:
        self.results.append(result)
        self.on_result(result)

    def here(self, names: tuple[str, ...]) -> None:
        """Load plain files in this process."""
        try:
            for result in load_files(self.plan, names):
                self.finish(result)
        except MemoryError:
            for name in names:
                if name in self.again:
                    self.finish(give_up(self.plan, name, self._beyond_memory(name)))
                else:
                    self.again.append(name)

    def pool(self, count: int, begun: Worker | None, *, has_thread: bool) -> list[Worker]:
        """Start the workers: at least one process, and what else is worth it and has room."""
        found = [start_thread()] if has_thread else []
        found += [begun] if begun else []
        self.processes = min(count, len(found) + max(1, self.room_bytes // WORKER_BYTES))
        with suppress(OSError):  # fewer will do; without any, what needs one is told so
            while len(found) < self.processes or not any(worker.is_walled for worker in found):
                found.append(start_process(max(1, self.processes)))
        return found

    def run(self, ordered: list[tuple[str, ...]], pool: list[Worker], begun: Worker | None) -> None:
        """Load bundles with a pool of workers, and let none of them outlive it."""
        waiting = list(reversed(ordered))
        try:
            for place, worker in enumerate(pool):
                pool[place] = self._feed(worker, waiting)
            while any(worker.task for worker in pool):
                for worker in self._ready(pool):
                    for result in self._results(worker):
                        self.finish(result)
                    pool[pool.index(worker)] = self._feed(worker, waiting)
        finally:
            for worker in pool:
                if worker is begun:
                    worker.dismiss()  # who began it waits until it has ended
                else:
                    worker.stop()
        for names in waiting:  # no process could be started for them
            self._without_a_process(names)

    def once_more(self) -> None:
        """Read what a worker died of, or beside, by itself and with all the memory of a load; then it is refused."""
        worker = None
        try:
            for name in tuple(self.again):
                try:
                    if worker is None or not worker.runs.is_alive():
                        worker = start_process()
                    worker.begin(self.plan, (name,), self._allowance((name,)))
                except OSError:
                    self._without_a_process((name,))
                    continue
                while not self._ready([worker]):
                    pass
                for result in self._results(worker):
                    self.finish(result)
        finally:
            if worker:
                worker.stop()

    def _ready(self, pool: list[Worker]) -> list[Worker]:
        """Wait a moment for an answer; end what is late, and the largest where all together take too much."""
        busy = [worker for worker in pool if worker.task]
        walled = [worker for worker in pool if worker.is_walled]
        ready = wait([worker.line for worker in busy], LOOK_SECONDS if walled else None)
        for worker in busy:
            worker.end_when_late()
        taken = [worker.memory_bytes() for worker in walled]
        over = sum(taken) - self.room_bytes
        if over > 0 and over > sum(self._kept_bytes(worker.task or ()) for worker in walled):
            walled[taken.index(max(taken))].end_for_memory()
        return [worker for worker in busy if worker.line in ready and worker.has_answered()]

    def _results(self, worker: Worker) -> list[FileResult]:
        """Return what a worker found; when it died, let its files be loaded once more by themselves, or refuse one."""
        task, worker.task = worker.task or (), None
        if worker.found is not None:
            return worker.found
        worker.runs.join()
        if worker.is_late and not worker.has_begun:
            return [failed(self.plan, name, SourceError("reader_not_started", file=name)) for name in task]
        is_last_try = len(task) == 1 and (task[0] in self.again or _is_of_time(worker))
        if not is_last_try:
            self.again += task
            return []
        return [give_up(self.plan, name, self._error(worker, name)) for name in task]

    def _error(self, worker: Worker, name: str) -> SourceError:
        code = None if isinstance(worker.runs, Thread) else worker.runs.exitcode
        if _is_of_time(worker):
            seconds = f"{self.plan.bounds.seconds_of(self.sizes.get(name, 0)):,.0f}"
            return SourceError("bound_seconds", file=name, seconds=seconds)
        return self._beyond_memory(name) if code in _OF_MEMORY else SourceError("worker_died", file=name, code=code)

    def _beyond_memory(self, name: str) -> SourceError:
        return SourceError("bound_memory", file=name, mebibytes=f"{self.plan.bounds.memory_mebibytes:,}")

    def _feed(self, worker: Worker, waiting: list[tuple[str, ...]]) -> Worker:
        """Give the next files to a worker, or to a new one where it has died; return the one that has them."""
        for one in (worker, None) if waiting else ():
            try:
                if one is None or not one.runs.is_alive():
                    worker.line.close()
                    worker = start_process(self.processes + 1)
            except OSError:  # its files wait for the others, or are told to need a process
                return worker
            task = _next(waiting, worker)
            if task is None:
                return worker
            try:
                # Not with the start of the process: that would wait until the process has imported what it needs.
                worker.begin(self.plan, task, self._allowance(task) if worker.is_walled else None)
            except OSError:  # it died just now: a new one takes the files, and a second death is told as theirs
                worker.task = None
                waiting.append(task)
            else:
                break
        return worker

    def _kept_bytes(self, task: tuple[str, ...]) -> int:
        """Return what plain text may keep of each of its rows while they are read in slices."""
        size = sum(self.sizes.get(name, 0) for name in task)
        return size // 2 if all(map(is_plain_text, task)) else 0

    def _allowance(self, task: tuple[str, ...]) -> Allowance:
        """Return the walls of a process that loads files."""
        bounds = self.plan.bounds
        size = sum(self.sizes.get(name, 0) for name in task)
        seconds = sum(bounds.seconds_of(self.sizes.get(name, 0)) for name in task)
        output = bounds.output_mebibytes * 2**20 + 8 * size
        # Twice the room: an allocator keeps addresses that hold nothing, and what is held is looked at all the time.
        return Allowance(2 * self.room_bytes + self._kept_bytes(task), seconds, output)

    def _without_a_process(self, names: tuple[str, ...]) -> None:
        if all(map(is_plain_text, names)):
            self.here(names)
        else:
            for name in names:
                self.finish(failed(self.plan, name, SourceError("reader_not_started", file=name)))


def _next(waiting: list[tuple[str, ...]], worker: Worker) -> tuple[str, ...] | None:
    """Take the next files that a worker may have: a thread only has plain text."""
    for place in range(len(waiting) - 1, -1, -1):
        if worker.is_walled or all(map(is_plain_text, waiting[place])):
            return waiting.pop(place)
    return None


def _is_of_time(worker: Worker) -> bool:
    return worker.is_late or (not isinstance(worker.runs, Thread) and worker.runs.exitcode in _OF_TIME)

"""Work beside the page: what takes long is done once, in a thread, whoever asks for it; the last results are kept."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from kpi.background import Work
from kpi.errors import ReportError

Result = TypeVar("Result")
Tell = Callable[[int, int], None]
"""Hears how much is done and how much is wanted."""


class Job(Work[Result]):
    """Hold one piece of work beside the page, and how much of it is done."""

    def __init__(self, work: Callable[[Tell], Result], turns: threading.Semaphore) -> None:
        self.done, self.wanted = 0, 0

        def in_turn() -> Result:
            with turns:
                return work(self._tell)

        super().__init__(in_turn, lambda name: ReportError("report_not_made", reason=name))

    def _tell(self, done: int, wanted: int) -> None:
        self.done, self.wanted = done, wanted


class Beside(Generic[Result]):
    """Do work of one kind, few pieces at a time; the same piece is done once, and anew where it failed."""

    def __init__(self, *, at_once: int, kept: int) -> None:
        self._kept, self._turns = kept, threading.Semaphore(at_once)
        self._jobs: OrderedDict[Hashable, Job[Result]] = OrderedDict()
        self._lock = threading.Lock()

    def found(self, key: Hashable) -> Job[Result] | None:
        """Return the work that is done or being done; None when nobody has asked for it."""
        with self._lock:
            return self._jobs.get(key)

    def start(self, key: Hashable, work: Callable[[Tell], Result]) -> Job[Result]:
        """Begin a piece of work in a thread of its own."""
        with self._lock:
            job = self._jobs[key] = Job(work, self._turns)
            self._jobs.move_to_end(key)
            while len(self._jobs) > self._kept:
                self._jobs.popitem(last=False)
        return job

"""Work beside the page: what takes long is done once, in a thread, whoever asks for it; the last results are kept."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import wait
from typing import Generic, TypeVar

from kpi.background import in_thread
from kpi.errors import KpiError, ReportError

LOG = logging.getLogger(__name__)
Result = TypeVar("Result")
Tell = Callable[[int, int], None]
"""Hears how much is done and how much is wanted."""


class Job(Generic[Result]):
    """Hold one piece of work while it is done and after: a result, or what stands against it."""

    def __init__(self, work: Callable[[Tell], Result], turns: threading.Semaphore) -> None:
        self.done, self.wanted = 0, 0
        self._work, self._turns = work, turns
        self._future = in_thread(self._in_turn)

    def wait(self, seconds: float) -> bool:
        """Wait at most so long; tell whether it has ended, well or not."""
        return bool(wait([self._future], seconds).done)

    @property
    def result(self) -> Result | None:
        """What came of it; None while it is done, and where something stands against it."""
        return self._future.result() if self._future.done() and self.error is None else None

    @property
    def error(self) -> KpiError | None:
        """What stands against it."""
        error = self._future.exception() if self._future.done() else None
        if error is None or isinstance(error, KpiError):
            return error
        return ReportError("report_not_made", reason=type(error).__name__)

    def _in_turn(self) -> Result:
        try:
            with self._turns:
                return self._work(self._tell)
        except KpiError:
            raise
        except Exception:
            LOG.exception("Work beside the page failed")
            raise

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

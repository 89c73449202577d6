"""Keep answers of builds: a build never changes, so its answers do not either."""

import pickle
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

import polars as pl

Answer = TypeVar("Answer")

_OBJECTS_PER_PICKLE = 4
"""Objects take about as many times the bytes of their pickle."""
_UNKNOWN_BYTES = 2**20


class Answers:
    """Hold answers up to some bytes, those asked for last; a question is asked once, however many wait for it.

    Safe to share between threads. An answer above `largest_bytes` is asked for anew each time, and so is a question
    that had no answer.
    """

    def __init__(self, limit_bytes: int, largest_bytes: int | None = None) -> None:
        self._limit_bytes, self._bytes = limit_bytes, 0
        self._largest_bytes = largest_bytes or limit_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()

    @property
    def held_bytes(self) -> int:
        """Return about how much memory the answers take."""
        return self._bytes

    def get(self, key: Hashable, ask: Callable[[], Answer]) -> Answer:
        """Return the answer to a question, asking for it where it is not held."""
        with self._lock:
            kept = self._kept.setdefault(key, _Kept())
            self._kept.move_to_end(key)
        with kept.lock:
            if not kept.is_made:
                try:
                    kept.answer = ask()
                except BaseException:
                    self._let_go(key, kept)
                    raise
                kept.is_made, kept.held_bytes = True, bytes_of(kept.answer)
                if kept.held_bytes > self._largest_bytes:
                    self._let_go(key, kept)
                else:
                    self._weigh(key, kept)
        return kept.answer  # ty: ignore[invalid-explicit-return]

    def forget(self, is_gone: Callable[[Hashable], bool]) -> None:
        """Let go of the answers to all questions of some kind."""
        with self._lock:
            for key in [key for key in self._kept if is_gone(key)]:
                kept = self._kept.pop(key)
                self._bytes -= kept.held_bytes if kept.is_weighed else 0

    def _let_go(self, key: Hashable, kept: "_Kept") -> None:
        with self._lock:
            if self._kept.get(key) is kept:
                del self._kept[key]

    def _weigh(self, key: Hashable, kept: "_Kept") -> None:
        with self._lock:
            if self._kept.get(key) is not kept:  # its build has left meanwhile
                return
            self._bytes, kept.is_weighed = self._bytes + kept.held_bytes, True
            for oldest in list(self._kept):
                if self._bytes <= self._limit_bytes:
                    return
                if self._kept[oldest].is_weighed:
                    self._bytes -= self._kept.pop(oldest).held_bytes


class _Kept:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.is_made = self.is_weighed = False
        self.held_bytes = 0
        self.answer: object = None


def bytes_of(answer: object) -> int:
    """Return about how much memory an answer takes."""
    if isinstance(answer, bytes):
        return len(answer)
    if isinstance(answer, pl.DataFrame):
        return int(answer.estimated_size())
    try:
        return _OBJECTS_PER_PICKLE * len(pickle.dumps(answer, pickle.HIGHEST_PROTOCOL))
    except (TypeError, AttributeError, pickle.PicklingError):  # it holds a lock, a view of a mapping, a function
        return _UNKNOWN_BYTES

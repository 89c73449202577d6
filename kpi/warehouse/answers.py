"""Keep the small answers of one build: the file never changes, so its answers do not either."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping

import polars as pl

KEPT = 1024
LARGEST_BYTES = 2**18
"""An answer above this is asked for anew: keeping all of them takes at most KEPT times as much."""


class Answers:
    """Remember the answers to the latest statements; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[object, pl.DataFrame] = OrderedDict()

    def get(
        self, sql: str, parameters: Mapping[str, object], ask: Callable[[str, Mapping[str, object]], pl.DataFrame]
    ) -> pl.DataFrame:
        """Return the answer to a statement with its parameters, asking for it the first time."""
        # Types too: true and 1 are equal in Python and not in SQL.
        key = sql, tuple((name, type(value), value) for name, value in sorted(parameters.items()))
        try:
            with self._lock:
                found = self._kept.get(key)
                if found is not None:
                    self._kept.move_to_end(key)
        except TypeError:  # a list is no key
            return ask(sql, parameters)
        if found is None:
            found = ask(sql, parameters)
            self._keep(key, found)
        return found.clone()

    def _keep(self, key: object, answer: pl.DataFrame) -> None:
        if answer.estimated_size() > LARGEST_BYTES:
            return
        with self._lock:
            self._kept[key] = answer
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)

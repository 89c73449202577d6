"""Bound how often one client may ask."""

import threading
from collections import OrderedDict

CLIENTS_REMEMBERED = 1_000


class RateLimit:
    """Allow a client so many requests a minute: a bucket that refills, for the last clients seen."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def allows(self, client: str, now: float) -> bool:
        """Take one request of a client; tell whether it may be answered."""
        with self._lock:
            level, seen = self._buckets.pop(client, (float(self._per_minute), now))
            level = min(self._per_minute, level + (now - seen) * self._per_minute / 60)
            allowed = level >= 1
            self._buckets[client] = (level - allowed, now)
            while len(self._buckets) > CLIENTS_REMEMBERED:
                self._buckets.popitem(last=False)
        return allowed

"""Turn dated totals into months, running counts and whole-number shares that keep the total."""

import zlib
from calendar import monthrange
from collections.abc import Iterator
from datetime import date

import numpy as np

from kpi.demo.anchors import Curve


def stream(seed: int, *names: object) -> np.random.Generator:
    """Return a random stream that depends on the seed and the names alone, never on who runs first."""
    return np.random.default_rng([seed, *(zlib.crc32(str(name).encode()) for name in names)])


def months(first: date, last: date) -> Iterator[date]:
    """Yield the first day of every month from `first` to `last`, both included."""
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        yield date(year, month, 1)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def month_end(month: date) -> date:
    """Return the last day of a month."""
    return month.replace(day=monthrange(month.year, month.month)[1])


def curve_at(curve: Curve, day: date) -> float:
    """Read a dated curve at a day, on the straight line between its two neighbours."""
    days = [point.toordinal() for point, _ in curve]
    return float(np.interp(day.toordinal(), days, [value for _, value in curve]))


def new_per_month(curve: Curve, last: date) -> list[tuple[date, int]]:
    """Return how many units a running count gains in each month up to `last`; its start value counts as month one."""
    gains, before = [], 0
    for month in months(curve[0][0], last):
        until = round(curve_at(curve, month_end(month)))
        gains.append((month, until - before))
        before = until
    return gains


def split_whole(total: int, weights: np.ndarray, at_least: int | np.ndarray = 0) -> np.ndarray:
    """Split a whole total by weights into whole parts that add up to it (largest remainder, first cell wins ties).

    Cells of weight 0 get 0; every other cell gets `at_least`, as long as the total suffices.
    """
    flat = np.asarray(weights, dtype=np.float64).ravel()
    alive = flat > 0
    floor = np.where(alive, at_least, 0)
    if floor.sum() > total:
        floor = np.zeros_like(floor)
    share = flat / flat.sum() * (total - floor.sum())
    parts = np.floor(share).astype(np.int64)
    missing = int(total - floor.sum() - parts.sum())
    order = np.argsort(-(share - parts) * alive, kind="stable")
    parts[order[:missing]] += 1
    return (parts + floor).reshape(np.shape(weights))

"""Remember the keys of a file that is read in slices, in 8 bytes each and without comparing every pair of slices."""

import polars as pl

LONGEST_RUN = 4_000_000  # merging takes three times the memory of the runs merged


class SeenKeys:
    """Sorted runs of 64-bit key hashes; runs of similar length are merged, so that there are few to search."""

    def __init__(self) -> None:
        self._runs: list[pl.Series] = []
        self._latest: pl.Series | None = None  # most files are one slice, whose keys need no order

    def seen_again(self, hashes: pl.Series) -> pl.Series:
        """Return which hashes (UInt64) came before, in this slice or an earlier one, and remember the new ones."""
        again = ~hashes.is_first_distinct()
        if self._latest is None:
            self._latest = hashes
            return again
        self._remember(self._latest.sort())
        # In order, so that a search finds its neighbours in the cache.
        order = hashes.arg_sort()
        ordered = hashes.gather(order)
        known = pl.Series([False]).new_from_index(0, len(ordered))
        for run in self._runs:
            known |= _contains(run, ordered)
        self._latest = ordered.filter(~known)
        return again.scatter(order.filter(known), True) if known.any() else again

    def _remember(self, ordered: pl.Series) -> None:
        if ordered.is_empty():
            return
        self._runs.append(ordered)
        while len(self._runs) > 1 and len(self._runs[-2]) < min(2 * len(self._runs[-1]), LONGEST_RUN):
            last = self._runs.pop()
            self._runs[-1] = pl.concat([self._runs[-1], last]).sort()


def _contains(run: pl.Series, hashes: pl.Series) -> pl.Series:
    places = run.search_sorted(hashes, side="left").clip(upper_bound=len(run) - 1)
    return run.gather(places) == hashes

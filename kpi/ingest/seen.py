"""Remember the keys of a file that is read in slices, in 8 bytes each and without comparing every pair of slices."""

import polars as pl

LONGEST_RUN = 16_000_000  # merging takes three times the memory of the runs merged


class SeenKeys:
    """Sorted runs of 64-bit key hashes; runs of similar length are merged, so that there are few to search."""

    def __init__(self) -> None:
        self._runs: list[pl.Series] = []

    def seen_again(self, hashes: pl.Series) -> pl.Series:
        """Return which hashes (UInt64) came before, in this slice or an earlier one, and remember the new ones."""
        again = ~hashes.is_first_distinct()
        for run in self._runs:
            again |= _contains(run, hashes)
        self._remember(hashes.filter(~again))
        return again

    def _remember(self, hashes: pl.Series) -> None:
        if hashes.is_empty():
            return
        self._runs.append(hashes.sort())
        while len(self._runs) > 1 and len(self._runs[-2]) < min(2 * len(self._runs[-1]), LONGEST_RUN):
            last = self._runs.pop()
            self._runs[-1] = pl.concat([self._runs[-1], last]).sort()


def _contains(run: pl.Series, hashes: pl.Series) -> pl.Series:
    places = run.search_sorted(hashes, side="left").clip(upper_bound=len(run) - 1)
    return run.gather(places) == hashes

"""Choose which rows are broken on purpose, and how; each has exactly one reason to be rejected."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

ROWS_PER_MALFORMED = 1000
SMALLEST_FILE = 12
TEXT_FORMATS = frozenset({"csv", "csv_gz", "csv_utf16", "csv_arabic", "csv_windows_1256", "tsv"})

# kind -> the reason code that the loader must give.
REASON = {
    "not_json": "not_a_json_object",
    "too_many_fields": "too_many_fields",
    "bad_date": "not_a_date",
    "unknown_service": "unknown_service",
    "unknown_governorate": "unknown_governorate",
    "unknown_channel": "unknown_code",
    "missing_outcome": "missing_value",
    "future_date": "future_date",
    "duplicate_id": "duplicate_id",
    "completed_before_submitted": "completed_before_submitted",
    "negative_fee": "out_of_range",
    "rating_seven": "out_of_range",
}


@dataclass(frozen=True)
class Malformed:
    """One row broken on purpose; `position` counts data rows from 0."""

    file: str
    position: int
    kind: str

    @property
    def reason(self) -> str:
        """Return the reason code that the loader must give."""
        return REASON[self.kind]


def kinds_for(file_format: str, columns: frozenset[str]) -> tuple[str, ...]:
    """Return the kinds that a file of this format with these optional columns can hold."""
    needs = {
        "completed_before_submitted": "completed_at" in columns,
        "negative_fee": "fee_omr" in columns,
        "rating_seven": "rating" in columns,
        "bad_date": file_format != "parquet",
        "too_many_fields": file_format in TEXT_FORMATS,
        "not_json": file_format == "ndjson",
    }
    return tuple(kind for kind in REASON if needs.get(kind, True))


def choose(
    rng: np.random.Generator, file: str, rows: int, kinds: tuple[str, ...], first_kind: int | None = None
) -> tuple[Malformed, ...]:
    """Choose about one position in a thousand, never two neighbours and never the first row; kinds take turns.

    The positions lie in a file of `rows` good rows plus the chosen ones. Without `first_kind` the turn starts anywhere.
    """
    count = 0 if rows < SMALLEST_FILE else max(1, rows // ROWS_PER_MALFORMED)
    if count == 0:
        return ()
    block = (rows + count) // count
    positions = np.arange(count) * block + rng.integers(1, block - 1, count)
    drawn = int(rng.integers(0, len(kinds)))
    first = drawn if first_kind is None else first_kind
    return tuple(
        Malformed(file, int(position), kinds[(first + turn) % len(kinds)]) for turn, position in enumerate(positions)
    )


def write_list(path: Path, malformed: list[Malformed]) -> None:
    """Write file, source_row (1 = first data row) and reason of every broken row, sorted."""
    rows = sorted((row.file, row.position + 1, row.reason) for row in malformed)
    pl.DataFrame(rows, schema={"file": pl.String, "source_row": pl.Int64, "reason": pl.String}, orient="row").write_csv(
        path
    )

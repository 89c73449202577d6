"""What parsing a column comes to."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Parsed:
    """`values` in the stored type; `reasons` String per row, null where fine; None when every row is fine."""

    values: pl.Series
    reasons: pl.Series | None = None


def spread(texts: pl.Series, unique: pl.Series, values: pl.Series) -> pl.Series:
    """Return per row the value that was found for its distinct text."""
    table = pl.DataFrame({"text": unique, "value": values})
    return texts.alias("text").to_frame().join(table, on="text", how="left", maintain_order="left")["value"]


def extent(values: pl.Series) -> tuple[int, int]:
    """Return the lowest and the highest of whole numbers; 0 and 0 when there is none."""
    lowest, highest = values.min(), values.max()
    return (lowest, highest) if isinstance(lowest, int) and isinstance(highest, int) else (0, 0)

"""Make rows fit for a spreadsheet: nothing nested, nothing that runs, nothing that a sheet would change."""

import json
import re
from datetime import date, datetime

import polars as pl

# A spreadsheet runs a text cell that begins with one of these as a formula.
FORMULA_STARTS = r"^[\s\u00a0\u200b\ufeff]*[=+\-@\t\r\n＝＋－＠]"
PLAIN_NUMBER = r"^[+-]?\d+([.,]\d+)?$"
EXACT_TO = 2**53
"""A sheet holds every number as a float: whole ones beyond this lose their last digits."""
FIRST_DAY = date(1900, 3, 1)
"""Earlier days a sheet counts wrongly or not at all."""
CELL_CHARACTERS = 32_767
HEADING_CHARACTERS = 255


def flat_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows without nested columns: lists joined by commas, what is nested deeper as JSON text, bytes as hex."""
    return rows.with_columns(_flat(column) for column in rows if _needs_text(column.dtype))


def without_formulas(rows: pl.DataFrame) -> pl.DataFrame:
    """Prefix an apostrophe to text and headings that a spreadsheet would run; plain numbers stay as they are."""
    text = pl.col(pl.String)
    runs = text.str.contains(FORMULA_STARTS) & ~text.str.contains(PLAIN_NUMBER)
    safe = rows.with_columns(pl.when(runs).then(pl.lit("'") + text).otherwise(text).name.keep())
    return safe.rename({name: f"'{name}" for name in rows.columns if re.match(FORMULA_STARTS, name)})


def sheet_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows as a sheet can hold them: as text the numbers and days that it would change, blank what is no number.

    Text longer than a cell holds ends with an ellipsis.
    """
    flat = flat_rows(rows)
    kept = flat.with_columns(
        _written_out(column).alias(column.name) for column in flat if not _fits(column) or column.dtype.is_float()
    )
    text = pl.col(pl.String)
    cut = pl.when(text.str.len_chars() > CELL_CHARACTERS).then(text.str.head(CELL_CHARACTERS - 1) + pl.lit("…"))
    return kept.with_columns(cut.otherwise(text).name.keep()).rename(lambda name: name[:HEADING_CHARACTERS])


def _needs_text(kind: pl.DataType) -> bool:
    return kind.is_nested() or kind in (pl.Binary, pl.Categorical, pl.Enum)


def _flat(column: pl.Series) -> pl.Series:
    if column.dtype == pl.Binary:
        return column.bin.encode("hex")
    if not column.dtype.is_nested():
        return column.cast(pl.String)
    if isinstance(column.dtype, pl.List) and not _needs_text(column.dtype.inner):  # ty: ignore[invalid-argument-type]
        return column.cast(pl.List(pl.String)).list.join(", ")
    written = [
        None if value is None else json.dumps(value, ensure_ascii=False, default=str) for value in column.to_list()
    ]
    return pl.Series(column.name, written, dtype=pl.String)


def _fits(column: pl.Series) -> bool:
    """Tell whether a sheet keeps every value of the column as it is."""
    kind = column.dtype
    if kind in (pl.Int64, pl.UInt64, pl.Int128) or (isinstance(kind, pl.Decimal) and not kind.scale):
        return bool(column.is_between(-EXACT_TO, EXACT_TO).all())
    if isinstance(kind, pl.Datetime):
        return kind.time_zone is None and bool((column >= datetime.combine(FIRST_DAY, datetime.min.time())).all())
    return kind != pl.Date or bool((column >= FIRST_DAY).all())


def _written_out(column: pl.Series) -> pl.Series:
    if column.dtype.is_float():
        return column.to_frame().select(pl.when(pl.col(column.name).is_finite()).then(pl.col(column.name))).to_series()
    if isinstance(column.dtype, pl.Datetime):
        return column.dt.to_string("iso:strict")
    return column.cast(pl.String)

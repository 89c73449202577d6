"""Read the cells of one registry into a typed frame, and tell every cell that is not what its contract says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from kpi.ingest.numbers import plain_numbers
from kpi.ingest.registry_contracts import EARLIEST, LATEST, Field, RegistryContract
from kpi.slips import Slip, nearest

_TRUTH = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False, "نعم": True, "لا": False}
_NO_FILE_NAME = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f]|\.\.|^[.\-~]|\.$')  # ids are names of files as well
_LONGEST_ID = 200
_ROWS_SAID = 5
_BROKEN = {"whole": "cell_no_whole", "number": "cell_no_number", "day": "cell_no_day", "flag": "cell_no_truth"}


@dataclass(frozen=True)
class Reading:
    """One registry as it was read: its file, its typed frame, the number of each row, and the cells as they stand."""

    contract: RegistryContract
    file: str
    frame: pl.DataFrame
    rows: pl.Series
    raw: Mapping[str, pl.Series]
    slips: list[Slip]

    def tell(self, wrong: pl.Series, column: str, key: str, known: tuple[str, ...] = (), **facts: object) -> None:
        """Note the cells of a column where `wrong` holds: one slip for each value, with the rows it stands in."""
        where = wrong.fill_null(value=False).arg_true()
        if not len(where):
            return
        values = self.raw.get(column, pl.Series([None], dtype=pl.String).new_from_index(0, len(self.rows)))
        cells = pl.DataFrame({"value": values.gather(where), "row": self.rows.gather(where)})
        for value, rows in cells.group_by("value", maintain_order=True).agg("row").iter_rows():
            place = {"file": self.file, "row": rows_text(rows), "column": column, "value": value or ""}
            self.slips.append(Slip(key, place | facts, nearest(value or "", known), known))


def rows_text(rows: list[int]) -> str:
    """Return the first numbers of some rows, and how many there are where they are more."""
    said = ", ".join(map(str, rows[:_ROWS_SAID]))
    return said if len(rows) <= _ROWS_SAID else f"{said} … ({len(rows):,})"


def read_cells(
    contract: RegistryContract, file: str, raw: Mapping[str, pl.Series], rows: pl.Series, known: Mapping[str, tuple]
) -> Reading:
    """Return the typed frame of a registry with exactly its columns; `known` holds the code lists and the KPIs."""
    parsed = [_values(column, raw.get(column.name), len(rows)) for column in contract.columns]
    defaults = [column.default for column in contract.columns]
    frame = pl.DataFrame(
        [values if value is None else values.fill_null(value) for values, value in zip(parsed, defaults, strict=True)]
    )
    reading = Reading(contract, file, frame, rows, raw, [])
    for column, values in zip(contract.columns, parsed, strict=True):
        _check(reading, column, values, known)
    return reading


def _values(column: Field, texts: pl.Series | None, rows: int) -> pl.Series:
    if texts is None:
        return pl.Series(column.name, [None], dtype=column.stored).new_from_index(0, rows)
    return _parsed(texts, column).alias(column.name)


def _parsed(texts: pl.Series, column: Field) -> pl.Series:
    if column.kind == "day":
        return texts.str.to_date("%Y-%m-%d", strict=False)
    if column.kind == "flag":
        return texts.str.to_lowercase().replace_strict(_TRUTH, default=None, return_dtype=pl.Boolean)
    if column.kind in ("whole", "number"):
        numbers = plain_numbers(texts).cast(column.stored, strict=False)
        return numbers if column.kind == "whole" else numbers.set(~numbers.is_finite(), None)
    return texts


def _check(reading: Reading, column: Field, values: pl.Series, known: Mapping[str, tuple[str, ...]]) -> None:
    name, texts = column.name, reading.raw.get(column.name)
    if column.required:
        given = texts if texts is not None else values
        reading.tell(given.is_null(), name, "cell_missing")
    if texts is None:
        return
    if column.kind in _BROKEN:
        reading.tell(values.is_null() & texts.is_not_null(), name, _BROKEN[column.kind])
    if column.kind == "day":
        reading.tell((values < EARLIEST) | (values > LATEST), name, "cell_far_day", first=EARLIEST, last=LATEST)
    if column.kind in ("whole", "number"):
        _check_bounds(reading, column, values)
    if column.kind == "id":
        wrong = values.str.contains(_NO_FILE_NAME.pattern) | (values.str.len_chars() > _LONGEST_ID)
        reading.tell(wrong, name, "cell_no_id", longest=_LONGEST_ID)
    if column.kind in ("code", "kpi"):
        listed = known[column.list or "kpi"]
        reading.tell(~values.is_in(list(listed)), name, "cell_not_listed", listed)


def _check_bounds(reading: Reading, column: Field, values: pl.Series) -> None:
    if column.minimum is not None:
        reading.tell(values < column.minimum, column.name, "cell_too_small", bound=f"{column.minimum:g}")
    if column.above is not None:
        reading.tell(values <= column.above, column.name, "cell_not_above", bound=f"{column.above:g}")
    if column.maximum is not None:
        reading.tell(values > column.maximum, column.name, "cell_too_large", bound=f"{column.maximum:g}")

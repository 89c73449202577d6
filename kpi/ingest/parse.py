"""Turn the values of one column into what the contract stores; what cannot be turned gets a reason, never a null."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import polars as pl

from kpi.ingest.contracts import Column
from kpi.ingest.lookups import UNKNOWN
from kpi.ingest.normalise import clean, label_key, plain_numbers
from kpi.ingest.sources import Source, strptime_format

_DAYS = ("%Y-%m-%d", "%Y/%m/%d")
_TIMES = ("%H:%M:%S", "%H:%M:%S%.f", "%H:%M")
ISO_FORMATS = tuple(f"{day}{gap}{time}" for day in _DAYS[:1] for gap in "T " for time in _TIMES) + _DAYS
_ZONED = ("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z")
_ZONE_AT_END = r"(Z|[+-]\d{2}:?\d{2})$"
LONGEST_TEXT_BYTES = 10_000
_FIRST_DAY = date(1900, 1, 1)
_HIJRI = r"^1[345]\d\d[-/. ]|[-/. ]1[345]\d\d(\D|$)|\d ?(ه|AH)$"
_HIJRI_YEARS = (1300, 1599)
_DAY_NUMBER = r"^\d{4,}(\.\d+)?$"
_UNORDERED = r"^\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})(\D|$)"
_NUMBER = r"^[+-]?\d+(\.\d+)?$"
_BENEFICIARY_DIGITS = (4, 12)
_POWERS = pl.Series([10**digits for digits in range(_BENEFICIARY_DIGITS[1])])
_BENEFICIARY_NUMBER = rf"^\d{{{_BENEFICIARY_DIGITS[0]},{_BENEFICIARY_DIGITS[1]}}}$"


@dataclass(frozen=True)
class Parsed:
    """`values` in the stored type; `reasons` String per row, null where fine; None when every row is fine."""

    values: pl.Series
    reasons: pl.Series | None = None


@dataclass(frozen=True)
class Clock:
    """The day of the load and the time zone into which zoned timestamps are turned (None: they are rejected)."""

    today: date
    time_zone: str | None = None


def parse_column(raw: pl.Series, column: Column, source: Source, lookup: dict[str, str], clock: Clock) -> Parsed:
    """Parse one column.

    `raw` holds text, or typed values from Parquet. A blank is a null without a reason: whether it may be blank is a
    question of the row.
    """
    if column.kind == "moment" or column.kind == "day":
        return _moments(raw, column, source, clock)
    if column.kind in ("integer", "decimal"):
        return _numbers(raw, column)
    texts = _texts(raw)
    if column.kind in ("code", "reference"):
        reason = UNKNOWN[str(column.list)] if column.kind == "reference" else "unknown_code"
        return _looked_up(texts, lookup, reason)
    if column.kind == "beneficiary":
        return _beneficiaries(texts)
    too_long = texts.str.len_bytes() > LONGEST_TEXT_BYTES
    return Parsed(clean(texts), _reasons_where(too_long, "value_too_long"))


def _texts(raw: pl.Series) -> pl.Series:
    if raw.dtype.is_float():
        # a Parquet writer that met a blank in a column of ids made floats of them
        whole = raw.cast(pl.Int64, strict=False)
        raw = pl.select(pl.when(whole == raw).then(whole.cast(pl.String)).otherwise(raw.cast(pl.String))).to_series()
    return raw.cast(pl.String)


def spread(texts: pl.Series, unique: pl.Series, values: pl.Series) -> pl.Series:
    """Return per row the value that was found for its distinct text."""
    table = pl.DataFrame({"text": unique, "value": values})
    return texts.alias("text").to_frame().join(table, on="text", how="left", maintain_order="left")["value"]


def _reasons_where(wrong: pl.Series, reason: str) -> pl.Series | None:
    if not wrong.any():
        return None
    return pl.select(pl.when(wrong).then(pl.lit(reason))).to_series()


def _looked_up(raw: pl.Series, lookup: dict[str, str], reason: str) -> Parsed:
    """Look up each distinct writing once; a row with an unknown one keeps it, for it is rejected anyway."""
    unique = raw.drop_nulls().unique()
    keys = [lookup.get(text, lookup.get(label_key(text))) for text in unique.to_list()]
    blank = clean(unique).is_null().to_list()
    unknown = [
        text for text, key, empty in zip(unique.to_list(), keys, blank, strict=True) if key is None and not empty
    ]
    stored = [key or None for key in keys]
    as_written = all(key in (text, None) for text, key in zip(unique.to_list(), stored, strict=True))
    if as_written and stored.count(None) == len(unknown):
        values = raw
    else:
        values = spread(raw, unique, pl.Series(stored, dtype=pl.String))
    return Parsed(values, _reasons_where(raw.is_in(unknown), reason) if unknown else None)


def _beneficiaries(texts: pl.Series) -> Parsed:
    """Return the numbers as Int64: leading zeros that a spreadsheet drops must not make two people of one."""
    plain = _plain_beneficiaries(texts)
    if plain is not None:
        return Parsed(plain)
    texts = clean(texts)
    joined = texts.str.replace_all(" ", "", literal=True) if texts.str.contains(" ", literal=True).any() else texts
    fits = joined.str.contains(_BENEFICIARY_NUMBER)
    wrong = ~fits.fill_null(value=True)
    values = joined.set(wrong, None) if wrong.any() else joined
    return Parsed(values.cast(pl.Int64), _reasons_where(wrong, "bad_beneficiary_number"))


def _plain_beneficiaries(texts: pl.Series) -> pl.Series | None:
    """Return the numbers when all are plain digits without a leading zero; None when a closer look is needed."""
    numbers = texts.cast(pl.Int64, strict=False)
    lengths = texts.str.len_bytes()
    shortest, longest = _extent(lengths)
    if numbers.null_count() > texts.null_count() or shortest < _BENEFICIARY_DIGITS[0] or longest > len(_POWERS):
        return None
    # a sign or a leading zero makes a text longer than its number has digits
    return numbers if (numbers >= _POWERS.gather(lengths - 1)).all() else None


def _extent(values: pl.Series) -> tuple[int, int]:
    """Return the lowest and the highest of whole numbers; 0 and 0 when there is none."""
    lowest, highest = values.min(), values.max()
    return (lowest, highest) if isinstance(lowest, int) and isinstance(highest, int) else (0, 0)


def _numbers(raw: pl.Series, column: Column) -> Parsed:
    if raw.dtype.is_integer() or raw.dtype.is_decimal():
        return _checked_numbers(raw, raw, column)
    if raw.dtype.is_float():
        return _checked_numbers(raw, raw.set(~raw.is_finite().fill_null(value=True), None), column)
    texts = raw.cast(pl.String)
    unique = texts.drop_nulls().unique()
    if len(unique) < len(texts) // 2:
        parsed = _text_numbers(clean(unique), column)
        reasons = None if parsed.reasons is None else spread(texts, unique, parsed.reasons)
        return Parsed(spread(texts, unique, parsed.values), reasons)
    return _text_numbers(clean(texts), column)


def _text_numbers(texts: pl.Series, column: Column) -> Parsed:
    plain = plain_numbers(texts)
    is_number = plain.str.contains(_NUMBER)
    digits = plain.set(~is_number.fill_null(value=True), None)
    # 38 digits hold whatever a person types; what does not fit even there is out of range
    numbers = digits.cast(pl.Decimal(38, 6), strict=False)
    too_fine = digits.str.contains(rf"\.\d{{{column.decimals}}}\d*[1-9]")
    return _checked_numbers(texts, numbers, column, is_number=is_number, too_fine=too_fine)


def _checked_numbers(
    raw: pl.Series,
    numbers: pl.Series,
    column: Column,
    *,
    is_number: pl.Series | None = None,
    too_fine: pl.Series | None = None,
) -> Parsed:
    """Check decimals and limits, then store; `is_number` and `too_fine` come from the text when there is one."""
    given = raw.is_not_null()
    not_number = given & ~is_number.fill_null(value=True) if is_number is not None else given & numbers.is_null()
    fine = ~too_fine.fill_null(value=False) if too_fine is not None else _fits_decimals(numbers, column.decimals)
    inside = pl.Series([True]).new_from_index(0, len(raw))
    if column.minimum is not None:
        inside &= numbers >= column.minimum
    if column.maximum is not None:
        inside &= numbers <= column.maximum
    stored = column.stored
    if stored is None:
        raise TypeError(column.name)
    source = numbers.round(column.decimals) if numbers.dtype.is_float() else numbers
    values = source.cast(stored, strict=False)
    ok = inside.fill_null(value=False) & fine.fill_null(value=False) & values.is_not_null()
    if (ok | ~given).all():
        return Parsed(values)
    reasons = pl.select(
        pl.when(~given)
        .then(None)
        .when(not_number)
        .then(pl.lit("not_a_number"))
        .when(~fine)
        .then(pl.lit("not_a_number" if column.kind == "integer" else "too_many_decimals"))
        .when(~ok)
        .then(pl.lit("out_of_range"))
        .otherwise(None)
    ).to_series()
    return Parsed(values.set(given & ~ok, None), reasons)


def _fits_decimals(numbers: pl.Series, decimals: int) -> pl.Series:
    if numbers.dtype.is_float():
        scaled = numbers * 10**decimals
        return (scaled - scaled.round()).abs() < 1e-6 * scaled.abs().clip(lower_bound=1.0)
    if isinstance(numbers.dtype, pl.Decimal) and numbers.dtype.scale > decimals:
        return numbers.round(decimals) == numbers
    return numbers.is_not_null()


def _moments(raw: pl.Series, column: Column, source: Source, clock: Clock) -> Parsed:
    stored = pl.Date() if column.kind == "day" else pl.Datetime("us")
    if isinstance(raw.dtype, pl.Date):
        moments = raw.cast(pl.Datetime("us"))
    elif isinstance(raw.dtype, pl.Datetime):
        moments = _local(raw, clock.time_zone)
    elif raw.dtype in (pl.String, pl.Categorical, pl.Null):
        raw = raw.cast(pl.String)
        moments = _text_moments(raw, source, clock.time_zone)
        if moments.null_count() > raw.null_count():
            raw = clean(raw)
            moments = _text_moments(raw, source, clock.time_zone)
    else:
        moments = pl.Series(raw.name, [None], dtype=pl.Datetime("us")).new_from_index(0, len(raw))
    read = moments
    first, last = _extent(read.to_physical())
    if first < _microseconds(_FIRST_DAY):
        moments = read.set(read.dt.date() < _FIRST_DAY, None)
    values = moments.cast(stored)
    if values.null_count() == raw.null_count() and last < _microseconds(clock.today + timedelta(days=1)):
        return Parsed(values)
    is_wrong = values.is_null() & raw.is_not_null()
    future = moments.dt.date() > clock.today
    year = read.dt.year()
    reasons = pl.select(
        pl.when(is_wrong).then(_why_no_date(raw, year, source)).when(future).then(pl.lit("future_date")).otherwise(None)
    ).to_series()
    return Parsed(values.set(future.fill_null(value=False), None), reasons)


def _microseconds(day: date) -> int:
    return (day - date(1970, 1, 1)) // timedelta(microseconds=1)


def _why_no_date(raw: pl.Series, year: pl.Series, source: Source) -> pl.Expr:
    """Say what a value that is no date seems to be.

    A Hijri date is never converted: the month begins by sighting, so a calculated day can fall into the month before.
    """
    if raw.dtype.is_numeric():
        return pl.lit("date_is_a_number")
    if raw.dtype != pl.String:
        return pl.when(year.is_between(*_HIJRI_YEARS)).then(pl.lit("hijri_date")).otherwise(pl.lit("not_a_date"))
    text = pl.lit(raw)
    unordered = pl.lit(not source.dates) & text.str.contains(_UNORDERED)
    return (
        pl.when(text.str.contains(_HIJRI))
        .then(pl.lit("hijri_date"))
        .when(text.str.contains(_DAY_NUMBER))
        .then(pl.lit("date_is_a_number"))
        .when(unordered)
        .then(pl.lit("date_order_unknown"))
        .otherwise(pl.lit("not_a_date"))
    )


def _local(moments: pl.Series, time_zone: str | None) -> pl.Series:
    if isinstance(moments.dtype, pl.Datetime) and moments.dtype.time_zone is None:
        return moments.cast(pl.Datetime("us"))
    if time_zone is None:
        return pl.Series(moments.name, [None], dtype=pl.Datetime("us")).new_from_index(0, len(moments))
    return moments.dt.convert_time_zone(time_zone).dt.replace_time_zone(None).cast(pl.Datetime("us"))


def _text_moments(texts: pl.Series, source: Source, time_zone: str | None) -> pl.Series:
    """Try each format on what the formats before it left; a declared format leaves no room for others."""
    formats = [form for form in map(strptime_format, source.dates) if form] or list(ISO_FORMATS)
    sample = texts.drop_nulls().head(50)
    formats.sort(key=lambda form: _read(sample, form).null_count())
    moments = _read(texts, formats[0])
    if moments.null_count() == texts.null_count():
        return moments
    readers: list[Callable[[pl.Series], pl.Series]] = [partial(_read, form=form) for form in formats[1:]]
    if time_zone is not None and not source.dates:
        readers += [partial(_read_zoned, form=form, time_zone=time_zone) for form in _ZONED]
    left = (moments.is_null() & texts.is_not_null()).arg_true()
    for read in readers:
        found = read(texts.gather(left))
        if found.null_count() < len(left):
            moments = moments.scatter(left, found)
            left = left.filter(found.is_null())
    return moments


def _read(texts: pl.Series, form: str) -> pl.Series:
    if "%H" not in form and "%I" not in form:
        return texts.str.to_date(form, strict=False).cast(pl.Datetime("us"))
    return texts.str.to_datetime(form, strict=False, time_unit="us")


def _read_zoned(texts: pl.Series, form: str, time_zone: str) -> pl.Series:
    zoned = texts.set(~texts.str.contains(_ZONE_AT_END), None)
    moments = zoned.str.to_datetime(form, strict=False, time_unit="us", time_zone="UTC")
    return moments.dt.convert_time_zone(time_zone).dt.replace_time_zone(None)

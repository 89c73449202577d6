"""Read moments and days; what seems to be a date of another kind is named as such, never guessed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import polars as pl

from kpi.ingest.contracts import Column
from kpi.ingest.normalise import clean
from kpi.ingest.parsed import Parsed, extent
from kpi.ingest.sources import Source, strptime_format

_DAYS = ("%Y-%m-%d", "%Y/%m/%d")
_TIMES = ("%H:%M:%S", "%H:%M:%S%.f", "%H:%M")
ISO_FORMATS = tuple(f"{day}{gap}{time}" for day in _DAYS[:1] for gap in "T " for time in _TIMES) + _DAYS
_ZONED = ("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z")
_ZONE_AT_END = r"(Z|[+-]\d{2}:?\d{2})$"
_FIRST_DAY = date(1900, 1, 1)
_HIJRI = r"^1[345]\d\d[-/. ]|[-/. ]1[345]\d\d(\D|$)|\d ?(ه|AH)$"
_HIJRI_YEARS = (1300, 1599)
_DAY_NUMBER = r"^\d{4,}(\.\d+)?$"
_UNORDERED = r"^\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})(\D|$)"
_SAMPLE = 50

_Reader = Callable[[pl.Series], pl.Series]


@dataclass(frozen=True)
class Clock:
    """The day of the load and the time zone into which zoned timestamps are turned (None: they are rejected)."""

    today: date
    time_zone: str | None = None


def parse_moments(raw: pl.Series, column: Column, source: Source, clock: Clock) -> Parsed:
    """Parse moments or days, from text or from typed values of Parquet."""
    stored = pl.Date() if column.kind == "day" else pl.Datetime("us")
    if isinstance(raw.dtype, pl.Date):
        moments = raw.cast(pl.Datetime("us"))
    elif isinstance(raw.dtype, pl.Datetime):
        moments = _local(raw, clock.time_zone)
    elif raw.dtype in (pl.String, pl.Categorical, pl.Null):
        raw, moments = _text_moments(raw.cast(pl.String), source, clock.time_zone)
    else:
        moments = pl.Series(raw.name, [None], dtype=pl.Datetime("us")).new_from_index(0, len(raw))
    read = moments
    first, last = extent(read.to_physical())
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


def _text_moments(texts: pl.Series, source: Source, time_zone: str | None) -> tuple[pl.Series, pl.Series]:
    """Return the texts in normal form and what they say; only those that are no plain dates are cleaned first."""
    first, *others = _readers(texts, source, time_zone)
    moments = first(texts)
    left = (moments.is_null() & texts.is_not_null()).arg_true()
    if not len(left):
        return texts, moments
    cleaned = clean(texts.gather(left))
    found = first(cleaned)
    for read in others:
        again = (found.is_null() & cleaned.is_not_null()).arg_true()
        found = found.scatter(again, read(cleaned.gather(again)))
    return texts.scatter(left, cleaned), moments.scatter(left, found)


def _readers(texts: pl.Series, source: Source, time_zone: str | None) -> list[_Reader]:
    """Return a reader for each format, the one first that fits the first dates; a declared one leaves no room."""
    formats = [form for form in map(strptime_format, source.dates) if form] or list(ISO_FORMATS)
    sample = clean(texts.gather(texts.is_not_null().arg_true().head(_SAMPLE))).drop_nulls()
    formats.sort(key=lambda form: _read(sample, form).null_count())
    readers: list[_Reader] = [partial(_read, form=form) for form in formats]
    if time_zone is not None and not source.dates:
        readers += [partial(_read_zoned, form=form, time_zone=time_zone) for form in _ZONED]
    return readers


def _read(texts: pl.Series, form: str) -> pl.Series:
    if "%H" not in form and "%I" not in form:
        return texts.str.to_date(form, strict=False).cast(pl.Datetime("us"))
    return texts.str.to_datetime(form, strict=False, time_unit="us")


def _read_zoned(texts: pl.Series, form: str, time_zone: str) -> pl.Series:
    zoned = texts.set(~texts.str.contains(_ZONE_AT_END), None)
    moments = zoned.str.to_datetime(form, strict=False, time_unit="us", time_zone="UTC")
    return moments.dt.convert_time_zone(time_zone).dt.replace_time_zone(None)

"""Read moments and days; what seems to be a date of another kind is named as such, never guessed."""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from kpi.ingest.contracts import LogColumn
from kpi.ingest.date_forms import EPOCHS
from kpi.ingest.date_readers import Reader, Zones, epochs, nothing, readers_of
from kpi.ingest.normalise import clean
from kpi.ingest.parsed import Parsed, extent
from kpi.ingest.sources import Source

_FIRST_DAY = date(1900, 1, 1)
_HIJRI = r"^1[345]\d\d[-/. ]|[-/. ]1[345]\d\d(\D|$)|\d ?(ه|هـ|AH)$"
_HIJRI_YEARS = (1300, 1599)
_DAY_NUMBER = r"^\d{4,}(\.\d+)?$"
_UNORDERED = r"^\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})(\D|$)"
_ZONE_AT_END = r":\d{2}(\.\d+)? ?([Zz]|UTC|GMT|utc|gmt|[+-]\d{2}:?(\d{2})?)$"
_A_PERIOD = (
    r"^\d{4}[-/]\d{1,2}$|^\d{4}[ \-/]?[QqTt]\d$|^[Qq]\d[ \-/]?\d{4}$"
    r"|^\d{4} ?[-/–] ?\d{2}(\d{2})?$|^\d{4}-?W\d{2}$"
)
_SAMPLE = 50
_TIDYING = (
    (r"(\d{1,2}:\d{2}(?::\d{2})?) ?(?:ص|صباحا|صباحًا|[aA]\.?[mM]\.?)$", "${1} AM"),
    (r"(\d{1,2}:\d{2}(?::\d{2})?) ?(?:م|مساء|مساءً|[pP]\.?[mM]\.?)$", "${1} PM"),
    (r"^([^:]*\d) ?م$", "${1}"),  # of the Gregorian calendar
)


@dataclass(frozen=True)
class Clock:
    """The day of the load and the time zone into which zoned timestamps are turned (None: they are rejected)."""

    today: date
    time_zone: str | None = None


def parse_moments(raw: pl.Series, column: LogColumn, source: Source, clock: Clock, *, is_typed: bool = False) -> Parsed:
    """Parse moments or days, from text or from typed values of Parquet."""
    stored = pl.Date() if column.kind == "day" else pl.Datetime("us")
    own = clock.time_zone or source.timezone
    raw, moments = _moments(raw, source, Zones(own, source.timezone), is_typed=is_typed)
    read = moments
    first, last = extent(read.to_physical())
    if first < _microseconds(_FIRST_DAY):
        moments = read.set(read.dt.date() < _FIRST_DAY, None)
    values = moments.cast(stored)
    if values.null_count() == raw.null_count() and last < _microseconds(clock.today + timedelta(days=1)):
        return Parsed(values)
    future = (moments.dt.date() > clock.today).fill_null(value=False)
    odd = (future | (values.is_null() & raw.is_not_null())).arg_true()  # few as a rule: only these are looked at closer
    texts, year = raw.gather(odd), read.gather(odd).dt.year()
    reasons = pl.select(
        pl.when(pl.lit(future.gather(odd)))
        .then(pl.lit("future_date"))
        .otherwise(_why_no_date(texts, year, source, has_zone=own is not None))
    ).to_series()
    none = pl.Series([None], dtype=pl.String).new_from_index(0, len(raw))
    return Parsed(values.set(future, None), none.scatter(odd, reasons))


def _moments(raw: pl.Series, source: Source, zones: Zones, *, is_typed: bool) -> tuple[pl.Series, pl.Series]:
    """Return the values, texts in normal form, and what they say."""
    if isinstance(raw.dtype, pl.Date):
        return raw, raw.cast(pl.Datetime("us"))
    if isinstance(raw.dtype, pl.Datetime):
        naive = raw.dtype.time_zone is None
        return raw, zones.place(raw.cast(pl.Datetime("us"))) if naive else zones.local(raw)
    if raw.dtype in (pl.String, pl.Categorical, pl.Null):
        return _text_moments(raw.cast(pl.String), source, zones, is_typed=is_typed)
    declared = [form for form in source.dates if form in EPOCHS]
    if raw.dtype.is_numeric() and declared:
        return raw, epochs(raw, EPOCHS[declared[0]], zones)
    if raw.dtype.is_integer() and source.period == "year":
        return _text_moments(raw.cast(pl.String), source, zones, is_typed=is_typed)
    return raw, nothing(raw)


def _microseconds(day: date) -> int:
    return (day - date(1970, 1, 1)) // timedelta(microseconds=1)


def _why_no_date(raw: pl.Series, year: pl.Series, source: Source, *, has_zone: bool) -> pl.Expr:
    """Say what a value that is no date seems to be.

    A Hijri date is never converted: the month begins by sighting, so a calculated day can fall into the month before.
    """
    if raw.dtype.is_numeric():
        return pl.lit("date_is_a_number")
    if raw.dtype != pl.String:
        zoneless = pl.lit(isinstance(raw.dtype, pl.Datetime) and raw.dtype.time_zone is not None and not has_zone)
        hijri = pl.when(year.is_between(*_HIJRI_YEARS)).then(pl.lit("hijri_date"))
        return hijri.when(zoneless).then(pl.lit("time_zone_unknown")).otherwise(pl.lit("not_a_date"))
    text = pl.lit(raw)
    unordered = pl.lit(not source.dates) & text.str.contains(_UNORDERED)
    return (
        pl.when(text.str.contains(_HIJRI))
        .then(pl.lit("hijri_date"))
        .when(text.str.contains(_A_PERIOD))
        .then(pl.lit("period_mismatch"))
        .when(text.str.contains(_DAY_NUMBER))
        .then(pl.lit("date_is_a_number"))
        .when(pl.lit(not has_zone) & text.str.contains(_ZONE_AT_END))
        .then(pl.lit("time_zone_unknown"))
        .when(unordered)
        .then(pl.lit("date_order_unknown"))
        .otherwise(pl.lit("not_a_date"))
    )


def _text_moments(texts: pl.Series, source: Source, zones: Zones, *, is_typed: bool) -> tuple[pl.Series, pl.Series]:
    """Return the texts in normal form and what they say; only those that are no plain dates are cleaned first."""
    readers = readers_of(source, zones, is_typed=is_typed)
    first = _fitting(readers, texts)
    moments = first(texts)
    left = (moments.is_null() & texts.is_not_null()).arg_true()
    if not len(left):
        return texts, moments
    cleaned = clean(texts.gather(left))
    tidy = cleaned
    for pattern, replacement in _TIDYING:
        tidy = tidy.str.replace(pattern, replacement)
    found = first(tidy)
    for read in _by_fit(readers, texts):
        again = (found.is_null() & tidy.is_not_null()).arg_true()
        if not len(again):
            break
        found = found.scatter(again, read(tidy.gather(again)))
    return texts.scatter(left, cleaned), moments.scatter(left, found)


def _sample(texts: pl.Series) -> pl.Series:
    return clean(texts.gather(texts.is_not_null().arg_true().head(_SAMPLE))).drop_nulls()


def _fitting(readers: list[Reader], texts: pl.Series) -> Reader:
    """Return the reader that reads most of the first dates; one that reads them all leaves the others untried."""
    sample = _sample(texts)
    unread = {}
    for place, read in enumerate(readers):
        unread[place] = read(sample).null_count()
        if not unread[place]:
            return read
    return readers[min(unread, key=unread.__getitem__)]


def _by_fit(readers: list[Reader], texts: pl.Series) -> list[Reader]:
    """Return the readers but the fitting one, in the order in which they read the first dates."""
    sample = _sample(texts)
    return sorted(readers, key=lambda read: read(sample).null_count())[1:]

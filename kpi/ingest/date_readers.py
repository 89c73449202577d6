"""Readers of the forms in which days and moments come; each gives null for what it does not read."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from kpi.ingest.date_forms import EPOCHS, MONTH_NAMES, strptime_format
from kpi.ingest.normalise import folded_key
from kpi.ingest.sources import Source

Reader = Callable[[pl.Series], pl.Series]

_DAYS = ("%Y-%m-%d", "%Y/%m/%d")
_TIMES = ("%H:%M:%S", "%H:%M:%S%.f", "%H:%M")
ISO_FORMATS = tuple(f"{day}{gap}{time}" for day in _DAYS[:1] for gap in "T " for time in _TIMES) + _DAYS
_HALF_DAYS = ("%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d %I:%M %p")
_ZONED = "%Y-%m-%dT%H:%M:%S%.f%#z"
_ZONED_PARTS = (
    r"^([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2})(:[0-9]{2}(?:\.[0-9]+)?)?"
    r" ?(?:(?:[Zz]|UTC|GMT|utc|gmt)|([+-][0-9]{2}):?([0-9]{2})?)$"
)
_TIME = r"(?:[ T,]+([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: [AP]M)?))?$"
_NAME = r"([^0-9\s,،/.\-]+(?: [^0-9\s,،/.\-]+)?)"
_GAP = r"[ /.,،\-]+"
_DAY_FIRST = rf"^(?:{_NAME}[,،] ?)?([0-9]{{1,2}}){_GAP}{_NAME}{_GAP}([0-9]{{4}}){_TIME}"
_NAME_FIRST = rf"^{_NAME} ([0-9]{{1,2}})[,،]? ([0-9]{{4}}){_TIME}"
_PERIODS = {
    "month": r"^(?P<year>[0-9]{4})[-/](?P<month>[0-9]{1,2})$|^(?P<month2>[0-9]{1,2})[-/](?P<year2>[0-9]{4})$",
    "named_month": rf"^(?P<month>[^0-9]*?){_GAP}(?P<year>[0-9]{{4}})$|^(?P<year2>[0-9]{{4}}){_GAP}(?P<month2>[^0-9]+)$",
    "quarter": r"^(?P<year>[0-9]{4})[ \-/]?[QqTt](?P<month>[1-4])$|^[Qq](?P<month2>[1-4])[ \-/]?(?P<year2>[0-9]{4})$",
    "year": r"^(?P<year>[0-9]{4})$",
    "fiscal_year": r"^(?P<year>[0-9]{4}) ?[-/–] ?(?P<next>[0-9]{4}|[0-9]{2})$",
}
_WITHIN = {  # what a period that is written may stand for, when the rows cover this
    "day": (),
    "week": (),
    "month": ("month", "named_month"),
    "quarter": ("month", "named_month", "quarter"),
    "year": ("month", "named_month", "quarter", "year"),
    "fiscal_year": ("fiscal_year",),  # 2011-12 would be a month as well
}


@dataclass(frozen=True)
class Zones:
    """`own`: into which moments are turned; `given`: of stamps that name none, None when it is the same."""

    own: str | None
    given: str | None = None

    def place(self, moments: pl.Series) -> pl.Series:
        """Turn moments of the source's zone into the own one."""
        if self.given is None or self.own is None or self.given == self.own:
            return moments
        there = moments.dt.replace_time_zone(self.given, non_existent="null", ambiguous="earliest")
        return self.local(there)

    def local(self, moments: pl.Series) -> pl.Series:
        """Turn moments with a zone into the own one."""
        if self.own is None:
            return nothing(moments)
        return moments.dt.convert_time_zone(self.own).dt.replace_time_zone(None).cast(pl.Datetime("us"))


def nothing(like: pl.Series) -> pl.Series:
    """Return as many moments that are not known."""
    return pl.Series(like.name, [None], dtype=pl.Datetime("us")).new_from_index(0, len(like))


def readers_of(source: Source, zones: Zones, *, is_typed: bool) -> list[Reader]:
    """Return the readers of a source's dates: a declared form leaves no room for others, but in typed cells for ISO."""
    if source.dates:
        readers = [_reader(form, source, zones) for form in source.dates]
        return readers + ([_strptime(form, zones) for form in ISO_FORMATS] if is_typed else [])
    readers = [_strptime(form, zones) for form in (*ISO_FORMATS, *_HALF_DAYS)]
    readers += [lambda texts: _zoned(texts, zones), lambda texts: _named(texts, zones)]
    return readers + [_period(kind, source) for kind in _WITHIN[source.period]] + _weeks(source)


def _reader(form: str, source: Source, zones: Zones) -> Reader:
    if form in EPOCHS:
        return lambda texts: epochs(texts, EPOCHS[form], zones)
    if "MMMM" in form:
        return lambda texts: _named(texts, zones)
    written = strptime_format(form)
    if written is not None:
        return _strptime(written, zones)
    kind = {"yyyy-mm": "month", "mm/yyyy": "month", "yyyy": "year", "yyyy-yyyy": "fiscal_year"}.get(form, "quarter")
    return _period(kind, source)


def _strptime(form: str, zones: Zones) -> Reader:
    def read(texts: pl.Series) -> pl.Series:
        if "%H" not in form and "%I" not in form:
            return texts.str.to_date(form, strict=False).cast(pl.Datetime("us"))
        if "z" in form:
            loose = form.replace("%:z", "%#z").replace("%z", "%#z")
            return zones.local(texts.str.to_datetime(loose, strict=False, time_unit="us", time_zone="UTC"))
        return zones.place(texts.str.to_datetime(form, strict=False, time_unit="us"))

    return read


def epochs(values: pl.Series, microseconds: int, zones: Zones) -> pl.Series:
    """Read seconds or milliseconds since 1970 (UTC)."""
    numbers = values.cast(pl.Float64, strict=False)
    moments = (numbers * microseconds).round().cast(pl.Int64, strict=False).cast(pl.Datetime("us"))
    return zones.local(moments.dt.replace_time_zone("UTC"))


def _zoned(texts: pl.Series, zones: Zones) -> pl.Series:
    """Read stamps that name their zone, also as PostgreSQL (+04) and people (UTC, no seconds) write it."""
    parts = texts.str.extract_groups(_ZONED_PARTS).struct.unnest()
    day, time, seconds, hours, minutes = (pl.col(name) for name in parts.columns)
    offset = pl.when(hours.is_null()).then(pl.lit("Z")).otherwise(hours + minutes.fill_null("00"))
    written = parts.select((day + "T" + time + seconds.fill_null(":00") + offset).alias(texts.name)).to_series()
    return zones.local(written.str.to_datetime(_ZONED, strict=False, time_unit="us", time_zone="UTC"))


def _named(texts: pl.Series, zones: Zones) -> pl.Series:
    """Read days whose month has a name; a name leaves no doubt which of the numbers is the day."""
    day_first = texts.str.extract_groups(_DAY_FIRST).struct.rename_fields(["_", "day", "name", "year", "time"])
    name_first = texts.str.extract_groups(_NAME_FIRST).struct.rename_fields(["name", "day", "year", "time"])
    found = pl.DataFrame(
        {
            name: day_first.struct.field(name).fill_null(name_first.struct.field(name))
            for name in ("day", "name", "year", "time")
        }
    )
    month = _months(found["name"])
    written = found.select(
        pl.col("year") + "-" + month.cast(pl.String) + "-" + pl.col("day") + " " + pl.col("time").fill_null("00:00")
    ).to_series()
    moments = nothing(texts)
    for form in (" %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p"):
        moments = moments.fill_null(written.str.to_datetime(f"%Y-%m-%d{form}", strict=False, time_unit="us"))
    with_time = found["time"].is_not_null()
    return moments.zip_with(~with_time, zones.place(moments)).alias(texts.name)


def _months(names: pl.Series) -> pl.Series:
    """Return the number of a month by its name, in Arabic of either tradition or in English."""
    numbers = {name: MONTH_NAMES.get(folded_key(name)) for name in names.drop_nulls().unique().to_list()}
    return names.replace_strict(numbers, default=None, return_dtype=pl.Int64)


def _period(kind: str, source: Source) -> Reader:
    """Read what names a month, quarter or year; its first day stands for it."""

    def read(texts: pl.Series) -> pl.Series:
        parts = texts.str.extract_groups(_PERIODS[kind]).struct.unnest()
        year, month = _part(parts, "year"), _part(parts, "month")
        years = year.cast(pl.Int64, strict=False)
        if kind == "named_month":
            months = _months(month)
        elif kind == "year":
            months = pl.Series([1], dtype=pl.Int64).new_from_index(0, len(texts))
        elif kind == "fiscal_year":
            months = _fiscal_starts(years, parts["next"], source.fiscal_year_starts)
        else:
            months = month.cast(pl.Int64, strict=False)
            months = months * 3 - 2 if kind == "quarter" else months
        sound = months.is_between(1, 12) & years.is_between(1900, 2199)
        dated = pl.DataFrame({"year": years, "month": months, "is_sound": sound})
        days = dated.select(pl.when("is_sound").then(pl.date("year", "month", 1))).to_series()
        return days.cast(pl.Datetime("us")).alias(texts.name)

    return read


def _fiscal_starts(years: pl.Series, following: pl.Series, starts: int) -> pl.Series:
    """Return the first month of fiscal years; null where they are not two in a row, or the year is a calendar's."""
    follows = (following.cast(pl.Int64, strict=False) % 100) == ((years + 1) % 100)
    month = starts if starts > 1 else None
    return pl.select(pl.when(follows).then(pl.lit(month, dtype=pl.Int64))).to_series()


def _part(parts: pl.DataFrame, name: str) -> pl.Series:
    if name not in parts.columns:
        return pl.Series([None], dtype=pl.String).new_from_index(0, len(parts))
    other = f"{name}2"
    return parts[name].fill_null(parts[other]) if other in parts.columns else parts[name]


def _weeks(source: Source) -> list[Reader]:
    if source.period != "week":
        return []

    def read(texts: pl.Series) -> pl.Series:
        weeks = texts.str.extract(r"^([0-9]{4}-?W[0-9]{2})$").str.replace(r"^([0-9]{4})W", "${1}-W")
        return (weeks + "-1").str.to_date("%G-W%V-%u", strict=False).cast(pl.Datetime("us")).alias(texts.name)

    return [read]

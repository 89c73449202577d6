"""Periods of whole months: parse, shift, snap to quarters, walk and name in Arabic and English."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from babel.dates import get_month_names

from kpi.errors import SettingsError
from kpi.language import isolate, with_digits
from kpi.messages import text

MONTHS_PER_YEAR = 12
_MONTH = re.compile(r"(\d{4})(?:-(\d{2}))?", re.ASCII)
_RANGE_MARK = ".."
_BETWEEN = " – "


@dataclass(frozen=True, order=True)
class Period:
    """Hold the first day of the first and of the last month, both inside the period."""

    start: date
    end: date

    def __post_init__(self) -> None:
        for day in (self.start, self.end):
            if isinstance(day, datetime) or day.day != 1:
                raise SettingsError("period_invalid", value=f"{self.start}{_RANGE_MARK}{self.end}")
        if self.start > self.end:
            raise SettingsError("period_invalid", value=self.key)

    @classmethod
    def parse(cls, value: str) -> "Period":
        """Read `2025-01..2025-05`, one month `2025-05` or one year `2024`; raise `period_invalid` for anything else."""
        first, mark, last = value.strip().partition(_RANGE_MARK)
        try:
            start, _ = _months_named(first)
            _, end = _months_named(last if mark else first)
        except ValueError as error:
            raise SettingsError("period_invalid", value=value) from error
        if start > end:
            raise SettingsError("period_invalid", value=value)
        return cls(start, end)

    @classmethod
    def of_month(cls, day: date, months: int = 1) -> "Period":
        """Return the period of `months` months that begins with the month of a day."""
        start = day.replace(day=1)
        return cls(start, shift_months(start, months - 1))

    @property
    def key(self) -> str:
        """Return the form that `parse` reads, as it stands in an address: `2025-01..2025-05`."""
        return f"{self.start:%Y-%m}{_RANGE_MARK}{self.end:%Y-%m}"

    @property
    def months(self) -> int:
        """Count the months."""
        return months_between(self.start, self.end) + 1

    def __iter__(self) -> Iterator[date]:
        return iter(self.points(1))

    def __contains__(self, day: date) -> bool:
        return self.start <= day.replace(day=1) <= self.end

    def points(self, months_per_point: int) -> tuple[date, ...]:
        """Return the first month of every point, counted from the first month of the period."""
        return tuple(shift_months(self.start, offset) for offset in range(0, self.months, months_per_point))

    def shift(self, months: int) -> "Period":
        """Move the period by a number of months, keeping its length."""
        return Period(shift_months(self.start, months), shift_months(self.end, months))

    def year_before(self) -> "Period":
        """Return the same months of the year before: the base that seasons do not disturb."""
        return self.shift(-MONTHS_PER_YEAR)

    def previous(self) -> "Period":
        """Return the period of equal length that ends just before this one begins."""
        return self.shift(-self.months)

    def snap(self, months_per_point: int) -> "Period":
        """Widen to whole points of the calendar year (3: quarters, 12: years); raise `period_grain_invalid`."""
        if months_per_point < 1 or MONTHS_PER_YEAR % months_per_point:
            raise SettingsError("period_grain_invalid", months=months_per_point)
        before = (self.start.month - 1) % months_per_point
        after = -self.end.month % months_per_point
        return Period(shift_months(self.start, -before), shift_months(self.end, after))

    def label(self, language: str, months_per_point: int = 1, *, short: bool = False) -> str:
        """Name the period: `January – May 2025`, `May 2025`, `2024`, or `Q2 2017` when points are quarters.

        A `short` one has the months in their short forms, where the language has any: `Jan – May 2025`.
        """
        if (self.start.month, self.end.month) == (1, MONTHS_PER_YEAR):
            return _between_years(self.start.year, self.end.year, language)
        first, last = self._names(language, months_per_point, short=short)
        if self.start.year != self.end.year:
            return f"{first} {_year(self.start, language)}{_BETWEEN}{last} {_year(self.end, language)}"
        if first == last:
            return f"{first} {_year(self.start, language)}"
        return f"{first}{_BETWEEN}{last} {_year(self.end, language)}"

    def _names(self, language: str, months_per_point: int, *, short: bool) -> tuple[str, str]:
        """Name both ends by quarter where the period is made of whole quarters, else by month."""
        if months_per_point % 3 == 0 and self == self.snap(3):
            return quarter_name(self.start.month, language), quarter_name(self.end.month, language)
        return month_name(self.start.month, language, short=short), month_name(self.end.month, language, short=short)


def shift_months(month: date, months: int) -> date:
    """Return the first day of the month that lies `months` later."""
    index = month.year * MONTHS_PER_YEAR + month.month - 1 + months
    return date(index // MONTHS_PER_YEAR, index % MONTHS_PER_YEAR + 1, 1)


def months_between(first: date, last: date) -> int:
    """Count the steps of one month from one month to another."""
    return (last.year - first.year) * MONTHS_PER_YEAR + last.month - first.month


@cache
def month_name(month: int, language: str, *, short: bool = False) -> str:
    """Name a month (1–12) as Oman and the Gulf do: يناير, فبراير … (CLDR `ar`)."""
    return get_month_names("abbreviated" if short else "wide", context="stand-alone", locale=language)[month]


def quarter_name(month: int, language: str) -> str:
    """Name the quarter that holds a month (1–12)."""
    return text(f"period.quarter_{(month - 1) // 3 + 1}", language)


def point_label(month: date, months_per_point: int, language: str) -> str:
    """Name one point of a series by its first month: month, quarter or year, always with the year."""
    return Period.of_month(month, months_per_point).label(language, months_per_point)


def _year(month: date, language: str) -> str:
    return with_digits(str(month.year), language)


def _months_named(value: str) -> tuple[date, date]:
    match = _MONTH.fullmatch(value.strip())
    if match is None:
        raise ValueError(value)
    year, month = int(match[1]), match[2]
    if month is None:
        return date(year, 1, 1), date(year, MONTHS_PER_YEAR, 1)
    return date(year, int(month), 1), date(year, int(month), 1)


def _between_years(first: int, last: int, language: str) -> str:
    if first == last:
        return with_digits(str(first), language)
    return isolate(with_digits(f"{first}{_BETWEEN}{last}", language), language)

"""Words, numbers, dates and lists as Arabic and English readers write them.

Arabic text carries bidi isolates around everything that reads left to right, so that a sign, a percent mark or a range
cannot jump to the wrong side. Digits are Western in both languages unless Arabic-Indic ones are asked for, by
`digits="arab"` or for everything said inside `with arabic_digits(...)`; only Arabic text has them. Numbers are rounded
half up from their decimal form, so both languages always show the same number.
"""

import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from babel import Locale
from babel.dates import format_date as babel_format_date
from babel.numbers import format_compact_decimal

from kpi import messages
from kpi.rounding import MINUS, grouped, round_to_unit, rounded, rounded_percent, signed

Digits = Literal["latn", "arab"]
Nothing = Literal["not_provided", "not_applicable", "not_shown"]

RIGHT_TO_LEFT_LANGUAGES = frozenset({"ar"})
_LTR, _RTL, _END = "\N{LEFT-TO-RIGHT ISOLATE}", "\N{RIGHT-TO-LEFT ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
_ISOLATES = str.maketrans("", "", "\N{LEFT-TO-RIGHT ISOLATE}\N{RIGHT-TO-LEFT ISOLATE}\N{FIRST STRONG ISOLATE}" + _END)
_DIGITS: ContextVar[Digits] = ContextVar("digits", default="latn")
_ARABIC_INDIC = str.maketrans("0123456789,.%", "٠١٢٣٤٥٦٧٨٩٬٫٪")
_ARABIC_LETTER = re.compile(r"[\u0620-\u064a\u0671-\u06d3]")
_LATIN_OR_DIGIT = re.compile(r"[A-Za-z0-9]")
# Latin letters and digits joined to one name, number or date, without the comma or stop of a sentence.
_LATIN_RUN = re.compile(r"[A-Za-z0-9]+(?:(?:[ _./:,@+–-]| ?– ?)[A-Za-z0-9]+)*%?")
_NO_PROSE = re.compile(r"[A-Za-z]|\d-\d")
# British date order is the one of Oman's English texts; CLDR `en` alone would put the month first.
_LOCALES = {"ar": "ar", "en": "en_GB"}
_COUNTED_UNITS = frozenset({"transactions", "services", "journeys", "entities"})
_SMALLEST_COMPACT = 10_000
_WHOLE_PCT = 100
_MINUTES_PER_HOUR, _HOURS_PER_DAY = 60, 24


@dataclass(frozen=True)
class CompactNumber:
    """Hold a short number for reading at a glance and the exact one it stands for."""

    short: str
    exact: str


def direction(language: str) -> Literal["rtl", "ltr"]:
    """Return the reading direction of a language."""
    return "rtl" if language in RIGHT_TO_LEFT_LANGUAGES else "ltr"


@contextmanager
def arabic_digits(digits: Digits) -> Generator[None]:
    """Write Arabic text with the given digits for as long as the context lasts; other threads are not touched."""
    token = _DIGITS.set(digits)
    try:
        yield
    finally:
        _DIGITS.reset(token)


def digits_in_use() -> Digits:
    """Return the digits that Arabic text is written with here."""
    return _DIGITS.get()


def with_digits(written: str, language: str, digits: Digits | None = None) -> str:
    """Return what is written, a year or a day, in the digits in force."""
    wanted = digits or _DIGITS.get()
    return written.translate(_ARABIC_INDIC) if wanted == "arab" and language == "ar" else written


def prose(written: str, language: str) -> str:
    """Return Arabic text with the numbers of its sentences in the digits in force.

    A number that belongs to Latin letters (`ISO 3166-2:OM`, `rop-001`) and a day as `2025-05-31` stay as they are.
    """
    return _LATIN_RUN.sub(_in_prose, written) if language == "ar" and _DIGITS.get() == "arab" else written


def t(key: str, language: str, **facts: object) -> str:
    """Return a message with its facts written for the language.

    Whole and decimal numbers get separators, dates are written out, anything with a `label(language)` is named by it,
    and text of the other direction is isolated. A year is not a quantity: pass it as text.
    """
    return prose(messages.text(key, language, **{name: _Fact(one, language) for name, one in facts.items()}), language)


def plural(key: str, n: int, language: str, **facts: object) -> str:
    """Return the form of a counted message that agrees with `n` (CLDR plural rules; zero always has its own form).

    The message is a table with the forms zero, one, two, few, many, other; `{n}` is the number.
    """
    form = "zero" if n == 0 else Locale.parse(language).plural_form(abs(n))
    return t(f"{key}.{form}", language, n=n, **facts)


def isolate(value: str, language: str) -> str:
    """Wrap left-to-right content for use inside Arabic text; English needs no mark."""
    return f"{_LTR}{value}{_END}" if direction(language) == "rtl" else value


def strip_isolates(value: str) -> str:
    """Remove the bidi isolates, as an export or a comparison of two languages needs it."""
    return value.translate(_ISOLATES)


def format_number(value: float, language: str, *, decimals: int = 0, digits: Digits | None = None) -> str:
    """Write a number in full with thousands separators: `1,234,567`."""
    return _written(grouped(rounded(value, decimals), decimals), language, digits)


def format_percent(value: float, language: str, *, decimals: int = 1, digits: Digits | None = None) -> str:
    """Write a value of 0–100 as a percentage; what is not all of it is never 100, nor what is something 0."""
    mark, shown = rounded_percent(value, decimals)
    return _written(f"{mark}{grouped(shown, decimals)}%", language, digits)


def format_progress(value: float | None, language: str) -> str:
    """Write how far something has come; only what is complete reads 100%."""
    return format_value(value, "percent", language, 0 if value == _WHOLE_PCT else 1)


def format_points(value: float, language: str, *, decimals: int = 1, digits: Digits | None = None) -> str:
    """Write a signed difference of two percentages in percentage points."""
    number = _written(signed(rounded(value, decimals), decimals), language, digits)
    return _phrase(t("number.points", language, value=number), language)


def format_change(
    value: float,
    kind: Literal["percent", "points", "number"],
    language: str,
    *,
    decimals: int | None = None,
    digits: Digits | None = None,
) -> str:
    """Write a change with its sign: `+12.3%`, `−1.2 points` or `−53,210`; what rounds to zero has no sign."""
    if kind == "points":
        return format_points(value, language, decimals=1 if decimals is None else decimals, digits=digits)
    places = decimals if decimals is not None else int(kind == "percent")
    mark = "%" if kind == "percent" else ""
    return _written(f"{signed(rounded(value, places), places)}{mark}", language, digits)


def compact(value: float, language: str, *, digits: Digits | None = None) -> CompactNumber:
    """Shorten a large number to one decimal and a unit word (`1.2 million`), beside its exact form.

    Rounding comes before the choice of the unit: 999,960 is `1 million`, never `1,000 thousand`.
    """
    exact = format_number(value, language, digits=digits)
    if abs(value) < _SMALLEST_COMPACT:
        return CompactNumber(exact, exact)
    rounded = round_to_unit(abs(Decimal(str(value))))
    written = format_compact_decimal(rounded, format_type="long", locale=_LOCALES[language], fraction_digits=1)
    number, _, unit = written.partition(" ")
    sign = MINUS if value < 0 else ""
    short = f"{_written(sign + number, language, digits)} {unit}"
    return CompactNumber(_phrase(short, language), exact)


def format_duration(minutes: float, language: str) -> str:
    """Write minutes as people say them: the two largest units of days, hours and minutes, carried when rounding."""
    whole = int(rounded(minutes, 0))
    if whole == 0:
        return t("duration.under_a_minute", language) if minutes > 0 else plural("duration.minutes", 0, language)
    if whole < _MINUTES_PER_HOUR * _HOURS_PER_DAY:
        parts = zip(("hours", "minutes"), divmod(whole, _MINUTES_PER_HOUR), strict=True)
    else:
        hours = int(rounded(minutes / _MINUTES_PER_HOUR, 0))
        parts = zip(("days", "hours"), divmod(hours, _HOURS_PER_DAY), strict=True)
    written = join_list([plural(f"duration.{unit}", n, language) for unit, n in parts if n], language)
    return _phrase(written, language)


def format_value(
    value: float | None,
    unit: str,
    language: str,
    decimals: int = 0,
    *,
    nothing: Nothing | None = None,
    digits: Digits | None = None,
) -> str:
    """Write the value of a KPI: exact for counts, `%` for percent, a duration for minutes.

    No value reads "not provided", or "not applicable" or "not shown" when `nothing` says so; none is written as 0.
    """
    if value is None:
        return t(f"value.{nothing or 'not_provided'}", language)
    if unit == "percent":
        return format_percent(value, language, decimals=decimals, digits=digits)
    if unit == "minutes":
        return format_duration(value, language)
    return format_number(value, language, decimals=decimals, digits=digits)


def format_quantity(value: float | None, unit: str, language: str, decimals: int = 0) -> str:
    """Write the value of a KPI with its unit in words, in the form that agrees with the number."""
    if value is None or unit not in _COUNTED_UNITS | {"per_1000"}:
        return format_value(value, unit, language, decimals)
    if unit == "per_1000":
        written = t("count.per_1000", language, value=format_value(value, unit, language, decimals))
    else:
        written = plural(f"count.{unit}", int(rounded(value, 0)), language)
    return _phrase(written, language)


def unit_label(unit: str, language: str) -> str:
    """Name a unit by itself, as an axis or a column heading needs it."""
    return t(f"unit.{unit}", language)


def format_day(day: date, language: str) -> str:
    """Write a date in full: `3 May 2025`."""
    return _phrase(with_digits(babel_format_date(day, "d MMMM y", locale=_LOCALES[language]), language), language)


def format_moment(moment: datetime, language: str) -> str:
    """Write a date with its time of day (24 hours), in the time zone that the moment carries."""
    return t("moment", language, day=format_day(moment, language), time=with_digits(f"{moment:%H:%M}", language))


def join_list(items: Sequence[str], language: str) -> str:
    """Join items as a sentence does: `أ، ب وج`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    comma = messages.text("list.comma", language)
    return messages.text("list.last", language, before=f"{comma} ".join(items[:-1]), item=items[-1])


def _in_prose(run: re.Match[str]) -> str:
    return run[0] if _NO_PROSE.search(run[0]) else run[0].translate(_ARABIC_INDIC)


def _written(number: str, language: str, digits: Digits | None) -> str:
    return isolate(with_digits(number, language, digits), language)


def _phrase(written: str, language: str) -> str:
    # Numbers among Arabic words: a left-to-right surrounding, such as a chart, would put the words on the wrong side.
    return f"{_RTL}{written}{_END}" if direction(language) == "rtl" else written


@dataclass(frozen=True)
class _Fact:
    """Write one fact of a message when the message asks for it."""

    value: object
    language: str

    def __format__(self, specification: str) -> str:
        if specification:
            return self._isolated(format(self.value, specification))
        if isinstance(self.value, bool):
            return str(self.value)
        if isinstance(self.value, int):
            return format_number(self.value, self.language)
        if isinstance(self.value, float | Decimal):
            places = -int(Decimal(str(self.value)).normalize().as_tuple().exponent)
            return format_number(float(self.value), self.language, decimals=max(places, 0))
        if isinstance(self.value, date):
            return format_day(self.value, self.language)
        label = getattr(self.value, "label", None)
        return self._isolated(label(self.language) if callable(label) else str(self.value))

    def __str__(self) -> str:
        return format(self, "")

    def _isolated(self, written: str) -> str:
        if written != strip_isolates(written):
            return written
        is_arabic = _ARABIC_LETTER.search(written) is not None
        if direction(self.language) == "rtl":
            return written if is_arabic or not _LATIN_OR_DIGIT.search(written) else isolate(written, self.language)
        return f"{_RTL}{written}{_END}" if is_arabic else written

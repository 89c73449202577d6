"""Draw transactions day by day as small calendars: a week is a row, the months run in reading direction.

HTML, not Plotly: it mirrors by itself and wraps to any width. Darker is more; what never arrived is struck out, what is
incomplete is framed, and zero is a number.
"""

from collections.abc import Sequence
from html import escape
from typing import Literal

from babel.dates import get_day_names

from kpi.charts.chart import Table
from kpi.charts.coverage import Drawing
from kpi.charts.kept import made_once
from kpi.charts.theme import Mode, ramp_colour
from kpi.language import format_day, format_number, format_percent, plural, t, with_digits
from kpi.periods import point_label
from kpi.queries.freshness import Week
from kpi.queries.transaction_days import Day, DayMonth, Days

STEPS = 5
ALL_PCT = 99.95
"""Share that is written as all of it: then no rest is to be explained."""


@made_once
def drawing(days: Days, *, language: str, mode: Mode) -> Drawing:
    """Draw every month shown, each day coloured by its place between the fewest and the most of a day."""
    bounds = _bounds(days.all)
    gaps = any(month.reported is not None and not month.reported.complete for month in days.months)
    months = "".join(_month(month, days.week, bounds, language, mode, gaps=gaps) for month in days.months)
    alt = t("transactions.days.alt", language, period=_span(days, language))
    html = (
        f'<div class="kpi-calendar" role="img" aria-label="{escape(alt)}">{months}</div>'
        f"{_legend(days, bounds, language, mode)}"
    )
    return Drawing(html, alt, table(days, language), _notes(days, language))


def table(days: Days, language: str) -> Table:
    """Return every day in words, the latest first."""
    columns = ("day", "weekday", "transactions", "entities")
    headers = tuple(t(f"transactions.days.{column}", language) for column in columns)
    rows = [
        (format_day(day.day, language), weekday_name(day.day.weekday(), language), _words(day, language),
         format_number(day.entities, language))
        for day in reversed(days.all)
    ]  # fmt: skip
    return Table(t("transactions.days.caption", language), headers, tuple(rows))


def weekday_name(weekday: int, language: str, width: Literal["wide", "narrow"] = "wide") -> str:
    """Name a day of the week (0 is Monday)."""
    return get_day_names(width, context="stand-alone", locale=language)[weekday]


def _month(month: DayMonth, week: Week, bounds: Sequence[float], language: str, mode: Mode, *, gaps: bool) -> str:
    order = [(week.first_day + offset) % 7 for offset in range(7)]
    heads = "".join(f"<b>{escape(weekday_name(weekday, language, 'narrow'))}</b>" for weekday in order)
    before = "<span></span>" * order.index(month.month.weekday())
    cells = "".join(_cell(day, bounds, language, mode) for day in month.days)
    reported = month.reported
    # With a gap in one month each has a line for it, so that the weeks stay side by side.
    gap = "<small>&nbsp;</small>" if gaps else ""
    if reported is not None and not reported.complete:
        words = plural("say.card.reported", reported.expected, language, reported=reported.reported)
        gap = f'<small class="kpi-gap">{escape(words)}</small>'
    name = escape(point_label(month.month, 1, language))
    return f'<div class="kpi-month-days"><p>{name}{gap}</p><div class="kpi-days">{heads}{before}{cells}</div></div>'


def _cell(day: Day, bounds: Sequence[float], language: str, mode: Mode) -> str:
    words = escape(
        t("transactions.days.cell", language, day=format_day(day.day, language), value=_words(day, language))
    )
    number = with_digits(str(day.day.day), language)
    if day.transactions is None:
        return f'<i class="kpi-day-missing" title="{words}">{number}</i>'
    fill, ink = ramp_colour(_step(day.transactions, bounds), mode)
    kind = ' class="kpi-day-partial"' if day.status == "partial" else ""
    return f'<i{kind} style="background:{fill};color:{ink}" title="{words}">{number}</i>'


def _bounds(days: Sequence[Day]) -> tuple[float, ...]:
    """Return the upper bounds of the steps: equal stretches between 0 and the most of a day."""
    most = max((day.transactions or 0 for day in days), default=0)
    return tuple(most * step / STEPS for step in range(1, STEPS + 1))


def _step(transactions: int, bounds: Sequence[float]) -> int:
    return next((step for step, bound in enumerate(bounds) if transactions <= bound), STEPS - 1)


def _words(day: Day, language: str) -> str:
    if day.transactions is None:
        return t("transactions.days.missing", language)
    written = format_number(day.transactions, language)
    return t("web.chart.partial_value", language, value=written) if day.status == "partial" else written


def _legend(days: Days, bounds: Sequence[float], language: str, mode: Mode) -> str:
    """Explain the colours by their numbers and the signs that occur."""
    colours = "".join(f'<i style="background:{ramp_colour(step, mode)[0]}"></i>' for step in range(STEPS))
    most = format_number(bounds[-1], language)
    items = [f"<li><span>{escape(format_number(0, language))}</span>{colours}<span>{escape(most)}</span></li>"]
    used = {day.status for day in days.all}
    items += [
        f'<li><i class="kpi-day-{status}"></i>{escape(t(f"transactions.days.legend_{status}", language))}</li>'
        for status in ("partial", "missing")
        if status in used
    ]
    return f'<ul class="kpi-day-legend">{"".join(items)}</ul>'


def _span(days: Days, language: str) -> str:
    first, last = days.months[0].month, days.months[-1].month
    names = [point_label(month, 1, language) for month in (first, last)]
    return names[0] if first == last else t("transactions.days.span", language, first=names[0], last=names[1])


def _notes(days: Days, language: str) -> tuple[str, ...]:
    notes = []
    if days.governorate_id is not None:
        notes.append(t("transactions.days.note_place", language))
    if days.known_share_pct is not None and days.known_share_pct < ALL_PCT:
        notes.append(t("transactions.days.note_share", language, share=format_percent(days.known_share_pct, language)))
    unknown = [month for month in days.period if month not in {one.month for one in days.months}]
    if unknown:
        notes.append(t("transactions.days.note_unknown", language, first=days.months[0].month))
    return tuple(notes)

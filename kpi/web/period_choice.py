"""Choose the period and what it is compared with."""

from collections.abc import Callable
from datetime import date

import streamlit as st

from kpi.language import t
from kpi.periods import MONTHS_PER_YEAR, Period, point_label, shift_months
from kpi.queries.filters import SAME_MONTHS_LAST_YEAR, Comparison, Filters
from kpi.queries.options import FilterOptions
from kpi.web.choices import ALL, choose, pick, set_parameter

_OFFERED = ("year", "previous", "target")


def period_choice(options: FilterOptions, period: Period, language: str) -> None:
    """Offer the periods worth one click, and any other from month to month."""
    default = options.default_period
    presets = _presets(options, language)
    keys = list(presets) if period.key in presets else [period.key, *presets]
    presets.setdefault(period.key, period.label(language, options.reporting_months))
    with st.container(key="period"):
        choose("period", keys, period.key, presets.__getitem__, language, default=default.key if default else ALL)
        with st.popover(t("web.filter.custom", language)):
            _range_choice("period", options, period, _keep_other_end, language)


def comparison_choice(options: FilterOptions, filters: Filters, language: str) -> None:
    """Offer the same months last year, the period before, the target, or a period from month to month."""
    compare = filters.compare
    labels = {against: t(f"compare.choice.{against}", language) for against in _OFFERED}
    chosen = compare.chosen or _suggested(options, filters.period)
    labels[chosen.key] = t("compare.choice.period", language)
    labels[compare.key] = comparison_label(options, compare, language)

    def same_length(start: date, end: date, base: Period) -> Period:
        if start != base.start:
            return Period.of_month(start, filters.period.months)
        return _keep_other_end(start, end, base)

    with st.container(key="compare"):
        choose("compare", list(labels), compare.key, labels.__getitem__, language, default=SAME_MONTHS_LAST_YEAR.key)
        if compare.chosen is not None:
            with st.popover(t("compare.custom", language)):
                _range_choice("compare", options, compare.chosen, same_length, language)


def comparison_label(options: FilterOptions, compare: Comparison, language: str) -> str:
    """Name what is compared with."""
    if compare.chosen is not None:
        return compare.chosen.label(language, options.reporting_months)
    return t(f"compare.choice.{compare.against}", language)


def _suggested(options: FilterOptions, period: Period) -> Period:
    """Begin the choice two years back, where there are data, else with the first months there are."""
    before = period.shift(-2 * MONTHS_PER_YEAR)
    if options.first_month is not None and before.start < options.first_month:
        return Period.of_month(options.first_month, period.months)
    return before


def _keep_other_end(start: date, end: date, before: Period) -> Period:
    """Return the period whose changed end was moved, the other end with it where they would cross."""
    return Period(start, max(start, end)) if start != before.start else Period(min(start, end), end)


def _range_choice(
    name: str,
    options: FilterOptions,
    period: Period,
    moved: Callable[[date, date, Period], Period],
    language: str,
) -> None:
    if options.first_month is None or options.last_month is None:
        return
    step = options.reporting_months
    months = Period(options.first_month, options.last_month).snap(step).points(step)
    keys = {f"{month:%Y-%m}": month for month in reversed(months)}

    def end_of_range(end: str, month: date) -> date:
        caption = t(f"web.filter.{end}", language)
        return keys[pick(f"{name}_{end}", list(keys), f"{month:%Y-%m}", label, caption, language)]

    def label(key: str) -> str:
        return point_label(keys[key], step, language)

    ends = (period.start, shift_months(period.end, 1 - step))
    first, last = (min(max(month, months[0]), months[-1]) for month in ends)
    chosen = end_of_range("from", first), end_of_range("to", last)
    if chosen != (first, last):
        shown = Period(first, shift_months(last, step - 1))
        set_parameter(name, moved(chosen[0], shift_months(chosen[1], step - 1), shown).key)


def _presets(options: FilterOptions, language: str) -> dict[str, str]:
    """Return the periods worth one click, by key: this year to date, twelve months, whole years."""
    default, first, last = options.default_period, options.first_month, options.last_month
    if default is None or first is None or last is None:
        return {}
    grain = options.reporting_months
    labels = {default.key: t("web.filter.year_to_date", language, period=default.label(language, grain))}
    if default.months == MONTHS_PER_YEAR:
        labels = {default.key: default.label(language)}
    recent = Period(shift_months(last, 1 - MONTHS_PER_YEAR), last)
    if recent.start >= first:
        labels.setdefault(recent.key, t("web.filter.last_12_months", language, period=recent.label(language, grain)))
    for year in range(last.year, first.year - 1, -1):
        whole = Period.parse(str(year))
        if first <= whole.end <= last or year < last.year:
            labels.setdefault(whole.key, whole.label(language))
    return labels

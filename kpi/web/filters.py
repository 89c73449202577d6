"""Choose the slice of the data; the address holds identifiers, so that one link shows the same in either language."""

from collections.abc import Callable, Collection, Sequence
from datetime import date

import streamlit as st

from kpi.errors import KpiError
from kpi.language import t
from kpi.messages import DEFAULT_LANGUAGE, LANGUAGES
from kpi.periods import MONTHS_PER_YEAR, Period, point_label, shift_months
from kpi.queries.filters import NOT_ALLOCATED, Filters
from kpi.queries.results import FilterOptions, Named

ALL = ""
PARAMETERS = ("lang", "wall", "period", "entity", "governorate", "channel")
LANGUAGE_NAMES = {"ar": "العربية", "en": "English"}


def language_of_address() -> str:
    """Return the language the address asks for, Arabic unless it says otherwise."""
    asked = st.query_params.get("lang", DEFAULT_LANGUAGE)
    return asked if asked in LANGUAGES else DEFAULT_LANGUAGE


def filters_of_address(options: FilterOptions) -> Filters | None:
    """Return the filters in the address; what is unknown there is left out. None before any data is loaded."""
    period = _period_of_address(options)
    if period is None:
        return None
    return Filters(
        period=period.snap(options.reporting_months),
        entity_id=_known("entity", options.entities),
        governorate_id=_known("governorate", options.governorates, NOT_ALLOCATED),
        channel=_known("channel", options.channels),
    )


def address_parameters() -> dict[str, str]:
    """Return what a link to another page must carry so that language and filters stay."""
    return {name: st.query_params[name] for name in PARAMETERS if name in st.query_params}


def language_switch(language: str) -> None:
    """Offer both languages, each by its own name."""
    chosen = st.segmented_control(
        t("web.frame.language", language),
        LANGUAGES,
        default=language,
        required=True,
        format_func=lambda code: LANGUAGE_NAMES[code],
        key=f"lang={language}",
        label_visibility="collapsed",
    )
    _go("lang", chosen, language, default=DEFAULT_LANGUAGE)


def filter_bar(options: FilterOptions, filters: Filters, language: str, *, offered: Collection[str]) -> None:
    """Offer the period and those of entity, governorate and channel that apply to the screen."""
    with st.container(key="filters"):
        _period_choice(options, filters.period, language)
        remainder = Named(NOT_ALLOCATED, *(t("governorate.not_allocated", code) for code in LANGUAGES))
        governorates = (*options.governorates, remainder) if options.governorates else ()
        for name, named, chosen, everything in (
            ("entity", options.entities, filters.entity_id, "all_entities"),
            ("governorate", governorates, filters.governorate_id, "all_governorates"),
            ("channel", options.channels, filters.channel, "all_channels"),
        ):
            if named and name in offered:
                _named_choice(name, named, chosen, everything, language)


def _period_choice(options: FilterOptions, period: Period, language: str) -> None:
    default = options.default_period
    presets = _presets(options, language)
    keys = list(presets) if period.key in presets else [period.key, *presets]
    presets.setdefault(period.key, period.label(language, options.reporting_months))
    with st.container(key="period"):
        _choose("period", keys, period.key, presets.__getitem__, language, default=default.key if default else ALL)
        with st.popover(t("web.filter.custom", language)):
            _custom_period(options, period, language)


def _custom_period(options: FilterOptions, period: Period, language: str) -> None:
    if options.first_month is None or options.last_month is None:
        return
    step = options.reporting_months
    months = Period(options.first_month, options.last_month).snap(step).points(step)
    keys = {f"{month:%Y-%m}": month for month in reversed(months)}

    def pick(end: str, month: date) -> date:
        caption = t(f"web.filter.{end}", language)
        chosen = _pick(f"period_{end}", list(keys), f"{month:%Y-%m}", label, caption, language)
        return keys[chosen]

    def label(key: str) -> str:
        return point_label(keys[key], step, language)

    ends = (period.start, shift_months(period.end, 1 - step))
    shown = tuple(min(max(month, months[0]), months[-1]) for month in ends)
    first, last = pick("from", shown[0]), pick("to", shown[1])
    if (first, last) != shown:
        start, end = (first, max(first, last)) if first != shown[0] else (min(first, last), last)
        _set("period", Period(start, shift_months(end, step - 1)).key)


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


def _named_choice(name: str, named: Sequence[Named], chosen: str | None, everything: str, language: str) -> None:
    labels = {ALL: t(f"web.filter.{everything}", language)} | {one.id: one.label(language) for one in named}
    _choose(name, list(labels), chosen or ALL, labels.__getitem__, language, default=ALL)


def _choose(
    name: str, keys: list[str], current: str, label: Callable[[str], str], language: str, *, default: str
) -> None:
    chosen = _pick(name, keys, current, label, t(f"web.filter.{name}", language), language)
    _go(name, chosen, current, default=default)


def _pick(name: str, keys: list[str], current: str, label: Callable[[str], str], caption: str, language: str) -> str:
    # The key holds the current value: the address alone decides what is chosen, also after Back.
    index = keys.index(current) if current in keys else 0
    chosen = st.selectbox(caption, keys, index=index, format_func=label, key=f"{name}={current}@{language}")
    return current if chosen is None else chosen


def _go(name: str, chosen: str | None, current: str, *, default: str) -> None:
    if chosen is not None and chosen != current:
        _set(name, None if chosen == default else chosen)


def _set(name: str, value: str | None) -> None:
    if value is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value
    st.rerun()


def _known(name: str, named: Sequence[Named], *extra: str) -> str | None:
    asked = st.query_params.get(name)
    return asked if asked in {*(one.id for one in named), *extra} else None


def _period_of_address(options: FilterOptions) -> Period | None:
    asked = st.query_params.get("period")
    if asked and options.default_period is not None:
        try:
            return Period.parse(asked)
        except KpiError:
            return options.default_period
    return options.default_period

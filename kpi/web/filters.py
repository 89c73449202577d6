"""Choose the slice of the data; the address holds identifiers, so that one link shows the same in either language."""

from collections.abc import Callable, Collection, Sequence
from html import escape
from typing import get_args

import streamlit as st

from kpi.errors import KpiError
from kpi.language import t
from kpi.messages import DEFAULT_LANGUAGE, LANGUAGES
from kpi.periods import Period
from kpi.queries.filters import NOT_ALLOCATED, SAME_MONTHS_LAST_YEAR, Comparison, Filters, Organisation
from kpi.queries.options import FilterOptions, Service
from kpi.queries.results import Named
from kpi.web.choices import ALL, choose, go
from kpi.web.period_choice import comparison_choice, comparison_label, period_choice

PARAMETERS = ("lang", "wall", "period", "compare", "entity", "governorate", "channel", "service", "organisation")
LANGUAGE_NAMES = {"ar": "العربية", "en": "English"}


def language_of_address() -> str:
    """Return the language the address asks for, Arabic unless it says otherwise."""
    asked = st.query_params.get("lang", DEFAULT_LANGUAGE)
    return asked if asked in LANGUAGES else DEFAULT_LANGUAGE


def filters_of_address(options: FilterOptions, find_service: Callable[[str], Service | None]) -> Filters | None:
    """Return the filters in the address; what is unknown there is left out. None before any data is loaded.

    A service implies its entity; one of another entity than the chosen one is left out.
    """
    period = _period_of_address(options)
    if period is None:
        return None
    entity_id = _known("entity", options.entities)
    asked = st.query_params.get("service")
    service = find_service(asked) if asked else None
    if service is not None and entity_id not in (None, service.entity_id):
        service = None
    return Filters(
        period=period.snap(options.reporting_months),
        entity_id=service.entity_id if service else entity_id,
        governorate_id=_known("governorate", options.governorates, NOT_ALLOCATED),
        channel=_known("channel", options.channels),
        service_id=service.id if service else None,
        compare=_comparison_of_address().snapped(options.reporting_months),
        organisation="as_is" if options.changed_hands and asks_as_is() else "as_was",
    )


def asks_as_is() -> bool:
    """Tell whether the address asks for every body with what it answers for today."""
    return st.query_params.get("organisation") == "as_is"


def address_parameters() -> dict[str, str]:
    """Return what a link to another page must carry so that language and filters stay."""
    asked = st.query_params.to_dict()  # at once: every look into the address of a session is checked
    return {name: asked[name] for name in PARAMETERS if name in asked}


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
    go("lang", chosen, language, default=DEFAULT_LANGUAGE)


def filter_bar(options: FilterOptions, filters: Filters, language: str, *, offered: Collection[str]) -> None:
    """Offer the period and those of comparison, entity, governorate, channel and service that apply to the screen.

    Services are offered once their entity is chosen: all of them at once would weigh more than the page.
    """
    remainder = Named(NOT_ALLOCATED, *(t("governorate.not_allocated", code) for code in LANGUAGES))
    governorates = (*options.governorates, remainder) if options.governorates else ()
    st.html(_summary_html(options, filters, governorates, language, offered))
    with st.container(key="filters"):
        period_choice(options, filters.period, language)
        if "compare" in offered:
            comparison_choice(options, filters, language)
        for name, named, chosen, everything in (
            ("entity", options.entities, filters.entity_id, "all_entities"),
            ("service", options.services, filters.service_id, "all_services"),
            ("governorate", governorates, filters.governorate_id, "all_governorates"),
            ("channel", options.channels, filters.channel, "all_channels"),
        ):
            if named and name in offered:
                _named_choice(name, named, chosen, everything, language)
        if "organisation" in offered and options.changed_hands:
            labels = {one: t(f"web.filter.{one}", language) for one in get_args(Organisation)}
            choose(
                "organisation", list(labels), filters.organisation, labels.__getitem__, language, default="as_was"
            )  # fmt: skip


def _summary_html(
    options: FilterOptions, filters: Filters, governorates: Sequence[Named], language: str, offered: Collection[str]
) -> str:
    """Say in one line what is chosen; on a phone it stands for the filters until it is pressed."""
    shown = [filters.period.label(language, options.reporting_months)]
    for name, named, chosen in (
        ("entity", options.entities, filters.entity_id),
        ("service", options.services, filters.service_id),
        ("governorate", governorates, filters.governorate_id),
        ("channel", options.channels, filters.channel),
    ):
        if name in offered:
            shown += [one.label(language) for one in named if one.id == chosen]
    if "compare" in offered and filters.compare != SAME_MONTHS_LAST_YEAR:
        shown.append(t("compare.chosen", language, base=comparison_label(options, filters.compare, language)))
    if "organisation" in offered and filters.organisation == "as_is":
        shown.append(t("web.filter.as_is", language))
    words = f"{escape(t('web.filter.chosen', language))} <b>{escape(' · '.join(shown))}</b>"
    return f'<button type="button" class="kpi-chosen-filters" aria-expanded="false"><span>{words}</span></button>'


def _named_choice(name: str, named: Sequence[Named], chosen: str | None, everything: str, language: str) -> None:
    labels = {ALL: t(f"web.filter.{everything}", language)} | {one.id: one.label(language) for one in named}
    choose(name, list(labels), chosen or ALL, labels.__getitem__, language, default=ALL)


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


def _comparison_of_address() -> Comparison:
    asked = st.query_params.get("compare")
    if asked:
        try:
            return Comparison.parse(asked)
        except KpiError:
            return SAME_MONTHS_LAST_YEAR
    return SAME_MONTHS_LAST_YEAR

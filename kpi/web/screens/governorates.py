"""Compare the governorates: the answer, the choices of measure and map, the map itself and the table behind it."""

from collections.abc import Sequence
from dataclasses import replace
from html import escape

import streamlit as st

from kpi.charts import boundarymap, tilemap
from kpi.charts.chart import Chart
from kpi.charts.places import Links
from kpi.language import format_number, format_percent, plural, t
from kpi.queries.claims import Claim
from kpi.queries.filters import NOT_ALLOCATED
from kpi.queries.governorate_values import GovernorateMap, GovernorateValue
from kpi.queries.governorates_overview import TOPIC, GovernoratesOverview
from kpi.say.periods import within
from kpi.web import cache
from kpi.web.frame import Visit
from kpi.web.links import href
from kpi.web.panels import answer_box

MAP_FORMS = ("tiles", "boundaries")


def everywhere(visit: Visit) -> Visit:
    """Return the visit without the governorate that another screen may have left in the address."""
    return replace(visit, filters=replace(visit.filters, governorate_id=None) if visit.filters else None)


def read_places(visit: Visit) -> GovernoratesOverview | None:
    """Read the measure that the address asks for, else the digital transactions; None without governorates."""
    if visit.filters is None or not visit.options.governorates:
        return None
    return cache.cached_governorates(visit.build, st.query_params.get("kpi", TOPIC), visit.filters)


def answer_html(topic: GovernorateMap, language: str) -> str:
    """Return the question and the sentence: how much is allocated, who leads, and what names no governorate."""
    return answer_box(t("governorates.title", language), answer(topic, language))


def answer(topic: GovernorateMap, language: str) -> str:
    """Return the sentence on digital transactions by governorate; the remainder is always said."""
    period = within(topic.told, topic.period.label(language), language) if topic.total else topic.period.label(language)
    known = [place for place in topic.values if place.value]
    if topic.nothing == "not_shown":
        return t("coverage.overlap_some", language)
    if not known:
        return t("governorates.answer.nothing_allocated", language, period=period)
    total = topic.total or 0
    allocated, rest = sum(place.value or 0 for place in known), topic.not_allocated or 0
    share, rest_share = (format_percent(100 * part / total, language) for part in (allocated, rest))
    parts = (
        plural("governorates.answer.allocated", round(allocated), language, period=period, share=share),
        _leader(known, language),
        t("governorates.answer.rest", language, rest=format_number(rest, language), share=rest_share)
        if rest
        else t("governorates.answer.no_rest", language),
    )
    return " ".join(parts)


def choices_html(places: GovernoratesOverview, map_form: str, language: str) -> str:
    """Return the choice of the measure behind one click and, where there are boundaries, that of the map."""
    chosen, has_boundaries = places.map.kpi, bool(places.boundaries)
    form = map_form if has_boundaries and map_form != MAP_FORMS[0] else None
    measures = "".join(
        _choice(kpi.name(language), kpi.id == chosen.id, kpi=None if kpi.id == TOPIC else kpi.id, map=form)
        for kpi in places.kpis
    )
    name = escape(chosen.name(language))
    summary = f"{escape(t('governorates.choice.kpi', language))}: <b>{name}</b>"
    measure = f'<details class="kpi-choice"><summary>{summary}</summary><ul>{measures}</ul></details>'
    if not has_boundaries:
        return f'<div class="kpi-choices">{measure}</div>'
    kpi_id = None if chosen.id == TOPIC else chosen.id
    forms = "".join(
        _choice(
            t(f"governorates.choice.{one}", language), one == map_form,
            kpi=kpi_id, map=None if one == MAP_FORMS[0] else one,
        )
        for one in MAP_FORMS
    )  # fmt: skip
    label = escape(t("governorates.choice.map", language))
    return f'<div class="kpi-choices">{measure}<ul class="kpi-forms" aria-label="{label}">{forms}</ul></div>'


def map_form() -> str:
    """Return the form of the map that the address asks for, tiles unless it does."""
    asked = st.query_params.get("map")
    return asked if asked in MAP_FORMS else MAP_FORMS[0]


def map_chart(places: GovernoratesOverview, visit: Visit) -> Chart:
    """Draw the chosen form of the map; every place and the remainder lead to their scorecards."""
    language, mode, links = visit.language, visit.mode, place_links(places.map)
    outlines = places.boundaries
    # Per resident there is no remainder: that of the transactions stands in for it.
    remainder = places.topic if places.map.kpi.unit == "per_1000" else None
    if map_form() == "boundaries" and outlines:
        return boundarymap.figure(places.map, outlines, language=language, mode=mode, links=links, remainder=remainder)
    return tilemap.figure(places.map, language=language, mode=mode, links=links, remainder=remainder)


def place_links(result: GovernorateMap) -> Links:
    """Return the address of every governorate's scorecard, and that of the remainder."""
    ids = (*(place.governorate.id for place in result.values), NOT_ALLOCATED)
    return {one: href("governorate", governorate=one) for one in ids}


def governorate_claims(claims: Sequence[Claim], governorate_id: str | None = None) -> tuple[Claim, ...]:
    """Return the published figures on governorates, or on one of them."""
    return tuple(
        claim
        for claim in claims
        if claim.scope == "governorate" and (governorate_id is None or claim.governorate_id == governorate_id)
    )


def _leader(known: Sequence[GovernorateValue], language: str) -> str:
    first = max(known, key=lambda place: place.value or 0)
    amount = format_number(first.value or 0, language)
    dense = [place for place in known if place.per_1000 is not None]
    if not dense:
        return t("governorates.answer.leads", language, leader=first.governorate, amount=amount)
    most = max(dense, key=lambda place: place.per_1000 or 0)
    per_head = format_number(most.per_1000 or 0, language, decimals=1)
    key = "leads_both" if most == first else "leads_two"
    return t(
        f"governorates.answer.{key}", language,
        leader=first.governorate, amount=amount, other=most.governorate, per_head=per_head,
    )  # fmt: skip


def _choice(words: str, is_chosen: bool, **changes: str | None) -> str:
    mark = ' aria-current="true"' if is_chosen else ""
    return f'<li><a href="{escape(href("governorates", **changes))}"{mark}>{escape(words)}</a></li>'

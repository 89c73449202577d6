"""Tell how one governorate is doing: the answer, its facts, and tables of what happens there."""

from collections.abc import Sequence
from dataclasses import replace
from html import escape

import streamlit as st

from kpi.language import format_number, format_percent, plural, prose, t
from kpi.queries.changes_of_hands import ChangeOfHands
from kpi.queries.filters import NOT_ALLOCATED, Filters
from kpi.queries.governorate_values import GovernorateMap, GovernorateValue
from kpi.queries.governorates import GovernorateFacts
from kpi.queries.results import Headline, Ranking
from kpi.say.answer import counted
from kpi.say.periods import base_words
from kpi.web.frame import Visit
from kpi.web.links import href
from kpi.web.panels import answer_box, message_box
from kpi.web.screens.hands import hands_html, own_figures_html


def this_governorate(visit: Visit) -> Visit | None:
    """Return the visit with nothing but the governorate of the address; None when it names none that is known."""
    chosen = visit.filters
    if chosen is None or chosen.governorate_id is None:
        return None
    return replace(visit, filters=replace(chosen, entity_id=None, channel=None, service_id=None))


def no_governorate_html(language: str) -> str:
    """Say that no governorate, or an unknown one, is asked for, and lead to the list."""
    asked = st.query_params.get("governorate")
    what = t("governorate.unknown_what", language, asked=asked) if asked else t("governorate.choose_what", language)
    box = message_box(what, t("governorate.choose_next", language))
    return f"{box}{back_html(language, 'list')}"


def back_html(language: str, key: str = "back") -> str:
    """Link the page of all governorates."""
    address = escape(href("governorates", governorate=None))
    return (
        f'<p class="kpi-note"><a class="kpi-link" href="{address}">{escape(t(f"governorate.{key}", language))}</a></p>'
    )


def answer_html(
    topic: Headline, ranking: Ranking, places: GovernorateMap, facts: GovernorateFacts, language: str
) -> str:
    """Return the question and the answer: how much, how that moved and why, and the place among the governorates."""
    question = t("governorate.title", language, governorate=facts.governorate)
    if topic.value is None:
        return answer_box(question, t("governorate.words.no_digital", language))
    parts = (
        counted(topic, language, whole=False),
        *_newly(topic, ranking, language),
        *_position(places, facts.governorate.id, language),
    )
    return answer_box(question, " ".join(parts))


def changes_html(changes: Sequence[ChangeOfHands], filters: Filters, language: str) -> str:
    """Say what changed hands; what names no governorate has the figures of its bodies, a governorate its own."""
    if filters.governorate_id == NOT_ALLOCATED:
        return hands_html(changes, filters.organisation, "governorate", language)
    return own_figures_html(changes, "place", filters.organisation, "governorate", language)


def facts_html(facts: GovernorateFacts, places: GovernorateMap, language: str) -> str:
    """Return seat, wilayats, area, dated population and national share, and one click away their sources."""
    unknown = t("governorate.fact.unknown", language)
    here = _place(places, facts.governorate.id)
    area, population = facts.area_km2, facts.population
    values = {
        "seat": (facts.seat_ar if language == "ar" else facts.seat_en) or unknown,
        "wilayats": unknown if facts.wilayats is None else format_number(facts.wilayats, language),
        "area": unknown if area is None else t("governorate.fact.area_value", language, area=area),
        "population": unknown
        if population is None or facts.population_as_of is None
        else t("governorate.fact.population_value", language, population=population, day=facts.population_as_of),
    }
    if density := _density(places, here, language):
        values["density"] = density
    if here is not None and here.value is not None and places.total:
        values["national"] = format_percent(100 * here.value / places.total, language, decimals=2)
    items = "".join(
        f"<div><dt>{escape(t(f'governorate.fact.{name}', language))}</dt><dd>{escape(value)}</dd></div>"
        for name, value in values.items()
    )
    return f'<dl class="kpi-place-facts">{items}</dl>{_sources(facts, language)}'


def _newly(topic: Headline, ranking: Ranking, language: str) -> list[str]:
    """Say when most of a rise is entities that name this governorate now and did not a year earlier."""
    change = topic.change
    if change is None or change.against == "target" or None in (change.raw, change.base_value) or not topic.value:
        return []
    newly = [row for row in ranking.rows if row.numerator and row.change_pct is None]
    amount = sum(row.numerator or 0 for row in newly)
    if 2 * amount < topic.value - (change.base_value or 0) or not newly:
        return []
    base = base_words(change, topic.months_per_point, language)
    return [plural("governorate.answer.newly", len(newly), language, amount=amount, base=base)]


def _position(places: GovernorateMap, governorate_id: str, language: str) -> list[str]:
    here = _place(places, governorate_id)
    known = [place for place in places.values if place.value]
    if here is None or not here.value:
        return []
    share = format_percent(100 * here.value / sum(place.value or 0 for place in known), language)
    better = sum((place.value or 0) > here.value for place in known)
    return [t("governorate.answer.position", language, share=share, place=1 + better, places=len(known))]


def _density(places: GovernorateMap, here: GovernorateValue | None, language: str) -> str | None:
    if here is None or here.per_1000 is None:
        return None
    dense = [place.per_1000 for place in places.values if place.per_1000 is not None]
    per_head = format_number(here.per_1000, language, decimals=1)
    place = 1 + sum(other > here.per_1000 for other in dense)
    return t("governorate.fact.density_value", language, per_head=per_head, place=place, places=len(dense))


def _place(places: GovernorateMap, governorate_id: str) -> GovernorateValue | None:
    return next((place for place in places.values if place.governorate.id == governorate_id), None)


def _sources(facts: GovernorateFacts, language: str) -> str:
    both = ((facts.source, facts.source_ar), (facts.population_source, facts.population_source_ar))
    items = "".join(_source(source, source_ar, language) for source, source_ar in both)
    if not items:
        return ""
    summary = escape(t("governorate.fact.sources", language))
    return f'<details class="kpi-details"><summary>{summary}</summary><ul class="kpi-sources">{items}</ul></details>'


def _source(source: str | None, source_ar: str | None, language: str) -> str:
    if language == "ar" and source_ar:
        return f"<li>{escape(prose(source_ar, language))}</li>"
    # A registry without the Arabic words is quoted in the language it is written in.
    return f'<li lang="en" dir="ltr">{escape(source)}</li>' if source else ""

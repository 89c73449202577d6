"""Compare the governorates: the answer, the choices of measure and map, the map itself and the table behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

import polars as pl
import streamlit as st

from kpi.catalogue import Kpi
from kpi.charts import boundarymap, tilemap
from kpi.charts.chart import Cell, Chart, Table
from kpi.charts.places import Links
from kpi.language import Nothing, format_change, format_number, format_percent, format_value, plural, t
from kpi.periods import point_label
from kpi.queries.filters import NOT_ALLOCATED
from kpi.queries.governorates import GovernorateFacts, GovernorateRanking, RankedGovernorate
from kpi.queries.results import Claim, GovernorateMap, GovernorateValue, Named
from kpi.web import cache
from kpi.web.frame import Visit
from kpi.web.links import href
from kpi.web.panels import answer_box
from kpi.web.tables import table_html

TOPIC, DENSITY = "digital_transactions", "transactions_per_1000"
MAP_FORMS = ("tiles", "boundaries")


@dataclass(frozen=True)
class Places:
    """Hold what the screen shows of one measure: the map, the ranking, and the topic's map, which has the remainder."""

    kpis: tuple[Kpi, ...]
    map: GovernorateMap
    topic: GovernorateMap
    ranking: GovernorateRanking
    facts: tuple[GovernorateFacts, ...]

    @property
    def remainder(self) -> GovernorateMap | None:
        """Return the map whose remainder stands in for one that has none of its own."""
        return self.topic if self.map.kpi.unit == "per_1000" else None


def everywhere(visit: Visit) -> Visit:
    """Return the visit without the governorate that another screen may have left in the address."""
    return replace(visit, filters=replace(visit.filters, governorate_id=None) if visit.filters else None)


def read_places(visit: Visit) -> Places | None:
    """Read the measure that the address asks for, else the digital transactions; None without governorates."""
    build, filters = visit.build, visit.filters
    if filters is None or not visit.options.governorates:
        return None
    kpis = cache.cached_map_kpis(build, filters)
    asked = st.query_params.get("kpi")
    kpi_id = asked if asked in {kpi.id for kpi in kpis} else TOPIC
    return Places(
        kpis=kpis,
        map=cache.cached_map(build, kpi_id, filters),
        topic=cache.cached_map(build, TOPIC, filters),
        ranking=cache.cached_governorate_ranking(build, kpi_id, filters),
        facts=cache.cached_governorate_facts(build, filters),
    )


def answer_html(topic: GovernorateMap, language: str) -> str:
    """Return the question and the sentence: how much is allocated, who leads, and what names no governorate."""
    return answer_box(t("governorates.title", language), answer(topic, language))


def answer(topic: GovernorateMap, language: str) -> str:
    """Return the sentence on digital transactions by governorate; the remainder is always said."""
    period = topic.period.label(language)
    known = [place for place in topic.values if place.value]
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


def choices_html(places: Places, map_form: str, language: str, *, has_boundaries: bool) -> str:
    """Return the choice of the measure behind one click and, where there are boundaries, that of the map."""
    chosen = places.map.kpi
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


def map_chart(places: Places, visit: Visit) -> Chart:
    """Draw the chosen form of the map; every place and the remainder lead to their scorecards."""
    language, mode, links = visit.language, visit.mode, place_links(places.map)
    outlines, remainder = cache.cached_boundaries(visit.build), places.remainder
    if map_form() == "boundaries" and outlines:
        return boundarymap.figure(places.map, outlines, language=language, mode=mode, links=links, remainder=remainder)
    return tilemap.figure(places.map, language=language, mode=mode, links=links, remainder=remainder)


def place_links(result: GovernorateMap) -> Links:
    """Return the address of every governorate's scorecard, and that of the remainder."""
    ids = (*(place.governorate.id for place in result.values), NOT_ALLOCATED)
    return {one: href("governorate", governorate=one) for one in ids}


def table_title(ranking: GovernorateRanking, language: str) -> str:
    """Say what the table shows, and for when."""
    kpi = ranking.kpi.name(language)
    if ranking.as_of is not None:
        return t("governorates.table_as_of", language, kpi=kpi, month=point_label(ranking.as_of, 1, language))
    return t("governorates.table", language, kpi=kpi, period=ranking.period.label(language))


def places_table(places: Places, language: str) -> Table:
    """Return every governorate from best to worst, then the remainder and the whole, each with its link."""
    columns = _columns(places)
    headers = tuple(
        places.map.kpi.name(language) if column == "value" else t(f"governorates.column.{column}", language)
        for column in columns
    )
    rows = [_row(row, place, places, columns, language) for place, row in enumerate(places.ranking.rows, start=1)]
    rows += [_row(row, None, places, columns, language) for row in _sums(places)]
    return Table(table_title(places.ranking, language), headers, tuple(rows))


def newly_allocating(visit: Visit) -> tuple[int, int]:
    """Count the entities that name governorates now and named none a year earlier, and their allocated transactions."""
    if visit.filters is None:
        return 0, 0
    a_year_before = replace(visit.filters, period=visit.filters.period.year_before())
    before = {one.entity for one in cache.cached_remainder(visit.build, a_year_before) if one.total > one.not_allocated}
    now = [one for one in cache.cached_remainder(visit.build, visit.filters) if one.total > one.not_allocated]
    newly = [one.total - one.not_allocated for one in now if one.entity not in before]
    return (len(newly), sum(newly)) if before else (0, 0)


def places_html(places: Places, visit: Visit) -> str:
    """Return the table, by which population the density is computed, and who makes the changes misleading."""
    language = visit.language
    entities, amount = newly_allocating(visit) if places.map.kpi.id in (TOPIC, DENSITY, "transactions") else (0, 0)
    dates = sorted({one.population_as_of for one in places.facts if one.population_as_of is not None})
    note = ""
    if dates and _per_head(places):
        note = f'<p class="kpi-note">{escape(t("governorates.population", language, day=dates[-1]))}</p>'
    if entities:
        base = places.ranking.period.year_before().label(language)
        words = plural("governorates.newly", entities, language, amount=amount, base=base)
        note += f'<p class="kpi-note">{escape(words)}</p>'
    return table_html(places_table(places, language), stacked=True) + note


def places_rows(places: Places, language: str) -> pl.DataFrame:
    """Return the table as typed columns for a file."""
    per_head = _per_head(places)
    population = {one.governorate.id: one.population for one in places.facts}
    kpi = places.map.kpi.name(language)
    rows = [
        {
            t("governorates.column.governorate", language): _name(row, language),
            kpi: row.value,
            t("governorates.column.share", language): row.share_pct,
            t("governorates.column.change", language): row.change_pct
            if row.change_points is None
            else row.change_points,
            t("governorates.column.per_1000", language): per_head.get(row.governorate.id),
            t("governorates.column.population", language): population.get(row.governorate.id),
        }
        for row in (*places.ranking.rows, *_sums(places))
    ]
    frame = pl.DataFrame(rows, infer_schema_length=None)
    if places.map.kpi.unit == "per_1000":
        frame = frame.drop(t("governorates.column.per_1000", language))
    return frame.select(column for column in frame.columns if frame[column].null_count() < frame.height)


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


def _columns(places: Places) -> tuple[str, ...]:
    rows = places.ranking.rows
    optional = (
        ("share", any(row.share_pct is not None for row in rows)),
        ("change", any(row.change_pct is not None or row.change_points is not None for row in rows)),
        ("per_1000", bool(_per_head(places)) and places.map.kpi.unit != "per_1000"),
        ("population", places.map.kpi.unit == "per_1000"),
    )
    return ("governorate", "place", "value", *(name for name, applies in optional if applies))


def _row(
    row: RankedGovernorate, place: int | None, places: Places, columns: Sequence[str], language: str
) -> tuple[str | Cell, ...]:
    kpi, governorate_id = places.map.kpi, row.governorate.id
    per_head = _per_head(places).get(governorate_id)
    population = {one.governorate.id: one.population for one in places.facts}.get(governorate_id)
    known = place is not None and row.value is not None
    words: dict[str, str | Cell] = {
        "governorate": Cell(_name(row, language), _address(row)),
        "place": format_number(place, language) if known and place is not None else "",
        "value": format_value(row.value, kpi.unit, language, kpi.decimals, nothing=_nothing(row)),
        "share": "" if row.share_pct is None else format_percent(row.share_pct, language, decimals=2),
        "change": _change(row, language),
        "per_1000": "" if per_head is None else format_number(per_head, language, decimals=1),
        "population": "" if population is None else format_number(population, language),
    }
    return tuple(words[column] for column in columns)


def _sums(places: Places) -> list[RankedGovernorate]:
    """Return the remainder and the whole; per resident there is neither, and the remainder says so."""
    if places.map.kpi.unit == "per_1000":
        nobody = Named(NOT_ALLOCATED, "", "")
        return [RankedGovernorate(nobody, None, None, None, None, None, None)] if places.topic.not_allocated else []
    return [row for row in (places.ranking.remainder, places.ranking.total) if row is not None]


def _per_head(places: Places) -> dict[str, float]:
    return {place.governorate.id: place.per_1000 for place in places.map.values if place.per_1000 is not None}


def _name(row: RankedGovernorate, language: str) -> str:
    special = {NOT_ALLOCATED: "governorate.not_allocated", "programme": "governorates.column.total"}
    key = special.get(row.governorate.id)
    return t(key, language) if key else row.governorate.label(language)


def _address(row: RankedGovernorate) -> str | None:
    return None if row.governorate.id == "programme" else href("governorate", governorate=row.governorate.id)


def _change(row: RankedGovernorate, language: str) -> str:
    if row.change_points is not None:
        return format_change(row.change_points, "points", language)
    if row.change_pct is not None:
        return format_change(row.change_pct, "percent", language)
    return "" if row.value is None else t("governorates.column.not_comparable", language)


def _nothing(row: RankedGovernorate) -> Nothing:
    return "not_applicable" if row.governorate.id == NOT_ALLOCATED else "not_provided"

"""Say how one entity is doing: the sentence, which indicators apply to it, its ranks, and what is not on record."""

from collections.abc import Callable, Sequence
from html import escape

import polars as pl
import streamlit as st

from kpi.charts.chart import Cell, Table
from kpi.charts.theme import Mode
from kpi.language import format_percent, format_value, plural, t
from kpi.periods import Period, point_label
from kpi.queries.entity import EntityProfile
from kpi.queries.league import READINESS, TOPIC, League
from kpi.queries.places import Place
from kpi.queries.results import Headline
from kpi.say.answer import counted
from kpi.web.cards import cards_html, without_value_html
from kpi.web.links import href, link_html
from kpi.web.panels import answer_box, message_box
from kpi.web.screens.league_table import column_names
from kpi.web.tables import table_html

LARGE = 4
"""Cards shown large, of those that have a value."""
SECTIONS = (
    "indicators", "trend", "ranks", "services", "projects", "projects_office", "readiness", "coverage",
    "claims", "record",
)  # fmt: skip


def missing_html(language: str) -> str:
    """Return a calm message where the address names no entity, or one that does not exist, and the way to the list."""
    asked = st.query_params.get("entity")
    kind = "unknown" if asked else "choose"
    what = t(f"entity.{kind}_what", language, id=asked) if asked else t("entity.choose_what", language)
    link = link_html(t("entity.to_list", language), "entities", entity=None)
    return f"{message_box(what, t(f'entity.{kind}_next', language))}<p>{link}</p>"


def answer_html(
    profile: EntityProfile, headlines: Sequence[Headline], league: League, period: Period, language: str
) -> str:
    """Return the question as the page's title and the answer below it, large."""
    question = t("entity.title", language, entity=profile.entity)
    return answer_box(question, answer(profile, headlines, league, period, language))


def answer(profile: EntityProfile, headlines: Sequence[Headline], league: League, period: Period, language: str) -> str:
    """Say what it completed and how that compares, its rank, and its readiness with the level."""
    topic = next((one for one in headlines if one.kpi.id == TOPIC), None)
    if topic is None:
        first = t("entity.answer.not_covered", language, entity=profile.entity)
    elif topic.value is None:
        span = period.label(language, topic.months_per_point)
        first = t("entity.answer.silent", language, entity=profile.entity, period=span)
    else:
        first = f"{counted(topic, language, whole=False)} {_rank(profile, league, language)}"
    return " ".join(filter(None, (first.strip(), _level(profile, headlines, language))))


def cards(headlines: Sequence[Headline], language: str, mode: Mode) -> tuple[str, ...]:
    """Return the cards, the first of them large where there are enough, and one line on those without a value."""
    known = [one for one in headlines if one.value is not None]
    large = LARGE if len(known) >= LARGE else 0
    return (
        cards_html(known[:large], language=language, mode=mode, size="large"),
        cards_html(known[large:], language=language, mode=mode),
        without_value_html([one for one in headlines if one.value is None], language),
    )


def ranks_html(profile: EntityProfile, league: League, language: str) -> str:
    """Return the entity's value and rank in every column of the league, and who is first."""
    row = next((one for one in league.rows if one.entity.id == profile.entity.id), None)
    if row is None:
        return ""
    names, rows = column_names(league, language), []
    for column in league.columns:
        standing, places = row.standings.get(column), league.places(column)
        if standing is None or not places:
            continue
        best = league.sorted_by(column)[0]
        first = best.standings[column]
        written = format_value(first.value.value, first.kpi.unit, language, first.kpi.decimals)
        rows.append(
            (
                Cell(names[column], href=href("entities", entity=None, sort=None if column == TOPIC else column)),
                format_value(standing.value.value, standing.kpi.unit, language, standing.kpi.decimals),
                _stands(places.get(row.entity.id), language),
                Cell(best.entity.label(language), href=href("entity", entity=best.entity.id), below=written),
            )
        )
    headers = tuple(t(f"entity.rank.{part}", language) for part in ("indicator", "value", "rank", "best"))
    return table_html(Table(t("entity.rank.caption", language), headers, tuple(rows)), stacked=True)


def absent(profile: EntityProfile, has_coverage: bool, has_claims: bool) -> tuple[str, ...]:
    """List what is not on record about the entity, as keys of the messages."""
    known = {
        "transactions": profile.reports_transactions,
        "coverage": has_coverage or not profile.reports_transactions,
        "services": profile.services is not None or bool(profile.top_services),
        "projects": bool(profile.projects),
        "readiness": profile.readiness is not None,
        "team": profile.team_from is not None,
        "platforms": bool(profile.platforms),
        "claims": has_claims,
    }
    return tuple(name for name, is_known in known.items() if not is_known)


def absent_html(names: Sequence[str], language: str) -> str:
    """Name in one line each what is not on record about the entity; `names` are keys of the messages."""
    if not names:
        return ""
    items = "".join(f"<li>{escape(t(f'entity.absent.{name}', language))}</li>" for name in names)
    return f'<div class="kpi-absent"><p>{escape(t("entity.absent_title", language))}</p><ul>{items}</ul></div>'


def indicator_rows(
    headlines: Sequence[Headline], profile: EntityProfile, league: League, language: str
) -> Callable[[], pl.DataFrame]:
    """Return what reads the entity's indicators as typed columns."""

    def read() -> pl.DataFrame:
        words = {
            name: t(f"entity.download.{name}", language)
            for name in ("indicator", "value", "unit", "numerator", "denominator", "target", "change", "change_kind",
                         "percent", "points", "rank")
        }  # fmt: skip
        rows = [
            (
                one.kpi.name(language),
                one.value,
                t(f"unit.{one.kpi.unit}", language),
                one.numerator,
                one.denominator,
                one.target,
                one.change.raw if one.change else None,
                words[one.change.kind] if one.change and one.change.raw is not None else None,
                _place(league, one.kpi.id, profile.entity.id),
            )
            for one in headlines
        ]
        schema = {
            words["indicator"]: pl.String, words["value"]: pl.Float64, words["unit"]: pl.String,
            words["numerator"]: pl.Int64, words["denominator"]: pl.Int64, words["target"]: pl.Float64,
            words["change"]: pl.Float64, words["change_kind"]: pl.String, words["rank"]: pl.Int64,
        }  # fmt: skip
        return pl.DataFrame(rows, schema=schema, orient="row")

    return read


def _rank(profile: EntityProfile, league: League, language: str) -> str:
    place = league.places(TOPIC).get(profile.entity.id) if TOPIC in league.columns else None
    if place is None:
        return ""
    entities = plural("say.answer.entities", place.among, language)
    return t("entity.answer.rank", language, rank=place.place, entities=entities)


def _place(league: League, column: str, entity_id: str) -> int | None:
    stands = league.places(column).get(entity_id) if column in league.columns else None
    return stands.place if stands else None


def _stands(place: Place | None, language: str) -> str:
    if place is None:
        return t("entity.rank.alike", language)
    return t("entity.rank.of", language, rank=place.place, of=place.among)


def _level(profile: EntityProfile, headlines: Sequence[Headline], language: str) -> str:
    readiness = next((one for one in headlines if one.kpi.measure == READINESS), None)
    if readiness is None or readiness.value is None or readiness.as_of is None:
        return ""
    facts: dict[str, object] = {
        "month": point_label(readiness.as_of, 1, language),
        "score": format_percent(readiness.value, language),
    }
    level = profile.readiness.level if profile.readiness else None
    if level is None:
        return t("entity.answer.level_only", language, **facts)
    return t("entity.answer.level", language, level=level, **facts)

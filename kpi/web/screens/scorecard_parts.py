"""The parts of an entity's scorecard: its services, its projects, and what else the registries hold."""

from collections.abc import Callable
from datetime import date
from html import escape

import polars as pl

from kpi.charts.chart import Cell, Table
from kpi.charts.indicators import kind_key
from kpi.language import format_day, format_number, format_progress, plural, t
from kpi.periods import Period, point_label
from kpi.queries.entity import EntityProfile, EntityReadiness, TopService, UsedPlatform
from kpi.queries.projects import Project
from kpi.web.links import href, link_html
from kpi.web.screens.project_standing import standing_cell
from kpi.web.tables import folded_table_html, table_html

PROJECTS_SHOWN = 6
COUNTED = ("registered", "in_scope", "digitised", "priority", "priority_simplified")


def services_html(profile: EntityProfile, period: Period, months_per_point: int, language: str) -> str:
    """Return how many services there are in each state, and those with most digital transactions."""
    span = period.label(language, months_per_point)
    counts = _counts(profile, language) if profile.services is not None else ""
    link = link_html(t("entity.service.all", language), "services", entity=profile.entity.id)
    every = f'<p class="kpi-more">{link}</p>'
    if not profile.top_services:
        return f'{counts}<p class="kpi-note">{escape(t("entity.service.none", language, period=span))}</p>{every}'
    headers = tuple(t(f"entity.service.{part}", language) for part in ("name", "digital", "every"))
    rows = tuple(_service(one, language) for one in profile.top_services)
    table = table_html(Table(t("entity.service.caption", language), headers, rows))
    lead = escape(t("entity.service.top", language, period=span))
    return f'{counts}<p class="kpi-lead kpi-lesser">{lead}</p>{table}{every}'


def service_rows(profile: EntityProfile, language: str) -> Callable[[], pl.DataFrame]:
    """Return what reads the services shown as typed columns."""

    def read() -> pl.DataFrame:
        names = [t(f"entity.service.{part}", language) for part in ("name", "digital", "every")]
        rows = [
            (one.service.label(language), one.digital_transactions, one.transactions) for one in profile.top_services
        ]
        return pl.DataFrame(rows, schema=dict(zip(names, (pl.String, pl.Int64, pl.Int64), strict=True)), orient="row")

    return read


def readiness_rows(readiness: EntityReadiness, language: str) -> Callable[[], pl.DataFrame]:
    """Return what reads the scores by indicator as typed columns."""

    def read() -> pl.DataFrame:
        names = [t(f"entity.indicator.{part}", language) for part in ("name", "score", "previous", "kind")]
        rows = [
            (one.indicator.label(language), one.score_pct, one.previous_pct, one.kind_pct) for one in readiness.scores
        ]
        kinds = (pl.String, pl.Float64, pl.Float64, pl.Float64)
        return pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")

    return read


def projects_html(profile: EntityProfile, language: str) -> str:
    """Return the projects furthest behind their plan, and behind one click all of them."""
    rows = tuple(_project(one, language) for one in profile.projects)
    headers = tuple(
        t(f"entity.project.{part}", language) for part in ("name", "progress", "plan", "status", "due", "reported")
    )
    caption = t("entity.project.caption", language)
    counted = escape(plural("entity.project.counted", len(rows), language))
    table = table_html(Table(caption, headers, rows[:PROJECTS_SHOWN]), stacked=True)
    if len(rows) > PROJECTS_SHOWN:
        table += folded_table_html(Table(caption, headers, rows), t("entity.project.show_all", language))
    return f'<p class="kpi-note">{counted}</p>{table}'


def record_html(profile: EntityProfile, last_month: date, language: str) -> str:
    """Return kind, governorate, change-management team and platforms, those that are known."""
    facts = [("kind", escape(t(f"entity.kind_one.{kind_key(profile.kind)}", language)))]
    if profile.governorate is not None:
        words = profile.governorate.label(language)
        facts.append(("governorate", link_html(words, "governorate", governorate=profile.governorate.id, entity=None)))
    if profile.team_from is not None and profile.team_from <= last_month:
        facts.append(("team", escape(_team(profile, language))))
    if profile.platforms:
        items = "".join(f"<li>{escape(_platform(one, language))}</li>" for one in profile.platforms)
        facts.append(("platforms", f"<ul>{items}</ul>"))
    body = "".join(
        f"<div><dt>{escape(t(f'entity.fact.{name}', language))}</dt><dd>{html}</dd></div>" for name, html in facts
    )
    return f'<dl class="kpi-record">{body}</dl>'


def _counts(profile: EntityProfile, language: str) -> str:
    counts = profile.services
    if counts is None:
        return ""
    items = "".join(
        f"<li><b>{format_number(getattr(counts, name), language)}</b>"
        f"<span>{escape(t(f'entity.service.{name}', language))}</span></li>"
        for name in COUNTED
    )
    when = escape(t("entity.service.as_of", language, month=point_label(counts.as_of, 1, language)))
    return f'<ul class="kpi-counts">{items}</ul><p class="kpi-note">{when}</p>'


def _service(one: TopService, language: str) -> tuple[str | Cell, ...]:
    return (
        Cell(one.service.label(language), href=href("service", service=one.service.id)),
        format_number(one.digital_transactions, language),
        format_number(one.transactions, language),
    )


def _project(one: Project, language: str) -> tuple[str | Cell, ...]:
    unknown = t("value.not_provided", language)
    return (
        Cell(one.facts.item.label(language), href=href("project", project=one.id)),
        format_progress(one.progress_pct, language),
        format_progress(one.planned_pct, language),
        standing_cell(one, language),
        format_day(one.due_on, language) if one.due_on else t("entity.project.no_due", language),
        format_day(one.reported_on, language) if one.reported_on else unknown,
    )


def _team(profile: EntityProfile, language: str) -> str:
    first = point_label((profile.team_from or date.min).replace(day=1), 1, language)
    if profile.team_to is None:
        return t("entity.fact.team_since", language, month=first)
    last = point_label(profile.team_to.replace(day=1), 1, language)
    return t("entity.fact.team_until", language, first=first, last=last)


def _platform(one: UsedPlatform, language: str) -> str:
    name, purpose = one.platform.label(language), one.purpose(language)
    return t("entity.fact.platform", language, name=name, purpose=purpose) if purpose else name

"""Answer whether the projects are on plan: the sentence, what slipped, the chips, the tables and the file."""

from collections import Counter
from collections.abc import Sequence
from html import escape

import polars as pl
import streamlit as st

from kpi.charts.chart import Cell, Table
from kpi.charts.long_list import long_list_html
from kpi.language import (
    format_change,
    format_day,
    format_number,
    format_percent,
    format_progress,
    format_value,
    plural,
    t,
)
from kpi.periods import Period, point_label
from kpi.queries.projects import BEHIND, COMPLETED, DELAYED, Project, Projects, common_due
from kpi.queries.results import Named
from kpi.web.links import href
from kpi.web.panels import answer_box, message_box
from kpi.web.screens.project_standing import standing_cell
from kpi.web.screens.registry_items import common_owner, owner_cell, owner_note, word
from kpi.web.tables import table_html

LARGELY_ON_PLAN = 0.25
"""Share of projects behind plan up to which the answer is `largely` and not `no`."""


def state_of_address(found: Projects) -> str | None:
    """Return the standing that the address asks for; what no project has is left out."""
    asked = st.query_params.get("status")
    return asked if asked in {project.standing.id for project in found.every} else None


def in_state(projects: Sequence[Project], state: str | None) -> tuple[Project, ...]:
    """Return the projects of a standing, or all."""
    return tuple(project for project in projects if state is None or project.standing.id == state)


def answer_html(found: Projects, period: Period, language: str) -> str:
    """Return the question and its answer."""
    return answer_box(t("projects.title", language), answer(found, period, language))


def answer(found: Projects, period: Period, language: str) -> str:
    """Say how many projects are completed and behind plan, how far the whole is, and what slipped."""
    projects = found.counted
    if found.as_of is None:
        on_record = plural("projects.answer.count", len(found.every), language)
        return t("projects.answer.no_report", language, period=period.label(language), projects=on_record)
    return t(
        "projects.answer.sentence",
        language,
        verdict=t(f"projects.verdict.{verdict(projects)}", language),
        completed=plural(
            "projects.answer.completed",
            len(in_state(projects, COMPLETED)),
            language,
            whole=format_number(len(projects), language),
        ),
        behind=_behind(found, language),
        overall=_overall(found, language),
        slipped=_slipped(found, language),
    )


def verdict(projects: Sequence[Project]) -> str:
    """Weigh how many projects are behind plan: yes, largely or no."""
    behind = len(in_state(projects, BEHIND))
    return "yes" if not behind else "largely" if behind <= LARGELY_ON_PLAN * len(projects) else "no"


def _behind(found: Projects, language: str) -> str:
    margin = format_number(found.margin_points, language)
    words = plural("projects.answer.behind", len(in_state(found.counted, BEHIND)), language, margin=margin)
    delayed = sum(project.reported is not None and project.reported.id == DELAYED for project in found.counted)
    if not delayed:
        return words
    delayed_words = plural("projects.answer.delayed", delayed, language)
    return t("projects.answer.behind_delayed", language, behind=words, delayed=delayed_words)


def _overall(found: Projects, language: str) -> str:
    last = found.curve[-1] if found.curve else None
    facts = {
        "month": point_label(found.as_of, 1, language) if found.as_of else "",
        "progress": format_value(last.progress_pct if last else None, "percent", language, 1),
    }
    if last is None or last.planned_pct is None:
        return t("projects.answer.overall", language, **facts)
    return t("projects.answer.overall_planned", language, planned=format_percent(last.planned_pct, language), **facts)


def _slipped(found: Projects, language: str) -> str:
    if found.previous is None:
        return t("projects.answer.no_earlier", language)
    slipped = sum(project.has_slipped for project in found.counted)
    return plural("projects.answer.slipped", slipped, language, month=point_label(found.previous, 1, language))


def nothing_html(entity: Named | None, language: str) -> str:
    """Return the box of a workspace without projects, or of an entity that owns none."""
    if entity is not None:
        what = t("projects.none_of_entity_what", language, entity=entity)
        return message_box(what, t("projects.none_of_entity_next", language))
    return message_box(t("projects.none_what", language), t("projects.none_next", language))


def chips_html(found: Projects, chosen: str | None, language: str) -> str:
    """Return one link per standing that occurs, with the count that the answer gives; the chosen one is marked."""
    counts = Counter(project.standing.id for project in found.counted)
    # The projects come in the order of their standing.
    names = {project.standing.id: project.standing for project in found.counted + found.every}
    chips = [(None, t("projects.chips.all", language), counts.total())]
    chips += [(state, word(named, language), counts[state]) for state, named in names.items()]
    items = "".join(
        f'<li><a href="{escape(href("projects", status=state))}"{_current(state == chosen)}>'
        f"{escape(t('projects.chips.chip', language, state=name, n=n))}</a></li>"
        for state, name, n in chips
    )
    label = escape(t(f"projects.chips.{'label' if found.programme else 'label_others'}", language))
    return f'<nav class="kpi-chips" aria-label="{label}"><span>{label}</span><ul>{items}</ul></nav>'


def _current(chosen: bool) -> str:
    return ' aria-current="true"' if chosen else ""


def slipped_html(found: Projects, language: str) -> str:
    """Return the projects that fell further behind or became delayed, the worst first, or that none did."""
    if found.previous is None:
        return f'<p class="kpi-lead">{escape(t("projects.slip.no_earlier", language))}</p>'
    slipped = [project for project in found.every if project.has_slipped]
    if not slipped:
        return f'<p class="kpi-lead">{escape(t("projects.slip.none", language))}</p>'
    month = point_label(found.previous, 1, language)
    headers = (t("projects.table.project", language), t("projects.slip.before", language, month=month),
               t("projects.table.variance_points", language))  # fmt: skip
    rows = tuple(
        (_name(project, language), _slip(project, language), points(project.variance_points, language))
        for project in sorted(slipped, key=lambda one: (not one.is_newly_delayed, -(one.slipped_points or 0), one.id))
    )
    explained = t("projects.slip.explained", language, margin=format_number(found.margin_points, language))
    note = f'<p class="kpi-note">{escape(explained)}</p>'
    return table_html(Table(t("projects.slipped", language, month=month), headers, rows)) + note


def _slip(project: Project, language: str) -> str:
    became = t("projects.slip.became", language) if project.is_newly_delayed else ""
    worse = points(-project.slipped_points, language) if project.slipped_points else ""
    return " · ".join(filter(None, (worse, became)))


def table(projects: Sequence[Project], caption: str, found: Projects, language: str) -> Table:
    """Return where every project stands against its plan; due dates and owners where they say something."""
    dated = any(project.due_on for project in projects) and common_due(projects) is None
    owned = common_owner([project.facts for project in projects]) is None
    columns = ("project", "standing", "progress", "planned", "variance_points", *(("due",) if dated else ()))
    columns += ("owner",) if owned else ()
    rows = tuple(
        (
            _name(project, language),
            standing_cell(project, language),
            Cell(format_progress(project.progress_pct, language), below=_stale(project, found, language)),
            format_progress(project.planned_pct, language),
            points(project.variance_points, language),
            *((_due(project, language),) if dated else ()),
            *((owner_cell(project.facts, language),) if owned else ()),
        )
        for project in projects
    )
    return Table(caption, tuple(t(f"projects.table.{column}", language) for column in columns), rows)


def tables_html(projects: Sequence[Project], caption: str, found: Projects, language: str, *, nothing: str) -> str:
    """Return the table of some projects; what holds for all of them is said once below it."""
    if not projects:
        return f'<p class="kpi-note">{escape(nothing)}</p>'
    notes = owner_note(common_owner([project.facts for project in projects]), language)
    if due := common_due(projects):
        notes += f'<p class="kpi-note">{escape(t("projects.table.one_due", language, day=due))}</p>'
    if not any(project.due_on for project in projects):
        notes += f'<p class="kpi-note">{escape(t("projects.table.no_dates", language))}</p>'
    shown = table_html(table(projects, caption, found, language), stacked=True)
    return long_list_html(shown, len(projects), language) + notes


def rows(found: Projects, language: str) -> pl.DataFrame:
    """Return every project for a file, typed, headings in the language."""

    def heading(key: str) -> str:
        return t(key, language)

    data = [
        (project.id, project.facts.item.label(language),
         heading(f"project.fact.{'in_programme' if project.in_programme else 'outside'}"),
         word(project.facts.kind, language), project.standing.label(language),
         project.reported.label(language) if project.reported else None,
         project.progress_pct, project.planned_pct, project.variance_points,
         -project.slipped_points if project.slipped_points else None, project.start_on, project.due_on,
         word(project.facts.owner, language), word(project.facts.status, language),
         word(project.facts.source, language))
        for project in found.every
    ]  # fmt: skip
    month = point_label(found.previous, 1, language) if found.previous else "–"
    schema = {
        "project_id": pl.String, heading("projects.table.project"): pl.String, heading("project.fact.part"): pl.String,
        heading("registry.kind"): pl.String, heading("projects.table.standing"): pl.String,
        heading("projects.table.reported"): pl.String,
        heading("projects.table.progress"): pl.Float64, heading("projects.table.planned"): pl.Float64,
        heading("projects.table.variance"): pl.Float64, t("projects.slip.before", language, month=month): pl.Float64,
        heading("projects.gantt.start"): pl.Date, heading("projects.table.due"): pl.Date,
        heading("projects.table.owner"): pl.String, heading("registry.status"): pl.String,
        heading("registry.source"): pl.String,
    }  # fmt: skip
    return pl.DataFrame(data, schema=schema, orient="row")


def _name(project: Project, language: str) -> Cell:
    return Cell(project.facts.item.label(language), href=href("project", project=project.id))


def points(value: float | None, language: str) -> str:
    """Write a distance from the plan in points, with its sign."""
    return t("value.not_provided", language) if value is None else format_change(value, "number", language, decimals=1)


def _due(project: Project, language: str) -> str:
    return format_day(project.due_on, language) if project.due_on else t("projects.table.due_none", language)


def _stale(project: Project, found: Projects, language: str) -> str | None:
    if project.reported_on is None or found.as_of is None or project.reported_on >= found.as_of:
        return None
    return t("projects.table.stale", language, day=format_day(project.reported_on, language))

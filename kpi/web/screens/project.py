"""Answer where one project stands: the sentence, four figures, its facts, its reports and their file."""

from collections.abc import Iterable
from html import escape

import polars as pl
import streamlit as st

from kpi.charts.chart import Cell, Table
from kpi.language import (
    format_change,
    format_day,
    format_number,
    format_points,
    format_progress,
    join_list,
    strip_isolates,
    t,
)
from kpi.periods import Period, point_label, shift_months
from kpi.queries.projects import ON_PLAN, CurvePoint, Project, ProjectLog, Update
from kpi.web.links import link_html
from kpi.web.panels import answer_box, message_box
from kpi.web.screens.project_standing import reported_words, standing_badge_html
from kpi.web.screens.projects import points
from kpi.web.screens.registry_items import other_names, owner_cell, word
from kpi.web.tables import table_html


def project_of_address() -> str:
    """Return the identifier that the address asks for."""
    return st.query_params.get("project", "")


def unknown_html(language: str) -> str:
    """Return the calm words for an identifier that no registry knows, and the way back."""
    box = message_box(t("project.unknown_what", language), t("project.unknown_next", language))
    return box + back_html(language)


def back_html(language: str) -> str:
    """Return the link to all projects."""
    return f'<p class="kpi-back">{link_html(t("project.back", language), "projects")}</p>'


def answer_html(log: ProjectLog, period: Period, language: str) -> str:
    """Return the question and its answer."""
    return answer_box(t("project.question", language), answer(log, period, language))


def answer(log: ProjectLog, period: Period, language: str) -> str:
    """Say how far the project is, against its plan, and whether it slipped in the last month."""
    project = log.project
    name = project.facts.item.label(language)
    if log.as_of is None or project.progress_pct is None:
        return t("project.answer.none", language, project=name, period=period.label(language))
    words = t(
        f"project.answer.{_said(project)}",
        language,
        project=name,
        progress=format_progress(project.progress_pct, language),
        month=point_label(log.as_of, 1, language),
        points=_distance(project.variance_points or 0, language),
        margin=format_number(log.margin_points, language),
    )
    if not project.slipped_points:
        return words
    month = point_label(shift_months(log.as_of, -1), 1, language)
    slipped = _distance(project.slipped_points, language)
    return f"{words} {t('project.answer.slipped', language, points=slipped, month=month)}"


def _said(project: Project) -> str:
    if project.standing.id != ON_PLAN or not project.variance_points:
        return project.standing.id
    return "ahead" if project.variance_points > 0 else "short"


def _distance(points: float, language: str) -> str:
    """Write a distance in points without a sign: the words around it say the direction."""
    return format_points(abs(points), language).replace("+", "")


def figures_html(log: ProjectLog, language: str) -> str:
    """Return progress, plan, difference and state as four cards."""
    project = log.project
    variance = project.variance_points
    when = t("say.card.stock", language, month=point_label(log.as_of, 1, language)) if log.as_of else ""
    cards = (
        ("progress", format_progress(project.progress_pct, language)),
        ("planned", format_progress(project.planned_pct, language)),
        (
            "variance",
            t("value.not_provided", language) if variance is None else format_change(variance, "points", language),
        ),
    )
    figures = "".join(_card(t(f"projects.table.{name}", language), value, when) for name, value in cards)
    reported = (
        reported_words(project, language),
        format_day(project.reported_on, language) if project.reported_on else None,
    )
    below = _when(" · ".join(filter(None, reported)))
    head = f'<h2 class="kpi-name">{escape(t("projects.table.standing", language))}</h2>'
    state = f'<p class="kpi-state">{standing_badge_html(project, language)}</p>'
    last = f'<div class="kpi-card" role="listitem">{head}{state}{below}</div>'
    return f'<div class="kpi-cards" role="list">{figures}{last}</div>'


def _card(name: str, value: str, when: str) -> str:
    kind = "kpi-number" if any(letter.isdigit() for letter in value) else "kpi-nothing"
    kind += " kpi-long" if len(strip_isolates(value)) > len("100.0%") else ""
    return (
        f'<div class="kpi-card" role="listitem"><h2 class="kpi-name">{escape(name)}</h2>'
        f'<p class="kpi-value {kind}"><bdi>{escape(value)}</bdi></p>{_when(when)}</div>'
    )


def _when(words: str) -> str:
    return f'<p class="kpi-when">{escape(words)}</p>'


def curve(log: ProjectLog) -> tuple[CurvePoint, ...]:
    """Return the reports as the points of a curve, in order of time; the last one of a month counts."""
    by_month = {
        update.reported_on.replace(day=1): CurvePoint(
            update.reported_on.replace(day=1), update.progress_pct, update.planned_pct
        )
        for update in reversed(log.updates)
    }
    return tuple(by_month.values())


def facts_html(log: ProjectLog, language: str) -> str:
    """Return what the registry knows of the project, each fact once; what it does not know is left out."""
    project = log.project
    facts = project.facts
    owner = table_cell_html(owner_cell(facts, language))
    listed = (
        ("kind", escape(word(facts.kind, language)) if facts.kind else ""),
        ("part", escape(t(f"project.fact.{'in_programme' if project.in_programme else 'outside'}", language))),
        ("owner", owner if facts.owner else ""),
        ("governorate", escape(project.governorate.label(language)) if project.governorate else ""),
        ("dates", escape(_dates(project, language))),
        ("published", escape(facts.status.label(language)) if facts.status else ""),
        ("also", escape(join_list(other_names(facts, language), language))),
        ("platform", link_html(t("web.page.platforms", language), "platforms") if project.shared_platform else ""),
        ("source", escape(facts.source.label(language)) if facts.source else ""),
    )
    body = "".join(
        f"<dt>{escape(t(f'project.fact.{name}', language))}</dt><dd>{words}</dd>" for name, words in listed if words
    )
    return f'<dl class="kpi-project-facts">{body}</dl>'


def table_cell_html(cell: Cell) -> str:
    """Return a cell outside a table: its words, leading where the cell leads."""
    words = escape(cell.words)
    return f'<a class="kpi-link" href="{escape(cell.href)}">{words}</a>' if cell.href else words


def _dates(project: Project, language: str) -> str:
    if project.start_on is None or project.due_on is None:
        return t("projects.table.due_none", language)
    start, due = (format_day(day, language) for day in (project.start_on, project.due_on))
    return t("project.fact.from_to", language, start=start, due=due)


def log_html(log: ProjectLog, period: Period, language: str) -> str:
    """Return every report, the latest first; remarks have a column only where there are any."""
    if not log.updates:
        return f'<p class="kpi-note">{escape(t("project.no_reports", language, period=period.label(language)))}</p>'
    noted = any(update.note for update in log.updates)
    headers = [t("project.table.reported_on", language)]
    headers += [
        t(f"projects.table.{name}", language) for name in ("reported", "progress", "planned", "variance_points")
    ]
    headers += [t("project.table.note", language)] if noted else []
    rows = tuple(_log_row(update, noted, language) for update in log.updates)
    remark = "" if noted else f'<p class="kpi-note">{escape(t("project.table.no_notes", language))}</p>'
    listed = Table(t("project.table.caption", language), tuple(headers), rows)
    return f'<div class="kpi-log">{table_html(listed, stacked=noted)}</div>{remark}'


def _log_row(update: Update, noted: bool, language: str) -> tuple[str | Cell, ...]:
    return (
        format_day(update.reported_on, language),
        word(update.reported, language),
        format_progress(update.progress_pct, language),
        format_progress(update.planned_pct, language),
        points(update.variance_points, language),
        *((update.note or "",) if noted else ()),
    )


def rows(updates: Iterable[Update], language: str) -> pl.DataFrame:
    """Return the reports for a file, typed, headings in the language."""
    data = [
        (
            one.reported_on,
            one.reported.label(language) if one.reported else None,
            one.progress_pct,
            one.planned_pct,
            one.note,
        )
        for one in updates
    ]
    schema = {
        t("project.table.reported_on", language): pl.Date, t("projects.table.reported", language): pl.String,
        t("projects.table.progress", language): pl.Float64, t("projects.table.planned", language): pl.Float64,
        t("project.table.note", language): pl.String,
    }  # fmt: skip
    return pl.DataFrame(data, schema=schema, orient="row")

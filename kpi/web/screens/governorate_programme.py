"""Tell what the programme does in one governorate: projects, platforms, readiness and published figures."""

from collections.abc import Sequence
from html import escape

from kpi.charts.chart import Cell, Table
from kpi.language import format_change, format_day, format_percent, format_progress, prose, t
from kpi.queries.governorate import IndicatorScores, LocalPlatform, OfficeReadiness
from kpi.queries.projects import Project
from kpi.web.links import href
from kpi.web.screens.project_standing import standing_cell
from kpi.web.tables import folded_table_html, table_html

WEAKEST_SHOWN = 5


def projects_html(projects: Sequence[Project], language: str) -> str:
    """Return the governorate's own projects, then those that the source leaves to all of them, told apart in words."""
    own, unplaced = ([one for one in projects if (one.governorate is not None) is placed] for placed in (True, False))
    if not projects:
        return _note("no_projects", language)
    parts = [_projects(own, language)] if own else []
    if unplaced:
        parts += [_note("unplaced" if own else "only_unplaced", language), _projects(unplaced, language)]
    return "".join(parts)


def platforms_html(platforms: Sequence[LocalPlatform], language: str) -> str:
    """Return the platforms that bodies of the governorate own, or say that the registry names none."""
    if not platforms:
        return _note("no_platforms", language)
    rows = tuple(
        (
            Cell(one.platform.label(language), href("platforms")),
            prose((one.purpose_ar if language == "ar" else one.purpose_en) or "", language),
        )
        for one in platforms
    )
    headers = tuple(t(f"governorate.column.{column}", language) for column in ("platform", "purpose"))
    return table_html(Table(t("governorate.platforms", language), headers, rows), stacked=True)


def readiness_html(assessed: Sequence[OfficeReadiness], language: str) -> str:
    """Return the weakest indicators of the latest assessment, and every indicator at every date one click away."""
    return "".join(_office(one, language) for one in assessed) or _note("no_readiness", language)


def _projects(projects: Sequence[Project], language: str) -> str:
    columns = ("project", "status", "progress", "plan", "reported")
    headers = tuple(t(f"governorate.column.{column}", language) for column in columns)
    rows = tuple(_project(one, language) for one in projects)
    return table_html(Table(t("governorate.projects", language), headers, rows), stacked=True)


def _project(one: Project, language: str) -> tuple[str | Cell, ...]:
    facts = one.facts
    owner = facts.owner.label(language) if facts.owner else None
    return (
        Cell(
            facts.item.label(language),
            href("project", project=one.id),
            below=t("governorate.words.owner", language, owner=owner) if owner else None,
        ),
        standing_cell(one, language),
        format_progress(one.progress_pct, language),
        format_progress(one.planned_pct, language),
        t("value.not_provided", language) if one.reported_on is None else format_day(one.reported_on, language),
    )


def _office(one: OfficeReadiness, language: str) -> str:
    scored = [indicator for indicator in one.indicators if indicator.scores[-1] is not None]
    lowest = sorted(scored, key=lambda indicator: indicator.scores[-1] or 0)[:WEAKEST_SHOWN]
    weakest = escape(t("governorate.words.weakest", language, day=one.assessed_on[-1]))
    bars = "".join(_bar(indicator, language) for indicator in lowest)
    caption = t("governorate.words.scored", language, office=one.office)
    every = folded_table_html(_indicators(one, caption, language), t("governorate.words.indicators_all", language))
    return f'<h3 class="kpi-name">{weakest}</h3><ul class="kpi-bars">{bars}</ul>{every}'


def _bar(indicator: IndicatorScores, language: str) -> str:
    score = indicator.scores[-1] or 0
    bar = f'<span class="kpi-bar kpi-track"><i style="inline-size:{score:.1f}%"></i></span>'
    name, written = escape(indicator.indicator.label(language)), escape(format_percent(score, language))
    return f"<li><span>{name}</span>{bar}<span>{written}</span></li>"


def _indicators(one: OfficeReadiness, caption: str, language: str) -> Table:
    headers = [t("governorate.column.indicator", language), *(format_day(day, language) for day in one.assessed_on)]
    moves = len(one.assessed_on) > 1
    if moves:
        headers.append(t("governorate.column.movement", language))
    rows = []
    for indicator in one.indicators:
        scores = indicator.scores
        row = [indicator.indicator.label(language), *(_score(score, language) for score in scores)]
        if moves:
            before, after = scores[-2:]
            known = before is not None and after is not None
            row.append(format_change(after - before, "points", language) if known else "")
        rows.append(tuple(row))
    return Table(caption, tuple(headers), tuple(rows))


def _score(score: float | None, language: str) -> str:
    return t("value.not_provided", language) if score is None else format_percent(score, language)


def _note(key: str, language: str) -> str:
    return f'<p class="kpi-note">{escape(t(f"governorate.words.{key}", language))}</p>'

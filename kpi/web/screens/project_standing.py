"""Say what a project has reached against its plan, the same on every page, and beside it what its body reported."""

from html import escape

from kpi.charts.chart import Cell
from kpi.language import t
from kpi.queries.projects import BEHIND, COMPLETED, Project
from kpi.web.screens.registry_items import word

_MARKS = {COMPLETED: "met", BEHIND: "missed"}


def standing_cell(project: Project, language: str) -> Cell:
    """Return the standing as a mark, and below it the reported status where that is another word."""
    return Cell(word(project.standing, language), mark=_mark(project), below=reported_words(project, language))


def standing_badge_html(project: Project, language: str) -> str:
    """Return the standing as a mark outside a table."""
    return f'<span class="kpi-badge kpi-mark-{_mark(project)}">{escape(word(project.standing, language))}</span>'


def reported_words(project: Project, language: str) -> str | None:
    """Say what the body itself reported; nothing where it reported no status or says the same."""
    if project.reported is None or project.reported.id == project.standing.id:
        return None
    return t("projects.table.reported_as", language, status=project.reported.label(language))


def _mark(project: Project) -> str:
    return _MARKS.get(project.standing.id, "quiet")

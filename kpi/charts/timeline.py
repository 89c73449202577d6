"""Draw projects from start to due date, filled as far as they have come, in the direction of reading.

The drawing is HTML: it mirrors by itself, wraps long names, and puts a name above its bar on a narrow screen.
"""

from collections.abc import Callable, Sequence
from datetime import date
from html import escape

from kpi.charts.chart import Table
from kpi.charts.coverage import Drawing
from kpi.charts.long_list import long_list_html
from kpi.language import format_day, format_progress, plural, t, with_digits
from kpi.periods import point_label, shift_months
from kpi.queries.projects import Project

_MOST_YEARS_NAMED = 8


def drawing(projects: Sequence[Project], *, as_of: date, language: str, href: Callable[[str], str]) -> Drawing | None:
    """Draw the projects that have both dates; None when none has. `as_of` is the first day of the month shown.

    `href` gives the address of a project's own page.
    """
    dated = [project for project in projects if project.start_on and project.due_on]
    if not dated:
        return None
    today = shift_months(as_of, 1)
    first = min(project.start_on for project in dated if project.start_on)
    last = max(today, *(project.due_on for project in dated if project.due_on))
    scale = _DayScale(date(first.year, 1, 1), date(last.year + (last > date(last.year, 1, 1)), 1, 1))
    alt = _alt(dated, scale, as_of, language)
    rows = "".join(_row(project, scale, language, href) for project in dated)
    lanes = (
        f'<div class="kpi-timeline" style="--today:{scale.share(today):.2f}%" role="group" aria-label="{escape(alt)}">'
        f"{_head(scale, language)}{rows}</div>"
    )
    html = long_list_html(lanes, len(dated), language) + _legend(dated, as_of, language)
    missing = len(projects) - len(dated)
    notes = (plural("projects.gantt.undated", missing, language),) if missing else ()
    return Drawing(html, alt, table(dated, language), notes)


def table(projects: Sequence[Project], language: str) -> Table:
    """Return start, due date, progress and plan of every project as words."""
    columns = ("table.project", "gantt.start", "table.due", "table.progress", "table.planned")
    headers = tuple(t(f"projects.{column}", language) for column in columns)
    rows = tuple(
        (project.facts.item.label(language), _day(project.start_on, language), _day(project.due_on, language),
         format_progress(project.progress_pct, language), format_progress(project.planned_pct, language))
        for project in projects
    )  # fmt: skip
    return Table(t("projects.gantt.caption", language), headers, rows)


class _DayScale:
    """Place days between two days, in percent from the start of reading."""

    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = first, last

    def share(self, day: date) -> float:
        """Return the place of a day, kept within the drawing."""
        share = 100 * (day - self.first).days / (self.last - self.first).days
        return min(max(share, 0.0), 100.0)

    @property
    def years(self) -> range:
        """Return the years to name."""
        return range(self.first.year, self.last.year, max(1, (self.last.year - self.first.year) // _MOST_YEARS_NAMED))


def _head(scale: _DayScale, language: str) -> str:
    years = "".join(
        f'<b style="inset-inline-start:{scale.share(date(year, 1, 1)):.2f}%">{with_digits(str(year), language)}</b>'
        for year in scale.years
    )
    return f'<div class="kpi-span kpi-years" aria-hidden="true"><span></span><div>{years}</div></div>'


def _row(project: Project, scale: _DayScale, language: str, href: Callable[[str], str]) -> str:
    start, due = (scale.share(day) for day in (project.start_on or scale.first, project.due_on or scale.last))
    name = escape(project.facts.item.label(language))
    words = t(
        "projects.gantt.row", language, project=project.facts.item.label(language),
        due=_day(project.due_on, language), progress=format_progress(project.progress_pct, language),
        planned=format_progress(project.planned_pct, language),
    )  # fmt: skip
    done = f'<i class="kpi-done" style="inline-size:{project.progress_pct:.1f}%"></i>' if project.progress_pct else ""
    plan = ""
    if project.planned_pct is not None:
        plan = f'<i class="kpi-plan" style="inset-inline-start:{project.planned_pct:.1f}%"></i>'
    state = " kpi-is-behind" if project.behind else ""
    return (
        f'<div class="kpi-span{state}"><a href="{escape(href(project.id))}">{name}</a>'
        f'<div class="kpi-lane" title="{escape(words)}"><div class="kpi-term" '
        f'style="inset-inline-start:{start:.2f}%;inline-size:{due - start:.2f}%">{done}{plan}</div></div>'
        f"<em>{escape(format_progress(project.progress_pct, language))}</em></div>"
    )


def _legend(projects: Sequence[Project], as_of: date, language: str) -> str:
    month = point_label(as_of, 1, language)
    names = ("progress", *(("behind",) if any(project.behind for project in projects) else ()), "planned", "today")
    items = "".join(
        f'<li><i class="kpi-key-{name}"></i>{escape(t(f"projects.gantt.legend_{name}", language, month=month))}</li>'
        for name in names
    )
    return f'<ul class="kpi-legend">{items}</ul>'


def _alt(projects: Sequence[Project], scale: _DayScale, as_of: date, language: str) -> str:
    return t(
        "projects.gantt.alt",
        language,
        projects=plural("projects.gantt.count", len(projects), language),
        first=with_digits(str(scale.first.year), language),
        last=with_digits(str(scale.last.year - 1), language),
        month=point_label(as_of, 1, language),
    )


def _day(day: date | None, language: str) -> str:
    return format_day(day, language) if day else t("value.not_provided", language)

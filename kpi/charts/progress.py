"""Draw progress against plan over time: a solid line and a dashed one, named in the corner where both begin low."""

from collections.abc import Sequence

import plotly.graph_objects as go

from kpi.charts.chart import Chart, Table, phrase, tick_text
from kpi.charts.kept import drawn_once
from kpi.charts.theme import LABEL_SIZE, Mode, Palette, palette, template
from kpi.language import direction, format_change, format_progress, t, with_digits
from kpi.periods import month_name, months_between, point_label
from kpi.queries.projects import CurvePoint

HEIGHT_PX = 320
WHOLE_PCT = 100
TICKS_PCT = (0.0, 25.0, 50.0, 75.0, 100.0)
FEW_MONTHS, SEVERAL_MONTHS = 6, 18


@drawn_once
def figure(points: Sequence[CurvePoint], *, language: str, mode: Mode) -> Chart:
    """Draw the points from 0 to 100 percent; a month without a value is a gap."""
    colours = palette(mode)
    drawing = go.Figure()
    drawing.update_layout(template=template(mode, language), height=HEIGHT_PX, hovermode="closest")
    drawing.add_trace(_line(points, "planned", language, colours.accent_text, "dash"))
    drawing.add_trace(_line(points, "actual", language, colours.primary, "solid"))
    _set_axes(drawing, points, language)
    _name_lines(drawing, points, language, colours)
    notes = (t("projects.curve_chart.note_gap", language),) if _has_gap(points) else ()
    return Chart(drawing, _alt(points, language), table(points, language), notes)


def table(points: Sequence[CurvePoint], language: str) -> Table:
    """Return the points as words, the latest first."""
    headers = tuple(t(f"projects.curve_chart.{name}", language) for name in ("month", "actual", "planned"))
    rows = tuple(
        (point_label(point.month, 1, language), format_progress(point.progress_pct, language),
         format_progress(point.planned_pct, language), _difference(point, language))
        for point in reversed(points)
    )  # fmt: skip
    headers += (t("projects.table.variance", language),)
    return Table(t("projects.curve_chart.caption", language), headers, rows)


def _difference(point: CurvePoint, language: str) -> str:
    if point.progress_pct is None or point.planned_pct is None:
        return t("value.not_provided", language)
    return format_change(point.progress_pct - point.planned_pct, "points", language)


def _value(point: CurvePoint, which: str) -> float | None:
    return point.progress_pct if which == "actual" else point.planned_pct


def _line(points: Sequence[CurvePoint], which: str, language: str, colour: str, dash: str) -> go.Scatter:
    name = t(f"projects.curve_chart.{which}", language)
    return go.Scatter(
        x=[months_between(points[0].month, point.month) for point in points],
        y=[_value(point, which) for point in points],
        mode="lines+markers" if len(points) <= SEVERAL_MONTHS else "lines",
        line={"color": colour, "width": 3 if which == "actual" else 2, "dash": dash},
        marker={"color": colour, "size": 6},
        connectgaps=False,
        cliponaxis=False,
        hovertext=[
            f"<b>{format_progress(_value(point, which), language)}</b><br>"
            f"{phrase(f'{name} · {point_label(point.month, 1, language)}', language)}"
            for point in points
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _set_axes(drawing: go.Figure, points: Sequence[CurvePoint], language: str) -> None:
    mirrored = direction(language) == "rtl"
    span = max(months_between(points[0].month, points[-1].month), 1)
    edges = [-0.02 * span, 1.02 * span]
    marked = [point for point in points if _is_marked(point, len(points))]
    drawing.update_xaxes(
        range=edges[::-1] if mirrored else edges,
        tickmode="array",
        tickvals=[months_between(points[0].month, point.month) for point in marked],
        ticktext=[_tick(point, len(points), language) for point in marked],
        tickangle=0,
        ticks="outside",
        ticklen=4,
    )
    drawing.update_yaxes(
        range=[0, WHOLE_PCT * 1.04],
        side="right" if mirrored else "left",
        tickmode="array",
        tickvals=TICKS_PCT,
        ticktext=[tick_text(value, WHOLE_PCT, "percent", language) for value in TICKS_PCT],
        showgrid=True,
        showline=False,
    )


def _is_marked(point: CurvePoint, count: int) -> bool:
    return count <= FEW_MONTHS or point.month.month == 1 or (count <= SEVERAL_MONTHS and point.month.month == 7)


def _tick(point: CurvePoint, count: int, language: str) -> str:
    year = with_digits(str(point.month.year), language)
    return year if count > SEVERAL_MONTHS else f"{month_name(point.month.month, language)}<br>{year}"


def _name_lines(drawing: go.Figure, points: Sequence[CurvePoint], language: str, colours: Palette) -> None:
    """Write the latest value of each line at the start of time, above the lines, which rise from there."""
    mirrored = direction(language) == "rtl"
    start = "right" if mirrored else "left"
    for row, (which, colour, sign) in enumerate(
        (("planned", colours.accent_text, "╌╌"), ("actual", colours.primary, "━"))
    ):
        value = _value(points[-1], which)
        name = t(f"projects.curve_chart.{which}", language)
        words = t("projects.curve_chart.end", language, name=name, value=format_progress(value, language))
        drawing.add_annotation(
            xref="paper", yref="paper", x=1 if mirrored else 0, y=1, xanchor=start, yanchor="top", align=start,
            xshift=-10 if mirrored else 10, yshift=-4 - 22 * row, showarrow=False,
            text=phrase(f"{sign} {words}", language), font={"size": LABEL_SIZE, "color": colour},
            bgcolor=colours.surface,
        )  # fmt: skip


def _has_gap(points: Sequence[CurvePoint]) -> bool:
    return any(point.planned_pct is None for point in points)


def _alt(points: Sequence[CurvePoint], language: str) -> str:
    last = points[-1]
    return t(
        "projects.curve_chart.alt",
        language,
        month=point_label(last.month, 1, language),
        actual=format_progress(last.progress_pct, language),
        planned=format_progress(last.planned_pct, language),
    )

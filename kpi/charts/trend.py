"""Draw a KPI over time: bars where months add up, a line where they do not."""

from datetime import date

import plotly.graph_objects as go

from kpi.charts.chart import Chart, Table, nice_ticks, phrase
from kpi.charts.kept import drawn_once
from kpi.charts.theme import Mode, Palette, palette, template
from kpi.charts.time_axis import set_axes
from kpi.charts.trend_marks import (
    LEVEL_PX,
    AxisSpan,
    break_notes,
    draw_breaks,
    draw_overlaid_base,
    draw_span,
    draw_target,
    label_levels,
)
from kpi.language import format_value, t
from kpi.periods import point_label, shift_months
from kpi.queries.results import Point, Series

HEIGHT_PX = 360


@drawn_once
def figure(
    series: Series, *, language: str, mode: Mode, chosen: AxisSpan | None = None, base: AxisSpan | None = None
) -> Chart:
    """Draw the series with the chosen period and its base set apart; partial points are hatched or hollow."""
    colours = palette(mode)
    largest = max((point.value or 0 for point in (*series.points, *_overlaid(series, chosen, base))), default=0)
    largest = max(largest, series.target or 0)
    drawing = go.Figure()
    height = HEIGHT_PX + LEVEL_PX * label_levels(series)
    drawing.update_layout(template=template(mode, language), height=height, bargap=0.28, hovermode="closest")
    if series.kpi.kind == "sum":
        drawing.add_trace(_bars(series, language, colours, chosen, base))
    else:
        drawing.add_trace(_line(series, language, colours))
    _draw_gaps(drawing, series, language, colours)
    ticks = nice_ticks(largest)
    set_axes(drawing, series, language, ticks, with_spans=chosen is not None or base is not None)
    top = ticks[-1]
    overlaid = _overlaid(series, chosen, base)
    if overlaid and base is not None:
        draw_overlaid_base(drawing, series, overlaid, base, language, colours, top)
    for span, colour in ((None if overlaid else base, colours.accent_text), (chosen, colours.primary)):
        if span is not None:
            draw_span(drawing, series, span, language, colour, colours.surface, top)
    if series.target is not None:
        draw_target(drawing, series, language, colours)
    draw_breaks(drawing, series, language, colours, top)
    return Chart(drawing, _alt(series, language), table(series, language), _notes(series, language))


def _overlaid(series: Series, chosen: AxisSpan | None, base: AxisSpan | None) -> tuple[Point, ...]:
    """Return the base's points as far as they stand beside the chosen ones, where the base is off the axis."""
    if chosen is None or base is None or not series.points or not series.base_points:
        return ()
    if series.points[0].month <= base.period.start and base.period.end <= _last_month(series):
        return ()
    return tuple(
        before
        for point, before in zip(series.points, series.base_points, strict=True)
        if point.month in chosen.period and before.month in base.period
    )


def _last_month(series: Series) -> date:
    return shift_months(series.points[-1].month, series.months_per_point - 1)


def table(series: Series, language: str) -> Table:
    """Return the points as words, the latest first."""
    kpi = series.kpi
    rows = tuple(
        (point_label(point.month, series.months_per_point, language), _value_words(series, point, language))
        for point in reversed(series.points)
    )
    headers = (t("web.chart.period", language), kpi.name(language))
    return Table(t("web.chart.trend_title", language, kpi=kpi.name(language)), headers, rows)


def _value_words(series: Series, point: Point, language: str) -> str:
    written = format_value(point.value, series.kpi.unit, language, series.kpi.decimals)
    return t("web.chart.partial_value", language, value=written) if point.partial else written


def _hover(series: Series, language: str) -> list[str]:
    words = [
        f"<b>{_value_words(series, point, language)}</b><br>"
        f"{phrase(point_label(point.month, series.months_per_point, language), language)}"
        for point in series.points
    ]
    return words


def _bars(series: Series, language: str, colours: Palette, chosen: AxisSpan | None, base: AxisSpan | None) -> go.Bar:
    def role(point: Point) -> tuple[str, str]:
        if chosen is not None and point.month in chosen.period:
            return colours.primary, colours.primary
        if base is not None and point.month in base.period:
            return colours.before, colours.before
        return colours.other, colours.other_line

    fills, lines = zip(*(role(point) for point in series.points), strict=True) if series.points else ((), ())
    return go.Bar(
        x=list(range(len(series.points))),
        y=[point.value for point in series.points],
        marker={
            "color": fills,
            "line": {"color": lines, "width": 1},
            "pattern": {
                "shape": ["/" if point.partial else "" for point in series.points],
                "fillmode": "overlay",
                "fgcolor": colours.surface,
                "fgopacity": 0.75,
                "size": 9,
                "solidity": 0.24,
            },
        },
        hovertext=_hover(series, language),
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _line(series: Series, language: str, colours: Palette) -> go.Scatter:
    return go.Scatter(
        x=list(range(len(series.points))),
        y=[point.value for point in series.points],
        mode="lines+markers",
        line={"color": colours.primary, "width": 2.5},
        marker={
            "size": 7,
            "color": [colours.surface if point.partial else colours.primary for point in series.points],
            "line": {"color": colours.primary, "width": 1.5},
        },
        connectgaps=False,
        hovertext=_hover(series, language),
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _draw_gaps(drawing: go.Figure, series: Series, language: str, colours: Palette) -> None:
    """Mark points without a value on the base line: a gap is not a zero."""
    missing = [index for index, point in enumerate(series.points) if point.value is None]
    if missing:
        hover = _hover(series, language)
        drawing.add_scatter(
            x=missing,
            y=[0] * len(missing),
            mode="markers",
            marker={"symbol": "x-thin-open", "size": 8, "color": colours.alarm, "line": {"width": 2}},
            hovertext=[hover[index] for index in missing],
            hovertemplate="%{hovertext}<extra></extra>",
            cliponaxis=False,
        )


def _alt(series: Series, language: str) -> str:
    known = [point for point in series.points if point.value is not None]
    name = series.kpi.name(language)
    if not known:
        return t("web.chart.trend_alt_empty", language, kpi=name)
    lowest, highest = (choose(known, key=lambda point: point.value or 0) for choose in (min, max))
    facts = {
        f"{which}_{part}": words
        for which, point in (("first", known[0]), ("last", known[-1]), ("lowest", lowest), ("highest", highest))
        for part, words in (
            ("period", point_label(point.month, series.months_per_point, language)),
            ("value", format_value(point.value, series.kpi.unit, language, series.kpi.decimals)),
        )
    }
    return t("web.chart.trend_alt", language, kpi=name, **facts)


def _notes(series: Series, language: str) -> tuple[str, ...]:
    notes = []
    if any(point.partial for point in series.points):
        notes.append(t("web.chart.note_partial", language))
    if any(point.value is None for point in series.points):
        notes.append(t("web.chart.note_missing", language))
    return *notes, *break_notes(series, language)

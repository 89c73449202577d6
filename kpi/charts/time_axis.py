"""Lay the points of a series along an axis in reading direction, with few and clear names."""

import plotly.graph_objects as go

from kpi.charts.chart import tick_text
from kpi.charts.trend_marks import ROOM_FOR_LEVEL, ROOM_FOR_NOTHING, ROOM_FOR_SPANS, label_levels
from kpi.language import direction, with_digits
from kpi.periods import MONTHS_PER_YEAR, month_name, quarter_name
from kpi.queries.results import Point, Series


def set_axes(drawing: go.Figure, series: Series, language: str, ticks: list[float], *, with_spans: bool = True) -> None:
    """Place points 0, 1, 2 … in reading direction and values from 0 up, with room for spans and breaks above."""
    count = len(series.points)
    mirrored = direction(language) == "rtl"
    edges = [-0.6, count - 0.4]
    marks = [index for index, point in enumerate(series.points) if _is_marked(point, series)]
    drawing.update_xaxes(
        range=edges[::-1] if mirrored else edges,
        tickmode="array",
        tickvals=marks,
        ticktext=[_tick_words(series.points[index], series, language) for index in marks],
        tickangle=0,
        ticks="outside",
        ticklen=4,
    )
    levels = label_levels(series)
    room = ROOM_FOR_SPANS if with_spans or levels else ROOM_FOR_NOTHING
    drawing.update_yaxes(
        range=[0, ticks[-1] * (room + ROOM_FOR_LEVEL * levels) or 1],
        side="right" if mirrored else "left",
        tickmode="array",
        tickvals=ticks,
        ticktext=[tick_text(value, ticks[-1], series.kpi.unit, language) for value in ticks],
        showgrid=True,
        showline=False,
    )


def _is_marked(point: Point, series: Series) -> bool:
    """Name every point of a short series, else the first and the middle of each year."""
    count = len(series.points)
    if count <= 6:
        return True
    if series.months_per_point >= MONTHS_PER_YEAR:
        return True
    starts = (1,) if count * series.months_per_point > 36 else (1, 7)
    return point.month.month in starts


def _tick_words(point: Point, series: Series, language: str) -> str:
    month, year = point.month.month, with_digits(str(point.month.year), language)
    if series.months_per_point >= MONTHS_PER_YEAR:
        return year
    names = quarter_name if series.months_per_point > 1 else month_name
    name = names(month, language)
    return f"{name}<br>{year}" if month == 1 or len(series.points) <= 6 else name

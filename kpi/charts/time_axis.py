"""Lay points in time along an axis in reading direction, with few and clear names."""

from collections.abc import Sequence
from datetime import date

import plotly.graph_objects as go

from kpi.charts.chart import tick_text
from kpi.language import direction, with_digits
from kpi.periods import MONTHS_PER_YEAR, month_name, quarter_name

_ALL_NAMED, _HALVES_NAMED_MONTHS = 6, 36


def set_time_axis(drawing: go.Figure, months: Sequence[date], months_per_point: int, language: str) -> None:
    """Place the points 0, 1, 2 … in reading direction and name every one of a few, else the first of each half year."""
    edges = [-0.6, len(months) - 0.4]
    marks = [index for index, month in enumerate(months) if is_named(month, len(months), months_per_point)]
    drawing.update_xaxes(
        range=edges[::-1] if direction(language) == "rtl" else edges,
        tickmode="array",
        tickvals=marks,
        ticktext=["<br>".join(tick_lines(months[index], len(months), months_per_point, language)) for index in marks],
        tickangle=0,
        ticks="outside",
        ticklen=4,
    )


def set_value_axis(drawing: go.Figure, ticks: Sequence[float], unit: str, language: str, *, room: float) -> None:
    """Place values from 0 to the last tick at the start of reading; `room` is the whole height in last ticks."""
    drawing.update_yaxes(
        range=[0, ticks[-1] * room or 1],
        side="right" if direction(language) == "rtl" else "left",
        tickmode="array",
        tickvals=list(ticks),
        ticktext=[tick_text(value, ticks[-1], unit, language) for value in ticks],
        showgrid=True,
        showline=False,
    )


def is_named(month: date, count: int, months_per_point: int) -> bool:
    """Tell whether a point is named: every one of a short series, else the first and the middle of each year."""
    if count <= _ALL_NAMED or months_per_point >= MONTHS_PER_YEAR:
        return True
    return month.month in ((1,) if count * months_per_point > _HALVES_NAMED_MONTHS else (1, 7))


def tick_lines(month: date, count: int, months_per_point: int, language: str) -> tuple[str, ...]:
    """Name a point in one line, or two where the year begins."""
    year = with_digits(str(month.year), language)
    if months_per_point >= MONTHS_PER_YEAR:
        return (year,)
    name = (quarter_name if months_per_point > 1 else month_name)(month.month, language)
    return (name, year) if month.month == 1 or count <= _ALL_NAMED else (name,)

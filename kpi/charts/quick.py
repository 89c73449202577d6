"""Draw any small answer at a glance: its first number over its first other column."""

import plotly.graph_objects as go
import polars as pl

from kpi.charts.chart import Chart, Table
from kpi.charts.theme import Mode, palette, template
from kpi.language import direction, format_number, t

SHOWN = 60


def figure(rows: pl.DataFrame, *, language: str, mode: Mode) -> Chart | None:
    """Return bars, or a line over dates; None when the rows have no number or nothing to set it against."""
    numbers = [name for name, kind in rows.schema.items() if kind.is_numeric()]
    others = [name for name, kind in rows.schema.items() if kind.is_temporal() or kind == pl.String]
    if not numbers or not others or rows.is_empty():
        return None
    across, upward = others[0], numbers[-1]
    shown = rows.select(across, upward).drop_nulls().head(SHOWN)
    colours, is_time = palette(mode), shown.schema[across].is_temporal()
    places, values = shown[across].cast(pl.String).to_list(), shown[upward].cast(pl.Float64).to_list()
    drawing = go.Figure()
    if is_time:
        drawing.add_scatter(x=shown[across].to_list(), y=values, mode="lines+markers", line={"color": colours.primary})
    else:
        drawing.add_bar(x=places, y=values, marker={"color": colours.primary})
    mirrored = direction(language) == "rtl"
    drawing.update_layout(template=template(mode, language), height=380, margin={"l": 8, "r": 8, "t": 8, "b": 8})
    drawing.update_yaxes(side="right" if mirrored else "left", showgrid=True)
    drawing.update_xaxes(autorange="reversed" if mirrored else True, type="date" if is_time else "category")
    written = tuple(
        (place, format_number(value, language, decimals=2)) for place, value in zip(places, values, strict=True)
    )
    caption = t("sql.chart_of", language, value=upward, over=across)
    return Chart(drawing, caption, Table(caption, (across, upward), written))

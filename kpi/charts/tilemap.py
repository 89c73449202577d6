"""Draw the governorates as equal tiles in their places, with what no governorate can be named for beside them.

The map is never mirrored: east stays east in both languages.
"""

from collections.abc import Sequence

import plotly.graph_objects as go

from kpi.charts.chart import Canvas, Chart, Table, phrase, wrap
from kpi.charts.theme import FONT, LABEL_SIZE, TICK_SIZE, VALUE_SIZE, Mode, Palette, palette, ramp_colour, template
from kpi.language import direction, format_number, format_percent, format_value, plural, t
from kpi.queries.results import GovernorateMap, GovernorateValue

COLUMNS = 4
TILE_PX = 88
GAP = 0.035
NAME_CHARACTERS = 13
REMAINDER_ROWS = 0.95
STEPS = 5


def figure(result: GovernorateMap, *, language: str, mode: Mode, chosen: str | None = None) -> Chart:
    """Draw one tile per governorate, coloured per 1,000 residents where known, and what is left over below."""
    colours = palette(mode)
    per_head = any(place.per_1000 is not None for place in result.values)
    measures = sorted(m for place in result.values if (m := _measure(place, per_head)) is not None)
    placed = [place for place in result.values if place.tile_row is not None and place.tile_col is not None]
    rows = 1 + max((place.tile_row or 0 for place in placed), default=0)
    canvas = Canvas()
    for place in placed:
        _draw_tile(canvas, place, result, language, mode, _step(_measure(place, per_head), measures))
    for place in placed:
        if place.governorate.id == chosen:
            _frame(canvas, place.tile_col or 0, place.tile_row or 0, colours)
    if per_head and measures:
        _draw_legend(canvas, measures[0], measures[-1], language, mode)
    bottom = float(rows)
    if _has_remainder(result):
        bottom = _draw_remainder(canvas, result, bottom + 0.15, language, colours)
    drawing = go.Figure(_touch_targets(placed, result, language))
    canvas.put_on(drawing)
    drawing.update_xaxes(visible=False, range=[0, COLUMNS])
    drawing.update_yaxes(visible=False, range=[bottom, 0])
    drawing.update_layout(
        template=template(mode, language),
        height=round(bottom * TILE_PX) + 8,
        margin={"l": 0, "r": 0, "t": 4, "b": 4, "pad": 0},
    )
    return Chart(drawing, _alt(result, language), table(result, language), _notes(result, language))


def table(result: GovernorateMap, language: str) -> Table:
    """Return every governorate, then the remainder, as words."""
    kpi = result.kpi
    headers = (t("web.chart.governorate", language), kpi.name(language), t("unit.per_1000", language))
    rows = [
        (_name(place, language), _value(place.value, result, language), _per_1000(place, language))
        for place in result.values
    ]
    if _has_remainder(result):
        rows.append((t("governorate.not_allocated", language), _value(result.not_allocated, result, language), ""))
    return Table(t("web.chart.map_title", language, kpi=kpi.name(language)), headers, tuple(rows))


def _measure(place: GovernorateValue, per_head: bool) -> float | None:
    return place.per_1000 if per_head else place.value


def _step(value: float | None, measures: Sequence[float]) -> int | None:
    """Return the fifth of the governorates that a value falls in: one large value must not make all others pale."""
    return None if value is None else STEPS * measures.index(value) // len(measures)


def _has_remainder(result: GovernorateMap) -> bool:
    return result.kpi.kind == "sum" and bool(result.not_allocated) and bool(result.total)


def _name(place: GovernorateValue, language: str) -> str:
    return place.governorate.label(language)


def _value(value: float | None, result: GovernorateMap, language: str) -> str:
    return format_value(value, result.kpi.unit, language, result.kpi.decimals)


def _per_1000(place: GovernorateValue, language: str) -> str:
    return "" if place.per_1000 is None else format_number(place.per_1000, language, decimals=1)


def _draw_tile(
    canvas: Canvas, place: GovernorateValue, result: GovernorateMap, language: str, mode: Mode, step: int | None
) -> None:
    colours = palette(mode)
    fill, ink = (colours.surface, colours.muted) if step is None else ramp_colour(step, mode)
    left, top = place.tile_col or 0, place.tile_row or 0
    canvas.add_shape(
        type="rect", x0=left + GAP, x1=left + 1 - GAP, y0=top + GAP, y1=top + 1 - GAP,
        fillcolor=fill, line={"color": colours.line, "width": 1 if step is None else 0},
    )  # fmt: skip
    name = "<br>".join(phrase(line, language) for line in wrap(_name(place, language), NAME_CHARACTERS))
    value, per_head = _value(place.value, result, language), _per_1000(place, language)
    small = f"<br><span style='font-size:{TICK_SIZE}px'>{per_head}</span>" if per_head else ""
    canvas.add_annotation(
        x=left + 0.5, y=top + 0.5, showarrow=False, align="center", font={"color": ink, "size": TICK_SIZE},
        text=f"{name}<br><b><span style='font-size:{VALUE_SIZE}px'>{value}</span></b>{small}",
    )  # fmt: skip


def _touch_targets(placed: Sequence[GovernorateValue], result: GovernorateMap, language: str) -> go.Scatter:
    """Return one unseen mark per tile, which says its name and values when pointed at."""
    return go.Scatter(
        x=[(place.tile_col or 0) + 0.5 for place in placed],
        y=[(place.tile_row or 0) + 0.5 for place in placed],
        mode="markers",
        marker={"size": TILE_PX * 0.7, "symbol": "square", "opacity": 0},
        hovertext=[_hover(place, result, language) for place in placed],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _hover(place: GovernorateValue, result: GovernorateMap, language: str) -> str:
    lines = [f"<b>{phrase(_name(place, language), language)}</b>", _value(place.value, result, language)]
    if place.per_1000 is not None:
        lines.append(phrase(t("count.per_1000", language, value=_per_1000(place, language)), language))
    return "<br>".join(lines)


def _frame(canvas: Canvas, left: float, top: float, colours: Palette) -> None:
    canvas.add_shape(
        type="rect", x0=left + GAP, x1=left + 1 - GAP, y0=top + GAP, y1=top + 1 - GAP,
        line={"color": colours.accent, "width": 4},
    )  # fmt: skip


def _draw_legend(canvas: Canvas, least: float, most: float, language: str, mode: Mode) -> None:
    """Explain the colours in the empty north-east corner of the grid."""
    colours = palette(mode)
    left, width, top = 2.1, 1.8, 0.42
    for step in range(STEPS):
        x = left + width * step / STEPS
        fill, _ = ramp_colour(step, mode)
        canvas.add_shape(
            type="rect", x0=x, x1=x + width / STEPS, y0=top, y1=top + 0.14,
            fillcolor=fill, line={"color": colours.line, "width": 0.5},
        )  # fmt: skip
    small = {"color": colours.muted, "size": TICK_SIZE, "family": FONT}
    canvas.add_annotation(
        x=left + width / 2, y=top - 0.04, yanchor="bottom", showarrow=False, font=small,
        text=phrase(t("unit.per_1000", language), language),
    )  # fmt: skip
    for x, anchor, value in ((left, "left", least), (left + width, "right", most)):
        canvas.add_annotation(
            x=x, y=top + 0.16, xanchor=anchor, yanchor="top", showarrow=False, font=small,
            text=format_number(value, language, decimals=1),
        )  # fmt: skip


def _draw_remainder(canvas: Canvas, result: GovernorateMap, top: float, language: str, colours: Palette) -> float:
    """Draw the part of the total that names no governorate, with its share and a strip that shows the proportion."""
    share = _remainder_share(result)
    bottom = top + REMAINDER_ROWS
    canvas.add_shape(
        type="rect", x0=GAP, x1=COLUMNS - GAP, y0=top, y1=bottom, fillcolor=colours.accent_soft,
        line={"color": colours.accent, "width": 1, "dash": "dot"},
    )  # fmt: skip
    words = phrase(t("governorate.not_allocated", language), language)
    amount = _value(result.not_allocated, result, language)
    part = phrase(t("web.chart.of_total", language, share=format_percent(share, language)), language)
    canvas.add_annotation(
        x=COLUMNS / 2, y=top + 0.08, yanchor="top", showarrow=False, align="center",
        font={"color": colours.ink, "size": LABEL_SIZE},
        text=f"{words}<br><b><span style='font-size:16px'>{amount}</span></b> {part}",
    )  # fmt: skip
    start, end, level = GAP + 0.15, COLUMNS - GAP - 0.15, bottom - 0.2
    mirrored = direction(language) == "rtl"
    cut = end - (end - start) * (100 - share) / 100 if mirrored else start + (end - start) * (100 - share) / 100
    allocated = (cut, end) if mirrored else (start, cut)
    for (x0, x1), fill in (((start, end), colours.accent), (allocated, colours.primary)):
        canvas.add_shape(type="rect", x0=x0, x1=x1, y0=level, y1=level + 0.09, fillcolor=fill, line={"width": 0})
    return bottom + 0.05


def _remainder_share(result: GovernorateMap) -> float:
    return 100 * (result.not_allocated or 0) / (result.total or 1)


def _alt(result: GovernorateMap, language: str) -> str:
    name = result.kpi.name(language)
    known = [place for place in result.values if place.value is not None]
    if not known:
        return t("web.chart.map_alt_empty", language, kpi=name)
    first = max(known, key=lambda place: place.value or 0)
    return t(
        "web.chart.map_alt",
        language,
        kpi=name,
        governorates=plural("web.chart.governorates", len(known), language),
        first=_name(first, language),
        value=_value(first.value, result, language),
    )


def _notes(result: GovernorateMap, language: str) -> tuple[str, ...]:
    if not _has_remainder(result):
        return ()
    share = format_percent(_remainder_share(result), language)
    return (t("web.chart.note_remainder", language, share=share),)

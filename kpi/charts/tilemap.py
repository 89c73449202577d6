"""Draw the governorates as equal tiles in their places, with what no governorate can be named for beside them.

The map is never mirrored: east stays east in both languages.
"""

from collections.abc import Sequence

import plotly.graph_objects as go

from kpi.charts import places
from kpi.charts.chart import Canvas, Chart, phrase, wrap
from kpi.charts.kept import drawn_once
from kpi.charts.places import STEPS, Links, Scale, hover_words, linked, per_1000_words, value_words
from kpi.charts.theme import FONT, LABEL_SIZE, TICK_SIZE, VALUE_SIZE, Mode, Palette, palette, ramp_colour, template
from kpi.language import direction, format_percent, plural, strip_isolates, t
from kpi.queries.filters import NOT_ALLOCATED
from kpi.queries.governorate_values import GovernorateMap, GovernorateValue

COLUMNS = 4
TILE_PX = 88
GAP = 0.035
NAME_CHARACTERS = {"rtl": 13, "ltr": 10}  # what a tile holds in the width of a phone
VALUE_CHARACTERS = 12  # a longer one, such as a duration in words, is broken into lines
LINE_CHARACTERS = {"rtl": 10, "ltr": 12}  # the Arabic "and" belongs to the number after it
REMAINDER_ROWS, REMAINDER_VALUE_ROWS = 0.95, 0.7


@drawn_once
def figure(
    result: GovernorateMap,
    *,
    language: str,
    mode: Mode,
    chosen: str | None = None,
    links: Links | None = None,
    remainder: GovernorateMap | None = None,
) -> Chart:
    """Draw one tile per governorate, coloured per 1,000 residents where known, and what is left over below.

    `links` lead from the tiles; `remainder` is another map whose remainder is drawn where this one's KPI has none.
    """
    colours, scale = palette(mode), Scale.of(result)
    leads, left_over = links or {}, remainder or result
    placed = [place for place in result.values if place.tile_row is not None and place.tile_col is not None]
    rows = 1 + max((place.tile_row or 0 for place in placed), default=0)
    canvas = Canvas()
    for place in placed:
        _draw_tile(canvas, place, result, language, mode, scale.step(place), leads.get(place.governorate.id))
    for place in placed:
        if place.governorate.id == chosen:
            _frame(canvas, place.tile_col or 0, place.tile_row or 0, colours)
    if scale.measures:
        _draw_legend(canvas, scale, result, language, mode)
    bottom = float(rows)
    if places.has_remainder(left_over):
        bottom = _draw_remainder(canvas, left_over, bottom + 0.15, language, colours, leads.get(NOT_ALLOCATED))
    drawing = go.Figure(_touch_targets(placed, result, language, leads))
    canvas.put_on(drawing)
    drawing.update_xaxes(visible=False, range=[0, COLUMNS])
    drawing.update_yaxes(visible=False, range=[bottom, 0])
    drawing.update_layout(
        template=template(mode, language),
        height=round(bottom * TILE_PX) + 8,
        margin={"l": 0, "r": 0, "t": 4, "b": 4, "pad": 0},
    )
    notes = (*places.scale_notes(result, language), *places.notes(left_over, language))
    return Chart(drawing, _alt(result, language), places.table(result, language), notes)


def _draw_tile(
    canvas: Canvas,
    place: GovernorateValue,
    result: GovernorateMap,
    language: str,
    mode: Mode,
    step: int | None,
    address: str | None,
) -> None:
    colours = palette(mode)
    fill, ink = (colours.surface, colours.muted) if step is None else ramp_colour(step, mode)
    left, top = place.tile_col or 0, place.tile_row or 0
    canvas.add_shape(
        type="rect", x0=left + GAP, x1=left + 1 - GAP, y0=top + GAP, y1=top + 1 - GAP,
        fillcolor=fill, line={"color": colours.line, "width": 1 if step is None else 0},
    )  # fmt: skip
    lines = wrap(place.governorate.label(language), NAME_CHARACTERS[direction(language)])
    name = "<br>".join(phrase(line, language) for line in lines)
    value, per_head = value_words(place.value, result, language), per_1000_words(place, result, language)
    size = VALUE_SIZE
    if len(value) > VALUE_CHARACTERS:
        size, lines = TICK_SIZE, wrap(strip_isolates(value), LINE_CHARACTERS[direction(language)])
        value = "<br>".join(phrase(line, language) for line in lines)
    small = f"<br><span style='font-size:{TICK_SIZE}px'>{per_head}</span>" if per_head else ""
    canvas.add_annotation(
        x=left + 0.5, y=top + 0.5, showarrow=False, align="center", font={"color": ink, "size": TICK_SIZE},
        text=linked(f"{name}<br><b><span style='font-size:{size}px'>{value}</span></b>{small}", address, ink),
    )  # fmt: skip


def _touch_targets(
    placed: Sequence[GovernorateValue], result: GovernorateMap, language: str, links: Links
) -> go.Scatter:
    """Return one unseen mark per tile, which says its name and values when pointed at and leads where the tile does."""
    return go.Scatter(
        x=[(place.tile_col or 0) + 0.5 for place in placed],
        y=[(place.tile_row or 0) + 0.5 for place in placed],
        mode="markers",
        marker={"size": TILE_PX * 0.7, "symbol": "square", "opacity": 0},
        customdata=[links.get(place.governorate.id) for place in placed],
        hovertext=[hover_words(place, result, language) for place in placed],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _frame(canvas: Canvas, left: float, top: float, colours: Palette) -> None:
    canvas.add_shape(
        type="rect", x0=left + GAP, x1=left + 1 - GAP, y0=top + GAP, y1=top + 1 - GAP,
        line={"color": colours.accent, "width": 4},
    )  # fmt: skip


def _draw_legend(canvas: Canvas, scale: Scale, result: GovernorateMap, language: str, mode: Mode) -> None:
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
        text=phrase(scale.unit(result, language), language),
    )  # fmt: skip
    least, most = scale.ends(result, language)
    longest = max(len(least), len(most)) > VALUE_CHARACTERS + 2
    for x, anchor, value, lower in ((left, "left", least, 0), (left + width, "right", most, longest)):
        canvas.add_annotation(
            x=x, y=top + 0.16 + 0.17 * lower, xanchor=anchor, yanchor="top", showarrow=False, font=small, text=value,
        )  # fmt: skip


def _draw_remainder(
    canvas: Canvas, result: GovernorateMap, top: float, language: str, colours: Palette, address: str | None
) -> float:
    """Draw what names no governorate; where it is part of a total, with its share and a strip of the proportion."""
    share = places.remainder_share(result)
    bottom = top + (REMAINDER_VALUE_ROWS if share is None else REMAINDER_ROWS)
    canvas.add_shape(
        type="rect", x0=GAP, x1=COLUMNS - GAP, y0=top, y1=bottom, fillcolor=colours.accent_soft,
        line={"color": colours.accent, "width": 1, "dash": "dot"},
    )  # fmt: skip
    words = linked(phrase(t("governorate.not_allocated", language), language), address, colours.ink)
    amount = f"<b><span style='font-size:16px'>{value_words(result.not_allocated, result, language)}</span></b>"
    if share is not None:
        part = t("web.chart.of_total", language, share=format_percent(share, language))
        amount = f"{amount} {phrase(part, language)}"
        _draw_strip(canvas, share, bottom - 0.2, language, colours)
    canvas.add_annotation(
        x=COLUMNS / 2, y=top + 0.08, yanchor="top", showarrow=False, align="center",
        font={"color": colours.ink, "size": LABEL_SIZE}, text=f"{words}<br>{amount}",
    )  # fmt: skip
    return bottom + 0.05


def _draw_strip(canvas: Canvas, share: float, level: float, language: str, colours: Palette) -> None:
    start, end = GAP + 0.15, COLUMNS - GAP - 0.15
    mirrored = direction(language) == "rtl"
    cut = end - (end - start) * (100 - share) / 100 if mirrored else start + (end - start) * (100 - share) / 100
    allocated = (cut, end) if mirrored else (start, cut)
    for (x0, x1), fill in (((start, end), colours.accent), (allocated, colours.primary)):
        canvas.add_shape(type="rect", x0=x0, x1=x1, y0=level, y1=level + 0.09, fillcolor=fill, line={"width": 0})


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
        first=first.governorate.label(language),
        value=value_words(first.value, result, language),
    )

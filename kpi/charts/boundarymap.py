"""Draw the governorates by their boundaries, for a reader who looks for the shape of the country.

The map is never mirrored, and areas mean nothing in it: colour alone tells the value. Every governorate carries its
place in the order of values; its name stands in it where there is room at the width of a phone.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import plotly.graph_objects as go

from kpi.charts import places
from kpi.charts.chart import Canvas, Chart, phrase, wrap
from kpi.charts.kept import drawn_once
from kpi.charts.places import STEPS, Links, Scale, hover_words, linked
from kpi.charts.theme import LABEL_SIZE, TICK_SIZE, Mode, Palette, palette, ramp_colour, template
from kpi.language import direction, format_percent, plural, t
from kpi.queries.filters import NOT_ALLOCATED
from kpi.queries.governorate_values import GovernorateMap, GovernorateValue
from kpi.queries.governorates import Boundary

HEIGHT_PX = 480
PHONE_WIDTH_PX, CHARACTER_PX, LINE_PX = 320, 7.5, 15
NAME_CHARACTERS = 12
MARGIN_DEGREES = 0.25
REMAINDER_PX = 76

Ring = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class _Frame:
    """Hold the edges of the drawing in degrees and how many degrees a pixel of a phone covers."""

    west: float
    east: float
    south: float
    north: float

    @property
    def shrink(self) -> float:
        """Return the length of a degree of longitude in degrees of latitude."""
        return math.cos(math.radians((self.south + self.north) / 2))

    @property
    def degrees_per_pixel(self) -> float:
        """Return degrees of latitude per pixel at the width of a phone."""
        return max((self.east - self.west) * self.shrink / PHONE_WIDTH_PX, (self.north - self.south) / HEIGHT_PX)


@drawn_once
def figure(
    result: GovernorateMap,
    boundaries: Sequence[Boundary],
    *,
    language: str,
    mode: Mode,
    links: Links | None = None,
    remainder: GovernorateMap | None = None,
) -> Chart:
    """Draw one shape per governorate that has a boundary, coloured as on the tile map, with places as numbers."""
    colours, scale, leads = palette(mode), Scale.of(result), links or {}
    outlines = {boundary.governorate_id: boundary for boundary in boundaries}
    drawn = [place for place in result.values if place.governorate.id in outlines]
    frame = _frame(boundaries)
    drawing, canvas = go.Figure(), Canvas()
    for place in drawn:
        boundary = outlines[place.governorate.id]
        drawing.add_trace(_shape(place, boundary, result, language, mode, scale.step(place), leads))
    for place in drawn:
        _label(canvas, place, outlines[place.governorate.id], frame, language, mode, scale, result, leads)
    if scale.measures:
        _legend(canvas, scale, result, language, mode)
    left_over = remainder or result
    if places.has_remainder(left_over):
        _draw_remainder(canvas, left_over, language, colours, leads.get(NOT_ALLOCATED))
    canvas.put_on(drawing)
    _set_axes(drawing, frame)
    drawing.update_layout(
        template=template(mode, language), height=HEIGHT_PX + REMAINDER_PX, hovermode="closest",
        margin={"l": 0, "r": 0, "t": 4, "b": 4 + REMAINDER_PX, "pad": 0},
    )  # fmt: skip
    notes = (t("governorates.map.disclaimer", language), t("governorates.map.numbers", language))
    return Chart(
        drawing,
        _alt(result, drawn, language),
        places.table(result, language),
        (*notes, *places.scale_notes(result, language), *places.notes(left_over, language)),
    )


def ranks(result: GovernorateMap) -> dict[str, int]:
    """Number the governorates that have a value from best to worst; equal values go by identifier."""
    sign = 1 if result.kpi.direction == "down" else -1
    known = [(sign * place.value, place.governorate.id) for place in result.values if place.value is not None]
    return {governorate_id: position for position, (_, governorate_id) in enumerate(sorted(known), start=1)}


def _frame(boundaries: Sequence[Boundary]) -> _Frame:
    corners = [corner for boundary in boundaries for ring in boundary.rings for corner in ring]
    longitudes, latitudes = zip(*corners, strict=True)
    return _Frame(
        min(longitudes) - MARGIN_DEGREES, max(longitudes) + MARGIN_DEGREES,
        min(latitudes) - MARGIN_DEGREES, max(latitudes) + MARGIN_DEGREES,
    )  # fmt: skip


def _shape(
    place: GovernorateValue,
    boundary: Boundary,
    result: GovernorateMap,
    language: str,
    mode: Mode,
    step: int | None,
    links: Links,
) -> go.Scatter:
    colours = palette(mode)
    fill = colours.surface if step is None else ramp_colour(step, mode)[0]
    longitudes, latitudes = [], []
    for ring in boundary.rings:
        longitudes += [*(longitude for longitude, _ in ring), None]
        latitudes += [*(latitude for _, latitude in ring), None]
    return go.Scatter(
        x=longitudes[:-1], y=latitudes[:-1], mode="lines", fill="toself", fillcolor=fill, hoveron="fills",
        line={"color": colours.muted, "width": 1}, text=hover_words(place, result, language), hoverinfo="text",
        meta=links.get(place.governorate.id),
    )  # fmt: skip


def _label(
    canvas: Canvas,
    place: GovernorateValue,
    boundary: Boundary,
    frame: _Frame,
    language: str,
    mode: Mode,
    scale: Scale,
    result: GovernorateMap,
    links: Links,
) -> None:
    """Write the place in the order of values and, where it fits, the name; both lead to the scorecard."""
    step, rank = scale.step(place), ranks(result).get(place.governorate.id)
    ring = max(boundary.rings, key=lambda ring: abs(_area(ring)))
    ink = palette(mode).muted if step is None else ramp_colour(step, mode)[1]
    lines = [f"<b>{'–' if rank is None else rank}</b>"]
    name = wrap(place.governorate.label(language), NAME_CHARACTERS)
    longitude, latitude, width = _widest(ring)
    room = width * frame.shrink / (CHARACTER_PX * frame.degrees_per_pixel)
    beside = {}
    if room < len(lines[0]) - len("<b></b>"):
        # Not even the number fits: it stands east of the shape, in the colour of words on the surface.
        longitude, ink, beside = max(east for east, _ in ring), palette(mode).ink, {"xanchor": "left", "xshift": 2}
    elif room >= max(map(len, name)) and _height(ring) >= (len(name) + 1) * LINE_PX * frame.degrees_per_pixel:
        lines += [phrase(line, language) for line in name]
    canvas.add_annotation(
        x=longitude, y=latitude, showarrow=False, align="center", font={"color": ink, "size": TICK_SIZE},
        text=linked("<br>".join(lines), links.get(place.governorate.id), ink), **beside,
    )  # fmt: skip


def _legend(canvas: Canvas, scale: Scale, result: GovernorateMap, language: str, mode: Mode) -> None:
    """Explain the colours in the lower right corner, over the sea; in parts of the drawing, whatever its width."""
    colours = palette(mode)
    left, width, top = 0.54, 0.42, 0.06
    for step in range(STEPS):
        x = left + width * step / STEPS
        canvas.add_shape(
            type="rect", xref="paper", yref="paper", x0=x, x1=x + width / STEPS, y0=top, y1=top - 0.022,
            fillcolor=ramp_colour(step, mode)[0], line={"color": colours.line, "width": 0.5},
        )  # fmt: skip
    small = {"color": colours.muted, "size": TICK_SIZE}
    canvas.add_annotation(
        xref="paper", yref="paper", x=left + width / 2, y=top + 0.005, xanchor="center", yanchor="bottom",
        showarrow=False, font=small, text=phrase(scale.unit(result, language), language),
    )  # fmt: skip
    for x, anchor, words in zip((left, left + width), ("left", "right"), scale.ends(result, language), strict=True):
        canvas.add_annotation(
            xref="paper", yref="paper", x=x, y=top - 0.025, xanchor=anchor, yanchor="top", showarrow=False,
            font=small, text=words,
        )  # fmt: skip


def _draw_remainder(
    canvas: Canvas, result: GovernorateMap, language: str, colours: Palette, address: str | None
) -> None:
    """Draw what names no governorate below the map, as wide as the drawing, with a strip of the proportion."""
    box = {"type": "rect", "xref": "paper", "yref": "paper", "ysizemode": "pixel", "yanchor": 0}
    canvas.add_shape(
        **box, x0=0.005, x1=0.995, y0=-8, y1=-REMAINDER_PX, fillcolor=colours.accent_soft,
        line={"color": colours.accent, "width": 1, "dash": "dot"},
    )  # fmt: skip
    share = places.remainder_share(result)
    words = linked(phrase(t("governorate.not_allocated", language), language), address, colours.ink)
    amount = f"<b><span style='font-size:16px'>{places.value_words(result.not_allocated, result, language)}</span></b>"
    if share is not None:
        part = t("web.chart.of_total", language, share=format_percent(share, language))
        amount = f"{amount} {phrase(part, language)}"
        cut = share / 100 if direction(language) == "rtl" else 1 - share / 100
        edge = 0.04 + 0.92 * cut
        allocated = (edge, 0.96) if direction(language) == "rtl" else (0.04, edge)
        for (x0, x1), fill in (((0.04, 0.96), colours.accent), (allocated, colours.primary)):
            canvas.add_shape(**box, x0=x0, x1=x1, y0=-REMAINDER_PX + 16, y1=-REMAINDER_PX + 8, fillcolor=fill,
                             line={"width": 0})  # fmt: skip
    canvas.add_annotation(
        xref="paper", yref="paper", x=0.5, y=0, yshift=-10, xanchor="center", yanchor="top", showarrow=False,
        align="center", font={"color": colours.ink, "size": LABEL_SIZE}, text=f"{words}<br>{amount}",
    )  # fmt: skip


def _set_axes(drawing: go.Figure, frame: _Frame) -> None:
    drawing.update_xaxes(visible=False, range=[frame.west, frame.east], constrain="domain")
    drawing.update_yaxes(
        visible=False, range=[frame.south, frame.north], scaleanchor="x", scaleratio=1 / frame.shrink,
        constrain="domain",
    )  # fmt: skip


def _area(ring: Ring) -> float:
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise((*ring, ring[0]))) / 2


def _height(ring: Ring) -> float:
    latitudes = [latitude for _, latitude in ring]
    return max(latitudes) - min(latitudes)


def _widest(ring: Ring) -> tuple[float, float, float]:
    """Find where the ring is widest from west to east, near its middle: the place for words, and the room there."""
    latitudes = [latitude for _, latitude in ring]
    low, high = min(latitudes), max(latitudes)
    best = (ring[0][0], ring[0][1], 0.0)
    # From the middle outwards: words leave it only for a stretch that is much wider.
    for part in (10, 11, 9, 12, 8, 13, 7):
        latitude = low + (high - low) * part / 20 + 1e-7
        for west, east in _chords(ring, latitude):
            if east - west > best[2] * 1.2:
                best = ((west + east) / 2, latitude, east - west)
    return best


def _chords(ring: Ring, latitude: float) -> Iterator[tuple[float, float]]:
    """Yield the stretches of a line of latitude that lie inside the ring."""
    crossings = sorted(
        x0 + (x1 - x0) * (latitude - y0) / (y1 - y0)
        for (x0, y0), (x1, y1) in pairwise((*ring, ring[0]))
        if (y0 > latitude) != (y1 > latitude)
    )
    yield from zip(crossings[::2], crossings[1::2], strict=False)


def _alt(result: GovernorateMap, drawn: Sequence[GovernorateValue], language: str) -> str:
    known = [place for place in drawn if place.value is not None]
    name = result.kpi.name(language)
    if not known:
        return t("governorates.map.alt_empty", language, kpi=name)
    first = max(known, key=lambda place: place.value or 0)
    return t(
        "governorates.map.alt",
        language,
        kpi=name,
        governorates=plural("web.chart.governorates", len(known), language),
        first=first.governorate.label(language),
        value=places.value_words(first.value, result, language),
    )

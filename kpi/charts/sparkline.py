"""Draw the recent points of a KPI as a word-sized line."""

from collections.abc import Sequence

from kpi.charts.theme import Mode, palette
from kpi.language import direction
from kpi.queries.results import Point

WIDTH, HEIGHT, PADDING = 120, 32, 4


def svg(points: Sequence[Point], *, language: str, mode: Mode) -> str | None:
    """Return an SVG that stretches to its frame, time in reading direction; None with fewer than two values.

    A point without a value interrupts the line.
    """
    known = [point.value for point in points if point.value is not None]
    if len(known) < 2:
        return None
    places = _places(points, min(known), max(known), mirrored=direction(language) == "rtl")
    colours = palette(mode)
    lines = "".join(_polyline(run, colours.primary) for run in _runs(places))
    x, y = next(place for place in reversed(places) if place is not None)
    # A line of no length with round caps is a dot that stays round when the drawing is stretched.
    dot = f'<path d="M{x} {y}h0" stroke="{colours.accent}" stroke-width="7" {_STROKE}/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">'
        f"{lines}{dot}</svg>"
    )


_STROKE = 'fill="none" stroke-linecap="round" stroke-linejoin="round" vector-effect="non-scaling-stroke"'


def _places(points: Sequence[Point], low: float, high: float, *, mirrored: bool) -> list[tuple[float, float] | None]:
    span = high - low
    step = (WIDTH - 2 * PADDING) / max(len(points) - 1, 1)
    places: list[tuple[float, float] | None] = []
    for index, point in enumerate(points):
        if point.value is None:
            places.append(None)
            continue
        x = PADDING + index * step
        share = (point.value - low) / span if span else 0.5
        y = HEIGHT - PADDING - share * (HEIGHT - 2 * PADDING)
        places.append((round(WIDTH - x if mirrored else x, 1), round(y, 1)))
    return places


def _runs(places: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = [[]]
    for place in places:
        if place is None:
            runs.append([])
        else:
            runs[-1].append(place)
    return [run for run in runs if run]


def _polyline(run: Sequence[tuple[float, float]], colour: str) -> str:
    if len(run) == 1:
        # Between two gaps: a line of no length with round caps is a dot.
        return f'<path d="M{run[0][0]} {run[0][1]}h0" stroke="{colour}" stroke-width="3" {_STROKE}/>'
    corners = " ".join(f"{x},{y}" for x, y in run)
    return f'<polyline points="{corners}" stroke="{colour}" stroke-width="2" {_STROKE}/>'

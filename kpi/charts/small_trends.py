"""Draw several KPIs over time side by side, each small: the line, its range, the target and breaks.

A picture without words, stretched to its frame, the words beside it as HTML: it mirrors and costs next to nothing.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

from kpi.charts.chart import Table
from kpi.charts.coverage import Drawing
from kpi.charts.kept import made_once
from kpi.charts.theme import Mode, Palette, palette
from kpi.charts.trend_marks import break_notes
from kpi.language import direction, format_value, t
from kpi.periods import point_label
from kpi.queries.results import Headline, Point, Series
from kpi.say.change import raw_words, target_words

WIDTH, HEIGHT, PAD = 300.0, 90.0, 9.0
LEAST_POINTS, LEAST_SHARE = 5.0, 0.1
"""The least height of a drawing: points of a percentage, or a share of another highest value."""
_STROKE = 'fill="none" stroke-linejoin="round" stroke-linecap="round" vector-effect="non-scaling-stroke"'


@dataclass(frozen=True)
class _PlotScale:
    """Turn points and values into places; time runs in reading direction."""

    count: int
    low: float
    high: float
    mirrored: bool

    def x(self, index: float) -> float:
        place = (index + 0.5) * WIDTH / self.count
        return round(WIDTH - place if self.mirrored else place, 1)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return round(HEIGHT - PAD - share * (HEIGHT - 2 * PAD), 1)


@made_once
def drawing(pairs: Sequence[tuple[Headline, Series]], *, language: str, mode: Mode) -> Drawing:
    """Draw one small figure per KPI that has values, its headline above it; one table holds all their points."""
    figures = "".join(_figure(headline, series, language, palette(mode)) for headline, series in pairs)
    names = [headline.kpi.name(language) for headline, _ in pairs]
    alt = "; ".join(_alt(series, language) for _, series in pairs) or ", ".join(names)
    return Drawing(f'<div class="kpi-smalls">{figures}</div>', alt, table(pairs, language), _notes(pairs, language))


def table(pairs: Sequence[tuple[Headline, Series]], language: str) -> Table:
    """Return every month with the value of each KPI, the latest first."""
    months = sorted({point.month for _, series in pairs for point in series.points}, reverse=True)
    columns = [{point.month: point for point in series.points} for _, series in pairs]
    step = max((series.months_per_point for _, series in pairs), default=1)
    rows = tuple(
        (point_label(month, step, language),
         *(_words(series, column.get(month), language)
           for (_, series), column in zip(pairs, columns, strict=True)))
        for month in months
    )  # fmt: skip
    headers = (t("web.chart.period", language), *(series.kpi.name(language) for _, series in pairs))
    return Table(t("transactions.smalls.caption", language), headers, rows)


def _figure(headline: Headline, series: Series, language: str, colours: Palette) -> str:
    kpi = series.kpi
    known = [point.value for point in series.points if point.value is not None]
    target = float(headline.target) if headline.target is not None else None
    reach = [*known, *([target] if target is not None else [])]
    low, high = _ends(min(reach), max(reach), kpi.unit)
    scale = _PlotScale(len(series.points), low, high, direction(language) == "rtl")
    first, last = (point_label(series.points[index].month, series.months_per_point, language) for index in (0, -1))
    most, least = (format_value(value, kpi.unit, language, kpi.decimals) for value in (max(known), min(known)))
    value = format_value(headline.value, kpi.unit, language, kpi.decimals)
    return (
        f'<figure class="kpi-small" data-kpi="{kpi.id}"><figcaption>{escape(kpi.name(language))}'
        f"<strong>{escape(value)}</strong></figcaption>"
        f'<div class="kpi-small-plot"><img alt="{escape(_alt(series, language))}" '
        f'src="data:image/svg+xml;base64,{_svg(series, scale, target, colours)}">'
        f'<div class="kpi-small-points" aria-hidden="true">{_hovers(series, language)}</div></div>'
        f'<p class="kpi-small-axis"><span>{escape(first)}</span><span>{escape(last)}</span></p>'
        f"{_lines(headline, most, least, language)}</figure>"
    )


def _ends(low: float, high: float, unit: str) -> tuple[float, float]:
    """Widen a small range, so that a drawing does not make much of little."""
    least = LEAST_POINTS if unit == "percent" else LEAST_SHARE * high
    room = max(least - (high - low), 0) / 2
    return low - room, high + room


def _lines(headline: Headline, most: str, least: str, language: str) -> str:
    """Say below the drawing what its height means: the range, the target and the change."""
    kpi = headline.kpi
    steady = most == least
    words = [t("transactions.smalls.steady", language, value=most) if steady
             else t("transactions.smalls.range", language, low=least, high=most)]  # fmt: skip
    if headline.target is not None:
        target = target_words(kpi, headline.target, language)
        words.append(t("transactions.smalls.target", language, target=target))
    change = headline.change
    if change is not None and change.raw is not None and change.against != "target":
        words.append(raw_words(headline, language))
    return "".join(f'<p class="kpi-when">{escape(line)}</p>' for line in words)


def _svg(series: Series, scale: _PlotScale, target: float | None, colours: Palette) -> str:
    """Draw the target, the breaks, the line and its points; encoded as a picture, for the page lets no SVG in."""
    parts = []
    if target is not None:
        y = scale.y(target)
        parts.append(f'<path d="M0 {y}H{WIDTH}" stroke="{colours.accent_text}" stroke-width="1.5" '
                     f'stroke-dasharray="6 5" {_STROKE}/>')  # fmt: skip
    for month in sorted({mark.month for mark in (*series.breaks, *series.coverage_breaks)}):
        after = [index for index, point in enumerate(series.points) if point.month >= month]
        if after and after[0]:
            x = scale.x(after[0] - 0.5)
            parts.append(f'<path d="M{x} 0V{HEIGHT}" stroke="{colours.muted}" stroke-width="1.5" '
                         f'stroke-dasharray="1.5 4" {_STROKE}/>')  # fmt: skip
    for run in _runs(series.points):
        corners = " ".join(f"{scale.x(index)},{scale.y(point.value or 0)}" for index, point in run)
        parts.append(f'<polyline points="{corners}" stroke="{colours.primary}" stroke-width="2" {_STROKE}/>')
    for index, point in enumerate(series.points):
        if point.value is not None:
            # A line of no length with round caps is a dot that stays round when the drawing is stretched.
            dot = f'<path d="M{scale.x(index)} {scale.y(point.value)}h0" {_STROKE}'
            parts.append(f'{dot} stroke="{colours.primary}" stroke-width="7"/>')
            parts += [f'{dot} stroke="{colours.sunken}" stroke-width="3.5"/>'] if point.partial else []
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" preserveAspectRatio="none">'
        f"{''.join(parts)}</svg>"
    )
    return base64.b64encode(drawing.encode()).decode()


def _hovers(series: Series, language: str) -> str:
    """Lay a strip with its words over each point."""
    strips = []
    for point in series.points:
        name = point_label(point.month, series.months_per_point, language)
        words = t("transactions.days.cell", language, day=name, value=_words(series, point, language))
        strips.append(f'<i title="{escape(words)}"></i>')
    return "".join(strips)


def _runs(points: Sequence[Point]) -> list[list[tuple[int, Point]]]:
    """Cut the line where nothing was provided."""
    runs: list[list[tuple[int, Point]]] = [[]]
    for index, point in enumerate(points):
        if point.value is None:
            runs.append([])
        else:
            runs[-1].append((index, point))
    return [run for run in runs if len(run) > 1]


def _words(series: Series, point: Point | None, language: str) -> str:
    written = format_value(point.value if point else None, series.kpi.unit, language, series.kpi.decimals)
    return t("web.chart.partial_value", language, value=written) if point and point.partial else written


def _alt(series: Series, language: str) -> str:
    known = [point for point in series.points if point.value is not None]
    facts = {"kpi": series.kpi.name(language)}
    for which, point in (("first", known[0]), ("last", known[-1])):
        facts[f"{which}_value"] = format_value(point.value, series.kpi.unit, language, series.kpi.decimals)
        facts[which] = point_label(point.month, series.months_per_point, language)
    return t("transactions.smalls.alt", language, **facts)


def _notes(pairs: Sequence[tuple[Headline, Series]], language: str) -> tuple[str, ...]:
    points = [point for _, series in pairs for point in series.points]
    notes = []
    if any(headline.target is not None for headline, _ in pairs):
        notes.append(t("transactions.smalls.note_target", language))
    if any(point.partial and point.value is not None for point in points):
        notes.append(t("transactions.smalls.note_partial", language))
    notes += [
        t("transactions.smalls.note_break", language, kpi=series.kpi.name(language),
          month=point_label(mark.month, 1, language), note=mark.note(language))
        for _, series in pairs for mark in series.breaks
    ]  # fmt: skip
    # Who came or went is the same for all of them.
    coming = [words for _, series in pairs for words in break_notes(replace(series, breaks=()), language)]
    return *notes, *dict.fromkeys(coming)

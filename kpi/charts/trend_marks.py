"""Mark on a trend what its points alone do not tell: the chosen stretch, its base, the target, and breaks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go

from kpi.charts.chart import phrase, wrap
from kpi.charts.theme import TICK_SIZE, VALUE_SIZE, Palette
from kpi.language import direction, format_value, plural, t
from kpi.periods import Period, point_label
from kpi.queries.results import Named, Point, Series
from kpi.say.change import target_words

LABEL_CHARACTERS = 24
LABEL_LEVELS = 3  # breaks close to each other are labelled one below the other
LEVEL_PX = 64  # three lines of words
ROOM_FOR_SPANS = 1.28  # of the largest value, above the marks
ROOM_FOR_NOTHING = 1.06  # of the largest value: half a mark
ROOM_FOR_LEVEL = 0.32  # of the largest value, above the spans: a label over a bar would hide how high it is


@dataclass(frozen=True)
class AxisSpan:
    """Name a stretch of the axis and the value it adds up to, already written."""

    period: Period
    value: str


def draw_span(
    drawing: go.Figure, series: Series, span: AxisSpan, language: str, colour: str, surface: str, top: float
) -> None:
    """Draw a line above a stretch of the axis with its value and its name; nothing where it is off the axis."""
    inside = [index for index, point in enumerate(series.points) if point.month in span.period]
    if not inside:
        return
    level = top * 1.04
    drawing.add_shape(
        type="line", x0=inside[0] - 0.42, x1=inside[-1] + 0.42, y0=level, y1=level, line={"color": colour, "width": 2}
    )
    # The words hang from the latest month and run back in time, so that they stay inside the drawing at any width.
    _write_span(drawing, series, span, language, colour, surface=surface, x=inside[-1] + 0.5, y=level, ends=True)


def draw_overlaid_base(
    drawing: go.Figure,
    series: Series,
    overlaid: Sequence[Point],
    base: AxisSpan,
    language: str,
    colours: Palette,
    top: float,
) -> None:
    """Draw a base that lies off the axis as a dashed line over the chosen points, named at the axis' start."""
    back = {before.month: index for index, before in enumerate(series.base_points)}
    places = {"x": [back[point.month] for point in overlaid], "y": [point.value for point in overlaid]}
    # A rim in the colour of the surface keeps the line apart from the bars that it crosses.
    drawing.add_scatter(**places, mode="lines", line={"color": colours.surface, "width": 5}, hoverinfo="skip")
    drawing.add_scatter(
        **places,
        mode="lines+markers",
        line={"color": colours.before, "width": 2, "dash": "dash"},
        marker={
            "size": 10,
            "symbol": "diamond",
            "color": colours.before,
            "line": {"color": colours.surface, "width": 1.5},
        },
        connectgaps=False,
        hovertext=[
            f"<b>{format_value(point.value, series.kpi.unit, language, series.kpi.decimals)}</b><br>"
            f"{phrase(point_label(point.month, series.months_per_point, language), language)}"
            for point in overlaid
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    _write_span(
        drawing, series, base, language, colours.accent_text,
        surface=colours.surface, x=-0.5, y=top * 1.04, ends=False, sign="◆ ",
    )  # fmt: skip


def draw_target(drawing: go.Figure, series: Series, language: str, colours: Palette) -> None:
    """Draw the target as a dashed line with its value."""
    kpi, target = series.kpi, float(series.target or 0)
    drawing.add_hline(y=target, line={"color": colours.accent_text, "width": 2, "dash": "dash"})
    written = target_words(kpi, target, language)
    start = _start_side(language)
    drawing.add_annotation(
        x=-0.5, y=target, xanchor=start, yanchor="bottom", align=start, showarrow=False,
        font={"color": colours.accent_text, "size": VALUE_SIZE},
        text=phrase(t("compare.chart.target", language, target=written), language),
    )  # fmt: skip


def draw_breaks(drawing: go.Figure, series: Series, language: str, colours: Palette, top: float) -> None:
    """Draw a dotted line with its reason where the definition changes, or where large entities come or go."""
    side = "left" if direction(language) == "rtl" else "right"
    levels = label_levels(series)
    for place, (month, words) in enumerate(_marks(series, language)):
        after = [index for index, point in enumerate(series.points) if point.month >= month]
        if not after or after[0] == 0:
            continue
        drawing.add_vline(x=after[0] - 0.5, line={"color": colours.accent_text, "width": 1.5, "dash": "dot"})
        drawing.add_annotation(
            x=after[0] - 0.5,
            y=top * (ROOM_FOR_SPANS + ROOM_FOR_LEVEL * (place % levels + 1)),
            yanchor="top",
            xanchor=side,
            showarrow=False,
            align=side,
            font={"color": colours.accent_text, "size": TICK_SIZE},
            text="<br>".join(phrase(line, language) for line in wrap(words, LABEL_CHARACTERS)),
        )


def label_levels(series: Series) -> int:
    """Count the lines of labels that the breaks of a series need above it."""
    marks = len(series.breaks) + sum(bool(change.began) + bool(change.stopped) for change in series.coverage_breaks)
    return min(marks, LABEL_LEVELS)


def break_notes(series: Series, language: str) -> tuple[str, ...]:
    """Say in words where the series breaks: what a line in a drawing says to those who see it."""
    definitions = [
        t("compare.break.definition", language, month=_month(change.month, language), note=change.note(language))
        for change in series.breaks
    ]
    return *definitions, *(words for _, words in _coverage(series, language))


def _marks(series: Series, language: str) -> list[tuple[date, str]]:
    definitions = [(change.month, change.note(language)) for change in series.breaks]
    return sorted([*definitions, *_coverage(series, language)])


def _coverage(series: Series, language: str) -> list[tuple[date, str]]:
    return [
        (change.month, t(f"compare.break.{way}", language, month=_month(change.month, language), names=names))
        for change in series.coverage_breaks
        for way, entities in (("began", change.began), ("stopped", change.stopped))
        if (names := _names(entities, language))
    ]


def _names(entities: Sequence[Named], language: str) -> str:
    if not entities:
        return ""
    return plural("compare.break.and_others", len(entities) - 1, language, name=entities[0].label(language))


def _month(month: date, language: str) -> str:
    return point_label(month, 1, language)


def _start_side(language: str) -> str:
    return "right" if direction(language) == "rtl" else "left"


def _write_span(
    drawing: go.Figure,
    series: Series,
    span: AxisSpan,
    language: str,
    colour: str,
    *,
    surface: str,
    x: float,
    y: float,
    ends: bool,
    sign: str = "",
) -> None:
    start, end = ("right", "left") if direction(language) == "rtl" else ("left", "right")
    side = end if ends else start
    # Two of them stand side by side in the width of a phone.
    period = span.period.label(language, series.months_per_point, short=True)
    drawing.add_annotation(
        x=x,
        y=y,
        xanchor=side,
        yanchor="bottom",
        showarrow=False,
        align=side,
        # Opaque, so that the line of a break does not run through the words.
        bgcolor=surface,
        font={"color": colour, "size": VALUE_SIZE},
        text=f"<b>{span.value}</b><br>{phrase(sign + period, language)}",
    )

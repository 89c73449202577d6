"""Draw how many bodies are at each level, one bar per round of assessment."""

import plotly.graph_objects as go

from kpi.charts.chart import Canvas, Chart, Table, phrase, wrap
from kpi.charts.kept import drawn_once
from kpi.charts.theme import LABEL_SIZE, Mode, level_colour, palette, template
from kpi.language import direction, format_number, join_list, t
from kpi.periods import point_label
from kpi.queries.readiness import Level, Readiness, Round

LINE_CHARACTERS = 56
LINE_PX, BAR_PX, GAP_PX = 20, 30, 26
NUMBER_FROM, NAME_FROM = 0.025, 0.25
"""Share of a bar from which its part has room for its number, and for its name."""
PATTERNS = ("", "", "/", "x", "")
"""One per level from the best on, so that neighbours differ without colour."""


def level_words(one: Round, levels: tuple[Level, ...], language: str) -> list[str]:
    """Write how many bodies are at each level, the best first; levels that nobody is at are left out."""
    return [
        t("readiness.answer.level", language, n=one.levels[level.id], level=level.label(language))
        for level in levels
        if one.levels.get(level.id)
    ]


@drawn_once
def figure(readiness: Readiness, *, language: str, mode: Mode) -> Chart:
    """Draw the levels of every round, the words above each bar."""
    drawing, canvas = go.Figure(), Canvas()
    top, bars = 0, []
    for one in readiness.rounds:
        top += _heading(canvas, one, readiness, top, language, mode)
        bars.append((one, top + BAR_PX / 2))
        top += BAR_PX + GAP_PX
    for level in readiness.levels:
        _part(drawing, level, bars, language, mode)
    canvas.put_on(drawing)
    across = [0, 1]
    drawing.update_xaxes(visible=False, range=across[::-1] if direction(language) == "rtl" else across)
    drawing.update_yaxes(visible=False, range=[top, 0])
    margin = {"l": 4, "r": 4, "t": 4, "b": 4, "pad": 0}
    drawing.update_layout(
        template=template(mode, language), barmode="stack", bargap=0, height=max(top, BAR_PX) + 8, margin=margin
    )
    notes = tuple(_remark(one, language) for one in readiness.rounds if one.assessed < one.bodies)
    return Chart(drawing, _alt(readiness, language), table(readiness, language), notes)


def table(readiness: Readiness, language: str) -> Table:
    """Return every round with its bodies per level."""
    headers = ("assessment", "bodies")
    rows = tuple(
        (
            point_label(one.month, 1, language),
            format_number(one.bodies, language),
            *(format_number(one.levels.get(level.id, 0), language) for level in readiness.levels),
        )
        for one in readiness.rounds
    )
    names = tuple(level.label(language) for level in readiness.levels)
    headings = (*(t(f"readiness.chart.{header}", language) for header in headers), *names)
    return Table(t("readiness.levels", language), headings, rows)


def _heading(canvas: Canvas, one: Round, readiness: Readiness, top: float, language: str, mode: Mode) -> float:
    """Write the month and the bodies per level above a bar; return the height taken."""
    month = point_label(one.month, 1, language)
    if readiness.shown == one:
        month = t("readiness.chart.shown", language, month=month)
    words = " · ".join(level_words(one, readiness.levels, language))
    lines = [f"<b>{month}</b>", *wrap(words, LINE_CHARACTERS)]
    start = "right" if direction(language) == "rtl" else "left"
    canvas.add_annotation(
        x=0, y=top, xanchor=start, yanchor="top", align=start, showarrow=False, borderpad=0,
        text="<br>".join(phrase(line, language) for line in lines),
        font={"size": LABEL_SIZE, "color": palette(mode).ink},
    )  # fmt: skip
    return len(lines) * LINE_PX + 4


def _part(drawing: go.Figure, level: Level, bars: list[tuple[Round, float]], language: str, mode: Mode) -> None:
    fill, ink = level_colour(level.rank, mode)
    counts = [one.levels.get(level.id, 0) for one, _ in bars]
    shares = [count / (one.bodies or 1) for count, (one, _) in zip(counts, bars, strict=True)]
    name = level.label(language)
    pattern = PATTERNS[min(level.rank, len(PATTERNS) - 1)]
    drawing.add_bar(
        x=shares,
        y=[middle for _, middle in bars],
        orientation="h",
        width=BAR_PX,
        marker={
            "color": fill,
            "line": {"color": palette(mode).other_line, "width": 1},
            "pattern": {"shape": pattern, "bgcolor": fill, "fgcolor": ink, "fgopacity": 0.16, "size": 8},
        },
        text=[_inside(share, count, name, language) for share, count in zip(shares, counts, strict=True)],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        constraintext="none",
        textfont={"size": LABEL_SIZE, "color": ink},
        hovertext=[phrase(t("readiness.answer.level", language, n=count, level=name), language) for count in counts],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _inside(share: float, bodies: int, name: str, language: str) -> str:
    if share < NUMBER_FROM:
        return ""
    number = format_number(bodies, language)
    return phrase(f"{name} {number}", language) if share >= NAME_FROM else number


def _remark(one: Round, language: str) -> str:
    month = point_label(one.month, 1, language)
    assessed = t("readiness.chart.assessed", language, assessed=one.assessed, bodies=one.bodies)
    return t("readiness.chart.round", language, month=month, levels=assessed)


def _alt(readiness: Readiness, language: str) -> str:
    rounds = [
        t(
            "readiness.chart.round",
            language,
            month=point_label(one.month, 1, language),
            levels=join_list(level_words(one, readiness.levels, language), language),
        )
        for one in readiness.rounds
    ]
    return t("readiness.chart.alt", language, rounds=" ".join(rounds))

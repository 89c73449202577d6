"""Draw transactions over time as stacked bars: digital channels plain from the base line, the others with signs."""

import plotly.graph_objects as go

from kpi.charts.chart import Chart, Table, nice_ticks, phrase
from kpi.charts.kept import drawn_once
from kpi.charts.theme import Fill, Mode, Palette, open_fill, palette, part_fills, template
from kpi.charts.time_axis import set_axes
from kpi.charts.trend_marks import LEVEL_PX, AxisSpan, break_notes, draw_breaks, draw_span, label_levels
from kpi.language import format_number, format_percent, t
from kpi.periods import point_label
from kpi.queries.transactions import Split, SplitPart

HEIGHT_PX = 380
ROOM_FOR_MARK = 1.09  # of a bar with a diamond, which must not touch the line of the period above


@drawn_once
def figure(split: Split, *, language: str, mode: Mode) -> Chart:
    """Draw every point of the split with the chosen period named above; incomplete points carry an open diamond."""
    colours = palette(mode)
    totals = split.totals()
    rooms = [ROOM_FOR_MARK if point.partial else 1 for point in split.series.points]
    ticks = nice_ticks(max(((total or 0) * room for total, room in zip(totals, rooms, strict=True)), default=0))
    drawing = go.Figure()
    for part, fill in zip(split.parts, fills(split, mode), strict=True):
        drawing.add_trace(_bars(split, part, fill, colours, language))
    _mark_points(drawing, split, ticks[-1], colours, language)
    set_axes(drawing, split.series, language, ticks)
    total = sum(value or 0 for value, is_inside in zip(totals, split.inside, strict=True) if is_inside)
    chosen = AxisSpan(split.period, format_number(total, language))
    draw_span(drawing, split.series, chosen, language, colours.primary, colours.surface, ticks[-1])
    draw_breaks(drawing, split.series, language, colours, ticks[-1])
    height = HEIGHT_PX + LEVEL_PX * label_levels(split.series)
    drawing.update_layout(
        template=template(mode, language), height=height, barmode="stack", bargap=0.24, hovermode="closest"
    )
    return Chart(drawing, _alt(split, language), table(split, language), _notes(split, language))


def fills(split: Split, mode: Mode) -> tuple[Fill, ...]:
    """Return the fill of every part; what is not stated is hollow."""
    named = [part.digital for part in split.parts if part.name is not None]
    chosen = iter(part_fills(named, mode))
    return tuple(open_fill(mode) if part.name is None else next(chosen) for part in split.parts)


def part_name(part: SplitPart, split: Split, language: str) -> str:
    """Name a part, or say that it was not stated."""
    return part.name.label(language) if part.name else t(f"transactions.not_stated.{split.by}", language)


def table(split: Split, language: str) -> Table:
    """Return every point in words, the latest first: its parts, their sum and whether it is complete."""
    names = tuple(part_name(part, split, language) for part in split.parts)
    headers = (t("web.chart.period", language), *names, t("transactions.table.total", language))
    caption = t("transactions.split.caption", language, by=t(f"transactions.by.{split.by}", language))
    rows = [row(split, index, language) for index in reversed(range(len(split.series.points)))]
    return Table(caption, headers, tuple(rows))


def row(split: Split, index: int, language: str) -> tuple[str, ...]:
    """Return one point in words: its name, each part and the sum."""
    point = split.series.points[index]
    name = point_label(point.month, split.series.months_per_point, language)
    if point.partial:
        name = t("web.chart.partial_value", language, value=name)
    values = (*(part.values[index] for part in split.parts), split.totals()[index])
    return name, *(t("value.not_provided", language) if value is None else format_number(value, language)
                   for value in values)  # fmt: skip


def _bars(split: Split, part: SplitPart, fill: Fill, colours: Palette, language: str) -> go.Bar:
    name, totals = part_name(part, split, language), split.totals()
    hover = []
    for point, value, total in zip(split.series.points, part.values, totals, strict=True):
        when = point_label(point.month, split.series.months_per_point, language)
        share = f" ({format_percent(100 * value / total, language)})" if value and total else ""
        number = format_number(value, language) if value is not None else ""
        hover.append(f"{phrase(name, language)}<br><b>{phrase(f'{number}{share}', language)}</b><br>"
                     f"{phrase(when, language)}")  # fmt: skip
    return go.Bar(
        x=list(range(len(part.values))),
        y=list(part.values),
        name=name,
        marker={
            "color": fill.colour,
            "line": {"color": colours.surface if fill.pattern != "-" else colours.other_line, "width": 0.75},
            "pattern": {
                "shape": fill.pattern, "fillmode": "overlay", "fgcolor": fill.mark or colours.surface,
                "fgopacity": 0.9, "size": 7, "solidity": 0.25,
            },
        },
        hovertext=hover,
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _mark_points(drawing: go.Figure, split: Split, top: float, colours: Palette, language: str) -> None:
    """Mark what a bar alone does not tell: not every entity has reported, or nothing was provided."""
    points, totals = split.series.points, split.totals()
    marks = (
        ("diamond-open", colours.accent_text, "partial",
         [(index, (totals[index] or 0) + top * 0.035) for index, point in enumerate(points)
          if point.partial and totals[index] is not None]),
        ("x-thin-open", colours.alarm, "missing",
         [(index, 0.0) for index, total in enumerate(totals) if total is None]),
    )  # fmt: skip
    for symbol, colour, name, places in marks:
        if places:
            drawing.add_scatter(
                x=[x for x, _ in places], y=[y for _, y in places], mode="markers", cliponaxis=False,
                marker={"symbol": symbol, "size": 8, "color": colour, "line": {"width": 2, "color": colour}},
                hovertext=[phrase(t(f"transactions.mark.{name}", language), language)] * len(places),
                hovertemplate="%{hovertext}<extra></extra>",
            )  # fmt: skip


def _alt(split: Split, language: str) -> str:
    totals = [(point, total) for point, total in zip(split.series.points, split.totals(), strict=True)
              if total is not None]  # fmt: skip
    by = t(f"transactions.by.{split.by}", language)
    if not totals:
        return t("transactions.split.alt_empty", language, by=by)
    (first, first_total), (last, last_total) = totals[0], totals[-1]
    step = split.series.months_per_point
    return t(
        "transactions.split.alt",
        language,
        by=by,
        first=point_label(first.month, step, language),
        first_value=first_total,
        last=point_label(last.month, step, language),
        last_value=last_total,
    )


def _notes(split: Split, language: str) -> tuple[str, ...]:
    notes = []
    if split.by == "channel" and any(part.digital for part in split.parts):
        notes.append(t("transactions.split.note_channel", language))
    if split.by == "outcome":
        notes.append(t("transactions.split.note_outcome", language))
    if any(point.partial for point in split.series.points):
        notes.append(t("transactions.split.note_partial", language))
    if any(total is None for total in split.totals()):
        notes.append(t("web.chart.note_missing", language))
    return *notes, *break_notes(split.series, language)

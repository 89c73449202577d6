"""Draw entities in order: one bar each, the name above its bar, the rest folded into one row."""

from collections.abc import Callable, Sequence
from html import escape

import plotly.graph_objects as go

from kpi.charts.chart import Canvas, Cell, Chart, Table, phrase, wrap
from kpi.charts.kept import drawn_once
from kpi.charts.theme import LABEL_SIZE, Mode, Palette, palette, template
from kpi.language import direction, format_change, format_percent, format_value, plural, t
from kpi.queries.results import RankedEntity, Ranking

SHOWN = 12
LINE_CHARACTERS = 44
ROW_PX, LINE_PX, BAR_PX = 26, 18, 9
ROOM_FOR_VALUES = 1.62  # of the longest bar: its value stands beside it


@drawn_once
def figure(
    ranking: Ranking, *, language: str, mode: Mode, shown: int = SHOWN, link: Callable[[str], str] | None = None
) -> Chart:
    """Draw the first `shown` entities and, where amounts add up, one bar for all others together.

    `link` gives the address that an entity's name and bar lead to.
    """
    colours = palette(mode)
    known = [row for row in ranking.rows if row.value is not None]
    entries = [_entry(row, ranking, language) for row in known[:shown]]
    colour = [colours.primary] * len(entries)
    rest = known[shown:]
    if rest and ranking.kpi.kind == "sum":
        entries.append(_others(rest, ranking, language))
        colour.append(colours.other_line)
    addresses = [link(row.entity.id) if link is not None else "" for row in known[:shown]]
    addresses += [""] * (len(entries) - len(addresses))
    drawing = go.Figure()
    _draw_rows(drawing, entries, addresses, colour, language, colours)
    drawing.update_layout(template=template(mode, language), bargap=0)
    return Chart(
        drawing, _alt(ranking, known, language), table(ranking, language, link=link), _notes(ranking, language)
    )


def table(ranking: Ranking, language: str, link: Callable[[str], str] | None = None) -> Table:
    """Return every entity with its value, share, change and reporting, in the order of the ranking."""
    kpi = ranking.kpi
    entity, share, months = (t(f"web.chart.{column}", language) for column in ("entity", "share", "months_reported"))
    base = ranking.base.label(language) if ranking.base is not None else ""
    change = t(f"compare.column.{ranking.against}", language, base=base)
    rows = tuple(
        (
            Cell(row.entity.label(language), href=link(row.entity.id)) if link else row.entity.label(language),
            format_value(row.value, kpi.unit, language, kpi.decimals),
            "" if row.share_pct is None else format_percent(row.share_pct, language),
            _change(row, language),
            t("web.chart.months_of", language, reported=row.reported_months, expected=row.expected_months),
        )
        for row in ranking.rows
    )
    caption = t("web.chart.ranking_title", language, kpi=kpi.name(language))
    return Table(caption, (entity, kpi.name(language), share, change, months), rows)


def _change(row: RankedEntity, language: str) -> str:
    if row.change_points is not None:
        return format_change(row.change_points, "points", language)
    return "" if row.change_pct is None else format_change(row.change_pct, "percent", language)


def _entry(row: RankedEntity, ranking: Ranking, language: str) -> tuple[str, float, str]:
    name = row.entity.label(language)
    written = format_value(row.value, ranking.kpi.unit, language, ranking.kpi.decimals)
    return name, row.value or 0, _with_share(written, row.share_pct, language)


def _others(rest: Sequence[RankedEntity], ranking: Ranking, language: str) -> tuple[str, float, str]:
    total = sum(row.value or 0 for row in rest)
    share = sum(row.share_pct or 0 for row in rest) if any(row.share_pct is not None for row in rest) else None
    written = format_value(total, ranking.kpi.unit, language, ranking.kpi.decimals)
    return plural("web.chart.others", len(rest), language), total, _with_share(written, share, language)


def _with_share(written: str, share_pct: float | None, language: str) -> str:
    if share_pct is None:
        return written
    return phrase(f"<b>{written}</b> ({format_percent(share_pct, language)})", language)


def _draw_rows(
    drawing: go.Figure,
    entries: list[tuple[str, float, str]],
    addresses: list[str],
    fills: list[str],
    language: str,
    colours: Palette,
) -> None:
    """Place the rows in pixels from the top, so that a name of two lines gets the room it needs."""
    start, end = ("right", "left") if direction(language) == "rtl" else ("left", "right")
    names = [wrap(name, LINE_CHARACTERS) for name, _, _ in entries]
    top, positions = 0, []
    for name in names:
        top += len(name) * LINE_PX
        positions.append(top + BAR_PX / 2)
        top += ROW_PX
    longest = max((value for _, value, _ in entries), default=0) or 1
    drawing.add_bar(
        x=[value for _, value, _ in entries],
        y=positions,
        orientation="h",
        width=BAR_PX,
        marker={"color": fills, "cornerradius": 2},
        hovertext=[f"{phrase(name, language)}<br>{written}" for name, _, written in entries],
        hovertemplate="%{hovertext}<extra></extra>",
        customdata=addresses if any(addresses) else None,
    )
    canvas = Canvas()
    for lines, (_, value, written), address, position in zip(names, entries, addresses, positions, strict=True):
        canvas.add_annotation(
            x=0, y=position - BAR_PX / 2 - 2, xanchor=start, yanchor="bottom", align=start, showarrow=False,
            text=_name(lines, address, language), font={"size": LABEL_SIZE, "color": colours.ink},
        )  # fmt: skip
        canvas.add_annotation(
            x=value, y=position, xanchor=start, yanchor="middle", showarrow=False, text=written,
            xshift=-6 if start == "right" else 6, font={"size": LABEL_SIZE, "color": colours.muted},
        )  # fmt: skip
    canvas.put_on(drawing)
    across = [0, longest * ROOM_FOR_VALUES]
    drawing.update_xaxes(visible=False, range=across[::-1] if start == "right" else across)
    drawing.update_yaxes(visible=False, range=[top, 0])
    drawing.update_layout(height=max(top, ROW_PX) + 16, margin={"l": 4, "r": 4, "t": 4, "b": 4, "pad": 0})


def _name(lines: Sequence[str], address: str, language: str) -> str:
    words = "<br>".join(phrase(line, language) for line in lines)
    return f'<a href="{escape(address)}">{words}</a>' if address else words


def _alt(ranking: Ranking, known: Sequence[RankedEntity], language: str) -> str:
    name = ranking.kpi.name(language)
    if not known:
        return t("web.chart.ranking_alt_empty", language, kpi=name)
    first = known[0].entity
    return t(
        "web.chart.ranking_alt",
        language,
        kpi=name,
        entities=plural("count.entities", len(known), language),
        first=first.label(language),
        value=format_value(known[0].value, ranking.kpi.unit, language, ranking.kpi.decimals),
    )


def _notes(ranking: Ranking, language: str) -> tuple[str, ...]:
    silent = [row for row in ranking.rows if row.value is None]
    return (plural("web.chart.note_silent", len(silent), language),) if silent else ()

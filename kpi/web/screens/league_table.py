"""The league as a table whose headings sort it; on a phone a card for each entity with its four main facts."""

import base64
from collections.abc import Callable, Mapping
from html import escape

import polars as pl
import streamlit as st

from kpi.charts.long_list import long_list_html
from kpi.charts.sparkline import svg
from kpi.charts.theme import Mode
from kpi.language import format_change, format_number, format_percent, format_value, plural, t
from kpi.periods import point_label
from kpi.queries.league import READINESS, TOPIC, League, LeagueRow, Standing
from kpi.queries.places import Place
from kpi.queries.targets import status
from kpi.say.change import target_words
from kpi.web.links import href, link_html
from kpi.web.screens.league import level_html

PARAMETER = "sort"
FACTS_ON_PHONE = 4
"""The facts of a card on a phone; what the league is sorted by comes before them."""


def column_of_address(league: League) -> str:
    """Return the column that the address asks to sort by, the first one unless it names another of the league."""
    asked = st.query_params.get(PARAMETER, "")
    return asked if asked in league.columns else next(iter(league.columns))


def league_html(league: League, column: str, *, language: str, mode: Mode) -> str:
    """Return the league best first by a column, the notes on who has no value, and on a phone the links that sort."""
    names = column_names(league, language)
    places, rows = league.places(column), league.sorted_by(column)
    shown = _on_phone(league, column)
    body = "".join(_row(row, places.get(row.entity.id), league, shown, language, mode) for row in rows)
    caption = escape(t("entities.table.caption", language, column=names[column]))
    table = (
        f'<div class="kpi-scroll kpi-league-frame" tabindex="0" role="group" aria-label="{caption}">'
        f'<table class="kpi-table kpi-league"><caption class="kpi-hidden">{caption}</caption>'
        f"<thead><tr>{_head(league, names, column, language)}</tr></thead><tbody>{body}</tbody></table></div>"
    )
    return (
        f"{_sort_links(names, column, language)}{_key(league, language)}{long_list_html(table, len(rows), language)}"
        f"{_notes(league, column, names, sum(row.value(column) is None for row in rows), language)}"
    )


def column_names(league: League, language: str) -> dict[str, str]:
    """Name the columns of the league that can sort it."""
    names = {column: kpi.name(language) for column, kpi in league.columns.items()}
    return names | ({READINESS: t("entities.table.readiness", language)} if READINESS in names else {})


def league_rows(league: League, column: str, language: str) -> Callable[[], pl.DataFrame]:
    """Return what reads the league as typed columns, sorted as shown."""

    def read() -> pl.DataFrame:
        places = league.places(column)
        names = column_names(league, language)
        rows = league.sorted_by(column)

        def topic(row: LeagueRow, fact: str) -> float | None:
            return getattr(row.standings[TOPIC].value, fact) if TOPIC in row.standings else None

        figures = {
            names[one]: pl.Series([row.value(one) for row in rows], dtype=pl.Float64).cast(
                pl.Int64 if kpi.kind == "sum" else pl.Float64
            )
            for one, kpi in league.columns.items()
        }
        words = {key: t(f"entities.table.{key}", language) for key in
                 ("rank", "identifier", "entity", "share", "change", "level", "months", "expected")}  # fmt: skip
        return pl.DataFrame(
            {
                words["rank"]: pl.Series([_place(places.get(row.entity.id)) for row in rows], dtype=pl.Int64),
                words["identifier"]: [row.entity.id for row in rows],
                words["entity"]: [row.entity.label(language) for row in rows],
                **figures,
                words["share"]: pl.Series([topic(row, "share_pct") for row in rows], dtype=pl.Float64),
                words["change"]: pl.Series([topic(row, "change_pct") for row in rows], dtype=pl.Float64),
                words["level"]: pl.Series(
                    [row.level.level.label(language) if row.level else None for row in rows], dtype=pl.String
                ),
                words["months"]: [row.reported_months for row in rows],
                words["expected"]: [row.expected_months for row in rows],
            }
        )

    return read


def _on_phone(league: League, column: str) -> frozenset[str]:
    wanted = dict.fromkeys(one for one in (column, *league.on_phone) if one in league.columns)
    return frozenset(list(wanted)[:FACTS_ON_PHONE])


def _sort_address(column: str, league_columns: Mapping[str, str]) -> str:
    return href("entities", sort=None if column == next(iter(league_columns)) else column)


def _sort_links(names: Mapping[str, str], column: str, language: str) -> str:
    links = ""
    for one, name in names.items():
        here = ' aria-current="true"' if one == column else ""
        links += f'<li><a class="kpi-link" href="{escape(_sort_address(one, names))}"{here}>{escape(name)}</a></li>'
    return f'<div class="kpi-sorts"><span>{escape(t("entities.table.sort", language))}</span><ul>{links}</ul></div>'


def _head(league: League, names: Mapping[str, str], column: str, language: str) -> str:
    cells = [f'<th scope="col">{escape(t("entities.table.entity", language))}</th>']
    for one, name in names.items():
        best_first = "ascending" if league.columns[one].direction == "down" else "descending"
        sign = "▲" if best_first == "ascending" else "▼"
        chosen = one == column
        sort = f' aria-sort="{best_first}"' if chosen else ""
        mark = f' <span class="kpi-sign" aria-hidden="true">{sign}</span>' if chosen else ""
        title = t("entities.table.sorted" if chosen else "entities.table.sort_by", language, column=name)
        address = escape(_sort_address(one, names))
        link = f'<a href="{address}" title="{escape(title)}">{escape(name)}</a>{mark}'
        cells.append(f'<th scope="col" class="kpi-digits"{sort}>{link}{_aim(league, one, language)}</th>')
        if one == TOPIC:
            cells.append(f'<th scope="col" class="kpi-recent">{escape(t("entities.table.trend", language))}</th>')
    if READINESS in names:
        cells.append(f'<th scope="col">{escape(t("entities.table.level", language))}</th>')
    cells.append(f'<th scope="col" class="kpi-digits">{escape(t("entities.table.months", language))}</th>')
    return "".join(cells)


def _aim(league: League, column: str, language: str) -> str:
    """Say what the programme aims at in a column; what an entity has of its own stands below its value."""
    kpi = league.columns[column]
    target = league.programme_targets.get(kpi.id)
    if target is None:
        return ""
    words = t("entities.table.programme_target", language, target=target_words(kpi, target.value, language))
    return f'<small class="kpi-below">{escape(words)}</small>'


def _row(
    row: LeagueRow, stands: Place | None, league: League, shown: frozenset[str], language: str, mode: Mode
) -> str:  # fmt: skip
    name = link_html(row.entity.label(language), "entity", entity=row.entity.id)
    place = format_number(stands.place, language) if stands is not None else "–"
    cells = [f'<th scope="row"><span class="kpi-rank">{place}</span>{name}</th>']
    names = column_names(league, language)
    for column in league.columns:
        kind = "kpi-digits kpi-main" if column in shown else "kpi-digits"
        words = _standing(row.standings.get(column), language)
        if column == READINESS and row.level is not None:
            words += f'<span class="kpi-on-phone">{level_html(row.level, language)}</span>'
        cells.append(f'<td class="{kind}" data-label="{escape(names[column])}">{words}</td>')
        if column == TOPIC:
            cells.append(f'<td class="kpi-recent">{_trend(row, league, language, mode)}</td>')
    if READINESS in league.columns:
        cells.append(f"<td>{level_html(row.level, language) if row.level else ''}</td>")
    months = t(
        "entities.table.months_of", language, reported=row.reported_months, expected=row.expected_months
    )  # fmt: skip
    gap = " kpi-gap" if row.reported_months < row.expected_months else ""
    cells.append(f'<td class="kpi-digits{gap}">{escape(months)}</td>')
    return f"<tr>{''.join(cells)}</tr>"


def _standing(standing: Standing | None, language: str) -> str:
    if standing is None or standing.value.value is None:
        return f'<span class="kpi-none">{escape(t("value.not_provided", language))}</span>'
    kpi, value, target = standing.kpi, standing.value, standing.target
    words = escape(format_value(value.value, kpi.unit, language, kpi.decimals))
    below = []
    if value.share_pct is not None:
        below.append(format_percent(value.share_pct, language))
    if kpi.id == TOPIC and value.change_pct is not None:
        below.append(format_change(value.change_pct, "percent", language))
    if target is not None:
        met = t(f"status.{status(kpi, value.value, target)}", language)
        aimed = target_words(kpi, target.value, language)
        below.append(t("entities.table.target", language, target=aimed, status=met))
    return words + (f'<small class="kpi-below">{escape(" · ".join(below))}</small>' if below else "")


def _trend(row: LeagueRow, league: League, language: str, mode: Mode) -> str:
    drawing = svg(row.trend, language=language, mode=mode)
    if drawing is None:
        return ""
    first, last = (point_label(row.trend[end].month, league.months_per_point, language) for end in (0, -1))
    alt = escape(t("entities.table.trend_alt", language, entity=row.entity, first=first, last=last))
    data = base64.b64encode(drawing.encode()).decode()
    return f'<img class="kpi-spark" loading="lazy" alt="{alt}" src="data:image/svg+xml;base64,{data}">'


def _key(league: League, language: str) -> str:
    """Say before the table what stands below a number: nobody scrolls past 48 entities to learn it."""
    base = league.base.label(language, league.months_per_point) if league.base is not None else ""
    change = t(f"compare.column.{league.against}", language, base=base)
    words = escape(t("entities.below", language, change=change))
    return f'<p class="kpi-note kpi-key-note">{words}</p>'


def _notes(league: League, column: str, names: Mapping[str, str], without: int, language: str) -> str:
    notes = [t("entities.chosen_period", language, period=league.period.label(language, league.months_per_point))]
    if without:
        notes.append(plural("entities.table.without", without, language, column=names[column]))
    if league.outside:
        notes.append(plural("entities.table.outside", league.outside, language))
    return "".join(f'<p class="kpi-note">{escape(note)}</p>' for note in notes)


def _place(stands: Place | None) -> int | None:
    return stands.place if stands else None

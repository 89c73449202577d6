"""Answer how many transactions there were: one sentence, the choice of the split, its key and its table."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from kpi.charts.chart import Table
from kpi.charts.stacked import fills, part_name, row
from kpi.charts.theme import Mode
from kpi.language import format_change, format_number, format_percent, plural, t
from kpi.queries.movers import Movers
from kpi.queries.results import Headline
from kpi.queries.transaction_days import Days
from kpi.queries.transactions import SPLITS, Split, SplitBy, SplitPart
from kpi.say.answer import overlap_words
from kpi.say.change import change_words
from kpi.say.periods import during
from kpi.web.cards import cards_html, without_value_html
from kpi.web.links import href
from kpi.web.panels import empty_box, message_box
from kpi.web.tables import table_html

PARAMETER = "by"
_POINTS_AT_ONCE = 12  # a longer table waits behind one click
_SIGNS = {"": "plain", "/": "slash", ".": "dots", "\\": "backslash", "x": "cross", "-": "open"}


def split_of_address() -> SplitBy:
    """Return the split that the address asks for, by channel unless it says otherwise."""
    asked = st.query_params.get(PARAMETER)
    return next((by for by in SPLITS if by == asked), SPLITS[0])


def cards(headlines: Sequence[Headline], language: str, mode: Mode) -> tuple[str, str]:
    """Return the cards of what has a value, and what has none with the reason."""
    known = [headline for headline in headlines if headline.value is not None]
    without = [headline for headline in headlines if headline.value is None]
    shown = cards_html(known, language=language, mode=mode, size="three") or empty_box(language)
    return shown, without_value_html(without, language)


def answer(transactions: Headline, take_up: Headline, movers: Movers, language: str) -> str:
    """Return the sentence: how many, how many of them digital, the change and who moved it most."""
    period = during(transactions, language)
    if transactions.nothing == "not_shown":
        return overlap_words(transactions, language) or t("value.not_shown", language)
    if transactions.value is None:
        return t("transactions.answer.nothing", language, period=period)
    value = plural("transactions.answer.value", round(transactions.value), language)
    facts = {"value": value, "period": period, "change": change_words(transactions, language)}
    if take_up.value is None:
        sentence = t("transactions.answer.without_share", language, **facts)
    else:
        share = format_percent(take_up.value, language)
        sentence = t("transactions.answer.with_share", language, share=share, **facts)
    return " ".join(filter(None, (sentence, _largest(movers, language))))


def above_split_html(split: Split, language: str, mode: Mode) -> str:
    """Return what stands above the bars: the choice of their split and the key of their parts."""
    return _split_choice(split, language) + _key(split, language, mode)


def _split_choice(split: Split, language: str) -> str:
    """Offer the splits as links; the address holds the one chosen."""
    links = "".join(_split_link(by, by == split.by, language) for by in SPLITS)
    name = escape(t("transactions.split.choice", language))
    return f'<nav class="kpi-splits" aria-label="{name}"><ul>{links}</ul></nav>'


def _key(split: Split, language: str, mode: Mode) -> str:
    """Return the key of the bars, from the base line up, each part with its number and share in the chosen period."""
    total = sum(part.total(split.inside) for part in split.parts)
    items = []
    for part, fill in zip(split.parts, fills(split, mode), strict=True):
        number = part.total(split.inside)
        style = f"--fill:{fill.colour};--sign:{fill.mark or fill.colour}"
        share = f" <small>{escape(format_percent(100 * number / total, language))}</small>" if total else ""
        items.append(
            f'<li data-part="{escape(part.name.id if part.name else "")}">'
            f'<i class="kpi-key-{_SIGNS[fill.pattern]}" style="{style}"></i>{_part_link(part, split, language)}'
            f"<b><bdi>{escape(format_number(number, language))}</bdi>{share}</b></li>"
        )
    return f'<ul class="kpi-key">{"".join(items)}</ul>'


def table_of_period_html(split: Split, language: str) -> str:
    """Return the points of the chosen period with each part and, below, their sums and shares."""
    names = tuple(part_name(part, split, language) for part in split.parts)
    headers = (t("web.chart.period", language), *names, t("transactions.table.total", language))
    inside = [index for index, is_inside in enumerate(split.inside) if is_inside]
    rows = [row(split, index, language) for index in reversed(inside)]
    sums = [part.total(split.inside) for part in split.parts]
    whole = sum(sums)
    rows.append((t("transactions.table.sum", language),
                 *(format_number(value, language) for value in (*sums, whole))))  # fmt: skip
    if whole:
        shares = (format_percent(100 * value / whole, language) for value in (*sums, whole))
        rows.append((t("transactions.table.share", language), *shares))
    caption = t("transactions.split.caption", language, by=t(f"transactions.by.{split.by}", language))
    table = table_html(Table(caption, headers, tuple(rows)), stacked=True)
    if len(inside) <= _POINTS_AT_ONCE:
        return table
    summary = escape(t("web.chart.show_table", language))
    return f'<details class="kpi-details"><summary>{summary}</summary>{table}</details>'


def rhythm_html(days: Days, language: str) -> str:
    """Say in a sentence what the days have in common: a working day, the weekend, and the busiest day."""
    rhythm = days.rhythm
    if rhythm is None:
        return ""
    facts = {
        "busiest": rhythm.busiest.day,
        "most": format_number(rhythm.busiest.transactions or 0, language),
    }
    if rhythm.working_day is None or rhythm.weekend_day is None:
        words = t("transactions.days.busiest", language, **facts)
    else:
        facts["working"], facts["weekend"] = (
            format_number(mean, language) for mean in (rhythm.working_day, rhythm.weekend_day)
        )
        words = t("transactions.days.rhythm", language, **facts)
    return f'<p class="kpi-lead">{escape(words)}</p>'


def no_days_html(days: Days, language: str) -> str:
    """Say calmly why there are no days: reports by quarter have none by nature, monthly totals have not yet."""
    if days.moved:
        kind = "moved"
    elif days.nothing == "not_applicable":
        kind = "quarterly" if days.months_per_report > 1 else "service"
    elif days.nothing == "not_shown":
        return f'<p class="kpi-note">{escape(t("coverage.overlap_some", language))}</p>'
    else:
        kind = "monthly"
    what, following = (t(f"transactions.days.{kind}_{part}", language) for part in ("what", "next"))
    return message_box(what, following)


def _split_link(by: SplitBy, is_chosen: bool, language: str) -> str:
    mark = ' aria-current="true"' if is_chosen else ""
    target = href("transactions", **{PARAMETER: by})
    return f'<li><a href="{escape(target)}"{mark}>{escape(t(f"transactions.by.{by}", language))}</a></li>'


def _part_link(part: SplitPart, split: Split, language: str) -> str:
    """Name a part; a channel leads to itself as a filter."""
    name = escape(part_name(part, split, language))
    if split.by != "channel" or part.name is None:
        return f"<span>{name}</span>"
    return f'<a class="kpi-link" href="{escape(href("transactions", channel=part.name.id))}">{name}</a>'


def _largest(movers: Movers, language: str) -> str:
    """Name the entity that moved the number most, where there are several to choose from."""
    if len(movers.entities) < 2:  # noqa: PLR2004  one alone moved all of it
        return ""
    first = movers.entities[0]
    return t(
        "transactions.answer.largest",
        language,
        entity=first.name,
        change=plural(f"transactions.answer.{'more' if first.change > 0 else 'fewer'}", abs(first.change), language),
        points=format_change(first.points, "points", language),
    )

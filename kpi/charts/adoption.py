"""Draw how many entities use each platform: one bar per platform, which opens to the names."""

from collections.abc import Callable, Sequence
from datetime import date
from html import escape

from kpi.charts.chart import Table
from kpi.charts.coverage import Drawing
from kpi.language import format_number, format_percent, join_list, t
from kpi.periods import point_label
from kpi.queries.platforms import Platform, Platforms
from kpi.queries.results import Named

_WHOLE_PCT = 100


def drawing(found: Platforms, *, language: str, href: Callable[[str], str]) -> Drawing:
    """Draw the platforms whose users are known, the most widely used first; `href` gives an entity's address."""
    counted = found.counted
    rows = "".join(_row(platform, found, language, href) for platform in counted)
    alt = t("platforms.use.alt", language, n=len(counted))
    html = f'<div class="kpi-adoption" role="group" aria-label="{escape(alt)}">{rows}</div>'
    return Drawing(html, alt, table(found, language), _notes(found, language))


def table(found: Platforms, language: str) -> Table:
    """Return how many entities use each platform, in number and in percent."""
    rows = tuple(
        (platform.facts.item.label(language), _of(platform, found, language),
         format_percent(_share(platform, found), language, decimals=0))
        for platform in found.counted
    )  # fmt: skip
    used = t("platforms.table.used_by", language)
    return Table(t("platforms.use.caption", language), (t("platforms.table.platform", language), used, "%"), rows)


def used_by_words(platform: Platform, found: Platforms, language: str) -> str:
    """Return how many of all entities use a platform, or that nobody said."""
    return t("value.not_provided", language) if platform.users is None else _of(platform, found, language)


def _of(platform: Platform, found: Platforms, language: str) -> str:
    return t("platforms.use.of", language, n=len(platform.users or ()), whole=len(found.entities))


def _share(platform: Platform, found: Platforms) -> float:
    return _WHOLE_PCT * len(platform.users or ()) / max(len(found.entities), 1)


def _row(platform: Platform, found: Platforms, language: str, href: Callable[[str], str]) -> str:
    name = escape(platform.facts.item.label(language))
    bar = f'<span class="kpi-bar"><i style="inline-size:{_share(platform, found):.1f}%"></i></span>'
    users = platform.users or ()
    named = "".join(
        f'<li><a class="kpi-link" href="{escape(href(user.entity.id))}">{escape(user.entity.label(language))}</a>'
        f"{_since(user.adopted_on, language)}</li>"
        for user in users
    )
    using = {user.entity.id for user in users}
    body = f"<ul>{named}</ul>{_others([one for one in found.entities if one.id not in using], language)}"
    count = escape(_of(platform, found, language))
    return f"<details><summary><span>{name}</span>{bar}<em>{count}</em></summary>{body}</details>"


def _since(day: date | None, language: str) -> str:
    if day is None:
        return ""
    words = t("platforms.use.since", language, month=point_label(day.replace(day=1), 1, language))
    return f" <small>{escape(words)}</small>"


def _others(others: Sequence[Named], language: str) -> str:
    if not others:
        return f'<p class="kpi-note">{escape(t("platforms.use.everybody", language))}</p>'
    names = join_list([one.label(language) for one in others], language)
    title = f"{t('platforms.use.not_yet', language)} ({format_number(len(others), language)})"
    return f'<p class="kpi-note"><strong>{escape(title)}</strong> {escape(names)}</p>'


def _notes(found: Platforms, language: str) -> tuple[str, ...]:
    whole = format_number(len(found.entities), language)
    if found.as_of is None:
        notes = [t("platforms.use.explained_ever", language, whole=whole)]
    else:
        month = point_label(found.as_of, 1, language)
        notes = [t("platforms.use.explained", language, whole=whole, month=month)]
    silent = [one.facts.item.label(language) for one in found.platforms if one.users is None]
    if silent:
        notes.append(t("platforms.use.not_provided", language, names=join_list(silent, language)))
    return tuple(notes)

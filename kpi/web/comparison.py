"""Show whether the comparison with the base is fair: what entered, what left and who fell silent."""

from collections.abc import Sequence
from html import escape

from kpi.charts.chart import Table
from kpi.language import format_change, format_number, join_list, plural, t
from kpi.queries.results import Change, Contribution, EntityGap, Headline
from kpi.say.change import not_compared, raw_words, silent_words
from kpi.say.names import names_of
from kpi.say.periods import base_words
from kpi.web.tables import table_html

_SERVICES_SHOWN = 5
_LARGE_SHARE = 0.05  # of the base: an effect this large is shown without a click


def comparison_html(headline: Headline, language: str) -> str:
    """Return the raw and the like-for-like change side by side, then the services and entities that explain the gap."""
    change = headline.change
    if change is None:
        return ""
    base = base_words(change, headline.months_per_point, language)
    if change.raw is None:
        return f'<p class="kpi-lead">{escape(not_compared(change, base, language))}</p>'
    if change.against == "target" and change.base_value is not None:
        return f'<p class="kpi-lead">{escape(raw_words(headline, language))}</p>'
    if change.is_fair:
        return f'<p class="kpi-lead">{escape(t("web.comparison.fair", language))}</p>'
    figures = [_figure("raw", change.raw, base, language)]
    if change.like_for_like is not None:
        means = t("web.comparison.like_for_like_means", language)
        figures.append(_figure("like_for_like", change.like_for_like, means, language))
    silent = (
        _silent(change, base, language)
        + _silent_services(change, language)
        + _most("stopped", change.left_by_entity, change.base_value, language)
        + _most("started", change.entered_by_entity, change.base_value, language)
    )
    lists = "".join(
        _list(name, largest, total, services, change.base_value, language)
        for name, largest, total, services in (
            ("entered", change.entered, change.entered_total, change.entered_services),
            ("left", change.left, -change.left_total, change.left_services),
        )
    )
    return f'<div class="kpi-pair">{"".join(figures)}</div>{silent}<div class="kpi-lists">{lists}</div>'


def _figure(name: str, value: float, means: str, language: str) -> str:
    return (
        f'<div class="kpi-figure"><p class="kpi-name">{escape(t(f"web.comparison.{name}", language))}</p>'
        f'<p class="kpi-value kpi-number"><bdi>{escape(format_change(value, "percent", language))}</bdi></p>'
        f'<p class="kpi-when">{escape(means)}</p></div>'
    )


def _silent(change: Change, base: str, language: str) -> str:
    if not change.silent_entities:
        return ""
    heading = escape(t("compare.section.silent", language, base=base))
    return f'<p class="kpi-gap"><strong>{heading}:</strong> {escape(names_of(change.silent_entities, language))}</p>'


def _silent_services(change: Change, language: str) -> str:
    words = silent_words(change, language, _SERVICES_SHOWN)
    return f'<p class="kpi-gap">{escape(words)}</p>' if words else ""


def _most(name: str, gaps: Sequence[EntityGap], base_value: float | None, language: str) -> str:
    large = [gap for gap in gaps if abs(gap.change) >= _LARGE_SHARE * (base_value or 0)]
    if not large:
        return ""
    heading = escape(t(f"web.comparison.{name}", language))
    named = join_list([_gap(gap, language) for gap in large], language)
    return f'<p class="kpi-gap"><strong>{heading}:</strong> {escape(named)}</p>'


def _gap(gap: EntityGap, language: str) -> str:
    services = plural("web.comparison.services", gap.services, language)
    change = _signed(gap.change, language)
    return t("web.comparison.gap", language, entity=gap.entity.label(language), services=services, change=change)


def _list(
    name: str,
    largest: Sequence[Contribution],
    total: int,
    services: int,
    base_value: float | None,
    language: str,
) -> str:
    if not services:
        return ""
    headers = tuple(t(f"web.comparison.{column}", language) for column in ("service", "entity", "transactions"))
    rows = [(one.service.label(language), one.entity.label(language), _signed(one.change, language)) for one in largest]
    rest = services - len(largest)
    if rest > 0:
        others = total - sum(one.change for one in largest)
        rows.append((plural("web.comparison.others", rest, language), "", _signed(others, language)))
    caption = t(f"web.comparison.{name}", language)
    effect = t("web.comparison.total_effect", language, change=_signed(total, language))
    summary = f"{escape(caption)} ({format_number(services, language)}) — {escape(effect)}"
    table = table_html(Table(caption, headers, tuple(rows)))
    unfolded = " open" if abs(total) >= _LARGE_SHARE * (base_value or 0) else ""
    return f'<details class="kpi-details"{unfolded}><summary>{summary}</summary>{table}</details>'


def _signed(value: int, language: str) -> str:
    return format_change(value, "number", language)

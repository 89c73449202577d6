"""Say how a value compares with its base, so that no change stands without it, or why it does not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kpi.catalogue import Kpi
from kpi.language import format_change, format_percent, format_value, t
from kpi.periods import point_label
from kpi.queries.results import Change, Headline, Named
from kpi.rounding import sign_of
from kpi.say.names import first_of
from kpi.say.periods import base_words

Tone = Literal["quiet", "better", "worse", "alike", "gap"]
Sign = Literal["", "up", "down", "same", "alike"]
_WAYS: dict[int, Sign] = {1: "up", -1: "down", 0: "same"}


@dataclass(frozen=True)
class Line:
    """Hold one line below a value: its words, how they are meant, and the sign before them."""

    text: str
    tone: Tone = "quiet"
    sign: Sign = ""


def reason_words(change: Change, language: str) -> str:
    """Say why a change cannot be told."""
    return t(f"comparison.reason.{change.reason or 'base_not_covered'}", language)


def target_words(kpi: Kpi, target: float, language: str) -> str:
    """Write a target; a whole one without decimals."""
    return format_value(target, kpi.unit, language, 0 if float(target).is_integer() else kpi.decimals)


def comparison_heading(headline: Headline, language: str) -> str:
    """Return the question of the section on the comparison, with what it is compared with."""
    change = headline.change
    if change is None:
        return t("compare.heading.year", language)
    base = base_words(change, headline.months_per_point, language)
    return t(f"compare.heading.{change.against}", language, base=base)


def not_compared(change: Change, base: str, language: str) -> str:
    """Say with what a value is not compared, and why."""
    return t("compare.change.none", language, base=base, reason=reason_words(change, language))


def silent_words(change: Change, language: str, shown: int) -> str:
    """Name the first `shown` services that fell silent, and since when; nothing where there are none.

    With `shown` 0 it says how many there are.
    """
    silent = change.silent_services
    if not silent:
        return ""
    if not shown:
        return t("comparison.silent_count", language, n=len(silent))
    names = silent_names(((one.service, one.since) for one in silent), language, shown)
    return t("comparison.silent_services", language, names=names)


def silent_names(silent: Iterable[tuple[Named, date]], language: str, shown: int) -> str:
    """Name the first `shown` services, each with the month since which it is silent."""
    names = [
        t("comparison.silent_service", language, service=service, month=point_label(since, 1, language))
        for service, since in silent
    ]
    return first_of(names, language, shown)


def change_lines(headline: Headline, language: str, *, services_named: int) -> tuple[Line, ...]:
    """Return the change on the base, the one like for like, and the services that fell silent; nothing without a base.

    Sign and tone follow the change as it is written.
    """
    change = headline.change
    if change is None:
        return ()
    if change.raw is None:
        return (Line(not_compared(change, base_words(change, headline.months_per_point, language), language)),)
    way = sign_of(change.raw)
    tone: Tone = "quiet" if way == 0 else "better" if (way > 0) == (headline.kpi.direction == "up") else "worse"
    lines = [Line(raw_words(headline, language), tone, _WAYS[way])]
    if change.like_for_like is not None:
        same = format_change(change.like_for_like, change.kind, language)
        lines.append(Line(t("say.card.like_for_like", language, change=same), "alike", "alike"))
        if silent := silent_words(change, language, services_named):
            lines.append(Line(silent, "gap"))
    return tuple(lines)


def raw_words(headline: Headline, language: str) -> str:
    """Say the change with what it is on, a base or the target; nothing where there is none."""
    change = headline.change
    if change is None or change.raw is None:
        return ""
    written = format_change(change.raw, change.kind, language)
    if change.against == "target" and change.base_value is not None:
        target = target_words(headline.kpi, change.base_value, language)
        return t("compare.change.target", language, change=written, target=target)
    base = base_words(change, headline.months_per_point, language)
    return t("say.card.change", language, change=written, base=base)


def change_words(headline: Headline, language: str) -> str:
    """Say in part of a sentence how a count compares with its base, and like for like where that differs."""
    change = headline.change
    if change is None:
        return t("compare.answer.no_target", language, reason=t("comparison.reason.value_missing", language))
    if change.against == "target":
        return _from_target(headline, change, language)
    base = base_words(change, headline.months_per_point, language)
    if change.raw is None:
        return t("compare.answer.none", language, base=base, reason=reason_words(change, language))
    amount = format_percent(abs(change.raw), language)
    words = t(f"say.answer.{_WAYS[sign_of(change.raw)]}", language, change=amount, base=base)
    if change.like_for_like is None:
        return words
    same = format_change(change.like_for_like, "percent", language)
    return t("say.answer.with_like_for_like", language, change=words, same=same)


def _from_target(headline: Headline, change: Change, language: str) -> str:
    if change.raw is None or change.base_value is None:
        return t("compare.answer.no_target", language, reason=reason_words(change, language))
    way = {1: "above", -1: "below", 0: "on"}[sign_of(change.raw)]
    facts = {
        "change": format_percent(abs(change.raw), language),
        "target": target_words(headline.kpi, change.base_value, language),
    }
    return t(f"compare.answer.{way}", language, **facts)

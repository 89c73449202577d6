"""Name a period, and of how much of it there are data where that is not all."""

from kpi.language import join_list, t
from kpi.periods import point_label
from kpi.queries.results import Change, Headline
from kpi.queries.told import Told
from kpi.say.names import first_of

_MONTHS_NAMED = 3


def told_words(told: Told | None, language: str) -> str:
    """Say what of a period there are data for; nothing where it is whole, or has no flow."""
    said = []
    if told is not None and told.months < told.of:
        said.append(t("coverage.months_of", language, months=told.months, of=told.of))
    if told is not None and told.broken_off:
        named = [point_label(month, 1, language) for month in told.broken_off]
        said.append(t("coverage.days_missing", language, months=first_of(named, language, _MONTHS_NAMED)))
    return join_list(said, language)


def told_short(told: Told, language: str) -> str:
    """Say the same in a few words, for the cell of a table."""
    said = []
    if told.months < told.of:
        said.append(t("coverage.months_short", language, months=told.months, of=told.of))
    if told.broken_off:
        said.append(t("coverage.days_short", language))
    return join_list(said, language)


def beside(told: Told | None, period: str, language: str) -> str:
    """Name a period on a line of its own, with what of it there are data for."""
    said = told_words(told, language)
    return t("coverage.period_told", language, period=period, told=said) if said else period


def within(told: Told | None, period: str, language: str) -> str:
    """Name a period within a sentence, with what of it there are data for in brackets."""
    said = told_words(told, language)
    return t("coverage.period_in_brackets", language, period=period, told=said) if said else period


def when(headline: Headline, language: str) -> str:
    """Name the period of a flow, or the month at whose end a stock was counted, on a line of its own."""
    if headline.as_of is not None:
        return t("say.card.stock", language, month=point_label(headline.as_of, 1, language))
    return beside(headline.told, headline.period.label(language, headline.months_per_point), language)


def during(headline: Headline, language: str) -> str:
    """Name the period of a headline within a sentence."""
    return within(headline.told, headline.period.label(language, headline.months_per_point), language)


def base_words(change: Change, months_per_point: int, language: str) -> str:
    """Name what a value is compared with: a period, the month in which a stock was counted, or the target."""
    if change.against == "target":
        return t("compare.base.target", language)
    if change.base_as_of is not None:
        return point_label(change.base_as_of, 1, language)
    return within(change.base_told, change.base.label(language, months_per_point), language)

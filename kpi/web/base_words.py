"""Name what a value is compared with, so that no change stands without its base."""

from kpi.catalogue import Kpi
from kpi.language import format_value, t
from kpi.periods import point_label
from kpi.queries.results import Change, Headline


def base_words(change: Change, months_per_point: int, language: str) -> str:
    """Name the base: a period, the month in which a stock was counted, or the target."""
    if change.against == "target":
        return t("compare.base.target", language)
    if change.base_as_of is not None:
        return point_label(change.base_as_of, 1, language)
    return change.base_label(language, months_per_point)


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

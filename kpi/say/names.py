"""Name several things within a sentence: the first of them, and how many others there are."""

from collections.abc import Sequence

from kpi.language import format_number, join_list, t
from kpi.queries.results import Named


def names_of(things: Sequence[Named], language: str, shown: int = 12) -> str:
    """Join the first `shown` names, and count the others with a sign: `a, b and +3`."""
    names = [one.label(language) for one in things[:shown]]
    rest = len(things) - len(names)
    return join_list([*names, f"+{format_number(rest, language)}"] if rest else names, language)


def first_of(names: Sequence[str], language: str, shown: int) -> str:
    """Join the first `shown` names, and count the others in words: `a, b and 3 more`."""
    first = list(names[:shown])
    rest = len(names) - len(first)
    return join_list([*first, t("comparison.silent_more", language, n=rest)] if rest else first, language)

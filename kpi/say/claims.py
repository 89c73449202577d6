"""Write a published figure and the computed one beside it."""

from kpi.language import format_value, isolate
from kpi.queries.claims import Claim


def computed_words(claim: Claim, language: str) -> str:
    """Write the computed value as exactly as the published figure needs it; nothing where there is none."""
    if claim.computed_value is None:
        return ""
    decimals = 0 if float(claim.computed_value).is_integer() else 1
    return format_value(claim.computed_value, claim.unit or "", language, decimals)


def published_words(claim: Claim, language: str) -> str:
    """Return the figure as it was published; one without words keeps its sign and percent mark on their side."""
    words = claim.published(language) or ""
    return words if any(letter.isalpha() for letter in words) else isolate(words, language) if words else ""

"""Say in one sentence which service moved to another body, or which body another succeeded."""

from kpi.language import format_day, t
from kpi.queries.changes_of_hands import ChangeOfHands


def hands_words(change: ChangeOfHands, language: str) -> str:
    """Say when something changed hands, and from whom to whom."""
    facts = {"day": format_day(change.day, language)}
    facts |= {"before": change.before.label(language), "after": change.after.label(language)}
    if change.service is None:
        return t("hands.entity_succeeded", language, **facts)
    return t("hands.service_moved", language, service=change.service.label(language), **facts)

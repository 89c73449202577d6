"""Name the two stretches that a trend sets apart: the chosen period and its base."""

from kpi.charts.trend_marks import Span
from kpi.language import format_value
from kpi.queries.results import Headline


def spans(headline: Headline, language: str) -> tuple[Span | None, Span | None]:
    """Return the chosen period with its value and the base with its own, where the value covers the whole period."""
    kpi, change = headline.kpi, headline.change
    if headline.value is None or kpi.flow != "flow":
        return None, None
    chosen = Span(headline.period, format_value(headline.value, kpi.unit, language, kpi.decimals))
    if change is None or change.base_value is None or change.raw is None or change.against == "target":
        return chosen, None
    return chosen, Span(change.base, format_value(change.base_value, kpi.unit, language, kpi.decimals))

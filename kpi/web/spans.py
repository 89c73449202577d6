"""Name the two stretches that a trend sets apart: the chosen period and its base."""

from kpi.charts.trend_marks import AxisSpan
from kpi.language import format_value
from kpi.queries.results import Headline


def spans(headline: Headline, language: str) -> tuple[AxisSpan | None, AxisSpan | None]:
    """Return the chosen period with its value and the base with its own, where the value covers the whole period."""
    kpi, change = headline.kpi, headline.change
    if headline.value is None or kpi.flow != "flow":
        return None, None
    chosen = AxisSpan(headline.period, format_value(headline.value, kpi.unit, language, kpi.decimals))
    if change is None or change.base_value is None or change.raw is None or change.against == "target":
        return chosen, None
    return chosen, AxisSpan(change.base, format_value(change.base_value, kpi.unit, language, kpi.decimals))

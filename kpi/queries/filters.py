"""The slice of the data that a question is about."""

from dataclasses import dataclass, replace
from typing import Literal

from kpi.catalogue import Kpi
from kpi.periods import Period

NOT_ALLOCATED = "not_allocated"
"""The governorate id of what is not allocated to any governorate."""


@dataclass(frozen=True)
class Filters:
    """Hold the period and the optional entity, governorate (or `not_allocated`) and channel."""

    period: Period
    entity_id: str | None = None
    governorate_id: str | None = None
    channel: str | None = None

    @property
    def whole_programme(self) -> bool:
        """Tell whether nothing but the period narrows the data."""
        return (self.entity_id, self.governorate_id, self.channel) == (None, None, None)

    def snapped(self, months_per_point: int) -> "Filters":
        """Return the same filters over whole reporting periods."""
        return replace(self, period=self.period.snap(months_per_point))


def applies(kpi: Kpi, filters: Filters, by: Literal["entity", "governorate"] | None = None) -> bool:
    """Tell whether a KPI has a value in this slice, or in its groups when `by` names a grouping."""
    wanted = {by} if by else set()
    if filters.entity_id is not None:
        wanted.add("entity")
    if filters.governorate_id is not None:
        wanted.add("governorate")
    if filters.channel is not None and "channel" not in kpi.dimensions:
        return False
    return (wanted or {"programme"}) <= set(kpi.scopes)

"""The slice of the data that a question is about, and what its values are compared with."""

from dataclasses import dataclass, replace
from typing import Literal

from kpi.catalogue import Kpi
from kpi.periods import Period, months_between

NOT_ALLOCATED = "not_allocated"
"""The governorate id of what is not allocated to any governorate."""
NOT_BY_SERVICE = "not_by_service"
"""The service id of totals of a body that name no service."""
SERVICE_DIMENSION = "service_id"

Against = Literal["year", "previous", "target", "period"]
Organisation = Literal["as_was", "as_is"]
"""Each body with what it answered for at the time, or with what it answers for today."""


@dataclass(frozen=True)
class Comparison:
    """Say what values are compared with: the same months last year, the period before, a target, a chosen period.

    `chosen` is the base where `against` is `period`, None otherwise.
    """

    against: Against = "year"
    chosen: Period | None = None

    @classmethod
    def parse(cls, value: str) -> "Comparison":
        """Read the form of an address: `previous`, `target` or a period; raise `period_invalid` for anything else."""
        if value == "previous" or value == "target" or value == "year":
            return cls(value)
        return cls("period", Period.parse(value))

    @property
    def key(self) -> str:
        """Return the form that `parse` reads."""
        return self.chosen.key if self.chosen is not None else self.against

    def base(self, period: Period) -> Period | None:
        """Return the period that another one is compared with; None for a target."""
        if self.against == "target":
            return None
        if self.chosen is not None:
            return self.chosen
        return period.previous() if self.against == "previous" else period.year_before()

    def months_back(self, period: Period) -> int:
        """Count the months from the start of the base to the start of a period; 0 for a target."""
        base = self.base(period)
        return months_between(base.start, period.start) if base is not None else 0

    def snapped(self, months_per_point: int) -> "Comparison":
        """Return the same comparison over whole reporting periods."""
        return replace(self, chosen=self.chosen.snap(months_per_point)) if self.chosen is not None else self


SAME_MONTHS_LAST_YEAR = Comparison()


@dataclass(frozen=True)
class Filters:
    """Hold the period, the comparison, and what narrows the data (a governorate may be `not_allocated`)."""

    period: Period
    entity_id: str | None = None
    governorate_id: str | None = None
    channel: str | None = None
    service_id: str | None = None
    compare: Comparison = SAME_MONTHS_LAST_YEAR
    organisation: Organisation = "as_was"

    @property
    def entity_of_slice(self) -> str | None:
        """Return the entity that narrows values; none where a service does: its values are those of all its owners."""
        return self.entity_id if self.service_id is None else None

    @property
    def whole_programme(self) -> bool:
        """Tell whether nothing but the period narrows the data."""
        return (self.entity_id, self.governorate_id, self.channel, self.service_id) == (None, None, None, None)

    @property
    def base(self) -> Period | None:
        """Return the period that values are compared with; None when they are compared with a target."""
        return self.compare.base(self.period)

    def of_entity(self) -> "Filters":
        """Return the same period, comparison and entity alone, for what has no governorate, channel or service."""
        return replace(self, governorate_id=None, channel=None, service_id=None)

    def snapped(self, months_per_point: int) -> "Filters":
        """Return the same filters over whole reporting periods."""
        compare = self.compare.snapped(months_per_point)
        return replace(self, period=self.period.snap(months_per_point), compare=compare)


def applies(kpi: Kpi, filters: Filters, by: Literal["entity", "governorate"] | None = None) -> bool:
    """Tell whether a KPI has a value in this slice, or in its groups when `by` names a grouping."""
    wanted = {by} if by else set()
    if filters.entity_id is not None:
        wanted.add("entity")
    if filters.governorate_id is not None:
        wanted.add("governorate")
    if filters.channel is not None and "channel" not in kpi.dimensions:
        return False
    if filters.service_id is not None and SERVICE_DIMENSION not in kpi.dimensions:
        return False
    return (wanted or {"programme"}) <= set(kpi.scopes)

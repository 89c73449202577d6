"""Which entity sent which month, one by one: the coverage behind every total, and who still has to send what."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from kpi.periods import Period, shift_months
from kpi.queries.filters import Filters
from kpi.queries.freshness import freshness
from kpi.queries.results import Named
from kpi.warehouse.connect import Warehouse

SHOWN_MONTHS = 24
SENT = frozenset({"reported", "late"})
STATUSES = ("reported", "late", "missing", "not_expected")

_STATEMENT = "select * from serve_coverage where $entity is null or entity_id = $entity order by entity_id, month"


@dataclass(frozen=True)
class EntityMonth:
    """Hold what one entity sent for one month: reported, late, missing or not_expected, and its transactions."""

    month: date
    status: str
    transactions: int


@dataclass(frozen=True)
class EntityMonths:
    """Hold the months of one entity in order of time, and the last one it sent."""

    entity: Named
    months: tuple[EntityMonth, ...]

    @property
    def last_sent(self) -> EntityMonth | None:
        """Return the latest month that the entity sent; None when it never sent any."""
        return next((month for month in reversed(self.months) if month.status in SENT), None)

    def with_status(self, status: str, period: Period) -> tuple[date, ...]:
        """List the months of a period that have a status."""
        return tuple(one.month for one in self.months if one.status == status and one.month in period)

    def expected(self, period: Period) -> int:
        """Count the months of a period that are expected of the entity."""
        return sum(one.month in period and one.status != "not_expected" for one in self.months)


@dataclass(frozen=True)
class CoverageMap:
    """Hold every entity's months, those with gaps in the chosen period first.

    `period` is the chosen one; `shown` are at most two years that end with it; `months_per_report` is 1 or 3.
    """

    period: Period
    shown: Period
    entities: tuple[EntityMonths, ...]
    months_per_report: int

    def count(self, status: str) -> int:
        """Count the entity-months of the chosen period with a status."""
        return sum(len(entity.with_status(status, self.period)) for entity in self.entities)

    def reports(self, status: str) -> int:
        """Count the reports of the chosen period with a status: a quarterly report is one, not three months."""
        step = self.months_per_report
        return sum(
            len({(month.year, (month.month - 1) // step) for month in entity.with_status(status, self.period)})
            for entity in self.entities
        )

    @property
    def expected_months(self) -> int:
        """Count the entity-months expected in the chosen period."""
        return sum(entity.expected(self.period) for entity in self.entities)

    @property
    def expected_entities(self) -> tuple[EntityMonths, ...]:
        """Return the entities of which any month of the chosen period is expected."""
        return tuple(entity for entity in self.entities if entity.expected(self.period))

    def lacking(self, status: str = "missing") -> tuple[EntityMonths, ...]:
        """Return the entities that have a month of the chosen period with a status."""
        return tuple(entity for entity in self.entities if entity.with_status(status, self.period))


def coverage_map(warehouse: Warehouse, *, filters: Filters) -> CoverageMap | None:
    """Answer who sent which month, within the filters' entity; None when nothing is known of the period."""
    build = freshness(warehouse)
    period = filters.snapped(build.reporting_months).period
    names: dict[str, Named] = {}
    months: dict[str, list[EntityMonth]] = defaultdict(list)
    for row in warehouse.query(_STATEMENT, entity=filters.entity_id).iter_rows(named=True):
        names[row["entity_id"]] = Named(row["entity_id"], row["name_ar"], row["name_en"])
        months[row["entity_id"]].append(EntityMonth(row["month"], row["status"], row["transactions"]))
    known = sorted({one.month for entity in months.values() for one in entity})
    if not any(month in period for month in known):
        return None
    end = min(period.end, known[-1])
    shown = Period(max(known[0], shift_months(end, 1 - SHOWN_MONTHS)), end)
    entities = (EntityMonths(names[entity], tuple(rows)) for entity, rows in months.items())
    ordered = sorted(entities, key=lambda one: (-_gaps(one, period), -_gaps(one, shown), one.entity.name_en))
    return CoverageMap(period, shown, tuple(ordered), build.reporting_months)


def _gaps(entity: EntityMonths, period: Period) -> int:
    """Count missing months before late ones: a month that never came weighs more than any that came late."""
    return 1000 * len(entity.with_status("missing", period)) + len(entity.with_status("late", period))

"""Which entities reported which months."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kpi.periods import Period
from kpi.queries.filters import Filters, Organisation
from kpi.queries.freshness import freshness
from kpi.queries.naming import entities_naming
from kpi.queries.results import CoverageBreak, Named, Reported
from kpi.queries.told import Told
from kpi.warehouse.connect import Warehouse

_STATEMENT = """
select entity_id, name_ar, name_en, month, status, transactions, is_partial
from serve_reporting($from_month, $to_month, organisation := $organisation)
where $entity is null or entity_id = $entity
order by entity_id, month
"""


REPORTED = frozenset({"reported", "late"})
LASTING_MONTHS = 3
"""Months for which an entity has to be silent before and after: one that is late is no break."""
NOTHING_SHARE = 0.1
"""Share of what it sent before below which an entity has as good as stopped: one service left may still send."""
LARGE_SHARE = 0.03
"""Share of all transactions in the months beside the break from which the step shows in a total."""


@dataclass(frozen=True)
class CoverageMonth:
    """Say whether one entity reported one month (reported, late, missing or not_expected), and its transactions.

    `lacks_days` tells that the days that came leave a part of the month open.
    """

    entity: Named
    month: date
    status: str
    transactions: int
    lacks_days: bool = False


@dataclass(frozen=True)
class Coverage:
    """Hold the entity-months of some periods and count them."""

    rows: tuple[CoverageMonth, ...]

    def of(self, entity_ids: Collection[str]) -> "Coverage":
        """Return the part that some entities have in it."""
        return Coverage(tuple(row for row in self.rows if row.entity.id in entity_ids))

    def months(self, period: Period) -> dict[Named, tuple[int, int]]:
        """Count the months reported and expected of every entity expected in a period."""
        counts: dict[Named, list[int]] = defaultdict(lambda: [0, 0])
        for row in self.rows:
            if row.month in period and row.status != "not_expected":
                counts[row.entity][0] += row.status in REPORTED
                counts[row.entity][1] += 1
        return {entity: (reported, expected) for entity, (reported, expected) in counts.items()}

    def reported(self, period: Period) -> Reported | None:
        """Count the entities that reported and name the silent and the partial ones; None when none was expected."""
        months = self.months(period)
        if not months:
            return None
        silent = tuple(entity for entity, (reported, _) in months.items() if reported == 0)
        lacking = self.lacking_days(period)
        partial = tuple(
            entity for entity, (reported, expected) in months.items()
            if 0 < reported < expected or (reported and entity in lacking)
        )  # fmt: skip
        return Reported(len(months) - len(silent), len(months), silent, partial)

    def told(self, period: Period) -> Told | None:
        """Say of how many months of a period anybody reported, and in which most lack days; None without anybody."""
        if not any(row.month in period and row.status != "not_expected" for row in self.rows):
            return None
        senders: dict[date, list[bool]] = defaultdict(list)
        for row in self._sent(period):
            senders[row.month].append(row.lacks_days)
        broken_off = tuple(sorted(month for month, lacking in senders.items() if 2 * sum(lacking) >= len(lacking)))
        return Told(len(senders), period.months, broken_off)

    def lacking_days(self, period: Period) -> frozenset[Named]:
        """Return the entities whose days leave a part of a month open that they sent."""
        return frozenset(row.entity for row in self._sent(period) if row.lacks_days)

    def _sent(self, period: Period) -> Iterable[CoverageMonth]:
        return (row for row in self.rows if row.month in period and row.status in REPORTED)

    def fell_silent(self, period: Period, base: Period) -> tuple[Named, ...]:
        """Name the entities that reported in the base period and sent nothing in this one."""
        before = {entity for entity, (reported, _) in self.months(base).items() if reported}
        after = self.months(period)
        return tuple(entity for entity, (reported, _) in after.items() if not reported and entity in before)

    def breaks(self, period: Period) -> tuple[CoverageBreak, ...]:
        """Find where a large entity begins to send its data, or no longer sends any to speak of, for good."""
        sent: dict[Named, dict[date, int]] = defaultdict(lambda: defaultdict(int))
        totals: dict[date, int] = defaultdict(int)
        for row in self.rows:
            if row.month in period and row.status in REPORTED:
                totals[row.month] += row.transactions
                sent[row.entity][row.month] += row.transactions
        if not totals:
            return ()
        months = list(Period(min(totals), max(totals)))
        whole = [totals[month] for month in months]
        began: dict[date, list[Named]] = defaultdict(list)
        stopped: dict[date, list[Named]] = defaultdict(list)
        for entity, amounts in sent.items():
            parts = [amounts[month] for month in months]
            if (fall := _fall(parts, whole)) is not None:
                stopped[months[fall]].append(entity)
            if (rise := _fall(parts[::-1], whole[::-1])) is not None:
                began[months[len(months) - rise]].append(entity)
        return tuple(
            CoverageBreak(month, tuple(began[month]), tuple(stopped[month])) for month in sorted({*began, *stopped})
        )

    def incomplete_months(self) -> frozenset[date]:
        """Return the months in which an expected entity is missing, or one that sent lacks days."""
        return frozenset(row.month for row in self.rows if row.status == "missing" or row.lacks_days)


def coverage(warehouse: Warehouse, *, filters: Filters) -> Reported | None:
    """Answer how many of the expected entities reported in the filters' period, within the filters' entity."""
    period = filters.snapped(freshness(warehouse).reporting_months).period
    return read_coverage(warehouse, (period,), filters.entity_id).reported(period)


def read_coverage(
    warehouse: Warehouse,
    periods: Iterable[Period],
    entity_id: str | None = None,
    organisation: Organisation = "as_was",
) -> Coverage:
    """Read the entity-months from the first to the last month of the periods."""
    wanted = tuple(periods)
    if not wanted:
        return Coverage(())
    frame = warehouse.query(
        _STATEMENT,
        organisation=organisation,
        from_month=min(period.start for period in wanted),
        to_month=max(period.end for period in wanted),
        entity=entity_id,
    )
    return Coverage(tuple(CoverageMonth(Named(*row[:3]), *row[3:]) for row in frame.iter_rows()))


def read_coverage_within(warehouse: Warehouse, periods: Iterable[Period], filters: Filters) -> Coverage:
    """Read the entity-months of the filters' entity; of a governorate, of the entities that named it by then."""
    found = read_coverage(warehouse, periods, filters.entity_id, filters.organisation)
    if filters.governorate_id is None:
        return found
    return found.of(
        entities_naming(warehouse, filters.period.end, filters.organisation).get(filters.governorate_id, ())
    )


def _fall(parts: Sequence[int], totals: Sequence[int]) -> int | None:
    """Return from where on a large part stays as good as nothing."""
    for place in range(LASTING_MONTHS, len(parts) - LASTING_MONTHS + 1):
        before = sum(parts[place - LASTING_MONTHS : place])
        is_large = before >= LARGE_SHARE * sum(totals[place - LASTING_MONTHS : place])
        if before and is_large and max(parts[place:]) <= NOTHING_SHARE * before / LASTING_MONTHS:
            return place
    return None

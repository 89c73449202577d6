"""The change on what the filters compare with, raw and like for like."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from kpi.catalogue import Kpi
from kpi.periods import Period
from kpi.queries.coverage import Coverage
from kpi.queries.filters import Filters
from kpi.queries.points import PROGRAMME, Compared, PointValue
from kpi.queries.results import Change, ChangeKind, Contribution, EntityGap, Freshness, Named, Reason, SilentService
from kpi.queries.targets import Target
from kpi.warehouse.connect import Warehouse

CONTRIBUTIONS_NAMED = 5

# Totals of what both periods have, and the services that only one of them has whole.
_STATEMENT = """
select
    group_id, kpi_id, state, numerator, denominator, base_numerator, base_denominator, since, change,
    service_id, service_ar, service_en, entity_id, entity_ar, entity_en
from serve_change_parts(
    $kpis::varchar[], $from_month, $to_month, $base_from, $base_to, $entity, $governorate, $channel, $service,
    "by" := $by, organisation := $organisation
)
order by group_id, kpi_id, size desc, entity_id, service_id
"""


@dataclass
class Pairs:
    """Hold what two periods have in common, month by month of each service, and the services that differ.

    The parts are those of the months in which a service reported in both periods.
    """

    numerator: int = 0
    denominator: int = 0
    base_numerator: int = 0
    base_denominator: int = 0
    entered: list[Contribution] = field(default_factory=list)
    left: list[Contribution] = field(default_factory=list)
    silent: list[SilentService] = field(default_factory=list)

    def values(self, kpi: Kpi) -> tuple[float | None, float | None]:
        """Return the KPI's value of both periods, of the matched parts alone."""
        if kpi.kind == "sum":
            return float(self.numerator), float(self.base_numerator)
        parts = ((self.numerator, self.denominator), (self.base_numerator, self.base_denominator))
        now, base = (kpi.scale * above / below if below else None for above, below in parts)
        return now, base

    def is_all_of(self, kpi: Kpi, now: PointValue, base: PointValue) -> bool:
        """Tell whether nothing is in one period only."""
        above = (self.numerator, self.base_numerator) == (now.numerator, base.numerator)
        below = (self.denominator, self.base_denominator) == (now.denominator, base.denominator)
        return above and (below or kpi.kind == "sum") and not (self.entered or self.left or self.silent)


def change_kind(kpi: Kpi) -> ChangeKind:
    """Compare percentages in points and everything else in percent."""
    return "points" if kpi.unit == "percent" else "percent"


def difference(kind: ChangeKind, value: float | None, base_value: float | None) -> float | None:
    """Return the change in points, or in percent of the base; None when either is missing or the base is zero."""
    if value is None or base_value is None:
        return None
    if kind == "points":
        return value - base_value
    return 100 * (value - base_value) / base_value if base_value else None


def compare(kpi: Kpi, filters: Filters, cells: Compared, build: Freshness, target: Target | None) -> Change:
    """Compare the programme cells with the base or the target; the coverage is added by `with_like_for_like`."""
    now, base = cells.now.get(PROGRAMME), cells.base.get(PROGRAMME)
    kind = change_kind(kpi)
    if filters.base is None:
        base_value = target.value if target else None
    else:
        base_value = base.value if base else None
    reason = not_comparable(kpi, filters, base_value, build)
    raw = difference(kind, now.value if now else None, base_value) if reason is None else None
    return Change(
        base=filters.base or filters.period,
        base_value=base_value,
        raw=raw,
        kind=kind,
        reason=reason,
        against=filters.compare.against,
        base_as_of=cells.base_as_of,
    )


def not_comparable(kpi: Kpi, filters: Filters, base_value: float | None, build: Freshness) -> Reason | None:
    """Say why a period cannot be compared with its base or its target, if it cannot."""
    period, base = filters.period, filters.base
    if base is not None and _definition_changed(kpi, period, base):
        return "definition_changed"
    if kpi.flow == "flow" and build.last_month is not None and period.end > build.last_month:
        return "period_incomplete"
    if base is None and base_value is None:
        return "no_target"
    if base is not None and kpi.flow == "flow" and kpi.grows_with_time and base.months != period.months:
        return "length_differs"
    if base_value is None or (base is not None and kpi.flow == "flow" and not _covered(base, build)):
        return "base_not_covered"
    if base_value == 0 and change_kind(kpi) == "percent":
        return "base_zero"
    return None


def _covered(base: Period, build: Freshness) -> bool:
    starts_in_time = build.first_month is None or build.first_month <= base.start
    return starts_in_time and (build.last_month is None or base.end <= build.last_month)


def read_pairs(
    warehouse: Warehouse, kpis: Iterable[Kpi], filters: Filters, by: Literal["programme", "entity"] = PROGRAMME
) -> dict[str, dict[str, Pairs]]:
    """Read what the period of the filters and its base have in common, by group and KPI, for the KPIs that add up."""
    wanted = sorted(kpi.id for kpi in kpis if kpi.is_additive)
    base = filters.base
    if not wanted or base is None or base.months != filters.period.months:
        return {}
    params = {
        "kpis": wanted,
        "from_month": filters.period.start,
        "to_month": filters.period.end,
        "base_from": base.start,
        "base_to": base.end,
        "entity": filters.entity_of_slice,
        "governorate": filters.governorate_id,
        "channel": filters.channel,
        "service": filters.service_id,
        "by": by,
        "organisation": filters.organisation,
    }
    found: dict[str, dict[str, Pairs]] = defaultdict(lambda: defaultdict(Pairs))
    for group_id, kpi_id, state, *parts in warehouse.query(_STATEMENT, params).iter_rows():
        pairs, names = found[group_id][kpi_id], parts[6:]
        if names[0] is None:
            _add(pairs, *parts[:4])
        else:
            _name(pairs, state, parts[4], Contribution(Named(*names[:3]), Named(*names[3:]), parts[5]))
    return {group_id: dict(of_group) for group_id, of_group in found.items()}


def _add(pairs: Pairs, numerator: int, denominator: int, base_numerator: int, base_denominator: int) -> None:
    pairs.numerator += numerator
    pairs.denominator += denominator
    pairs.base_numerator += base_numerator
    pairs.base_denominator += base_denominator


def _name(pairs: Pairs, state: str, since: date | None, one: Contribution) -> None:
    (pairs.entered if state == "entered" else pairs.left).append(one)
    if state == "silent" and since is not None:
        pairs.silent.append(SilentService(one.service, one.entity, since, one.change))


def with_base_told(kpi: Kpi, change: Change, coverage: Coverage) -> Change:
    """Add of how much of its base a flow's change has data."""
    if kpi.flow != "flow" or change.against == "target" or change.base_value is None:
        return change
    return replace(change, base_told=coverage.told(change.base))


def with_like_for_like(
    kpi: Kpi, change: Change, now: PointValue, base: PointValue, pairs: Pairs, coverage: Coverage, period: Period
) -> Change:
    """Add the like-for-like change where a service-month is in one of the periods only, and whose it is.

    What entered and left is told in transactions, so of a count only.
    """
    if change.reason is not None or pairs.is_all_of(kpi, now, base):
        return change
    entered, left = (pairs.entered, pairs.left) if kpi.kind == "sum" else ([], [])
    return replace(
        change,
        like_for_like=difference(change.kind, *pairs.values(kpi)),
        entered=tuple(entered[:CONTRIBUTIONS_NAMED]),
        left=tuple(left[:CONTRIBUTIONS_NAMED]),
        entered_total=sum(one.change for one in entered),
        left_total=-sum(one.change for one in left),
        entered_services=len(entered),
        left_services=len(left),
        entered_by_entity=_gaps(entered),
        left_by_entity=_gaps(left),
        silent_entities=coverage.fell_silent(period, change.base),
        silent_services=tuple(pairs.silent),
    )


def _gaps(services: Sequence[Contribution]) -> tuple[EntityGap, ...]:
    """Return the entities whose services weigh most."""
    by_entity: dict[Named, list[int]] = defaultdict(list)
    for one in services:
        by_entity[one.entity].append(one.change)
    gaps = [EntityGap(entity, len(changes), sum(changes)) for entity, changes in by_entity.items()]
    return tuple(sorted(gaps, key=lambda gap: (-abs(gap.change), gap.entity.id))[:CONTRIBUTIONS_NAMED])


def _definition_changed(kpi: Kpi, period: Period, base: Period) -> bool:
    # A chosen base may lie after the period; a stock counts at the end of either.
    ends = sorted((base.end, period.end))
    first = min(base.start, period.start) if kpi.flow == "flow" else ends[0]
    return any(first < version.valid_from <= ends[1] for version in kpi.versions[1:])

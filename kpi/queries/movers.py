"""What moved the transactions: each entity's and each service's part in the change on the base."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from kpi.language import Nothing
from kpi.periods import Period
from kpi.queries.change import not_comparable
from kpi.queries.coverage import Coverage, read_coverage
from kpi.queries.definitions import definition
from kpi.queries.filters import NOT_BY_SERVICE, Filters, applies
from kpi.queries.freshness import freshness
from kpi.queries.names import entity_names
from kpi.queries.overlaps import is_hidden
from kpi.queries.points import PROGRAMME, PointValue, compared, comparison_requests, fetch, slice_arguments
from kpi.queries.results import Named, Reason
from kpi.warehouse.connect import Warehouse

KPI = "transactions"
Kind = Literal["both", "entered", "left", "began", "silent", "months"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""Why a number moved: services in both periods, services that entered or left at an entity that reported in both,
entities that began to report or fell silent with all they have, and months that only one of the two periods has."""

_SERVICES = """
select
    entity_id, entity_ar, entity_en, service_id, service_ar, service_en, state, numerator, base_numerator,
    lone_numerator, lone_base_numerator
from serve_movers($from_month, $to_month, $base_from, $base_to, {arguments})
"""


@dataclass(frozen=True)
class Piece:
    """Hold what one reason adds to a change: transactions, percentage points of the base, and services concerned."""

    kind: Kind
    change: int
    points: float
    services: int


@dataclass(frozen=True)
class Mover:
    """Hold one entity's or service's part in the change: transactions, and percentage points of the base.

    For a service, `value` and `base_value` count the months that its entity reported in both periods, and `kind` says
    why it moved; for an entity they are its KPI, and `pieces` say why.
    """

    name: Named
    entity: Named
    value: int
    base_value: int
    change: int
    points: float
    kind: Kind = "both"
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class Movers:
    """Hold the change of all completed transactions and its parts, the largest first, up or down.

    The pieces and the entities each add up to the change. `base` is None when values are compared with a target: that
    moves nobody. `reason` says why the change cannot be told, if so.
    """

    period: Period
    base: Period | None
    value: int
    base_value: int
    pieces: tuple[Piece, ...] = ()
    entities: tuple[Mover, ...] = ()
    services: tuple[Mover, ...] = ()
    reason: Reason | None = None
    nothing: Nothing | None = None

    @property
    def change(self) -> int:
        """Return the change in transactions."""
        return self.value - self.base_value


def movers(warehouse: Warehouse, *, filters: Filters) -> Movers:
    """Answer who and what moved the completed transactions since the period that the filters compare with."""
    build = freshness(warehouse)
    kpi = definition(warehouse, KPI)
    snapped = filters.snapped(build.reporting_months)
    period, base = snapped.period, snapped.base
    if not applies(kpi, snapped, by="entity"):
        return Movers(period, base, 0, 0, nothing="not_applicable")
    requests = (*comparison_requests(kpi, snapped), *comparison_requests(kpi, snapped, by="entity"))
    answers = fetch(warehouse, requests, snapped)
    whole = compared(kpi, snapped, answers)
    if any(is_hidden(cells.get(PROGRAMME)) for cells in (whole.now, whole.base)):
        return Movers(period, base, 0, 0, nothing="not_shown")
    value, base_value = (_numerator(cells.get(PROGRAMME)) for cells in (whole.now, whole.base))
    reason = not_comparable(kpi, snapped, float(base_value) if PROGRAMME in whole.base else None, build)
    if base is None or PROGRAMME not in whole.now or reason is not None:
        missing: Nothing | None = None if PROGRAMME in whole.now else "not_provided"
        return Movers(period, base, value, base_value, reason=reason, nothing=missing)
    reporting = _Reporting.of(
        read_coverage(warehouse, (base, period), snapped.entity_id, snapped.organisation), period, base
    )
    services = _services(warehouse, snapped, base, base_value, reporting)
    cells = compared(kpi, snapped, answers, by="entity")
    entities = _entities(warehouse, cells.now, cells.base, services, base_value)
    return Movers(
        period=period,
        base=base,
        value=value,
        base_value=base_value,
        pieces=_together((piece for entity in entities for piece in entity.pieces), base_value),
        entities=_ranked(entities),
        services=_ranked(service for service in services if service.name.id != NOT_BY_SERVICE),
    )


@dataclass(frozen=True)
class _Reporting:
    """Name the entities that reported in one of the two periods only."""

    began: frozenset[str]
    silent: frozenset[str]

    @classmethod
    def of(cls, coverage: Coverage, period: Period, base: Period) -> "_Reporting":
        now, before = (
            {entity.id for entity, (reported, _) in coverage.months(span).items() if reported}
            for span in (period, base)
        )
        return cls(frozenset(now - before), frozenset(before - now))

    def kind(self, entity_id: str, state: str) -> Kind:
        if state == "entered":
            return "began" if entity_id in self.began else "entered"
        if state in ("left", "silent"):
            return "silent" if entity_id in self.silent else "left"
        return "both"


def _services(
    warehouse: Warehouse, filters: Filters, base: Period, base_value: int, reporting: _Reporting
) -> list[Mover]:
    arguments, params = slice_arguments(filters)
    params |= {
        "from_month": filters.period.start,
        "to_month": filters.period.end,
        "base_from": base.start,
        "base_to": base.end,
    }
    rows = warehouse.query(_SERVICES.format(arguments=arguments), params)
    found = []
    for *names, state, value, before, lone, lone_before in rows.iter_rows():
        entity, service = Named(*names[:3]), Named(*names[3:])
        kind = reporting.kind(entity.id, state)
        parts: list[tuple[Kind, int, int]] = [("both", value, before)]
        # Of totals without a service nobody knows what entered: what one period lacks are months of the body.
        if kind != "both" and not (service.id == NOT_BY_SERVICE and kind in ("entered", "left")):
            parts.append((kind, lone, lone_before))
        for part, now, then in parts:
            if now or then:
                points = _points(now - then, base_value)
                found.append(Mover(service, entity, now, then, now - then, points, part))
    return found


def _entities(
    warehouse: Warehouse,
    now: Mapping[str, PointValue],
    before: Mapping[str, PointValue],
    services: Sequence[Mover],
    base_value: int,
) -> list[Mover]:
    names = entity_names(warehouse)
    by_entity: dict[str, list[Mover]] = defaultdict(list)
    for service in services:
        by_entity[service.entity.id].append(service)
    found = []
    for entity_id in sorted({*now, *before}):
        value, base = _numerator(now.get(entity_id)), _numerator(before.get(entity_id))
        change = value - base
        own = by_entity[entity_id]
        pieces = [Piece(one.kind, one.change, one.points, int(one.name.id != NOT_BY_SERVICE)) for one in own]
        # What neither services nor totals explain are months that the entity reported in one of the two periods only.
        rest = change - sum(piece.change for piece in pieces)
        pieces.append(Piece("months", rest, _points(rest, base_value), 0))
        name = names[entity_id]
        together = _together(pieces, base_value)
        found.append(Mover(name, name, value, base, change, _points(change, base_value), pieces=together))
    return found


def _together(pieces: Iterable[Piece], base_value: int) -> tuple[Piece, ...]:
    """Add up the pieces of each kind, in the order of the kinds; those that add nothing are left out."""
    changes: dict[Kind, int] = defaultdict(int)
    services: dict[Kind, int] = defaultdict(int)
    for piece in pieces:
        changes[piece.kind] += piece.change
        services[piece.kind] += piece.services
    return tuple(
        Piece(kind, changes[kind], _points(changes[kind], base_value), services[kind])
        for kind in KINDS
        if changes[kind] or services[kind]
    )


def _ranked(found: Iterable[Mover]) -> tuple[Mover, ...]:
    return tuple(sorted((one for one in found if one.change), key=lambda one: (-abs(one.change), one.name.id)))


def _points(change: int, base_value: int) -> float:
    return 100 * change / base_value


def _numerator(cell: PointValue | None) -> int:
    return (cell.numerator or 0) if cell else 0

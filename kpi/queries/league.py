"""The league of entities: what the list of entities shows of each of them, read in a handful of statements."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from kpi.catalogue import Kpi, shown_on
from kpi.periods import MONTHS_PER_YEAR, Period, shift_months
from kpi.queries.coverage import read_coverage
from kpi.queries.definitions import definitions
from kpi.queries.filters import Against, Filters, applies
from kpi.queries.freshness import freshness
from kpi.queries.headline import SPARKLINE_YEARS
from kpi.queries.places import Place
from kpi.queries.points import Answer, Request, compared, comparison_requests, fetch
from kpi.queries.ranking import rankings
from kpi.queries.results import Freshness, Named, Point, RankedEntity, Ranking, Reported
from kpi.queries.targets import Target, read_every_target
from kpi.queries.told import Told
from kpi.warehouse.connect import Warehouse

TOPIC = "digital_transactions"
LEVEL_KPI = "excellence_level"
READINESS = "readiness"
"""The measure whose column takes the KPI of either kind of body; the league shows levels beside it."""

_LEVELS = """
select level_id, name_ar, name_en, place, entity_ids
from serve_level_holders($as_of, organisation := $organisation)
order by place
"""
_SILENT = """
select entity_id, service_id, name_ar, name_en, silent_since
from serve_silent_services($from_month, $to_month, organisation := $organisation)
order by silent_since, service_id
"""


@dataclass(frozen=True)
class HeldLevel:
    """Hold one excellence level, its place on the scale (1 is best) and how many bodies stand at it."""

    level: Named
    place: int
    bodies: int


@dataclass(frozen=True)
class Standing:
    """Hold what one KPI says of an entity: its value and change, and its own target where it has one."""

    kpi: Kpi
    value: RankedEntity
    target: Target | None = None


@dataclass(frozen=True)
class LeagueRow:
    """Hold one entity: its standings by column, level, recent months of the topic, and the months it reported."""

    entity: Named
    standings: Mapping[str, Standing]
    level: HeldLevel | None
    trend: tuple[Point, ...]
    reported_months: int
    expected_months: int
    silent_services: tuple[tuple[Named, date], ...] = ()

    def value(self, column: str) -> float | None:
        """Return the value in a column; None when there is none."""
        return self.standings[column].value.value if column in self.standings else None


@dataclass(frozen=True)
class League:
    """Hold the entities that report, and what the columns are.

    `columns` are those that apply to the slice, with their first KPI; `not_applicable` the KPIs of the others;
    `on_phone` the columns that matter most where few have room, most important first.
    `outside` counts the reporting entities without a value of the topic in a slice; they are listed for the whole only.
    `others` are assessed bodies that are counted in `levels` but send no transactions, so that no row shows them.
    `programme_targets` are by KPI; what an entity has of its own stands in its row. `told` is how much of the period
    there are data of.
    The changes are on `base`, or on each entity's own target where `against` says so and `base` is None.
    """

    period: Period
    months_per_point: int
    columns: Mapping[str, Kpi]
    on_phone: tuple[str, ...]
    not_applicable: tuple[Kpi, ...]
    rows: tuple[LeagueRow, ...]
    reported: Reported | None
    levels: tuple[HeldLevel, ...] = ()
    level_as_of: date | None = None
    outside: int = 0
    others: tuple[Named, ...] = ()
    against: Against = "year"
    base: Period | None = None
    programme_targets: Mapping[str, Target] = field(default_factory=dict)
    told: Told | None = None

    def sorted_by(self, column: str) -> tuple[LeagueRow, ...]:
        """Return the rows best first by a column; those without a value come last."""
        kpi = self.columns[column]
        sign = 1 if kpi.direction == "down" else -1

        def place(row: LeagueRow) -> tuple[bool, float, float, str]:
            value = row.value(column)
            return value is None, sign * (value or 0.0), -(row.value(TOPIC) or 0.0), row.entity.id

        return tuple(sorted(self.rows, key=place))

    def places(self, column: str) -> dict[str, Place]:
        """Return where every entity stands among all that the same KPI measures."""
        standings = {row.entity.id: row.standings[column].value for row in self.rows if column in row.standings}
        return {entity: value.place for entity, value in standings.items() if value.place is not None}


def league(warehouse: Warehouse, *, filters: Filters) -> League:
    """Answer how the reporting entities stand in every column, within the filters' governorate and channel."""
    build = freshness(warehouse)
    everyone = replace(filters, entity_id=None, service_id=None).snapped(build.reporting_months)
    coverage = read_coverage(warehouse, (everyone.period,), organisation=everyone.organisation)
    kpis = definitions(warehouse)
    columns, level_kpi = columns_of(kpis, "league"), kpis[LEVEL_KPI]
    kpi_ids = [kpi_id for ids in columns.values() for kpi_id in ids]
    ranked = {one.kpi.id: one for one in rankings(warehouse, kpi_ids=kpi_ids, filters=everyone, coverage=coverage)}
    has_levels = everyone.governorate_id is None and applies(level_kpi, everyone)
    recent = Request(TOPIC, _recent(everyone.period, build), build.reporting_months, by="entity")
    asked = comparison_requests(level_kpi, everyone, by="level") if has_levels else ()
    answers = fetch(warehouse, (recent, *asked), everyone)
    levels, holders, as_of = _levels(warehouse, level_kpi, everyone, answers) if has_levels else ((), {}, None)
    targets = read_every_target(warehouse, [one.kpi for one in ranked.values()], everyone)
    rows = _rows(columns, ranked, targets, holders, _trends(recent, answers[recent]))
    narrowed = not everyone.whole_programme
    if not narrowed:
        silent = _silent_services(warehouse, everyone)
        rows = tuple(replace(row, silent_services=silent.get(row.entity.id, ())) for row in rows)
    shown = tuple(row for row in rows if row.value(TOPIC) is not None) if narrowed else rows
    reporting = {row.entity.id for row in rows}
    return League(
        period=everyone.period,
        months_per_point=build.reporting_months,
        columns={column: ranked[ids[0]].kpi for column, ids in columns.items() if _applies(ranked, ids)},
        on_phone=tuple(columns_of(kpis, "league_phone")),
        not_applicable=tuple(ranked[ids[0]].kpi for ids in columns.values() if not _applies(ranked, ids)),
        rows=shown,
        reported=coverage.reported(everyone.period),
        told=coverage.told(everyone.period),
        levels=levels,
        level_as_of=as_of,
        outside=len(rows) - len(shown),
        against=everyone.compare.against,
        base=everyone.base,
        programme_targets={kpi: by_entity[None] for kpi, by_entity in targets.items() if None in by_entity},
        others=tuple(one.entity for one in _assessed(columns, ranked) if one.entity.id not in reporting),
    )


def columns_of(kpis: Mapping[str, Kpi], surface: str) -> dict[str, tuple[str, ...]]:
    """Put the KPIs of a surface into columns: those of one measure share one, and the topic, which orders, is there."""
    shown = shown_on(kpis.values(), surface)
    columns: dict[str, tuple[str, ...]] = {} if TOPIC in shown else {TOPIC: (TOPIC,)}
    for kpi_id in shown:
        column = kpis[kpi_id].measure or kpi_id
        columns[column] = (*columns.get(column, ()), kpi_id)
    return columns


def _silent_services(warehouse: Warehouse, filters: Filters) -> dict[str, tuple[tuple[Named, date], ...]]:
    """Name the services of each entity that fell silent while it reported, and since when."""
    found: dict[str, tuple[tuple[Named, date], ...]] = {}
    period = {"from_month": filters.period.start, "to_month": filters.period.end}
    rows = warehouse.query(_SILENT, period, organisation=filters.organisation)
    for entity_id, *names, since in rows.iter_rows():
        found[entity_id] = (*found.get(entity_id, ()), (Named(*names), since))
    return found


def _applies(ranked: Mapping[str, Ranking], kpi_ids: Iterable[str]) -> bool:
    return all(ranked[kpi_id].nothing != "not_applicable" for kpi_id in kpi_ids)


def _assessed(columns: Mapping[str, tuple[str, ...]], ranked: Mapping[str, Ranking]) -> Iterable[RankedEntity]:
    return (row for kpi_id in columns.get(READINESS, ()) for row in ranked[kpi_id].rows)


def _rows(
    columns: Mapping[str, tuple[str, ...]],
    ranked: Mapping[str, Ranking],
    targets: Mapping[str, Mapping[str | None, Target]],
    holders: Mapping[str, HeldLevel],
    trends: Mapping[str, tuple[Point, ...]],
) -> tuple[LeagueRow, ...]:
    standings: dict[str, dict[str, Standing]] = {row.entity.id: {} for row in ranked[TOPIC].rows}
    for column, kpi_ids in columns.items():
        for kpi_id in kpi_ids:
            for value in ranked[kpi_id].rows:
                if value.value is not None and value.entity.id in standings:
                    target = targets.get(kpi_id, {}).get(value.entity.id)
                    standings[value.entity.id][column] = Standing(ranked[kpi_id].kpi, value, target)
    return tuple(
        LeagueRow(
            entity=row.entity,
            standings=standings[row.entity.id],
            level=holders.get(row.entity.id),
            trend=trends.get(row.entity.id, ()),
            reported_months=row.reported_months,
            expected_months=row.expected_months,
        )
        for row in ranked[TOPIC].rows
    )


def _levels(
    warehouse: Warehouse, kpi: Kpi, filters: Filters, answers: Mapping[Request, Answer]
) -> tuple[tuple[HeldLevel, ...], dict[str, HeldLevel], date | None]:
    """Count the bodies at each level, and tell which level each of them holds, in the last month assessed."""
    cells = compared(kpi, filters, answers, by="level")
    if cells.as_of is None:
        return (), {}, None
    levels, holders = [], {}
    rows = warehouse.query(_LEVELS, as_of=cells.as_of, organisation=filters.organisation).iter_rows()
    for level_id, name_ar, name_en, place, entity_ids in rows:
        bodies = cells.now[level_id].numerator if level_id in cells.now else 0
        level = HeldLevel(Named(level_id, name_ar, name_en), place, bodies or 0)
        levels.append(level)
        holders |= dict.fromkeys(entity_ids, level)
    return tuple(levels), holders, cells.as_of


def _recent(period: Period, build: Freshness) -> Period:
    grain = build.reporting_months
    months = MONTHS_PER_YEAR * SPARKLINE_YEARS.get(grain, 1) + grain
    start, end = shift_months(period.end, 1 - months), period.end
    if build.first_month is not None and build.last_month is not None and start <= build.last_month:
        start, end = max(start, min(build.first_month, end)), min(end, build.last_month)
    return Period(start, end)


def _trends(request: Request, answer: Answer) -> dict[str, tuple[Point, ...]]:
    """Lay each entity's cells on every point asked for: what is missing is a gap, never zero."""
    months = request.period.points(request.months_per_point or 1)
    trends = {}
    for entity_id, cells in answer.items():
        by_month = {cell.month: cell for cell in cells}
        trends[entity_id] = tuple(
            Point(month, cell.value, cell.numerator, cell.denominator, partial=False)
            if (cell := by_month.get(month)) is not None
            else Point(month, None, None, None, partial=False)
            for month in months
        )
    return trends

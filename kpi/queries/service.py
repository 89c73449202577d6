"""One service: what it is, what happened to it, and how it is used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kpi.periods import Period, shift_months
from kpi.queries.filters import Filters
from kpi.queries.freshness import freshness
from kpi.queries.names import channel_names, governorate_names
from kpi.queries.points import Answer, PointValue, Request, fetch
from kpi.queries.results import Freshness, Named, Point
from kpi.queries.service_states import MEASURES, Effect, Measure, as_of_day
from kpi.warehouse.connect import Warehouse

VOLUME, TAKE_UP = "transactions", "digital_take_up"
"""What the sentence on a service says."""
UNKNOWN_CHANNEL = "unknown"
LEAST_MONTHS = 24


@dataclass(frozen=True)
class LifeEvent:
    """Hold one event of a service's life."""

    event: str
    day: date
    programme: str | None


@dataclass(frozen=True)
class ServiceFacts:
    """Hold what the catalogue and the lifecycle log say of one service; a name is None where it is not told.

    `maturity` holds for the end of the day `as_of`; `effects` are the figures before and after simplification.
    """

    service: Named
    entity: Named
    journey: Named | None
    governorate: Named | None
    beneficiary: Named | None
    priority_from: date | None
    digitisation_from: date | None
    simplified_on: date | None
    digitised_on: date | None
    retired_on: date | None
    source: str | None
    maturity: str
    reports_transactions: bool
    as_of: date
    events: tuple[LifeEvent, ...]
    effects: tuple[Effect, ...]


@dataclass(frozen=True)
class ChannelVolume:
    """Hold the completed transactions of one channel: over time, in the period and in its base.

    What was not logged has no value, which is not zero: a point of time, the period (`total`) or its base
    (`base_total`). `channel` is None where the channel is not known.
    """

    channel: Named | None
    digital: bool
    points: tuple[Point, ...]
    total: int | None
    base_total: int | None


@dataclass(frozen=True)
class PlaceVolume:
    """Hold the completed transactions of one governorate in the period; None is what is allocated to none."""

    governorate: Named | None
    total: int


@dataclass(frozen=True)
class ServiceVolumes:
    """Hold the completed transactions of a service by channel, most used first, and by governorate, the rest last."""

    period: Period
    base: Period | None
    months_per_point: int
    channels: tuple[ChannelVolume, ...]
    places: tuple[PlaceVolume, ...]


_FACTS = "select * from serve_service_facts($as_of, organisation := $organisation) where service_id = $service"
_EVENTS = """
select event, event_on, programme from serve_service_events
where service_id = $service
order by event_on, sort_order
"""


def service_facts(warehouse: Warehouse, *, service_id: str, filters: Filters) -> ServiceFacts | None:
    """Answer what a service is and what happened to it; None for an identifier that the catalogue does not hold."""
    as_of = as_of_day(warehouse, filters.period)
    rows = warehouse.query(_FACTS, as_of=as_of, service=service_id, organisation=filters.organisation).rows(named=True)
    if not rows:
        return None
    row = rows[0]
    return ServiceFacts(
        service=Named(service_id, row["name_ar"], row["name_en"]),
        entity=Named(row["entity_id"], row["entity_ar"], row["entity_en"]),
        journey=_named(row, "journey", "journey_id"),
        governorate=_named(row, "governorate", "governorate_id"),
        beneficiary=_named(row, "beneficiary", "beneficiary"),
        priority_from=row["priority_from"],
        digitisation_from=row["digitisation_from"],
        simplified_on=row["simplified_on"],
        digitised_on=row["digitised_on"],
        retired_on=row["retired_on"],
        source=row["source"],
        maturity=row["maturity"],
        reports_transactions=row["reports_transactions"],
        as_of=as_of,
        events=tuple(LifeEvent(*event) for event in warehouse.query(_EVENTS, service=service_id).iter_rows()),
        effects=tuple(
            _effect(row, measure)
            for measure in MEASURES
            if row["simplified_on"] is not None
            and row["simplified_on"] <= as_of
            and row[f"{measure}_before"] is not None
        ),
    )


def of_service(filters: Filters, service_id: str, entity_id: str) -> Filters:
    """Return the filters of a service's own page: the period and the comparison, narrowed to it and its entity."""
    return replace(filters, entity_id=entity_id, governorate_id=None, channel=None, service_id=service_id)


def service_volumes(warehouse: Warehouse, *, service_id: str, entity_id: str, filters: Filters) -> ServiceVolumes:
    """Answer how a service is used: by channel over the latest months, and by governorate in the period."""
    build = freshness(warehouse)
    asked = of_service(filters, service_id, entity_id).snapped(build.reporting_months)
    span, base = _span(asked.period, build), asked.base
    over_time = Request(VOLUME, span, months_per_point=build.reporting_months, by="channel")
    now, before = (Request(VOLUME, period, by="channel") for period in (asked.period, base or asked.period))
    places = Request(VOLUME, asked.period, by="governorate")
    answers = fetch(warehouse, (over_time, now, before, places), asked)
    known = {named.id: (named, digital) for named, digital in channel_names(warehouse)}
    channels = [
        ChannelVolume(
            channel=known[channel][0] if channel != UNKNOWN_CHANNEL else None,
            digital=channel != UNKNOWN_CHANNEL and known[channel][1],
            points=_points(answers[over_time][channel], span, build.reporting_months),
            total=_total(answers[now], channel),
            base_total=_total(answers[before], channel) if base is not None else None,
        )
        for channel in answers[over_time]
    ]
    return ServiceVolumes(
        period=asked.period,
        base=base,
        months_per_point=build.reporting_months,
        channels=tuple(sorted(channels, key=lambda one: (one.channel is None, -(one.total or 0)))),
        places=_places(governorate_names(warehouse), answers[places]),
    )


def _span(period: Period, build: Freshness) -> Period:
    """Return the period, or the latest months up to its end, as far as there are logs."""
    start, end = min(period.start, shift_months(period.end, 1 - LEAST_MONTHS)), period.end
    if build.first_month is not None and build.last_month is not None:
        start, end = max(start, build.first_month), min(end, build.last_month)
    return Period(start, end).snap(build.reporting_months) if start <= end else period


def _points(cells: Sequence[PointValue], span: Period, months_per_point: int) -> tuple[Point, ...]:
    values = {cell.month: cell.value for cell in cells}
    return tuple(Point(month, values.get(month), None, None, partial=False) for month in span.points(months_per_point))


def _places(names: Mapping[str, Named], answer: Answer) -> tuple[PlaceVolume, ...]:
    rows = [PlaceVolume(names.get(place), _total(answer, place) or 0) for place in answer]
    return tuple(sorted(rows, key=lambda row: (row.governorate is None, -row.total)))


def _total(answer: Answer, group: str) -> int | None:
    cells = answer.get(group, ())
    return cells[0].numerator if cells else None


def _named(row: dict, name: str, key: str) -> Named | None:
    return Named(row[key], row[f"{name}_ar"], row[f"{name}_en"]) if row[f"{name}_ar"] is not None else None


def _effect(row: dict, measure: Measure) -> Effect:
    before, after = row[f"{measure}_before"], row[f"{measure}_after"]
    return Effect(measure, 1, before, after, 100 * (before - after) / before if before else None)

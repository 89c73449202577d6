"""The beneficiary journeys: the services each is made of, and the one that holds it up most."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Literal

from kpi.queries.filters import Filters
from kpi.queries.freshness import freshness
from kpi.queries.results import Named
from kpi.queries.service_states import as_of_day
from kpi.warehouse.connect import Warehouse

LEAST_STARTED = 30
"""Transactions started in the period below which a completion rate is chance and is not compared."""

CLOSE_POINTS = 2.0
"""Completion rates nearer to each other than this are hardly a difference, however many transactions they are of."""
_STANDARD_ERRORS = 2.0
"""A gap within so many standard errors of the two rates is chance."""

Why = Literal["not_digitised", "completion", "steps"]


@dataclass(frozen=True)
class JourneyService:
    """Hold one service of a journey.

    `completion_rate` (percent) is None where nothing was started or too little to compare; `steps` are those left
    after simplification, None where the log does not give them.
    """

    service: Named
    entity: Named
    in_scope: bool
    is_digitised: bool
    is_priority: bool
    is_simplified: bool
    completion_rate: float | None
    started: int | None
    steps: int | None

    @property
    def awaits_digitisation(self) -> bool:
        """Tell whether it belongs to the digitisation scope and is not digitised yet."""
        return self.in_scope and not self.is_digitised


@dataclass(frozen=True)
class WeakestLink:
    """Name the service that holds a journey up most, and why."""

    service: JourneyService
    why: Why


@dataclass(frozen=True)
class Journey:
    """Hold a journey with its services, most used first; `is_designed` holds for the end of the day `as_of`."""

    journey: Named
    designed_on: date | None
    is_designed: bool
    as_of: date
    services: tuple[JourneyService, ...]
    weakest: WeakestLink | None

    @property
    def digitised(self) -> int:
        """Count the digitised services."""
        return sum(one.is_digitised for one in self.services)

    @property
    def simplified(self) -> int:
        """Count the simplified services."""
        return sum(one.is_simplified for one in self.services)


_STATEMENT = """
select * replace (case when started >= $least_started then completion_rate end as completion_rate)
from serve_journeys($as_of, $from, $to)
order by journey_id, started desc nulls last, service_id
"""


def journeys(warehouse: Warehouse, *, filters: Filters) -> tuple[Journey, ...]:
    """Answer for every journey of the registry, in its order, what it is made of at the end of the period."""
    as_of = as_of_day(warehouse, filters.period)
    period = filters.snapped(freshness(warehouse).reporting_months).period
    params = {"from": period.start, "to": period.end}
    rows = warehouse.query(_STATEMENT, params, as_of=as_of, least_started=LEAST_STARTED).rows(named=True)
    found: dict[str, list[dict]] = {}
    for row in rows:
        found.setdefault(row["journey_id"], []).append(row)
    return tuple(_journey(lines, as_of) for lines in found.values())


def weakest_link(services: Sequence[JourneyService]) -> WeakestLink | None:
    """Choose the weakest of several services; None for fewer than two, or when nothing known tells them apart.

    First those of the digitisation scope that are not digitised; among these, or among all when there is none, the
    lowest completion rate; where no rate is known, the most steps. A rate that is hardly below the next one, or no
    further than chance reaches, sets no link apart.
    """
    if len(services) < 2:  # noqa: PLR2004  one link alone is not the weakest of anything
        return None
    waiting = [one for one in services if one.awaits_digitisation]
    among = waiting or list(services)
    rated = [one for one in among if one.completion_rate is not None]
    stepped = [one for one in among if one.steps is not None]
    if rated:
        ordered = sorted(rated, key=lambda one: (one.completion_rate or 0, one.service.id))
        if not waiting and lowest_gap(services) is not None:
            return None
        chosen, why = ordered[0], "completion"
    elif stepped:
        chosen, why = max(stepped, key=lambda one: (one.steps or 0, one.service.id)), "steps"
    elif waiting:
        chosen, why = waiting[0], "not_digitised"
    else:
        return None
    return WeakestLink(chosen, "not_digitised" if waiting else why)


def lowest_gap(services: Sequence[JourneyService]) -> float | None:
    """Return the points between the two lowest completion rates where they are no difference; None where they are one.

    The bound is of two proportions p of n: 2 · √(Σ p(100 − p) / n), and never less than `CLOSE_POINTS`.
    """
    rated = sorted(
        (one for one in services if one.completion_rate is not None), key=lambda one: one.completion_rate or 0
    )
    if len(rated) < 2:  # noqa: PLR2004  there is nothing to be apart from
        return None
    low, following = ((one.completion_rate or 0.0, one.started or 0) for one in rated[:2])
    variance = sum(rate * (100 - rate) / started for rate, started in (low, following) if started)
    gap = following[0] - low[0]
    return gap if gap < max(CLOSE_POINTS, _STANDARD_ERRORS * sqrt(variance)) else None


def _journey(lines: list[dict], as_of: date) -> Journey:
    first = lines[0]
    services = tuple(_service(line) for line in lines if line["service_id"] is not None)
    return Journey(
        journey=Named(first["journey_id"], first["journey_ar"], first["journey_en"]),
        designed_on=first["designed_on"],
        is_designed=first["is_designed"],
        as_of=as_of,
        services=services,
        weakest=weakest_link(services),
    )


def _service(line: dict) -> JourneyService:
    return JourneyService(
        service=Named(line["service_id"], line["name_ar"], line["name_en"]),
        entity=Named(line["entity_id"], line["entity_ar"], line["entity_en"]),
        in_scope=line["in_scope"],
        is_digitised=line["is_digitised"],
        is_priority=line["is_priority"],
        is_simplified=line["is_simplified"],
        completion_rate=line["completion_rate"],
        started=line["started"],
        steps=line["steps"],
    )

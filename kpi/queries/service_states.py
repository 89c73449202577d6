"""How far the services had come by the end of a period: counts by state and maturity, and what simplification saved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from kpi.periods import Period
from kpi.queries.as_is import services_moved
from kpi.queries.filters import Filters
from kpi.warehouse.connect import Warehouse

State = Literal["scope", "digitised", "not_digitised", "outside", "priority", "simplified", "not_simplified", "retired"]
Maturity = Literal["registered", "targeted", "simplified", "digitised"]
Measure = Literal["steps", "documents", "visits", "minutes"]
STATES: tuple[State, ...] = get_args(State)
MATURITY: tuple[Maturity, ...] = get_args(Maturity)
MEASURES: tuple[Measure, ...] = get_args(Measure)

CONDITIONS: Mapping[State | None, str] = {
    None: "in_catalogue",
    "scope": "in_catalogue and in_scope",
    "digitised": "in_catalogue and in_scope and is_digitised",
    "not_digitised": "in_catalogue and in_scope and not is_digitised",
    "outside": "in_catalogue and not in_scope",
    "priority": "in_catalogue and is_priority",
    "simplified": "in_catalogue and is_priority and is_simplified",
    "not_simplified": "in_catalogue and is_priority and not is_simplified",
    "retired": "is_retired",
}
"""What each state means, on the columns of `service_states`; None is the whole catalogue without retired services."""
IN_SLICE = """
    ($entity is null or states.entity_id = $entity)
    and ($governorate is null or coalesce(states.governorate_id, 'not_allocated') = $governorate)
"""


@dataclass(frozen=True)
class Effect:
    """Hold what simplification did to one measure of the services for which both figures are known, on average."""

    measure: Measure
    services: int
    before: float
    after: float
    saved_pct: float | None


@dataclass(frozen=True)
class Portfolio:
    """Count the services by state and maturity at the end of a day; `simplified` are all with the event.

    `moved` tells that a service moved by itself since, to or from the body that is asked about as it is today.
    """

    as_of: date
    in_catalogue: int
    by_state: Mapping[State, int]
    by_maturity: Mapping[Maturity, int]
    simplified: int
    effects: tuple[Effect, ...]
    moved: bool = False


_AS_OF = "select as_of from serve_states_day($from, $to)"


def as_of_day(warehouse: Warehouse, period: Period) -> date:
    """Return the day a period's states hold for: the end of its last counted month, as for every stock."""
    return warehouse.query(_AS_OF, {"from": period.start, "to": period.end}).item()


def states_of(filters: Filters) -> str:
    """Return the states of all services with the body that answered for each on the day, or answers for it today."""
    # Only the two fixed words enter the text.
    return f"serve_service_states($as_of, organisation := '{filters.organisation}')"


def portfolio(warehouse: Warehouse, *, filters: Filters) -> Portfolio:
    """Count the services within the filters' entity and governorate, and average what simplification changed."""
    as_of = as_of_day(warehouse, filters.period)
    row = warehouse.query(
        _portfolio_statement(),
        as_of=as_of,
        organisation=filters.organisation,
        entity=filters.entity_id,
        governorate=filters.governorate_id,
    ).row(0, named=True)
    return Portfolio(
        as_of=as_of,
        in_catalogue=row["in_catalogue"],
        by_state={state: row[f"state_{state}"] for state in STATES},
        by_maturity={level: row[f"maturity_{level}"] for level in MATURITY},
        simplified=row["simplified"],
        effects=tuple(
            Effect(
                measure,
                row[f"{measure}_services"],
                row[f"{measure}_mean_before"],
                row[f"{measure}_mean_after"],
                row[f"{measure}_saved_pct"],
            )
            for measure in MEASURES
            if row[f"{measure}_services"]
        ),
        moved=services_moved(warehouse, filters, Period.of_month(as_of.replace(day=1), 1)),
    )


def counts_by_state() -> str:
    """Return the SQL that counts each state and the whole catalogue, a column each."""
    return ", ".join(
        f"count(*) filter (where {condition})::bigint as {'in_catalogue' if state is None else f'state_{state}'}"
        for state, condition in CONDITIONS.items()
    )


def _portfolio_statement() -> str:
    # Only the fixed names above enter the text.
    levels = ", ".join(f"count(*) filter (where maturity = '{level}' and in_catalogue)::bigint as maturity_{level}"
                       for level in MATURITY)  # fmt: skip
    effects = ", ".join(_effect_columns(measure) for measure in MEASURES)
    return f"""
    with states as (
        select *
        from serve_service_effects($as_of, organisation := $organisation) as states
        where {IN_SLICE}
    )

    select
        {counts_by_state()},
        count(*) filter (where is_simplified and not is_retired)::bigint as simplified,
        {levels},
        {effects}
    from states
    """  # noqa: S608


def _effect_columns(measure: Measure) -> str:
    known = "where is_simplified and not is_retired"
    before, after = (f"sum({measure}_{end}) filter ({known})" for end in ("before", "after"))
    return f"""
        count({measure}_before) filter ({known})::bigint as {measure}_services,
        avg({measure}_before) filter ({known}) as {measure}_mean_before,
        avg({measure}_after) filter ({known}) as {measure}_mean_after,
        100.0 * ({before} - {after}) / nullif({before}, 0) as {measure}_saved_pct
    """

"""The catalogue of services: searched, filtered by state, page by page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from kpi.queries.filters import NOT_BY_SERVICE, Filters
from kpi.queries.freshness import freshness
from kpi.queries.results import Named
from kpi.queries.service_states import CONDITIONS, IN_SLICE, STATES, State, as_of_day, counts_by_state, states_of
from kpi.warehouse.connect import Warehouse

ROWS_PER_PAGE = 50


@dataclass(frozen=True)
class Search:
    """Hold what is looked for: words (each must occur), a state (None: the whole catalogue), a page from 1."""

    words: str = ""
    state: State | None = None
    page: int = 1


@dataclass(frozen=True)
class ListedService:
    """Hold one line of the catalogue.

    The transactions are None where none is logged; `reports_transactions` tells whether its entity is expected to
    report any. `digital_take_up` is in percent.
    """

    service: Named
    entity: Named
    maturity: str
    in_scope: bool
    is_priority: bool
    is_simplified: bool
    digital_transactions: int | None
    digital_take_up: float | None
    reports_transactions: bool


@dataclass(frozen=True)
class ServicesPage:
    """Hold one page of what was found, how many were found, and how many there are of each state.

    `not_by_service` are the digital transactions that came as totals of entities and belong to no line of the list.
    """

    rows: tuple[ListedService, ...]
    found: int
    in_catalogue: int
    by_state: Mapping[State, int]
    page: int
    pages: int
    as_of: date
    not_by_service: int = 0


# Take-up carries the digital transactions as its numerator: one question instead of two.
_LISTED = """
with volumes as (
    select group_id, numerator, value
    from kpi_points('digital_take_up', $from, $to, by := 'service', entity := $entity{organisation})
),

listed as (
    select
        states.*,
        dim_service.name_ar,
        dim_service.name_en,
        dim_entity.name_ar as entity_ar,
        dim_entity.name_en as entity_en,
        dim_entity.reports_transactions,
        volumes.numerator as digital_transactions,
        volumes.value as digital_take_up
    from {states} as states
    inner join dim_service on states.service_id = dim_service.service_id
    inner join dim_entity on states.entity_id = dim_entity.entity_id
    left join volumes on states.service_id = volumes.group_id
    where
        {in_slice}
        and list_bool_and(
            list_transform(
                search_words($words),
                lambda word: contains(
                    dim_service.search_ar || ' ' || dim_service.search_en || ' ' || lower(dim_service.service_id),
                    word
                )
            )
        )
)
"""
_ORDER = "digital_transactions desc nulls last, name_en, service_id"


def services(warehouse: Warehouse, *, filters: Filters, search: Search) -> ServicesPage:
    """Answer with a page of the services found, most used first; a page beyond the last is the last."""
    params = _params(warehouse, filters, search)
    statement = f"""
    {_listed_statement(warehouse, filters)},
    counts as (select {counts_by_state()} from listed),
    placed as (
        select *, row_number() over (order by {_ORDER})::bigint as place, count(*) over ()::bigint as found
        from listed
        where {CONDITIONS[search.state]}
    ),
    paged as (
        select *, ceil(place / $rows_per_page)::bigint as page, ceil(found / $rows_per_page)::bigint as last_page
        from placed
    ),
    on_page as (select * from paged where page = greatest(least($page, last_page), 1))
    select
        (select volumes.numerator from volumes where volumes.group_id = '{NOT_BY_SERVICE}') as not_by_service,
        counts.*, on_page.* exclude (in_catalogue)
    from counts
    left join on_page on true
    order by place
    """  # noqa: S608
    frame = warehouse.query(statement, params, page=search.page, rows_per_page=ROWS_PER_PAGE)
    rows = frame.rows(named=True)
    first = rows[0]
    found = first["found"] or 0
    return ServicesPage(
        rows=tuple(_listed(row) for row in rows if row["service_id"] is not None),
        found=found,
        in_catalogue=first["in_catalogue"],
        by_state={state: first[f"state_{state}"] for state in STATES},
        page=first["page"] or 1,
        pages=max(-(-found // ROWS_PER_PAGE), 1),
        as_of=params["as_of"],
        # A place narrows the list to the services that belong to it: the totals of a body belong to all of them.
        not_by_service=0 if filters.governorate_id else first["not_by_service"] or 0,
    )


def every_service(warehouse: Warehouse, *, filters: Filters, search: Search) -> pl.DataFrame:
    """Return all services found, whatever the page: identifiers, names, states, dates and transactions, typed."""
    statement = f"""
    {_listed_statement(warehouse, filters)}
    select
        listed.service_id, listed.name_ar, listed.name_en, listed.entity_id, listed.entity_ar, listed.entity_en,
        listed.maturity, listed.in_scope, listed.is_digitised, life.digitised_on,
        listed.is_priority, listed.is_simplified, life.simplified_on,
        listed.digital_transactions, listed.digital_take_up
    from listed
    left join fct_service_life as life on listed.service_id = life.service_id
    where {CONDITIONS[search.state]}
    order by {_ORDER}
    """  # noqa: S608
    return warehouse.query(statement, _params(warehouse, filters, search))


def _listed_statement(warehouse: Warehouse, filters: Filters) -> str:
    # Fixed text only: what the reader types is bound. Left out where not asked for, for builds of an older form.
    organisation = ", organisation := 'as_is'" if filters.organisation == "as_is" else ""
    return _LISTED.format(states=states_of(filters), in_slice=IN_SLICE, organisation=organisation)


def _params(warehouse: Warehouse, filters: Filters, search: Search) -> dict:
    period = filters.snapped(freshness(warehouse).reporting_months).period
    return {
        "as_of": as_of_day(warehouse, filters.period),
        "from": period.start,
        "to": period.end,
        "entity": filters.entity_id,
        "governorate": filters.governorate_id,
        "words": search.words,
    }


def _listed(row: dict) -> ListedService:
    return ListedService(
        service=Named(row["service_id"], row["name_ar"], row["name_en"]),
        entity=Named(row["entity_id"], row["entity_ar"], row["entity_en"]),
        maturity=row["maturity"],
        in_scope=row["in_scope"],
        is_priority=row["is_priority"],
        is_simplified=row["is_simplified"],
        digital_transactions=row["digital_transactions"],
        digital_take_up=row["digital_take_up"],
        reports_transactions=row["reports_transactions"],
    )

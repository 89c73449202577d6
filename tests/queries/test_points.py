"""Points: many requests asked at once have the answers that each has alone, and answers are kept whole."""

from itertools import product

import polars as pl
import pytest

from kpi.catalogue import Kpi
from kpi.periods import Period
from kpi.queries.definitions import definitions
from kpi.queries.filters import Filters, applies
from kpi.queries.points import Request, fetch
from kpi.warehouse.connect import Warehouse

PERIODS = (Period.parse("2025-01..2025-05"), Period.parse("2024-01..2024-05"))


def has(kpi: Kpi, by: str, filters: Filters) -> bool:
    if by == "channel":
        return applies(kpi, filters) and by in kpi.dimensions
    return applies(kpi, filters, by=by if by in ("entity", "governorate") else None)


@pytest.mark.parametrize(
    "filters",
    [Filters(PERIODS[0]), Filters(PERIODS[0], entity_id="police"), Filters(PERIODS[0], governorate_id="G-A")],
    ids=["everything", "entity", "governorate"],
)
def test_requests_asked_together_are_answered_as_each_alone(small: Warehouse, filters: Filters) -> None:
    kpi_ids = [row[0] for row in small.query("select kpi_id from meta_kpi order by kpi_id").iter_rows()]
    steps, groups = (None, 1, 3), ("programme", "entity", "governorate", "channel")
    asked = product(definitions(small, kpi_ids).values(), PERIODS, steps, groups)
    requests = [Request(kpi.id, period, step, by) for kpi, period, step, by in asked if has(kpi, by, filters)]
    together = fetch(small, requests, filters)
    alone = {request: fetch(small, [request], filters)[request] for request in requests[::7]}
    assert {request: together[request] for request in alone} == alone
    assert any(together.values())


def test_an_answer_that_is_kept_cannot_be_altered_by_who_got_it(small: Warehouse) -> None:
    statement = "select entity_id from dim_entity where entity_id = $entity"
    first = small.query(statement, entity="police")
    first.insert_column(0, pl.Series("spoilt", [1]))
    assert small.query(statement, entity="police").to_dicts() == [{"entity_id": "police"}]
    assert small.query(statement, entity="health").to_dicts() == [{"entity_id": "health"}]


def test_columns_of_the_same_name_are_numbered(small: Warehouse) -> None:
    assert small.query("select 1 as a, 2 as a, 3 as b").to_dicts() == [{"a": 1, "a_1": 2, "b": 3}]


def test_equal_values_of_other_types_are_other_questions(small: Warehouse) -> None:
    kinds = [small.query("select typeof($value) as kind", value=value).item() for value in (1, True, 1.0)]
    assert len(set(kinds)) == 3

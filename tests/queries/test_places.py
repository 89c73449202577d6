"""Where a body or a governorate stands is one answer: on pages, in documents and by SQL."""

import pytest

from kpi.catalogue import load_catalogue
from kpi.periods import Period
from kpi.queries.filters import Filters
from kpi.queries.league import league
from kpi.queries.places import places
from kpi.queries.ranking import rankings
from kpi.queries.snapshot_book import read_book
from kpi.warehouse.connect import Warehouse

PERIOD = Period.parse("2025-01..2025-05")
MONTHS = {"start": "2025-01", "until": "2025-05"}


@pytest.fixture(scope="module")
def demo(demo_workspace) -> Warehouse:
    return Warehouse.open(demo_workspace)


def of_the_file(warehouse: Warehouse, kpi_id: str, macro: str, group: str) -> dict[str, tuple[int, int]]:
    found = warehouse.query(
        f"select {group}, place, among from {macro}($kpi, $start, $until) where place is not null",
        {"kpi": kpi_id, **MONTHS},
    )
    return {name: (place, among) for name, place, among in found.iter_rows()}


def numbers(found) -> dict[str, tuple[int, int]]:
    return {group: (one.place, one.among) for group, one in found.items()}


def test_values_that_read_alike_share_a_place_and_a_majority_has_none() -> None:
    take_up = load_catalogue()["digital_take_up"]
    values = {"a": 96.04, "b": 95.96, "c": 95.94, "d": 90.0, "e": None}
    assert numbers(places(take_up, values)) == {"a": (1, 4), "b": (1, 4), "c": (3, 4), "d": (4, 4)}
    assert numbers(places(take_up, {"a": 96.04, "b": 95.96, "c": 95.94})) == {"c": (3, 3)}
    assert numbers(places(load_catalogue()["processing_time_median"], {"a": 2, "b": 1})) == {"b": (1, 2), "a": (2, 2)}
    assert numbers(places(take_up, {"a": 1.0})) == {"a": (1, 1)}


@pytest.mark.parametrize("kpi_id", [kpi.id for kpi in load_catalogue().values() if "entity" in kpi.scopes])
def test_a_body_stands_at_the_same_place_on_its_page_in_its_document_and_by_sql(demo: Warehouse, kpi_id: str) -> None:
    by_sql = of_the_file(demo, kpi_id, "kpi_by_entity", "entity_id")
    (answer,) = rankings(demo, kpi_ids=[kpi_id], filters=Filters(PERIOD))
    assert {row.entity.id: (row.place.place, row.place.among) for row in answer.rows if row.place} == by_sql
    book = read_book(demo, month=Period.parse("2025-05").start)
    bodies = [row.entity.id for row in answer.rows]
    of_document = {body: stands for body in bodies if (stands := book.place(kpi_id, "entity", body))}
    assert numbers(of_document) == by_sql
    columns = league(demo, filters=Filters(PERIOD))
    shown = next((name for name in columns.columns if name == kpi_id or name in kpi_id), None)
    if shown is not None:
        standing = columns.places(shown)
        assert {body: where for body, where in numbers(standing).items() if body in by_sql}.items() <= by_sql.items()


@pytest.mark.parametrize("kpi_id", [kpi.id for kpi in load_catalogue().values() if "governorate" in kpi.scopes])
def test_a_governorate_stands_at_the_same_place_in_its_document_and_by_sql(demo: Warehouse, kpi_id: str) -> None:
    book = read_book(demo, month=Period.parse("2025-05").start)
    names = demo.query("select governorate_id from dim_governorate")["governorate_id"]
    of_document = {name: stands for name in names if (stands := book.place(kpi_id, "governorate", name))}
    assert numbers(of_document) == of_the_file(demo, kpi_id, "kpi_by_governorate", "governorate_id")

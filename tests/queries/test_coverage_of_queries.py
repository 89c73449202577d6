"""Every saved query over a period says how complete it is: quarters in their order, growth with what it is on."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

import pytest

from kpi.examples import find_example
from kpi.periods import Period
from kpi.warehouse.connect import Warehouse
from tests.queries.conftest import ENTITIES, SERVICES, open_workspace, transaction

BOTH_YEARS = Period.parse("2023-01..2024-08")
THIS_YEAR = {"from": "2024-01", "to": "2024-08"}
PERIODS = THIS_YEAR | {"base_from": "2023-01", "base_to": "2023-08"}
ON = "2024-09"
"""A month of which only ten days came."""


def with_holes() -> Iterable[dict]:
    """Let health grow by 10 %, ports have three of eight months as a base, p1 fall silent, September break off."""
    for month in BOTH_YEARS:
        this_year = month.year == 2024
        yield transaction(month, "health", "h1", 110 if this_year else 100, channel="web")
        yield transaction(month, "police", "p2", 60, channel="web")
        if month < date(2024, 4, 1):
            yield transaction(month, "police", "p1", 90, channel="web")
        if this_year or month < date(2023, 4, 1):
            yield transaction(month, "ports", "s1", 400, channel="web")
    for day in range(1, 11):
        for entity, service in (("health", "h1"), ("police", "p2"), ("ports", "s1")):
            broken_off = transaction(date(2024, 9, 1), entity, service, 10, channel="web")
            yield broken_off | {"submitted_at": datetime(2024, 9, day, 8), "transaction_id": f"{service}-{day}"}


@pytest.fixture(scope="module")
def holes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    entities = "\n".join(ENTITIES.splitlines()[place] for place in (0, 1, 2, 4)) + "\n"
    registries = {"entities": entities, "services": SERVICES.replace("t1,trade", "p2,police").partition("n1,")[0]}
    folder = tmp_path_factory.mktemp("holes") / "workspace"
    warehouse = open_workspace(folder, registries, {"transactions": with_holes()})
    yield warehouse
    warehouse.close()


def asked(warehouse: Warehouse, name: str, **given: str) -> list[dict]:
    example = find_example(name)
    return warehouse.query(example.sql, example.values(given)).to_dicts()


def test_a_hole_in_the_base_is_no_growth_and_never_stands_first(holes: Warehouse) -> None:
    rows = {row["entity_id"]: row for row in asked(holes, "growth_by_entity", **PERIODS)}
    assert list(rows)[0] == "health"
    health, ports, police = rows["health"], rows["ports"], rows["police"]
    assert health["is_fair"] and health["like_for_like_pct"] == pytest.approx(10)
    assert ports["change_pct"] == pytest.approx(100 * (3200 - 1200) / 1200)
    assert (ports["base_months_reported"], ports["base_months_expected"], ports["base_is_complete"]) == (3, 8, False)
    assert (ports["is_fair"], ports["is_like_for_like"], ports["like_for_like_pct"]) == (False, False, 0)
    assert (police["is_complete"], police["is_fair"]) == (True, False)
    assert (police["services_silent"], police["silent_since"]) == (1, date(2024, 4, 1))


def test_quarters_come_in_order_and_those_that_are_not_whole_say_so(holes: Warehouse) -> None:
    rows = asked(holes, "indicator_by_quarter", kpi="transactions", **{"from": "2023-02", "to": "2024-08"})
    assert [row["quarter"] for row in rows] == [f"{year}-Q{n}" for year in (2023, 2024) for n in range(1, 5)][:7]
    assert [row["is_complete"] for row in rows] == [True, False, False, False, True, True, False]
    assert [row["entities_reported"] for row in rows] == [3, 2, 2, 2, 3, 3, 3]
    last = rows[-1]
    assert (last["months_reported"], last["months_expected"]) == (2, 3)


def test_a_month_that_breaks_off_is_not_whole_anywhere(holes: Warehouse) -> None:
    months = {f"{row['month']:%Y-%m}": row for row in asked(
        holes, "indicator_by_month", kpi="transactions", **{"from": "2024-07", "to": ON},
    )}  # fmt: skip
    assert [(row["days_are_missing"], row["is_complete"]) for row in months.values()] == [
        (False, True), (False, True), (True, False),
    ]  # fmt: skip
    whole = "select months_reported, months_partial, is_complete from kpi_coverage($first, $last)"
    assert holes.query(whole, first="2024-07", last="2024-08").row(0) == (2, 0, True)
    assert holes.query(whole, first="2024-07", last=ON).row(0) == (3, 1, False)
    own = "select distinct months_partial, is_complete from kpi_by_entity('transactions', '2024-08', $last)"
    assert holes.query(own, last=ON).rows() == [(1, False)]
    (quarter,) = asked(holes, "indicator_by_quarter", kpi="transactions", **{"from": "2024-07", "to": ON})
    assert (quarter["months_reported"], quarter["days_are_missing"], quarter["is_complete"]) == (3, True, False)


@pytest.mark.parametrize(
    "name",
    ["headline", "channels", "concentration", "indicator_by_entity", "largest_services", "indicator_by_month"],
)
def test_a_saved_query_over_a_period_carries_its_coverage(holes: Warehouse, name: str) -> None:
    assert all(row["is_complete"] is False for row in asked(holes, name, **{"from": ON, "to": ON}))


def test_a_stock_has_no_coverage_of_the_log(small: Warehouse) -> None:
    rows = small.query(
        "select is_complete, months_expected from kpi_series('services_digitised', '2025-01', '2025-03')"
    )
    assert rows.rows() == [(None, None)] * 3


def test_a_service_month_by_month_says_what_an_empty_month_is(holes: Warehouse) -> None:
    rows = asked(holes, "service_month_by_month", service="p1", **{"from": "2024-03", "to": ON})
    assert [row["state"] for row in rows] == ["reported"] + ["silent"] * 6
    assert [row["month_is_whole"] for row in rows] == [True] * 6 + [False]

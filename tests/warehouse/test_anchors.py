"""The published figures come out of the rows of the demo workspace, at full size."""

from datetime import date
from pathlib import Path

import pytest

from kpi.warehouse.connect import Warehouse

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def warehouse(full_demo_workspace: Path) -> Warehouse:
    return Warehouse.open(full_demo_workspace)


def value(warehouse: Warehouse, kpi: str, first: date, last: date | None = None, **where: str) -> dict:
    rows = warehouse.query(
        "select numerator, denominator, value from kpi_points($kpi, $first, $last, governorate := $governorate)",
        kpi=kpi, first=first, last=last or first, governorate=where.get("governorate"),
    )  # fmt: skip
    return rows.to_dicts()[0]


def test_january_to_may_2025_counts_every_digital_transaction_of_48_entities(warehouse: Warehouse) -> None:
    months = date(2025, 1, 1), date(2025, 5, 1)
    assert value(warehouse, "digital_transactions", *months)["value"] == 11_439_542
    assert value(warehouse, "entities_reporting", *months)["numerator"] == 48
    assert value(warehouse, "entities_reporting", *months)["denominator"] == 48


def test_january_to_november_2024_comes_to_more_than_26_99_million(warehouse: Warehouse) -> None:
    total = value(warehouse, "digital_transactions", date(2024, 1, 1), date(2024, 11, 1))["value"]
    assert 26_990_000 < total < 27_000_000


@pytest.mark.parametrize(
    ("kpi", "month", "published"),
    [
        pytest.param("programme_performance", date(2022, 9, 1), 26, id="performance-2022-09"),
        pytest.param("programme_performance", date(2023, 12, 1), 53, id="performance-2023-12"),
        pytest.param("programme_performance", date(2024, 11, 1), 73, id="performance-2024-11"),
        pytest.param("programme_performance", date(2025, 5, 1), 80, id="performance-2025-05"),
        pytest.param("programme_performance", date(2025, 12, 1), 94, id="performance-2025-12"),
        pytest.param("services_digitised", date(2024, 11, 1), 67, id="digitised-2024-11"),
        pytest.param("services_digitised", date(2025, 5, 1), 74, id="digitised-2025-05"),
        pytest.param("services_digitised", date(2025, 12, 1), 90, id="digitised-2025-12"),
        pytest.param("priority_services_simplified", date(2024, 11, 1), 93, id="simplified-2024-11"),
        pytest.param("priority_services_simplified", date(2025, 5, 1), 96, id="simplified-2025-05"),
        pytest.param("priority_services_simplified", date(2025, 12, 1), 100, id="simplified-2025-12"),
        pytest.param("simplification_steps_saved", date(2023, 12, 1), 53, id="steps-saved"),
        pytest.param("simplification_time_saved", date(2023, 12, 1), 73, id="time-saved"),
        pytest.param("entity_readiness", date(2023, 12, 1), 72, id="readiness-2023"),
        pytest.param("entity_readiness", date(2024, 11, 1), 77, id="readiness-2024"),
        pytest.param("entity_readiness", date(2025, 5, 1), 81, id="readiness-2025-05"),
        pytest.param("entity_readiness", date(2025, 12, 1), 85, id="readiness-2025"),
        pytest.param("governorate_readiness", date(2023, 12, 1), 54, id="governorates-2023"),
        pytest.param("governorate_readiness", date(2024, 11, 1), 71, id="governorates-2024"),
        pytest.param("governorate_readiness", date(2025, 12, 1), 80, id="governorates-2025"),
    ],
)
def test_a_dated_percentage_rounds_to_the_published_one(
    warehouse: Warehouse, kpi: str, month: date, published: int
) -> None:
    assert round(value(warehouse, kpi, month)["value"]) == published


@pytest.mark.parametrize(
    ("kpi", "month", "numerator", "denominator"),
    [
        pytest.param("services_digitised", date(2024, 11, 1), 1_700, 2_523, id="1700-of-2523"),
        pytest.param("services_digitised", date(2025, 12, 1), 2_277, 2_523, id="2277-of-2523"),
        pytest.param("priority_services_simplified", date(2024, 11, 1), 2_680, 2_869, id="2680-of-2869"),
        pytest.param("priority_services_simplified", date(2025, 12, 1), 3_166, 3_166, id="3166-of-3166"),
        pytest.param("projects_completed", date(2025, 10, 1), 25, 36, id="25-of-36"),
        pytest.param("services_simplified_manjam", date(2025, 5, 1), 381, None, id="381-manjam"),
        pytest.param("journeys_designed", date(2025, 5, 1), 16, None, id="16-journeys"),
    ],
)
def test_a_dated_count_is_the_published_one(
    warehouse: Warehouse, kpi: str, month: date, numerator: int, denominator: int | None
) -> None:
    found = value(warehouse, kpi, month)
    assert (found["numerator"], found["denominator"]) == (numerator, denominator)


def test_the_eleven_unfinished_projects_stand_at_80_percent(warehouse: Warehouse) -> None:
    unfinished = warehouse.query(
        "select progress_pct::double as progress_pct from fct_project_month "
        "where in_programme and month = date '2025-10-01' and progress_pct < 100"
    )["progress_pct"].to_list()
    assert unfinished == [80.0] * 11


@pytest.mark.parametrize(
    ("month", "published"),
    [
        pytest.param(date(2024, 11, 1), {"advanced": 4, "green": 38, "yellow": 6, "red": 1}, id="2024"),
        pytest.param(date(2025, 12, 1), {"advanced": 13, "green": 36}, id="2025"),
    ],
)
def test_excellence_levels_count_the_published_entities(
    warehouse: Warehouse, month: date, published: dict[str, int]
) -> None:
    rows = warehouse.query(
        "select group_id, numerator from kpi_points('excellence_level', $month, $month, by := 'level')", month=month
    )
    assert dict(rows.iter_rows()) == published


def test_every_claim_has_a_verdict_and_the_headline_claims_agree(warehouse: Warehouse) -> None:
    verdicts = dict(warehouse.query("select claim_id, verdict from serve_claims").iter_rows())
    assert set(verdicts.values()) <= {"agrees", "differs", "not_computable", "conflicting"}
    agreeing = (
        "O01",
        "O03",
        "O04",
        "O05",
        "O08",
        "O09",
        "O12",
        "O13",
        "O14",
        "O15",
        "O20",
        "O21",
        "O22",
        "O23",
        "O24",
        "O25",
    )
    assert {claim: verdicts[claim] for claim in agreeing} == dict.fromkeys(agreeing, "agrees")
    assert verdicts["O02"] == "differs"


def test_no_claim_of_the_register_differs_without_another_claim_against_it(warehouse: Warehouse) -> None:
    alone = warehouse.query("select claim_id from serve_claims where verdict = 'differs' and len(conflicts_with) = 0")
    assert alone["claim_id"].to_list() == []

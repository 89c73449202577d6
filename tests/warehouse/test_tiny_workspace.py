"""Another government is another workspace: nothing in the program knows the demo's figures."""

from datetime import date

import pytest

from kpi.ingest.load import load
from kpi.settings import Settings
from kpi.warehouse.build import build
from kpi.warehouse.connect import Warehouse

FILES = {
    "workspace.toml": 'name_ar = "بلدة"\nname_en = "Smalltown"\nsynthetic = false\n',
    "reference/entities.csv": "entity_id,name_ar,name_en\nbaths,الحمّامات,Baths\nparks,الحدائق,Parks\n",
    "reference/services.csv": (
        "service_id,entity_id,name_ar,name_en,digitisation_from\n"
        "swim,baths,سباحة,Swim,2024-01-01\nsauna,baths,ساونا,Sauna,2024-01-01\npicnic,parks,نزهة,Picnic,\n"
    ),
    "reference/governorates.csv": "governorate_id,name_ar,name_en\nN,الشمال,North\nS,الجنوب,South\n",
    "inbox/transactions/march.csv": (
        "transaction_id,submitted_at,completed_at,entity_id,service_id,governorate_id,channel,outcome,rating\n"
        "1,2024-03-01T10:00:00,2024-03-01T10:30:00,baths,swim,N,web,completed,5\n"
        "2,2024-03-02T10:00:00,2024-03-02T11:00:00,baths,swim,,counter,completed,3\n"
        "3,2024-03-03T10:00:00,,baths,sauna,S,app,abandoned,\n"
        "4,2024-03-04T10:00:00,2024-03-04T10:10:00,baths,sauna,S,,completed,\n"
        "5,2024-03-05T10:00:00,,baths,steam,S,web,completed,\n"
    ),
    "inbox/services/events.csv": "service_id,event,event_on\nswim,registered,2024-01-05\nswim,digitised,2024-02-01\n",
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    folder = tmp_path_factory.mktemp("tiny")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    settings = Settings(workspace=folder)
    load(settings)
    build(settings)
    return Warehouse.open(folder)


def point(warehouse: Warehouse, kpi: str, month: date = date(2024, 3, 1), **scope: str) -> tuple | None:
    rows = warehouse.query(
        "select numerator, denominator, value from kpi_points($kpi, $month, $month, entity := $entity, "
        "governorate := $governorate, via := $via)",
        kpi=kpi, month=month, entity=scope.get("entity"), governorate=scope.get("governorate"), via=scope.get("via"),
    ).rows()  # fmt: skip
    return rows[0] if rows else None


@pytest.mark.parametrize(
    ("kpi", "expected"),
    [
        pytest.param("transactions", (3, None, 3.0), id="transactions"),
        pytest.param("digital_transactions", (1, None, 1.0), id="digital"),
        pytest.param("digital_take_up", (1, 2, 50.0), id="take-up-leaves-unknown-channels-out"),
        pytest.param("completion_rate", (3, 4, 75.0), id="abandoned-counts-against"),
        pytest.param("satisfaction", (6, 8, 75.0), id="satisfaction"),
        pytest.param("processing_time_median", (3, None, 30.0), id="median-minutes"),
        pytest.param("entities_reporting", (1, 2, 50.0), id="one-of-two-reported"),
    ],
)
def test_a_kpi_is_computed_from_the_rows_of_the_workspace(warehouse: Warehouse, kpi: str, expected: tuple) -> None:
    assert point(warehouse, kpi) == expected


def test_a_stock_is_read_at_its_last_month(warehouse: Warehouse) -> None:
    assert point(warehouse, "services_digitised", date(2024, 1, 1)) == (0, 2, 0.0)
    assert point(warehouse, "services_digitised", date(2024, 2, 1)) == (1, 2, 50.0)


def test_what_is_not_allocated_to_a_governorate_is_a_group_of_its_own(warehouse: Warehouse) -> None:
    groups = warehouse.query(
        "select group_id, numerator from kpi_points('transactions', date '2024-03-01', date '2024-03-01', "
        "by := 'governorate') order by group_id"
    ).rows()
    assert groups == [("N", 1), ("S", 1), ("not_allocated", 1)]


def test_a_kpi_without_data_is_not_provided_rather_than_zero(warehouse: Warehouse) -> None:
    assert point(warehouse, "programme_performance") is None
    assert point(warehouse, "satisfaction", entity="parks") is None


def test_the_row_of_an_unknown_service_is_kept_with_its_reason(warehouse: Warehouse) -> None:
    rejected = warehouse.query("select source_file, source_row, reason from load_rejected").rows()
    assert rejected == [("transactions/march.csv", 5, "unknown_service")]


def test_nothing_is_called_synthetic_that_is_not(warehouse: Warehouse) -> None:
    assert warehouse.query("select synthetic from serve_freshness").item() is False

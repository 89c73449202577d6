"""Totals that name no service count wherever no service is asked for, and are no service where one is."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from kpi.examples import load_examples
from kpi.periods import Period
from kpi.queries.entity import entity_profile
from kpi.queries.filters import Filters
from kpi.queries.freshness import freshness
from kpi.queries.headline import headline
from kpi.queries.movers import movers
from kpi.queries.services import Search, services
from kpi.settings import Settings
from kpi.warehouse.connect import Warehouse
from kpi.warehouse.export_file import export_file
from kpi.web.screens.catalogue import found_html
from tests.queries.conftest import ENTITIES, GOVERNORATES, SERVICES, open_workspace, transaction

YEAR = Filters(Period.parse("2025-01..2025-04"))
APRIL = date(2025, 4, 1)


def months() -> Iterable[dict]:
    """Let health send by service; police by service until 2024 and in all since then; trade in all, always."""
    for month in Period.parse("2024-01..2025-04"):
        yield transaction(month, "health", "h1", 100, channel="web", governorate="G-A")
        if month.year == 2024:
            yield transaction(month, "police", "p1", 50, channel="web", governorate="G-B")
        else:
            yield total(month, "police", 80, channel="web", governorate="G-B")
        yield total(month, "trade", 30 if month.year == 2024 else 60, channel="web", governorate="G-A")
        yield total(month, "trade", 10, channel="counter")
    yield total(APRIL, "newborn", 7, channel="web")


def total(month: date, entity: str, n: int, **more: str) -> dict:
    return transaction(month, entity, "", n, **more) | {"service_id": None}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    folder = tmp_path_factory.mktemp("body_totals") / "workspace"
    registries = {"entities": ENTITIES, "services": SERVICES, "governorates": GOVERNORATES}
    opened = open_workspace(folder, registries, {"transactions": months()})
    yield opened
    opened.close()


def values(warehouse: Warehouse, group: str, *arguments: str) -> dict[str, float]:
    asked = ", ".join(["'digital_transactions'", "'2025-01'", "'2025-04'", *arguments])
    rows = warehouse.query(f"select {group}_id, value from kpi_by_{group}({asked})")
    return dict(rows.iter_rows())


def test_they_count_in_every_figure_that_asks_for_no_service(warehouse: Warehouse) -> None:
    shown = {kpi: headline(warehouse, kpi_id=kpi, filters=YEAR).value for kpi in ("digital_transactions",)}
    assert shown == {"digital_transactions": 400 + 320 + 240 + 7}
    assert values(warehouse, "entity") == {"health": 400, "police": 320, "trade": 240, "newborn": 7}
    assert values(warehouse, "governorate") == {"G-A": 640, "G-B": 320, "not_allocated": 7}
    take_up = headline(warehouse, kpi_id="digital_take_up", filters=Filters(YEAR.period, entity_id="trade"))
    assert take_up.value == pytest.approx(100 * 240 / 280)
    channels = warehouse.query("select channel, value from kpi_by_channel('transactions', '2025-01', '2025-04')")
    assert dict(channels.iter_rows()) == {"web": 967, "counter": 40}


def test_they_are_a_report_of_the_body(warehouse: Warehouse) -> None:
    rows = warehouse.query("select entity_id, status from serve_coverage where month = $month", month=APRIL)
    states = dict(rows.iter_rows())
    assert {states[body] for body in ("health", "police", "trade", "newborn")} == {"reported"}


def test_by_service_they_are_one_line_and_the_lines_add_up_to_the_whole(warehouse: Warehouse) -> None:
    rows = warehouse.query(
        "select service_id, name_en, name_ar, value from kpi_by_service('digital_transactions', '2025-01', '2025-04')"
    ).rows()
    assert rows == [
        ("h1", "Appointment", "موعد", 400),
        ("not_by_service", "Not by service", "غير موزعة على الخدمات", 567),
    ]
    assert sum(row[-1] for row in rows) == headline(warehouse, kpi_id="digital_transactions", filters=YEAR).value


@pytest.mark.parametrize("organisation", ["as_was", "as_is"])
def test_a_breakdown_by_service_of_one_body_adds_up_too(warehouse: Warehouse, organisation: str) -> None:
    rows = warehouse.query(
        "select service_id, value from kpi_by_service('transactions', '2024-10', '2025-04', entity := 'police', "
        f"organisation := '{organisation}')"
    )
    assert rows.rows() == [("p1", 150), ("not_by_service", 320)]


def test_they_are_in_no_table_of_services(warehouse: Warehouse) -> None:
    for table in ("dim_service", "serve_service_coverage", "fct_service_coverage"):
        rows = warehouse.query(f"select count(*) from {table} where service_id is null or service_id not in "
                               "('h1', 'h2', 'h3', 'p1', 't1', 's1', 'n1')")  # fmt: skip
        assert rows.item() == 0
    largest = load_examples()["largest_services"]
    listed = warehouse.query(largest.sql, largest.values({}))
    assert listed["service_id"].to_list() == ["h1"]
    top = entity_profile(warehouse, entity_id="police", period=Period.parse("2024-10..2025-04")).top_services
    assert [(one.service.id, one.transactions) for one in top] == [("p1", 150)]


def test_a_service_whose_body_sends_a_total_only_is_neither_zero_nor_silent(warehouse: Warehouse) -> None:
    rows = warehouse.query(
        "select distinct state, silent_since from serve_service_coverage where service_id = 'p1' and month >= $first",
        first=YEAR.period.start,
    )
    assert rows.rows() == [("not_provided", None)]


def test_like_for_like_matches_them_by_month_as_a_part_of_their_body(warehouse: Warehouse) -> None:
    rows = warehouse.query(
        "select entity_id, service_id, state, numerator, base_numerator, lone_numerator, lone_base_numerator "
        "from like_for_like('digital_transactions', '2025-01-01', '2025-04-01', '2024-01-01', '2024-04-01') "
        "order by all"
    ).rows()
    assert rows == [
        ("health", "h1", "both", 400, 400, 0, 0),
        ("newborn", None, "entered", 0, 0, 7, 0),
        ("police", "p1", "left", 0, 0, 0, 200),
        ("police", None, "entered", 0, 0, 320, 0),
        ("trade", None, "both", 240, 120, 0, 0),
    ]
    change = headline(warehouse, kpi_id="digital_transactions", filters=YEAR).change
    assert change is not None
    assert change.like_for_like == pytest.approx(100 * (640 - 520) / 520)


def test_a_place_that_a_total_says_nothing_of_any_more_is_nil_where_it_names_places(warehouse: Warehouse) -> None:
    rows = warehouse.query(
        "select entity_id, numerator, base_numerator from like_for_like('digital_transactions', '2025-01-01', "
        "'2025-04-01', '2024-01-01', '2024-04-01', entity := 'trade', governorate := 'G-A')"
    ).rows()
    assert rows == [("trade", 240, 120)]


def test_what_moved_a_body_that_sends_totals_is_what_both_periods_have(warehouse: Warehouse) -> None:
    found = movers(warehouse, filters=YEAR)
    (trade,) = [one for one in found.entities if one.name.id == "trade"]
    assert [(piece.kind, piece.change, piece.services) for piece in trade.pieces if piece.change] == [("both", 120, 0)]
    assert {one.name.id for one in found.services} <= {"h1", "p1"}
    assert sum(piece.change for piece in found.pieces) == found.change


def test_the_catalogue_names_what_is_not_by_service(warehouse: Warehouse) -> None:
    for entity, rest in ((None, 567), ("trade", 240), ("health", 0)):
        filters = Filters(YEAR.period, entity_id=entity)
        found = services(warehouse, filters=filters, search=Search())
        assert found.not_by_service == rest
        assert all(row.service.id != "not_by_service" for row in found.rows)
        for language, words in (("en", "not by service"), ("ar", "غير موزعة على الخدمات")):
            page = found_html(found, Search(), filters, freshness(warehouse), language)
            assert (words in page) == bool(rest)


def test_every_check_that_blocks_lets_them_through(warehouse: Warehouse) -> None:
    failed = warehouse.query("select check_name from meta_check where severity = 'block' and offending_rows > 0")
    assert failed.is_empty()


def test_a_body_that_was_succeeded_hands_its_totals_on_as_is(tmp_path: Path) -> None:
    entities = ENTITIES.splitlines()
    header = f"{entities[0]},valid_to,successor_id"
    rows = [f"{row},," for row in entities[1:]]
    old = "old_trade,التجارة القديمة,Old trade,ministry,true,,2024-12-31,trade"
    registries = {"entities": "\n".join([header, *rows, old]) + "\n", "services": SERVICES}
    sent = [total(date(2024, 12, 1), "old_trade", 30, channel="web"), total(APRIL, "trade", 60, channel="web")]
    opened = open_workspace(tmp_path / "workspace", registries, {"transactions": sent})
    try:
        for organisation, expected in (("as_was", {"old_trade": 30, "trade": 60}), ("as_is", {"trade": 90})):
            rows = opened.query(
                "select entity_id, value from kpi_by_entity('transactions', '2024-12', '2025-04', "
                f"organisation := '{organisation}')"
            )
            assert dict(rows.iter_rows()) == expected
    finally:
        opened.close()


def test_the_public_edition_counts_them_and_gives_none_of_them_away(warehouse: Warehouse, tmp_path: Path) -> None:
    path = tmp_path / "public.duckdb"
    export_file(Settings(workspace=warehouse.path.parents[1]), path, public=True)
    with duckdb.connect(str(path), read_only=True) as public:
        whole = public.execute(
            "select entity_id, value from kpi_by_entity('digital_transactions', '2025-01', '2025-03')"
        ).fetchall()
        services = public.execute(
            "select service_id from kpi_by_service('digital_transactions', '2025-01', '2025-03') "
            "where value is not null"
        ).fetchall()
    assert dict(whole) == {"health": 300, "police": 240, "trade": 180}
    assert {service for (service,) in services} <= {"h1"}

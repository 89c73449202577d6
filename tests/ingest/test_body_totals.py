"""Totals of a whole body, which name no service: taken where they are declared, and never counted beside its parts."""

import json
import os

import pytest

from kpi.decisions import record
from kpi.errors import SlipsError
from kpi.ingest.advice import Adviser
from kpi.ingest.overlap import Overlap, read_overlap
from kpi.ingest.sources import read_sources
from kpi.settings import Settings
from kpi.warehouse.build import build
from kpi.warehouse.connect import Warehouse
from tests.ingest.test_shapes import book

DECLARED = """[[source]]
name = "Totals of bodies"
log = "transactions"
files = "transactions/bodies/**"
period = "month"
body_totals = true
[[source]]
name = "By service"
log = "transactions"
files = "transactions/services/**"
period = "{period}"
"""
HEADER = "submitted_at,entity_id,channel,outcome,transactions\n"
BY_SERVICE = "submitted_at,entity_id,service_id,channel,outcome,transactions\n"
JANUARY = HEADER + "2025-01-31,moh,web,completed,600\n2025-01-31,moh,counter,completed,400\n"
PARTS = BY_SERVICE + "2025-01-31,moh,moh-1,web,completed,{}\n2025-01-31,moh,moh-2,counter,completed,{}\n"


@pytest.fixture
def bodies(office):
    """Return the workspace with a source of body totals and one by service."""
    office.declare(DECLARED.format(period="month"))
    return office


@pytest.fixture(autouse=True)
def named(office) -> None:
    """Give the workspace a name, so that it can be built."""
    (office.folder / "workspace.toml").write_text('name_ar = "بلدة"\nname_en = "Town"\n', encoding="utf-8")


def put(office, name: str, text: str, day: int) -> str:
    """Put a file that was received on a day of February 2025."""
    path = office.put(f"transactions/{name}.csv", text)
    received = 1_738_368_000 + (day - 1) * 86_400
    os.utime(path, (received, received))
    return f"transactions/{name}.csv"


def overlap_of(office) -> Overlap:
    office.load()
    return read_overlap(office.lake)


def questions(overlap: Overlap) -> list[tuple]:
    return overlap.questions.select("question", "source_file", "old_transactions", "new_transactions").rows()


def counted(office) -> int:
    """Load and build, and return the transactions of the published file; a check that blocks fails."""
    office.load()
    assert not any(check.blocks for check in build(Settings(workspace=office.folder)).checks)
    warehouse = Warehouse.open(office.folder)
    try:
        rows = warehouse.query(
            "select sum(rows_read), sum(rows_rejected + rows_held + rows_replaced + rows_duplicate + rows_counted) "
            "from load_file"
        ).row(0)
        assert rows[0] == rows[1]
        return warehouse.query("select coalesce(sum(transactions), 0)::bigint from fct_transaction_month").item()
    finally:
        warehouse.close()


def test_declared_totals_without_a_service_are_accepted_whole(bodies):
    entry = bodies.load_one("transactions/bodies/jan.csv", JANUARY)
    assert (entry.rows_read, entry.rows_accepted, entry.rows_rejected) == (2, 2, 0)
    rows = bodies.accepted().select("entity_id", "service_id", "transactions").rows()
    assert rows == [("moh", None, 600), ("moh", None, 400)]


def test_undeclared_totals_without_a_service_are_refused_and_the_way_out_is_named(office):
    entry = office.load_one("transactions/jan.csv", JANUARY)
    assert (entry.error_key, office.accepted().height) == ("service_missing", 0)
    for language in ("en", "ar"):
        assert "service_id" in entry.problem.what(language)
        assert "`body_totals = true`" in entry.problem.next_step(language)


def test_a_file_with_a_service_column_is_read_as_ever_and_its_total_line_is_no_total_of_the_body(bodies):
    text = PARTS.format(600, 400) + "2025-01-31,moh,,,completed,1000\n"
    bodies.load_one("transactions/bodies/jan.csv", text)
    assert bodies.findings() == [(3, "service_id", "missing_value")]
    assert bodies.accepted()["transactions"].sum() == 1000
    advise = Adviser.of(bodies.folder).fix
    for language in ("en", "ar"):
        assert "`body_totals = true`" in advise(
            "transactions", "transactions/bodies/jan.csv", "missing_value", {"service_id": ""}, language
        )


def test_a_total_without_its_body_is_rejected(bodies):
    text = HEADER + "2025-01-31,,web,completed,600\n2025-01-31,xyz,web,completed,7\n"
    bodies.load_one("transactions/bodies/jan.csv", text)
    assert bodies.findings() == [(1, "entity_id", "missing_value"), (2, "entity_id", "unknown_entity")]


def test_a_total_without_its_number_is_rejected(bodies):
    bodies.load_one("transactions/bodies/jan.csv", HEADER + "2025-01-31,moh,web,completed,\n")
    assert bodies.findings() == [(1, "transactions", "count_missing")]


def test_without_a_column_of_counts_or_bodies_the_file_is_refused(bodies):
    entry = bodies.load_one("transactions/bodies/jan.csv", "submitted_at,outcome\n2025-01-31,completed\n")
    assert (entry.error_key, entry.error_facts["columns"]) == ("columns_missing", "entity_id, transactions")


def test_a_single_transaction_still_names_its_service(bodies):
    text = "transaction_id," + HEADER + "T-1,2025-01-31,moh,web,completed,1\n,2025-01-31,moh,web,completed,9\n"
    bodies.load_one("transactions/bodies/jan.csv", text)
    assert bodies.findings() == [(1, "service_id", "missing_value")]
    assert bodies.accepted()["transactions"].to_list() == [9]


def test_records_with_and_without_a_service_in_one_file_are_not_both_counted(bodies):
    whole = {"submitted_at": "2025-01-31", "entity_id": "moh", "outcome": "completed", "transactions": 1000}
    part = {**whole, "service_id": "moh-1", "transactions": 600}
    for number, records in enumerate(([whole, part], [part, whole])):
        name = f"transactions/bodies/{number}.ndjson"
        entry = bodies.load_one(name, "".join(json.dumps(one) + "\n" for one in records))
        assert (entry.rows_accepted, entry.rejected_by_reason) == (1, {"missing_value": 1})


def test_sheets_of_a_workbook_may_state_totals_of_bodies(bodies):
    header = HEADER.strip().split(",")
    sheets = (
        ("Jan", [header, ["2025-01-31", "moh", "web", "completed", 600]]),
        ("Feb", [header, ["2025-02-28", "moh", "web", "completed", 500]]),
        ("Notes", [["Read me"], ["Nothing here"]]),
    )
    bodies.declare(DECLARED.format(period="month").replace("body_totals = true", 'body_totals = true\nsheets = "all"'))
    entry = bodies.load_one("transactions/bodies/year.xlsx", book(*sheets))
    assert (entry.error, entry.rows_accepted) == (None, 2)
    bodies.declare(DECLARED.format(period="month").replace("body_totals = true", 'sheets = "all"'))
    undeclared = bodies.load_one("transactions/bodies/year.xlsx", book(*sheets))
    assert undeclared.error_key == "sheet_header_incomplete"
    assert all("`body_totals = true`" in undeclared.problem.next_step(language) for language in ("en", "ar"))


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ('constants = { service_id = "moh-1" }', "constants"),
        ('sheets = "all"\nsheet_name_is = "service_id"', "sheet_name_is"),
        ('[source.unpivot]\ncolumns = ["S*"]\ninto = ["service_id"]', "unpivot"),
    ],
)
def test_a_source_that_names_its_service_cannot_state_totals_of_bodies(tmp_path, more, place):
    text = f'[[source]]\nname = "a"\nlog = "transactions"\nfiles = "**"\nbody_totals = true\n{more}\n'
    (tmp_path / "sources.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SlipsError) as told:
        read_sources(tmp_path)
    assert [slip.key for slip in told.value.slips] == ["service_given"]
    assert place in told.value.slips[0].facts["place"]


def test_only_the_log_of_transactions_knows_totals_of_bodies(tmp_path):
    text = '[[source]]\nname = "a"\nlog = "projects"\nfiles = "**"\nbody_totals = true\n'
    (tmp_path / "sources.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SlipsError) as told:
        read_sources(tmp_path)
    assert [slip.key for slip in told.value.slips] == ["totals_elsewhere"]


def test_a_body_total_sent_again_counts_once(bodies):
    put(bodies, "bodies/a", JANUARY, 3)
    put(bodies, "bodies/b", JANUARY.replace("600", "650"), 9)
    assert counted(bodies) == 1050


def test_finer_figures_that_come_later_replace_the_total_of_the_body(bodies):
    put(bodies, "bodies/a", JANUARY, 3)
    put(bodies, "services/b", PARTS.format(610, 400), 9)
    assert questions(overlap_of(bodies)) == []
    assert counted(bodies) == 1010


def test_a_published_total_that_finer_figures_replace_is_no_loss_of_a_service(bodies):
    put(bodies, "bodies/a", JANUARY, 3)
    assert counted(bodies) == 1000
    put(bodies, "services/b", PARTS.format(610, 400), 9)
    assert counted(bodies) == 1010


def test_a_body_total_that_equals_the_finer_figures_before_it_adds_nothing(bodies):
    put(bodies, "services/a", PARTS.format(600, 400), 3)
    put(bodies, "bodies/b", JANUARY, 9)
    assert questions(overlap_of(bodies)) == []
    assert counted(bodies) == 1000


def test_a_body_total_that_differs_from_the_finer_figures_before_it_is_asked_about(bodies):
    put(bodies, "services/a", PARTS.format(600, 300), 3)
    newer = put(bodies, "bodies/b", JANUARY, 9)
    assert questions(overlap_of(bodies)) == [("total_after_rows", newer, 900, 1000)]
    assert counted(bodies) == 900


def test_a_released_body_total_replaces_the_finer_figures(bodies):
    put(bodies, "services/a", PARTS.format(600, 300), 3)
    put(bodies, "bodies/b", JANUARY, 9)
    (held,) = bodies.load().held
    record(bodies.folder, "release", by="Salma", why="the total is right", subject=held.subject())
    assert counted(bodies) == 1000


def test_single_transactions_and_the_total_of_their_body_are_not_both_counted(bodies, csv):
    put(bodies, "services/a", csv(*({"transaction_id": f"T-{number}"} for number in range(10))), 3)
    put(bodies, "bodies/b", HEADER + "2025-01-31,moh,web,completed,9\n", 9)
    assert [row[0] for row in questions(overlap_of(bodies))] == ["total_after_rows"]
    assert counted(bodies) == 10


@pytest.mark.parametrize("first", ["bodies", "services"])
def test_totals_of_services_over_a_quarter_and_of_the_body_in_one_of_its_months_are_asked_about(office, first):
    office.declare(DECLARED.format(period="quarter"))
    texts = {"bodies": JANUARY, "services": PARTS.format(1900, 1100)}
    second = "services" if first == "bodies" else "bodies"
    older = put(office, f"{first}/a", texts[first], 3)
    newer = put(office, f"{second}/b", texts[second], 9)
    question = "part_of_period" if second == "bodies" else "total_after_rows"
    overlap = overlap_of(office)
    assert overlap.questions.select("question", "old_file", "source_file").rows() == [(question, older, newer)]
    assert counted(office) == {"bodies": 1000, "services": 3000}[first]


def test_the_values_that_were_accepted_are_the_values_that_are_read(bodies):
    put(bodies, "bodies/a", JANUARY, 3)
    put(bodies, "services/b", PARTS.format(1, 2).replace("moh", "mol").replace("mol-2", "mol-1"), 4)
    counted(bodies)
    warehouse = Warehouse.open(bodies.folder)
    try:
        rows = warehouse.query(
            "select lake_column, accepted_values, visible_values from load_column where log = 'transactions'"
        )
    finally:
        warehouse.close()
    by_name = {name: (accepted, visible) for name, accepted, visible in rows.iter_rows()}
    assert by_name["service_id"] == (2, 2)
    assert all(accepted == visible for accepted, visible in by_name.values())

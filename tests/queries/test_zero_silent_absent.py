"""Zero, silent and absent: what a service's month without rows means, and that every surface says it."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import fastexcel
import pytest
from starlette.applications import Starlette

from kpi.catalogue import load_catalogue
from kpi.feedback import write_feedback
from kpi.language import strip_isolates
from kpi.messages import LANGUAGES, text
from kpi.periods import Period
from kpi.queries.attention import attention
from kpi.queries.filters import Filters
from kpi.queries.headline import headline
from kpi.queries.league import league
from kpi.say.answer import counted
from kpi.say.periods import when
from kpi.settings import Settings
from kpi.warehouse.connect import Warehouse
from kpi.web.exports import Exports
from tests.queries.conftest import ENTITIES, SERVICES, open_workspace, transaction
from tests.web.serving import served

YEAR = Period.parse("2024-01..2024-12")
LAST = date(2024, 12, 1)


def one_of_each() -> Iterable[dict]:
    """Let h1 report, h2 say 0, h3 stay away as often before, p1 fall silent, ports send nothing, n1 not be expected."""
    for month in YEAR:
        yield transaction(month, "health", "h1", 500, channel="counter")
        yield transaction(month, "health", "h2", 0 if month == LAST else 40, channel="web")
        if month.month % 3 == 1:
            yield transaction(month, "health", "h3", 2, channel="web")
        yield transaction(month, "police", "p2", 60, channel="web")
        if month < date(2024, 11, 1):
            yield transaction(month, "police", "p1", 90, channel="web")
        if month < LAST:
            yield transaction(month, "ports", "s1", 80, channel="web")
    yield transaction(LAST, "newborn", "n1", 9, channel="web")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("zero_silent_absent") / "workspace"


@pytest.fixture(scope="module")
def warehouse(folder: Path) -> Iterator[Warehouse]:
    registries = {"entities": ENTITIES, "services": SERVICES + "p2,police,بلاغ,Report,,\n"}
    opened = open_workspace(folder, registries, {"transactions": one_of_each()})
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def states(warehouse: Warehouse) -> dict[str, tuple[str, date | None]]:
    rows = warehouse.query(
        "select service_id, state, silent_since from serve_service_coverage where month = $month", month=LAST
    )
    return {service_id: (state, since) for service_id, state, since in rows.iter_rows()}


@pytest.mark.parametrize(
    ("service", "state", "since"),
    [
        ("h1", "reported", None),
        ("h2", "zero_stated", None),
        ("h3", "zero_assumed", None),
        ("p1", "silent", date(2024, 11, 1)),
        ("s1", "not_provided", None),
        ("n1", "reported", None),
    ],
)
def test_each_kind_of_nothing_is_told_apart_in_the_file(
    states: dict[str, tuple[str, date | None]], service: str, state: str, since: date | None
) -> None:
    assert states[service] == (state, since)


def test_a_month_before_the_first_of_a_service_is_not_expected(warehouse: Warehouse) -> None:
    before = warehouse.query(
        "select distinct state from serve_service_coverage where service_id = 'n1' and month < $month", month=LAST
    )
    assert before["state"].to_list() == ["not_expected"]


def test_the_coverage_of_an_entity_counts_its_services(warehouse: Warehouse) -> None:
    row = warehouse.query(
        "select services_reported, services_silent, services_expected from serve_coverage "
        "where entity_id = 'police' and month = $month", month=LAST,
    )  # fmt: skip
    assert row.rows() == [(1, 1, 2)]


def test_no_digital_transaction_among_others_is_zero_and_not_a_gap(warehouse: Warehouse) -> None:
    filters = Filters(Period(LAST, LAST), service_id="h1")
    shown = headline(warehouse, kpi_id="digital_transactions", filters=filters)
    assert (shown.value, shown.nothing) == (0, None)
    words = counted(shown, "en", whole=False)
    assert "No digital transactions" in words and "No data" not in words
    by_channel = "select channel, value from kpi_by_channel('digital_transactions', '2024-12', '2024-12', "
    rows = warehouse.query(f"{by_channel} service := 'h1')").rows()
    assert rows == [("web", 0)]


def test_what_was_not_provided_stays_a_gap(warehouse: Warehouse) -> None:
    shown = headline(warehouse, kpi_id="digital_transactions", filters=Filters(Period(LAST, LAST), entity_id="ports"))
    assert (shown.value, shown.nothing) == (None, "not_provided")


def test_an_export_and_the_macros_say_how_complete_their_period_is(warehouse: Warehouse, folder: Path) -> None:
    with served(Starlette(routes=Exports(Settings(workspace=folder)).routes)) as client:
        short = client.get("/export/kpi_points.csv?kpi=transactions&period=2024-11..2025-02")
        states = client.get(f"/export/serve_service_coverage.csv?period={LAST:%Y-%m}")
    assert (short.headers["x-months-reported"], short.headers["x-complete"]) == ("2/4", "false")
    rows = {row["service_id"]: row["state"] for row in csv.DictReader(io.StringIO(states.body.decode("utf-8-sig")))}
    assert rows["p1"] == "silent" and rows["h3"] == "zero_assumed"
    own = warehouse.query(
        "select entity_id, months_reported, months_expected, is_complete "
        "from kpi_by_entity('transactions', '2024-10', '2024-12')"
    )
    assert {row[0]: row[1:] for row in own.iter_rows()}["ports"] == (2, 3, False)


def test_every_kpi_but_those_of_ratings_and_durations_counts_what_is_certainly_none(warehouse: Warehouse) -> None:
    for kpi_id in ("transactions", "digital_transactions", "digital_take_up"):
        assert kpi_id in load_catalogue()
        found = warehouse.query(f"select count(*) from kpi_{kpi_id} where numerator = 0")
        assert found.item() > 0, kpi_id


def test_a_silent_service_is_named_in_the_attention_of_its_entity(warehouse: Warehouse) -> None:
    wanted = {one.entity.id: one for one in attention(league(warehouse, filters=Filters(Period(LAST, LAST))))}
    assert "service_silent" in [reason.why for reason in wanted["police"].reasons]
    assert [(service.id, since) for service, since in wanted["police"].row.silent_services] == [
        ("p1", date(2024, 11, 1))
    ]


def test_a_period_that_runs_past_the_data_says_of_how_many_months_they_are(warehouse: Warehouse) -> None:
    shown = headline(warehouse, kpi_id="transactions", filters=Filters(Period.parse("2024-10..2025-03")))
    assert "3 of 6 months" in strip_isolates(when(shown, "en")) and "3 من 6" in strip_isolates(when(shown, "ar"))
    whole = headline(warehouse, kpi_id="transactions", filters=Filters(Period.parse("2024-10..2024-12")))
    assert "of" not in when(whole, "en").split()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sender_is_asked_to_state_0_for_a_silent_service_or_to_send_it(
    warehouse: Warehouse, folder: Path, tmp_path: Path, language: str
) -> None:
    assert warehouse.query("select count(*) from serve_service_coverage where state = 'silent'").item() > 0
    report = write_feedback(folder, tmp_path)
    assert [path.name for path in report.paths] == ["police.xlsx", "summary.xlsx"]
    sheet = sheet_of(report.paths[0], text("feedback.sheet_silent", language))
    (line,) = sheet[4:]
    name, since, until = {
        "en": ("Fine", "November 2024", "December 2024"), "ar": ("مخالفة", "نوفمبر 2024", "ديسمبر 2024"),
    }[language]  # fmt: skip
    assert line[:3] == ("p1", name, since)
    assert since in line[3] and until in line[3]
    assert {"en": "State 0 or send it", "ar": "اذكروا الصفر أو أرسلوا البيانات"}[language] in line[4]
    summary = sheet_of(report.paths[1], text("feedback.sheet", language))
    assert summary[-1][4] == "1"


def test_without_anything_published_nobody_is_asked_about_silence(tmp_path: Path) -> None:
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "entities.csv").write_text(ENTITIES, encoding="utf-8")
    (tmp_path / "workspace.toml").write_text('name_ar = "م"\nname_en = "W"\n', encoding="utf-8")
    assert write_feedback(tmp_path).entities == 0


def sheet_of(path: Path, name: str) -> list[tuple]:
    rows = fastexcel.read_excel(path).load_sheet(name, header_row=None).to_polars().rows()
    return [tuple(strip_isolates(str(cell)) if cell is not None else None for cell in row) for row in rows]

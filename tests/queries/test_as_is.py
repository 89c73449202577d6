"""Every question as it is today: values follow to the body of today, and nothing is added up twice in silence."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest

from kpi.periods import Period
from kpi.queries.exports import POINTS, batches, exportables, extract
from kpi.queries.filters import Filters
from kpi.queries.governorate import scorecard
from kpi.queries.governorates_overview import governorates_overview
from kpi.queries.headline import headline
from kpi.queries.league import league
from kpi.queries.movers import movers
from kpi.queries.service import service_facts
from kpi.queries.service_states import portfolio
from kpi.queries.services import Search, services
from kpi.queries.transaction_days import days
from kpi.queries.transactions import SPLITS, split
from kpi.say.answer import overlap_words
from kpi.settings import Settings
from kpi.warehouse.connect import Warehouse
from kpi.warehouse.export_file import export_file
from tests.queries.conftest import GOVERNORATES, POPULATION, open_workspace, transaction

SPAN = Period.parse("2024-01..2025-05")
PERIOD = Period.parse("2025-01..2025-05")
# Two bodies were merged into a third in March 2025; one service moved by itself in April.
ENTITIES = """\
entity_id,name_ar,name_en,kind,valid_from,valid_to,successor_id
roads,الطرق,Roads,authority,,2025-02-28,transport
ports,الموانئ,Ports,authority,,2025-02-28,transport
transport,النقل,Transport,ministry,2025-03-01,,
health,الصحة,Health,ministry,,,
labour,العمل,Labour,ministry,,,
"""
SERVICES = """\
service_id,entity_id,name_ar,name_en,valid_from,valid_to
r1,roads,رخصة,Licence,,2025-02-28
r1,transport,رخصة,Licence,2025-03-01,
p1,ports,إرساء,Berth,,2025-02-28
p1,transport,إرساء,Berth,2025-03-01,
h1,health,موعد,Appointment,,
m1,health,تصريح,Permit,,2025-03-31
m1,labour,تصريح,Permit,2025-04-01,
l1,labour,عقد,Contract,,
"""
REGISTRIES = {
    "entities": ENTITIES, "services": SERVICES, "governorates": GOVERNORATES, "governorate_population": POPULATION,
}  # fmt: skip
OVERLAPPING = '[[source]]\nname = "transactions"\nlog = "transactions"\nfiles = "transactions/*"\nadditive = false\n'
MERGED = "2025-03"


def sent() -> Iterable[dict]:
    """Count 100 at roads and 90 at ports, later at transport; 10 of the service that moved to labour."""
    for month in SPAN:
        together = f"{month:%Y-%m}" >= MERGED
        yield transaction(month, "transport" if together else "roads", "r1", 100, governorate="G-A", rating=4)
        yield transaction(month, "transport" if together else "ports", "p1", 90, governorate="G-B", rating=5)
        yield transaction(month, "health", "h1", 40, governorate="G-A", rating=5)
        yield transaction(month, "labour" if f"{month:%Y-%m}" >= "2025-04" else "health", "m1", 10, rating=3)
        yield transaction(month, "labour", "l1", 20, governorate="G-B", rating=2)


def opened(folder: Path, sources: str | None = None) -> Warehouse:
    folder.mkdir(parents=True)
    if sources is not None:
        (folder / "sources.toml").write_text(sources, encoding="utf-8")
    return open_workspace(folder, REGISTRIES, {"transactions": sent()})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("as_is") / "workspace"


@pytest.fixture(scope="module")
def town(folder: Path) -> Iterator[Warehouse]:
    warehouse = opened(folder)
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="module")
def overlapping(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    warehouse = opened(tmp_path_factory.mktemp("overlapping") / "workspace", OVERLAPPING)
    yield warehouse
    warehouse.close()


def test_a_total_without_a_service_follows_to_the_body_that_succeeded(tmp_path: Path) -> None:
    months = Period.parse("2025-01..2025-02")
    rows = [
        transaction(month, "roads", service, count, governorate="G-A")
        for month in months
        for service, count in ((None, 7), ("r1", 100))
    ]
    (tmp_path / "totals").mkdir()
    warehouse = open_workspace(tmp_path / "totals", REGISTRIES, {"transactions": rows})
    try:
        filters = Filters(months, entity_id="transport", organisation="as_is")
        for by in SPLITS:
            shown = split(warehouse, by=by, filters=filters)
            assert {total for total, inside in zip(shown.totals(), shown.inside, strict=True) if inside} == {107}
        assert headline(warehouse, kpi_id="transactions", filters=filters).value == 2 * 107
    finally:
        warehouse.close()


def asked(**slice_of: str) -> Filters:
    return Filters(PERIOD, organisation="as_is", **slice_of)


def by_entity(warehouse: Warehouse, period: str = "2025-01", kpi: str = "transactions") -> dict[str, float | None]:
    rows = warehouse.query(
        "select entity_id, value from kpi_by_entity($kpi, $month, $month, organisation := 'as_is')",
        kpi=kpi, month=period,
    )  # fmt: skip
    return dict(rows.iter_rows())


@pytest.mark.parametrize("kpi", ["transactions", "satisfaction"])
def test_the_same_people_at_two_bodies_are_not_added_up_at_their_successor(overlapping: Warehouse, kpi: str) -> None:
    before, after = by_entity(overlapping, "2025-02", kpi), by_entity(overlapping, MERGED, kpi)
    assert before["transport"] is None and after["transport"] is not None
    assert before["health"] is not None
    # What was health's went to labour with the service: labour's own may hold the same people.
    assert before["labour"] is None and by_entity(overlapping, "2025-04", kpi)["labour"] is not None
    points = "select value, numerator from kpi_points($kpi, $first, $last, entity := 'transport', {by} {organisation})"
    for by in ("", "\"by\" := 'governorate',", "\"by\" := 'channel',"):
        rows = overlapping.query(
            points.format(by=by, organisation="organisation := 'as_is'"),
            kpi=kpi, first=PERIOD.start, last=PERIOD.end,
        ).rows()  # fmt: skip
        assert rows and set(rows) == {(None, None)}
    own = overlapping.query(
        'select group_id, value from kpi_points($kpi, $first, $last, entity := \'transport\', "by" := \'service\', '
        "organisation := 'as_is')",
        kpi=kpi, first=PERIOD.start, last=PERIOD.end,
    )  # fmt: skip
    assert {service for service, value in own.iter_rows() if value is not None} == {"r1", "p1"}


def test_where_nothing_overlaps_bodies_that_merged_are_added_up(town: Warehouse) -> None:
    assert by_entity(town) == {"transport": 190, "health": 40, "labour": 30}
    assert town.query("select count(*) from meta_overlap_as_is").item() == 0


@pytest.mark.parametrize(("language", "word"), [("en", "overlap"), ("ar", "تتداخل")])
def test_why_a_successor_has_no_figure_is_said(overlapping: Warehouse, language: str, word: str) -> None:
    shown = headline(overlapping, kpi_id="transactions", filters=asked(entity_id="transport"))
    assert (shown.value, shown.nothing) == (None, "not_shown")
    assert word in overlap_words(shown, language)
    assert days(overlapping, filters=asked(entity_id="transport")).nothing == "not_shown"
    rows = overlapping.query("select distinct entity_id from meta_overlap_as_is where kpi_id = 'transactions'").rows()
    assert sorted(rows) == [("labour",), ("transport",)]


def test_a_body_of_today_owes_the_months_of_those_it_took_over(town: Warehouse) -> None:
    rows = town.query(
        "select entity_id, months_reported, months_expected, is_complete "
        "from kpi_by_entity('transactions', '2025-01', '2025-05', organisation := 'as_is') order by 1"
    )
    assert rows.rows() == [("health", 5, 5, True), ("labour", 5, 5, True), ("transport", 5, 5, True)]
    for asked_for in (
        "kpi_coverage('2025-01', '2025-05',",
        "kpi_series('transactions', '2025-01', '2025-05', months_per_point := 5,",
    ):
        told = town.query(
            "select entities_reported, entities_expected, months_reported, is_complete "
            f"from {asked_for} entity := 'transport', organisation := 'as_is')"
        )
        assert told.rows() == [(1, 1, 5, True)]


def test_an_exported_figure_of_today_carries_the_coverage_of_today(town: Warehouse) -> None:
    def exported(**asked: str) -> list[tuple]:
        wanted = extract(exportables(town)[POINTS], {"kpi": "transactions", "period": "2025-01..2025-05", **asked}, 100)
        rows = pl.concat(batches(town, wanted))
        return sorted(rows.select("group_id", "months_reported", "is_complete").rows())

    of_today = exported(by="entity", organisation="as_is")
    assert of_today == [("health", 5, True), ("labour", 5, True), ("transport", 5, True)]
    assert ("transport", 3, False) in exported(by="entity")
    assert exported(entity="transport", organisation="as_is")[0][1:] == (5, True)


def test_the_league_shows_the_bodies_of_today_with_all_that_they_answer_for(town: Warehouse) -> None:
    shown = league(town, filters=asked())
    values = {row.entity.id: (row.value("digital_transactions"), row.reported_months) for row in shown.rows}
    assert values == {"transport": (5 * 190, 5), "health": (5 * 40, 5), "labour": (5 * 30, 5)}
    assert all(point.value == 190 for point in shown.rows[0].trend if point.month in PERIOD)
    was = {row.entity.id for row in league(town, filters=Filters(PERIOD)).rows}
    assert {"roads", "ports"} < was


@pytest.mark.parametrize(("entity", "each_month"), [("transport", 190), ("health", 40), ("labour", 30)])
def test_a_split_adds_up_to_the_figure_of_today(town: Warehouse, entity: str, each_month: int) -> None:
    for by in SPLITS:
        shown = split(town, by=by, filters=asked(entity_id=entity))
        assert {total for total, inside in zip(shown.totals(), shown.inside, strict=True) if inside} == {each_month}


def test_what_moved_between_bodies_moves_nothing_as_it_is_today(town: Warehouse) -> None:
    for entity in ("transport", "health", "labour"):
        found = movers(town, filters=asked(entity_id=entity))
        assert (found.change, found.entities) == (0, ())
        assert {piece.kind for piece in found.pieces} == {"both"}
    assert movers(town, filters=Filters(PERIOD, entity_id="labour")).change == 2 * 10


def test_days_follow_a_body_that_was_merged_and_no_service_that_moved(town: Warehouse) -> None:
    found = days(town, filters=asked(entity_id="labour"))
    assert (found.nothing, found.moved) == ("not_applicable", True)
    assert not days(town, filters=Filters(PERIOD, entity_id="labour")).moved
    assert not days(town, filters=asked(entity_id="transport")).moved
    assert not days(town, filters=asked()).moved
    later = Filters(Period.parse("2025-04..2025-05"), entity_id="labour", organisation="as_is")
    assert not days(town, filters=later).moved


def test_a_governorate_counts_the_bodies_of_today_that_name_it(town: Warehouse) -> None:
    now = headline(town, kpi_id="transactions", filters=asked(governorate_id="G-A")).naming
    then = headline(town, kpi_id="transactions", filters=Filters(PERIOD, governorate_id="G-A")).naming
    assert now is not None and then is not None
    assert (now.here, now.anywhere, then.here, then.anywhere) == (2, 3, 3, 5)
    assert sum(one.value or 0 for one in governorates_overview(
        town, kpi_id="digital_transactions", filters=asked(entity_id="transport")
    ).map.values) == 5 * 190  # fmt: skip
    services_here = scorecard(town, filters=asked(governorate_id="G-A")).top_services
    assert {(one.service.id, one.entity.id) for one in services_here} == {("r1", "transport"), ("h1", "health")}
    left = {
        one.entity.id: one.not_allocated
        for one in scorecard(town, filters=asked(governorate_id="not_allocated")).remainder
    }
    assert left == {"transport": 0, "health": 0, "labour": 50}


def test_the_catalogue_names_who_answered_then_or_answers_today(town: Warehouse) -> None:
    january = Period.parse("2025-01")
    for organisation, wanted in (
        ("as_was", {"r1": "roads", "p1": "ports", "h1": "health", "m1": "health", "l1": "labour"}),
        ("as_is", {"r1": "transport", "p1": "transport", "h1": "health", "m1": "labour", "l1": "labour"}),
    ):
        filters = Filters(january, organisation=organisation)
        found = services(town, filters=filters, search=Search())
        assert {row.service.id: row.entity.id for row in found.rows} == wanted
        of_labour = Filters(january, entity_id="labour", organisation=organisation)
        mine = services(town, filters=of_labour, search=Search())
        named = {service for service, entity in wanted.items() if entity == "labour"}
        assert {row.service.id: row.digital_transactions for row in mine.rows} == {
            service: {"m1": 10, "l1": 20}[service] for service in named
        }
        counts = portfolio(town, filters=of_labour)
        assert (counts.in_catalogue, counts.moved) == (len(named), organisation == "as_is")
    facts = service_facts(town, service_id="r1", filters=asked())
    assert facts is not None and facts.entity.id == "transport"


@pytest.fixture(scope="module")
def public(town: Warehouse, folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    assert town.build_id
    target = folder.parent / "public.duckdb"
    export_file(Settings(workspace=folder, small_cell_below=5), target, public=True)
    with duckdb.connect(str(target), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize("by", ["programme", "service", "channel", "governorate"])
def test_the_public_edition_answers_as_it_is_what_no_body_is_part_of(
    town: Warehouse, public: duckdb.DuckDBPyConnection, by: str
) -> None:
    points = (
        "select group_id, value from kpi_points('transactions', '2025-01-01', '2025-05-01', "
        f"\"by\" := '{by}', organisation := 'as_is') order by 1"
    )
    found = public.execute(points).fetchall()
    assert found == town.query(points).rows() and found


def test_the_public_edition_answers_of_bodies_as_they_are_today(
    town: Warehouse, public: duckdb.DuckDBPyConnection
) -> None:
    for asked_for in ("\"by\" := 'entity'", "entity := 'transport'"):
        points = (
            f"select group_id, value from kpi_points('entities_reporting', '2025-01-01', '2025-05-01', {asked_for}, "
            "organisation := 'as_is') order by 1"
        )
        found = public.execute(points).fetchall()
        assert found == town.query(points).rows() and found
        assert "roads" not in {group for group, _ in found}


@pytest.mark.parametrize(
    "question",
    [
        "select * from kpi_by_entity('transactions', '2025-01', '2025-05', organisation := 'as_is')",
        "select count(*) from kpi_series('satisfaction', '2025-01', '2025-05', entity := 'transport', "
        "organisation := 'as_is')",
        "select service_id from kpi_by_service('transactions', '2025-01', '2025-05', entity := 'labour', "
        "organisation := 'as_is')",
    ],
)
def test_the_public_edition_refuses_in_words_what_it_cannot_answer_as_it_is(
    public: duckdb.DuckDBPyConnection, question: str
) -> None:
    with pytest.raises(duckdb.InvalidInputException, match="by entity as it was only.*كما كانت فقط"):
        public.execute(question).fetchall()
    public.execute(question.replace("organisation := 'as_is'", "organisation := 'as_was'")).fetchall()

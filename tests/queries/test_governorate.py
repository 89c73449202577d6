"""Governorates side by side and one by itself: shares, places, the remainder, projects, services, boundaries."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from kpi.errors import SettingsError
from kpi.ingest.boundaries import read_boundaries
from kpi.periods import Period
from kpi.queries.filters import NOT_ALLOCATED, Comparison, Filters
from kpi.queries.governorate import remainder_by_entity, scorecard
from kpi.queries.governorates import boundaries, governorate_facts, governorate_map, governorate_ranking, map_kpis
from kpi.queries.governorates_overview import governorates_overview
from kpi.queries.headline import headline
from kpi.queries.results import Naming
from kpi.settings import Settings
from kpi.warehouse.build import build
from kpi.warehouse.connect import Warehouse
from tests.queries.conftest import ENTITIES, GOVERNORATES, POPULATION, SERVICES, WORKSPACE, put_in_lake

THIS_YEAR = Filters(Period.parse("2025-01..2025-05"))
SQUARE = [[[10.0, 20.0], [11.0, 20.0], [11.0, 21.0], [10.0, 20.0]]]
HOLE = [[10.4, 20.1], [10.6, 20.1], [10.6, 20.3], [10.4, 20.1]]
PROJECTS = """\
project_id,name_ar,name_en,in_programme,governorate_id,owner_ar,owner_en
P1,برنامج,Programme project,true,,,
P2,محلي,Local project,false,G-A,البلدية,Municipality
P3,عام,Project for governorates,false,,,
P4,آخر,Project elsewhere,false,G-B,,
"""
PLATFORMS = """\
platform_id,name_ar,name_en,owner_entity_id,purpose_ar,purpose_en
x,منصة,Local platform,office,للبلديات,For municipalities
y,مركزية,Central platform,health,للجميع,For all
"""
INDICATORS = "indicator_id,name_ar,name_en\ni1,أول,First\ni2,ثان,Second\n"
ASSESSMENTS = [("i1", date(2023, 12, 31), 40), ("i1", date(2024, 11, 30), 60), ("i2", date(2024, 11, 30), 55)]


def geojson(*features: dict) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


def polygon(governorate_id: str, *rings: list) -> dict:
    return {"type": "Feature", "id": governorate_id, "geometry": {"type": "Polygon", "coordinates": list(rings)}}


@pytest.fixture(scope="module")
def placed(tmp_path_factory: pytest.TempPathFactory):
    """Open a workspace with an office, its services, projects, a platform, assessments and boundaries."""
    folder = tmp_path_factory.mktemp("placed") / "workspace"
    reference = folder / "reference"
    reference.mkdir(parents=True)
    (folder / "workspace.toml").write_text(WORKSPACE, encoding="utf-8")
    columns = ENTITIES.splitlines()[0]
    office = "office,مكتب,Office,governorate_office,true,,G-A\n"
    entities = f"{columns},governorate_id\n" + "".join(f"{line},\n" for line in ENTITIES.splitlines()[1:]) + office
    services = SERVICES.replace("digitisation_from\n", "digitisation_from,governorate_id\n", 1)
    lines = services.splitlines()
    services = "\n".join([lines[0], *(f"{line}," for line in lines[1:])]) + "\n"
    services += "o1,office,رخصة محلية,Local licence,2023-01-01,2023-01-01,G-A\no2,office,تصريح,Permit,,,G-A\n"
    for name, text in {
        "entities": entities, "governorates": GOVERNORATES, "governorate_population": POPULATION,
        "services": services, "projects": PROJECTS, "platforms": PLATFORMS, "indicators": INDICATORS,
    }.items():  # fmt: skip
        (reference / f"{name}.csv").write_text(text, encoding="utf-8")
    (reference / "governorates.geojson").write_text(
        geojson(polygon("G-A", SQUARE[0], HOLE), polygon("G-B", SQUARE[0])), encoding="utf-8"
    )
    reports = [("P2", 50), ("P3", 80), ("P4", 10)]
    put_in_lake(
        folder,
        "projects",
        pl.DataFrame(
            [
                {"project_id": project, "reported_on": date(2025, 3, 10), "progress_pct": progress, "planned_pct": 90,
                 "status": "in_progress", "note": None}
                for project, progress in reports
            ],
            schema_overrides={"progress_pct": pl.Decimal(5, 2), "planned_pct": pl.Decimal(5, 2), "note": pl.String},
        ),
    )  # fmt: skip
    put_in_lake(
        folder,
        "services",
        pl.DataFrame([{"service_id": "o1", "event": "digitised", "event_on": date(2024, 2, 1)}]),
    )
    put_in_lake(
        folder,
        "assessments",
        pl.DataFrame(
            [
                {"entity_id": "office", "indicator_id": indicator, "assessed_on": day, "score_pct": score}
                for indicator, day, score in ASSESSMENTS
            ],
            schema_overrides={"score_pct": pl.Decimal(5, 2)},
        ),
    )
    build(Settings(workspace=folder))
    warehouse = Warehouse.open(folder)
    yield warehouse
    warehouse.close()


def test_shares_of_governorates_and_remainder_make_up_the_whole(small: Warehouse) -> None:
    answer = governorate_ranking(small, kpi_id="digital_transactions", filters=THIS_YEAR)
    assert answer.total is not None
    assert answer.remainder is not None
    parts = [*answer.rows, answer.remainder]
    assert sum(row.value or 0 for row in parts) == answer.total.value == 1910
    assert sum(row.share_pct or 0 for row in parts) == pytest.approx(100)
    assert [row.governorate.id for row in answer.rows] == ["G-B", "G-A", "G-C"]
    assert answer.rows[-1].value is None, "not provided is not zero, and comes last"


def test_the_governorate_chosen_elsewhere_hides_no_other(small: Warehouse) -> None:
    chosen = replace(THIS_YEAR, governorate_id="G-A")
    everywhere, here = (
        governorate_ranking(small, kpi_id="digital_transactions", filters=one) for one in (THIS_YEAR, chosen)
    )
    assert everywhere == here


def test_changes_are_of_the_same_months_of_the_year_before(small: Warehouse) -> None:
    rows = {
        row.governorate.id: row
        for row in governorate_ranking(small, kpi_id="digital_transactions", filters=THIS_YEAR).rows
    }
    assert rows["G-B"].change_pct == pytest.approx(10)
    assert rows["G-C"].change_pct is None


def test_a_percentage_has_no_share_and_changes_by_points(small: Warehouse) -> None:
    answer = governorate_ranking(small, kpi_id="digital_take_up", filters=THIS_YEAR)
    assert all(row.share_pct is None and row.change_pct is None for row in answer.rows)
    assert answer.rows[0].change_points is not None


def test_a_kpi_that_knows_no_governorates_is_not_applicable(small: Warehouse) -> None:
    assert governorate_ranking(small, kpi_id="programme_performance", filters=THIS_YEAR).nothing == "not_applicable"


def test_only_kpis_with_a_value_per_governorate_are_offered(small: Warehouse) -> None:
    offered = {kpi.id for kpi in map_kpis(small, THIS_YEAR)}
    assert {"digital_transactions", "transactions_per_1000", "digital_take_up", "governorate_readiness"} <= offered
    assert not offered & {"programme_performance", "excellence_level", "journeys_designed"}
    by_channel = {kpi.id for kpi in map_kpis(small, replace(THIS_YEAR, channel="app"))}
    assert "digital_transactions" in by_channel
    assert "transactions_per_1000" not in by_channel


def test_the_ranking_and_the_map_show_the_same_values(small: Warehouse) -> None:
    for kpi in map_kpis(small, THIS_YEAR):
        places = governorate_map(small, kpi_id=kpi.id, filters=THIS_YEAR)
        ranked = governorate_ranking(small, kpi_id=kpi.id, filters=THIS_YEAR)
        assert {place.governorate.id: place.value for place in places.values} == {
            row.governorate.id: row.value for row in ranked.rows
        }, kpi.id


def test_the_population_is_the_latest_dated_before_the_end_of_the_period(small: Warehouse) -> None:
    def population(period: str) -> dict[str, tuple[int | None, date | None]]:
        facts = governorate_facts(small, filters=Filters(Period.parse(period)))
        return {one.governorate.id: (one.population, one.population_as_of) for one in facts}

    assert population("2025-01..2025-05")["G-B"] == (4000, date(2025, 3, 1))
    assert population("2025-01..2025-02")["G-B"] == (2000, date(2023, 1, 1))
    assert population("2025-01..2025-05")["G-C"] == (None, None)


def test_the_density_is_computed_with_the_population_that_is_shown(small: Warehouse) -> None:
    here = replace(THIS_YEAR, governorate_id="G-B")
    value = headline(small, kpi_id="transactions_per_1000", filters=here).value
    assert value == pytest.approx(1000 * 1100 / 4000)


def test_before_anybody_names_a_governorate_nothing_is_known_of_its_density(demo_workspace: Path) -> None:
    months = Warehouse.open(demo_workspace).query(
        """
        select
            governorate_id,
            min(month) as first_named,
            (
                select min(density.month) from kpi_transactions_per_1000 as density
                where density.governorate_id = named.governorate_id
            ) as first_density
        from kpi_digital_transactions as named where governorate_id is not null group by governorate_id
        """
    )
    assert months["first_named"].n_unique() > 1
    assert months["first_named"].to_list() == months["first_density"].to_list()


def test_who_names_no_governorate_is_listed_with_how_much(small: Warehouse) -> None:
    rows = {row.entity.id: row for row in remainder_by_entity(small, filters=THIS_YEAR)}
    assert (rows["health"].not_allocated, rows["health"].total) == (150, 650)
    assert (rows["police"].not_allocated, rows["police"].total) == (0, 1100)
    assert rows["trade"].share_pct == 100
    remainder = headline(small, kpi_id="digital_transactions", filters=replace(THIS_YEAR, governorate_id=NOT_ALLOCATED))
    assert sum(row.not_allocated for row in rows.values()) == remainder.value


def test_channels_and_top_services_are_those_of_the_governorate(small: Warehouse) -> None:
    here = scorecard(small, filters=replace(THIS_YEAR, governorate_id="G-A"))
    assert [(one.channel.id, one.value, one.share_pct) for one in here.channels] == [("app", 500, 100)]
    assert [(one.service.id, one.entity.id, one.transactions) for one in here.top_services] == [("h1", "health", 500)]
    rest = scorecard(small, filters=replace(THIS_YEAR, governorate_id=NOT_ALLOCATED))
    assert {one.service.id for one in rest.top_services} == {"t1", "h3", "n1"}
    assert rest.projects == rest.services == ()


def test_projects_are_those_placed_there_and_those_the_source_leaves_open(placed: Warehouse) -> None:
    projects = scorecard(placed, filters=replace(THIS_YEAR, governorate_id="G-A")).projects
    assert [(one.id, one.governorate is not None) for one in projects] == [("P2", True), ("P3", False)]
    assert (projects[0].progress_pct, projects[0].planned_pct, projects[0].reported_on) == (50, 90, date(2025, 3, 10))


def test_a_number_of_a_governorate_says_whose_transactions_name_it_and_not_who_reported(small: Warehouse) -> None:
    for governorate, last_year, this_year in (
        ("G-A", (2, 3), (1, 2)),
        ("G-B", (1, 3), (1, 2)),
        ("G-C", (0, 3), (0, 2)),
    ):
        for year, counted in ((2024, last_year), (2025, this_year)):
            filters = Filters(Period.parse(f"{year}-01..{year}-05"), governorate_id=governorate)
            answer = headline(small, kpi_id="transactions", filters=filters)
            assert answer.reported is None
            assert answer.naming == Naming(*counted)
    assert headline(small, kpi_id="transactions", filters=THIS_YEAR).naming is None
    rest = headline(small, kpi_id="transactions", filters=replace(THIS_YEAR, governorate_id=NOT_ALLOCATED))
    assert (rest.naming, rest.reported) == (None, None)


def test_the_source_of_a_population_is_that_of_its_date_in_both_languages(small: Warehouse) -> None:
    facts = {one.governorate.id: one for one in governorate_facts(small, filters=THIS_YEAR)}
    sources = {name: (one.population_source, one.population_source_ar) for name, one in facts.items()}
    assert sources == {"G-A": ("census", "تعداد"), "G-B": ("estimate", None), "G-C": (None, None)}


def test_a_project_has_no_progress_before_its_first_report(placed: Warehouse) -> None:
    before = Filters(Period.parse("2025-01..2025-02"), governorate_id="G-A")
    assert [one.progress_pct for one in scorecard(placed, filters=before).projects] == [None, None]


def test_own_services_platforms_and_readiness_are_listed(placed: Warehouse) -> None:
    here = scorecard(placed, filters=replace(THIS_YEAR, governorate_id="G-A"))
    assert [(one.service.id, one.digitised_on, one.in_digitisation_scope) for one in here.services] == [
        ("o1", date(2024, 2, 1), True),
        ("o2", None, False),
    ]
    assert [one.platform.id for one in here.platforms] == ["x"]
    (office,) = here.readiness
    assert office.assessed_on == (date(2023, 12, 31), date(2024, 11, 30))
    assert {one.indicator.id: one.scores for one in office.indicators} == {"i1": (40, 60), "i2": (None, 55)}
    earlier = Filters(Period.parse("2024-01..2024-05"), governorate_id="G-A")
    assert scorecard(placed, filters=earlier).readiness[0].assessed_on == (date(2023, 12, 31),)
    elsewhere = scorecard(placed, filters=replace(THIS_YEAR, governorate_id="G-B"))
    assert elsewhere.services == elsewhere.platforms == elsewhere.readiness == ()


def test_the_file_holds_the_outlines_and_a_hole_is_not_one(placed: Warehouse) -> None:
    outlines = {one.governorate_id: one.rings for one in boundaries(placed)}
    assert outlines == {"G-A": (tuple(map(tuple, SQUARE[0])),), "G-B": (tuple(map(tuple, SQUARE[0])),)}
    holes = placed.query("select count(distinct ring) from dim_governorate_boundary where is_hole").item()
    assert holes == 1


def test_a_workspace_without_boundaries_or_governorates_has_none(small: Warehouse, empty: Warehouse) -> None:
    assert boundaries(small) == boundaries(empty) == ()
    assert governorate_facts(empty, filters=THIS_YEAR) == ()
    assert governorate_ranking(empty, kpi_id="digital_transactions", filters=THIS_YEAR).nothing == "not_provided"
    assert scorecard(empty, filters=THIS_YEAR).channels == ()
    assert remainder_by_entity(empty, filters=THIS_YEAR) == ()


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ("torn", 0),
        ("{}", 0),
        (geojson(polygon("G-A", SQUARE[0]), {"id": "G-B", "geometry": {"type": "Point", "coordinates": [1, 2]}}), 2),
        (geojson({"geometry": {"type": "Polygon", "coordinates": SQUARE}}), 1),
        (geojson(polygon("G-A", [["east", "north"]])), 1),
        (geojson(polygon("G-A", [[[300, 20]]])), 1),
        (geojson(polygon("G-A", SQUARE[0]), polygon("G-X", SQUARE[0])), 2),
        (geojson(polygon("G-A", SQUARE[0]), polygon("G-A", SQUARE[0])), 2),
    ],
    ids=["not JSON", "no features", "a point", "no id", "words", "no degrees", "no governorate", "twice"],
)
def test_a_file_that_is_no_map_is_refused_with_its_place(tmp_path, text, feature) -> None:
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "governorates.geojson").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        read_boundaries(tmp_path, ("G-A", "G-B"))
    assert "governorates.geojson" in refused.value.what("en")
    assert str(feature) in refused.value.what("en")
    assert refused.value.next_step("ar")


def test_every_governorate_of_the_demo_has_its_outline(demo_workspace) -> None:
    warehouse = Warehouse.open(demo_workspace)
    outlined = {one.governorate_id for one in boundaries(warehouse)}
    assert outlined == {one.governorate.id for one in governorate_facts(warehouse, filters=THIS_YEAR)}
    assert len(outlined) == 11
    warehouse.close()


def test_an_unknown_measure_is_answered_with_the_digital_transactions(small: Warehouse) -> None:
    answer = governorates_overview(small, kpi_id="programme_performance", filters=THIS_YEAR)
    assert answer.map == answer.topic
    assert answer.ranking.kpi.id == "digital_transactions"


def test_entities_that_begin_to_name_governorates_are_counted(small: Warehouse) -> None:
    # Police name theirs in both periods, ports only in the base.
    assert governorates_overview(small, kpi_id="transactions", filters=THIS_YEAR).newly.entities == 0
    backwards = replace(
        THIS_YEAR, period=Period.parse("2024-01..2024-05"), compare=Comparison.parse("2025-01..2025-05")
    )
    newly = governorates_overview(small, kpi_id="transactions", filters=backwards).newly
    assert (newly.entities, newly.transactions) == (1, 2500)

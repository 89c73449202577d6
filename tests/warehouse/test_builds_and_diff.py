"""Older builds stay readable by name, and two builds can be compared down to the file that made the difference."""

from datetime import date
from pathlib import Path

import pytest

from kpi.errors import BuildUnavailable, NothingPublished
from kpi.ingest.load import load
from kpi.ingest.withdraw import withdraw
from kpi.settings import Settings
from kpi.warehouse.build import build
from kpi.warehouse.builds import current_build_id, find_build, published_builds
from kpi.warehouse.connect import Warehouse
from kpi.warehouse.diff import diff
from kpi.warehouse.publish import manifests
from tests.warehouse.smalltown import SUMS, expected_sums, make_smalltown, write_generation, write_log


def publish(settings: Settings) -> str:
    load(settings)
    return build(settings).manifest.build_id


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_smalltown(tmp_path)


@pytest.fixture
def generations(settings: Settings) -> list[str]:
    """Return the ids of three builds: generations 1, 2 and 3 of the logs."""
    ids = []
    for generation in (1, 2, 3):
        write_generation(settings.workspace, generation)
        ids.append(publish(settings))
    return ids


def test_every_build_answers_with_its_own_figures_as_of_its_time(settings: Settings, generations: list[str]) -> None:
    for generation, build_id in enumerate(generations, start=1):
        assert Warehouse.open(settings.workspace, build_id).query(SUMS).rows() == expected_sums(generation)
    assert Warehouse.open(settings.workspace).query(SUMS).rows() == expected_sums(3)
    assert Warehouse.open(settings.workspace, "previous").build_id == generations[1]
    assert find_build(settings.workspace, "current").build_id == generations[2]


def test_an_unknown_or_doubtful_name_is_refused_with_the_names_there_are(
    settings: Settings, generations: list[str]
) -> None:
    for name in ("1999", "2"):
        with pytest.raises(BuildUnavailable) as caught:
            Warehouse.open(settings.workspace, name)
        assert generations[0] in caught.value.next_step("ar")


def test_a_damaged_build_asked_for_by_name_is_never_replaced_by_another(
    settings: Settings, generations: list[str]
) -> None:
    path = settings.workspace / "warehouse" / f"kpi-{generations[0]}.duckdb"
    path.chmod(0o644)
    path.write_bytes(b"")
    with pytest.raises(BuildUnavailable) as caught:
        Warehouse.open(settings.workspace, generations[0])
    assert "damaged" in caught.value.what("en")
    assert "تالف" in caught.value.what("ar")


def test_the_list_says_which_build_is_current_and_which_is_damaged(settings: Settings, generations: list[str]) -> None:
    (settings.workspace / "warehouse" / f"kpi-{generations[2]}.duckdb.wal").write_bytes(b"")
    found = published_builds(settings.workspace)
    assert [build.manifest.build_id for build in found] == generations[::-1]
    assert [build.damage for build in found] == ["stray_wal", None, None]
    assert [build.is_current for build in found] == [False, True, False]
    assert current_build_id(settings.workspace) == generations[1]
    with pytest.raises(NothingPublished):
        published_builds(settings.workspace / "reference")


def test_the_build_named_by_the_setting_and_the_current_one_are_never_pruned(
    settings: Settings, generations: list[str]
) -> None:
    pinned = settings.model_copy(update={"build": generations[0], "keep_builds": 1})
    for generation in (4, 5, 6):
        write_generation(settings.workspace, generation)
        last = publish(pinned)
    kept = {manifest.build_id for manifest in manifests(settings.workspace / "warehouse")}
    assert kept == {generations[0], last}


def test_a_changed_file_is_tied_to_exactly_the_values_it_moved(settings: Settings) -> None:
    before = publish(settings)
    write_log(settings.workspace, "parks", "picnic", [3, 10, 3])
    after = publish(settings)
    found = diff(settings.workspace, before, after)
    assert [(file.source_file, file.change, file.entities) for file in found.files] == [
        ("transactions/parks.csv", "changed", ("parks",))
    ]
    assert found.files[0].months == (date(2024, 2, 1), date(2024, 2, 1))
    moved = {(change.kpi_id, change.entity_id): change for change in found.values}
    assert {change.month for change in found.values} == {date(2024, 2, 1)}
    assert moved["transactions", None].difference == 7
    assert moved["transactions", "parks"].difference == 7
    assert ("transactions", "baths") not in moved
    assert {change.causes for change in found.values} == {("transactions/parks.csv",)}
    assert (found.registries, found.definitions) == ((), ())


def test_added_and_removed_files_are_told_apart_and_values_appear_and_vanish(settings: Settings) -> None:
    before = publish(settings)
    withdraw(settings.workspace, ["transactions/parks.csv"], by="amal", why="sent by mistake")
    after = publish(settings)
    removed = diff(settings.workspace, before, after)
    assert [(file.source_file, file.change) for file in removed.files] == [("transactions/parks.csv", "removed")]
    gone = [change for change in removed.values if (change.kpi_id, change.entity_id) == ("transactions", "parks")]
    assert len(gone) == 3
    assert all(change.after.value is None and change.difference is None for change in gone)
    added = diff(settings.workspace, after, before)
    assert [(file.source_file, file.change) for file in added.files] == [("transactions/parks.csv", "added")]
    assert len(added.values) == len(removed.values)


def test_a_changed_registry_is_named_as_the_cause(settings: Settings) -> None:
    before = publish(settings)
    path = settings.workspace / "reference" / "services.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Picnic,", "Picnic,2024-01-01"), encoding="utf-8")
    found = diff(settings.workspace, before, publish(settings))
    assert found.registries == ("dim_service",)
    digitised = [change for change in found.values if change.kpi_id == "services_digitised" and not change.entity_id]
    assert digitised
    assert all("dim_service" in change.causes for change in digitised)


def test_a_service_event_is_the_cause_in_every_later_month(settings: Settings) -> None:
    before = publish(settings)
    with (settings.workspace / "inbox" / "services" / "events.csv").open("a") as events:
        events.write("swim,simplified,2024-01-20\n")
    found = diff(settings.workspace, before, publish(settings))
    assert [file.log for file in found.files] == ["services"]
    assert all("services/events.csv" in change.causes for change in found.values)


def test_a_build_compared_with_itself_differs_in_nothing(settings: Settings) -> None:
    publish(settings)
    assert diff(settings.workspace, "current", "current").is_same


def test_every_accepted_row_is_counted_once_in_the_coverage_of_the_files(demo_workspace: Path) -> None:
    warehouse = Warehouse.open(demo_workspace)
    differing = warehouse.query(
        """
        select load_file.source_file, load_file.rows_accepted, sum(load_coverage.log_rows) as log_rows
        from load_file left join load_coverage on load_file.source_file = load_coverage.source_file
        group by all
        having load_file.rows_accepted <> coalesce(sum(load_coverage.log_rows), 0)
        """
    )
    assert differing.rows() == []
    totals = warehouse.query(
        "select (select sum(transactions) from load_coverage), (select sum(transactions) from fct_transaction_month)"
    ).row(0)
    assert totals[0] == totals[1]

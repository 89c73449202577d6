"""Every registry of the demonstration workspace is whole: counts, keys, dates, and the vocabulary of its columns."""

import json
import re
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from kpi.catalogue import codes
from tests.registries.test_registry_names import names_of, plain

Registry = Callable[[str], pl.DataFrame]
IDS = {
    "entities": "entity_id",
    "governorates": "governorate_id",
    "journeys": "journey_id",
    "projects": "project_id",
    "platforms": "platform_id",
    "initiatives": "initiative_id",
    "guides": "guide_id",
    "indicators": "indicator_id",
    "levels": "level_id",
    "claims": "claim_id",
}
ROWS = {
    "entities": 49,
    "governorates": 11,
    "governorate_population": 22,
    "journeys": 16,
    "indicators": 25,
    "levels": 5,
    "change_teams": 41,
}
KEYS = [
    ("entities", "governorate_id", "governorates"),
    ("governorate_population", "governorate_id", "governorates"),
    ("projects", "owner_entity_id", "entities"),
    ("projects", "governorate_id", "governorates"),
    ("platforms", "owner_entity_id", "entities"),
    ("initiatives", "owner_entity_id", "entities"),
    ("guides", "owner_entity_id", "entities"),
    ("targets", "entity_id", "entities"),
    ("change_teams", "entity_id", "entities"),
    ("platform_adoption", "entity_id", "entities"),
    ("claims", "entity_id", "entities"),
    ("claims", "governorate_id", "governorates"),
]
DATES = {
    "entities": ("expected_from", "expected_to"),
    "governorate_population": ("as_of",),
    "journeys": ("designed_on",),
    "projects": ("start_on", "due_on"),
    "guides": ("issued_on",),
    "targets": ("valid_from", "valid_to"),
    "change_teams": ("active_from", "active_to"),
    "platform_adoption": ("adopted_on",),
    "claims": ("period_from", "period_to", "source_date"),
}
KINDS = {
    "entities": {"ministry", "authority", "council", "centre", "unit", "other", "governorate_office"},
    "projects": {"project", "initiative", "platform", "system", "strategy", "guide"},
    "platforms": {"system", "platform", "portal", "app", "network"},
    "initiatives": {"programme", "initiative", "project", "plan", "strategy"},
    "guides": {"guide", "policy", "framework", "strategy", "methodology"},
}
NAMED = [
    "entities",
    "governorates",
    "journeys",
    "projects",
    "platforms",
    "initiatives",
    "guides",
    "indicators",
    "levels",
]
EVERY = sorted({*IDS, *ROWS, "targets", "platform_adoption"})
SOURCED = ("projects", "platforms", "platform_adoption", "initiatives", "guides", "change_teams")
ARABIC = re.compile(r"[\u0621-\u064a]")


@pytest.mark.parametrize("name", ROWS)
def test_a_registry_has_its_number_of_rows(name: str, registry: Registry) -> None:
    assert registry(name).height == ROWS[name]


@pytest.mark.parametrize("name", IDS)
def test_an_id_is_given_once(name: str, registry: Registry) -> None:
    ids = registry(name)[IDS[name]]
    assert ids.null_count() == 0
    assert ids.is_unique().all()


@pytest.mark.parametrize(("name", "column", "target"), KEYS)
def test_a_reference_to_another_registry_resolves(name: str, column: str, target: str, registry: Registry) -> None:
    used = set(registry(name)[column].drop_nulls())
    assert used <= set(registry(target)[IDS[target]])


@pytest.mark.parametrize("name", DATES)
def test_a_date_is_a_calendar_date(name: str, registry: Registry) -> None:
    rows = registry(name)
    for column in DATES[name]:
        for value in rows[column].drop_nulls():
            assert date.fromisoformat(value).isoformat() == value


@pytest.mark.parametrize("name", NAMED)
def test_a_name_exists_in_both_languages(name: str, registry: Registry) -> None:
    rows = registry(name)
    assert rows["name_ar"].null_count() == rows["name_en"].null_count() == 0
    assert all(ARABIC.search(value) for value in rows["name_ar"])
    assert not any(ARABIC.search(value) for value in rows["name_en"])
    assert rows["name_ar"].is_unique().all()
    assert rows["name_en"].is_unique().all()


@pytest.mark.parametrize("name", EVERY)
def test_every_row_says_where_it_comes_from(name: str, registry: Registry) -> None:
    assert registry(name)["source"].null_count() == 0


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_is_one_of_the_list(name: str, registry: Registry) -> None:
    assert set(registry(name)["kind"]) <= KINDS[name]


@pytest.mark.parametrize("name", ["projects", "platforms", "initiatives", "guides"])
def test_kinds_and_states_are_codes_that_have_names_in_both_languages(name: str, registry: Registry) -> None:
    rows, lists = registry(name), codes()
    assert set(rows["kind"]) <= {code.id for code in lists["kind"]}
    assert set(rows["status"]) <= {code.id for code in lists["published_status"]}


@pytest.mark.parametrize("name", SOURCED)
def test_a_source_that_pages_show_is_written_in_arabic_too(name: str, registry: Registry) -> None:
    for arabic in registry(name)["source_ar"]:
        assert ARABIC.search(arabic)
        assert not re.search("[A-Za-z]", arabic)


def test_every_platform_of_the_adoption_is_a_platform_or_a_project_that_delivers_one(registry: Registry) -> None:
    delivered = registry("projects").filter(pl.col("shared_platform") == "true")
    known = {*registry("platforms")["platform_id"], *delivered["project_id"]}
    adoption = registry("platform_adoption")
    assert set(adoption["platform_id"]) <= known
    assert adoption.select("platform_id", "entity_id").is_unique().all()
    assert delivered["purpose_ar"].null_count() == delivered["purpose_en"].null_count() == 0


def test_every_system_and_platform_of_the_inventory_is_shown_as_one(registry: Registry, shared_table: Registry) -> None:
    delivered = registry("projects").filter(pl.col("shared_platform") == "true")
    shown = pl.concat(
        [registry("platforms").select("name_ar", "also_named"), delivered.select("name_ar", "also_named")]
    )
    names = {plain(name) for name in names_of(shown)}
    inventory = shared_table("seed_inventory").filter(pl.col("kind").is_in(["system", "platform"]))
    assert {name for name in inventory["arabic_name"] if plain(name) not in names} == set()


def test_use_of_platforms_says_that_it_is_synthetic(registry: Registry) -> None:
    assert registry("platform_adoption")["source"].str.starts_with("synthetic").all()


@pytest.mark.parametrize("name", ["projects", "platforms", "initiatives", "guides"])
def test_a_thing_has_owner_and_status_even_when_they_are_not_stated(name: str, registry: Registry) -> None:
    rows = registry(name)
    for column in ("owner_ar", "owner_en", "status"):
        assert rows[column].null_count() == 0


def test_48_entities_report_and_11_of_them_are_governorate_offices(registry: Registry) -> None:
    entities = registry("entities")
    reporting = entities.filter(pl.col("reports_transactions") == "true")
    offices = reporting.filter(pl.col("kind") == "governorate_office")
    assert (reporting.height, offices.height, entities.height) == (48, 11, 49)
    assert offices["governorate_id"].n_unique() == 11
    assert reporting.filter(pl.col("kind") != "governorate_office")["governorate_id"].null_count() == 37


def test_a_late_joiner_says_that_its_date_is_synthetic(registry: Registry) -> None:
    late = registry("entities").filter(pl.col("expected_from").is_not_null())
    assert late.height == 4
    assert late["source"].str.contains("synthetic").all()


def test_the_programme_has_36_projects_of_which_24_are_named(registry: Registry) -> None:
    programme = registry("projects").filter(pl.col("in_programme") == "true").sort("project_id")
    assert programme["project_id"].to_list() == [f"p{number:02d}" for number in range(1, 37)]
    named = programme.filter(pl.col("named_in_source") == "true")
    assert named["project_id"].to_list() == [f"p{number:02d}" for number in range(1, 25)]
    completed = programme.filter(pl.col("status") == "completed")
    assert completed["project_id"].to_list() == [f"p{number:02d}" for number in range(1, 26)]


@pytest.mark.parametrize(("day", "designed"), [("2024-05-20", 8), ("2024-11-30", 14), ("2025-05-31", 16)])
def test_the_journeys_designed_by_a_day_are_those_published(day: str, designed: int, registry: Registry) -> None:
    assert registry("journeys").filter(pl.col("designed_on") <= day).height == designed


def test_the_census_adds_up_to_the_national_population(registry: Registry) -> None:
    people = registry("governorate_population").with_columns(pl.col("population").cast(pl.Int64))
    totals = dict(people.group_by("as_of").agg(pl.col("population").sum()).iter_rows())
    assert totals == {"2020-12-12": 4_471_148, "2022-12-31": 4_933_850}


def test_every_governorate_has_its_own_tile_and_its_own_shape(registry: Registry, reference: Path) -> None:
    governorates = registry("governorates")
    assert governorates.select("tile_row", "tile_col").is_unique().all()
    shapes = json.loads((reference / "governorates.geojson").read_text(encoding="utf-8"))
    assert {feature["id"] for feature in shapes["features"]} == set(governorates["governorate_id"])
    assert "Natural Earth" in shapes["lineage"]


def test_levels_cover_every_score_from_0_to_100(registry: Registry) -> None:
    bounds = registry("levels").sort("sort_order")["score_from_pct"].cast(pl.Float64).to_list()
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[-1] == 0


def test_the_workspace_says_in_both_languages_that_it_is_synthetic(reference: Path) -> None:
    settings = tomllib.loads((reference.parent / "workspace.toml").read_text(encoding="utf-8"))
    assert settings["synthetic"] is True
    assert settings["country"] == "OM"
    assert ARABIC.search(settings["synthetic_note_ar"])
    assert "generated" in settings["synthetic_note_en"]

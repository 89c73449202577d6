from datetime import date
from pathlib import Path

import polars as pl
import pytest

from kpi.catalogue import codes


@pytest.fixture(scope="module")
def services(workspace: Path) -> pl.DataFrame:
    return pl.read_csv(workspace / "reference" / "services.csv", try_parse_dates=True)


@pytest.fixture(scope="module")
def events(workspace: Path) -> pl.DataFrame:
    files = sorted((workspace / "inbox" / "services").iterdir())
    rows = pl.concat([pl.read_csv(file, infer_schema=False) for file in files], how="diagonal")
    return rows.with_columns(
        pl.col("event_on").str.to_date(), pl.col("^(steps|documents|visits|minutes)_.*$").cast(pl.Int64)
    )


def happened(events: pl.DataFrame, event: str, day: date) -> pl.Series:
    return events.filter((pl.col("event") == event) & (pl.col("event_on") <= day))["service_id"]


def test_every_service_has_a_name_in_both_languages_and_its_own_script(services: pl.DataFrame) -> None:
    assert services.filter(pl.col("name_ar").fill_null("").str.strip_chars().str.len_chars() < 5).is_empty()
    assert services.filter(pl.col("name_en").fill_null("").str.strip_chars().str.len_chars() < 5).is_empty()
    assert not services["name_ar"].str.contains(r"[A-Za-z]").any()
    assert not services["name_en"].str.contains(r"\p{Arabic}").any()


def test_services_are_unique_and_owned_by_reporting_bodies(services: pl.DataFrame, workspace: Path) -> None:
    entities = pl.read_csv(workspace / "reference" / "entities.csv").filter(pl.col("reports_transactions"))
    assert services["service_id"].is_unique().all()
    assert services.select("entity_id", "name_ar").is_unique().all()
    assert services.select("entity_id", "name_en").is_unique().all()
    assert set(services["entity_id"]) == set(entities["entity_id"])
    assert set(services["beneficiary"]) <= {code.id for code in codes()["beneficiary"]}


def test_services_of_governorate_offices_carry_their_governorate(services: pl.DataFrame, workspace: Path) -> None:
    entities = pl.read_csv(workspace / "reference" / "entities.csv").select("entity_id", office="governorate_id")
    assert (
        services.join(entities, on="entity_id").filter(pl.col("governorate_id").ne_missing(pl.col("office"))).is_empty()
    )


def test_journeys_group_forty_five_services(services: pl.DataFrame, workspace: Path) -> None:
    journeys = pl.read_csv(workspace / "reference" / "journeys.csv")["journey_id"]
    assert services["journey_id"].count() == 45
    assert set(services["journey_id"].drop_nulls()) <= set(journeys)


def test_the_directory_holds_4100_services_at_the_end_of_may_2025(events: pl.DataFrame) -> None:
    day = date(2025, 5, 31)
    assert len(happened(events, "registered", day)) - len(happened(events, "retired", day)) == 4_100


def test_every_service_is_registered_once_before_anything_else_happens_to_it(
    services: pl.DataFrame, events: pl.DataFrame
) -> None:
    registered = events.filter(pl.col("event") == "registered").select("service_id", since="event_on")
    assert sorted(registered["service_id"]) == sorted(services["service_id"])
    assert events.join(registered, on="service_id").filter(pl.col("event_on") < pl.col("since")).is_empty()
    assert events.select("service_id", "event").is_unique().all()


@pytest.mark.parametrize(
    ("day", "count"), [(date(2024, 11, 30), 1_700), (date(2025, 5, 31), 1_867), (date(2025, 12, 31), 2_277)]
)
def test_digitised_services_in_scope_meet_the_published_counts(
    services: pl.DataFrame, events: pl.DataFrame, day: date, count: int
) -> None:
    scope = services.filter(pl.col("digitisation_from") <= date(2021, 12, 31))["service_id"]
    assert len(scope) == 2_523
    assert scope.is_in(happened(events, "digitised", day).implode()).sum() == count
    assert len(happened(events, "digitised", day)) == count


@pytest.mark.parametrize(
    ("day", "target", "count"),
    [
        (date(2024, 11, 30), 2_869, 2_680),
        (date(2025, 5, 31), 2_869, 2_754),
        (date(2025, 12, 31), 3_166, 3_166),
    ],
)
def test_simplified_priority_services_meet_the_published_counts(
    services: pl.DataFrame, events: pl.DataFrame, day: date, target: int, count: int
) -> None:
    targeted = services.filter(pl.col("priority_from") <= day)["service_id"]
    assert len(targeted) == target
    assert targeted.is_in(happened(events, "simplified", day).implode()).sum() == count
    assert len(happened(events, "simplified", day)) == count


def test_nothing_that_is_targeted_or_in_scope_is_ever_retired(services: pl.DataFrame, events: pl.DataFrame) -> None:
    retired = events.filter(pl.col("event") == "retired")["service_id"]
    scoped = services.filter(pl.col("priority_from").is_not_null() | pl.col("digitisation_from").is_not_null())
    assert not scoped["service_id"].is_in(retired.implode()).any()


def test_the_counts_grow_month_by_month(events: pl.DataFrame) -> None:
    for event in ("digitised", "simplified"):
        found = events.filter((pl.col("event") == event) & (pl.col("event_on") > date(2021, 1, 31)))
        assert found["event_on"].dt.truncate("1mo").n_unique() == 59


def test_the_laboratories_simplified_381_services_of_which_145_were_measured(events: pl.DataFrame) -> None:
    manjam = events.filter((pl.col("programme") == "manjam") & (pl.col("event_on") <= date(2025, 5, 31)))
    measured = events.filter(pl.col("steps_before").is_not_null())
    assert len(manjam) == 381
    assert len(measured) == 145
    assert set(measured["programme"]) == {"manjam"}
    assert set(measured["event_on"].dt.year()) == {2023}


@pytest.mark.parametrize(("measure", "saved_pct"), [("steps", 53), ("minutes", 73)])
def test_the_measured_services_saved_what_was_published(events: pl.DataFrame, measure: str, saved_pct: int) -> None:
    before, after = events[f"{measure}_before"].sum(), events[f"{measure}_after"].sum()
    assert round(100 * (before - after) / before) == saved_pct
    assert events.filter(pl.col(f"{measure}_after") > pl.col(f"{measure}_before")).is_empty()

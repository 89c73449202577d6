"""The published figures are complete, dated by months, and kept as published."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from kpi.catalogue import load_catalogue

Registry = Callable[[str], pl.DataFrame]
ARABIC = re.compile(r"[\u0621-\u064a]")


@pytest.fixture
def claims(registry: Registry) -> pl.DataFrame:
    return registry("claims")


def test_every_published_figure_has_a_claim(claims: pl.DataFrame, shared_table: Registry) -> None:
    ids = set(claims["claim_id"])
    bases = ids | {re.sub(r"(?<=\d)[a-z]$", "", claim_id) for claim_id in ids}
    published = {claim_id.replace(" ", "-") for claim_id in shared_table("published_figures")["id"]}
    assert len(published) == 48
    assert published <= bases
    assert {base for base in ids if base.startswith("O40")} == {base for base in published if base.startswith("O40")}


def test_a_whole_number_of_the_published_list_is_carried_unchanged(
    claims: pl.DataFrame, shared_table: Registry
) -> None:
    values = dict(claims.select("claim_id", "value").iter_rows())
    compared = 0
    for claim_id, value in shared_table("published_figures").select("id", "value").iter_rows():
        if claim_id in values and re.fullmatch(r"\d+", value or ""):
            assert values[claim_id] == value
            compared += 1
    assert compared > 20


def test_conflict_groups_of_the_published_list_are_kept(claims: pl.DataFrame, shared_table: Registry) -> None:
    published = shared_table("published_figures").filter(pl.col("conflict_group").is_not_null())
    for claim_id, group in published.select("id", "conflict_group").iter_rows():
        assert group in set(claims.filter(pl.col("claim_id").str.starts_with(claim_id))["conflict_group"]), claim_id


def test_a_conflict_has_at_least_two_members(claims: pl.DataFrame) -> None:
    sizes = claims.drop_nulls("conflict_group").group_by("conflict_group").len()
    assert sizes.height == 6
    assert all(members >= 2 for members in sizes["len"])


def test_every_claim_says_its_metric_in_both_languages(claims: pl.DataFrame) -> None:
    assert claims["metric_ar"].null_count() == claims["metric_en"].null_count() == 0
    assert all(ARABIC.search(metric) for metric in claims["metric_ar"])
    assert not any(ARABIC.search(metric) for metric in claims["metric_en"])


def test_a_note_is_in_both_languages_or_in_none(claims: pl.DataFrame) -> None:
    assert (claims["note_ar"].is_null() == claims["note_en"].is_null()).all()


def test_a_claim_names_only_kpis_of_the_catalogue(claims: pl.DataFrame) -> None:
    assert set(claims["kpi_id"].drop_nulls()) <= set(load_catalogue())


def test_a_target_names_only_kpis_of_the_catalogue(registry: Registry) -> None:
    assert set(registry("targets")["kpi_id"]) <= set(load_catalogue())


def test_a_claim_of_a_stock_is_dated_by_one_month(claims: pl.DataFrame) -> None:
    catalogue = load_catalogue()
    for kpi_id, first, last in claims.drop_nulls("kpi_id").select("kpi_id", "period_from", "period_to").iter_rows():
        if catalogue[kpi_id].flow == "stock":
            assert first == last


def test_a_period_is_made_of_whole_months_in_order(claims: pl.DataFrame) -> None:
    for first, last in claims.select("period_from", "period_to").iter_rows():
        days = [date.fromisoformat(day) for day in (first, last) if day is not None]
        assert all(day.day == 1 for day in days)
        assert days == sorted(days)


def test_a_claim_with_a_figure_has_its_text_precision_and_bound(claims: pl.DataFrame) -> None:
    stated = claims.drop_nulls("value")
    for column in ("published_ar", "published_en", "precision", "unit"):
        assert stated[column].null_count() == 0
    assert set(stated["bound"]) == {"exact", "at_least"}
    assert (stated["precision"].cast(pl.Float64) > 0).all()


def test_a_claim_without_a_figure_says_that_none_was_found(claims: pl.DataFrame) -> None:
    silent = claims.filter(pl.col("value").is_null())
    assert silent.height == 3
    assert silent["note_en"].str.contains("No published figure").all()


def test_scope_and_place_fit_together(claims: pl.DataFrame) -> None:
    assert set(claims["scope"]) <= {"programme", "entity", "governorate"}
    governorate = claims.filter((pl.col("scope") == "governorate") & pl.col("kpi_id").is_not_null())
    assert governorate["governorate_id"].null_count() == 0
    assert claims.filter(pl.col("scope") == "programme")["governorate_id"].drop_nulls().len() == 0
    assert claims.filter(pl.col("scope") == "entity")["entity_id"].null_count() == 0


def test_three_meanings_of_80_percent_stay_apart(claims: pl.DataFrame) -> None:
    metrics = dict(claims.filter(pl.col("value") == "80").select("claim_id", "metric_en").iter_rows())
    assert len({metrics["O04"], metrics["D002"], metrics["D007"]}) == 3
    kpis = dict(claims.select("claim_id", "kpi_id").iter_rows())
    assert (kpis["O04"], kpis["D002"], kpis["D007"]) == ("programme_performance", None, None)


def test_the_381_are_not_the_numerator_of_the_96_percent(claims: pl.DataFrame) -> None:
    rows = claims.filter(pl.col("value").is_in(["381", "96"])).drop_nulls("kpi_id")
    assert set(rows.select("value", "kpi_id").iter_rows()) == {
        ("381", "services_simplified_manjam"),
        ("96", "priority_services_simplified"),
    }


def test_files_are_utf8_with_one_line_end(reference: Path) -> None:
    for path in sorted(reference.glob("*.csv")):
        content = path.read_bytes()
        assert not content.startswith(b"\xef\xbb\xbf")
        assert b"\r" not in content
        content.decode("utf-8")

"""The register of published figures: names of sources, and figures that contradict each other."""

from pathlib import Path

import pytest

from kpi.queries.claims import Claim, claim_rows, claims, conflicts
from kpi.warehouse.connect import Warehouse


@pytest.fixture(scope="module")
def register(demo_workspace: Path) -> tuple[Claim, ...]:
    warehouse = Warehouse.open(demo_workspace)
    found = claims(warehouse)
    warehouse.close()
    return found


def test_every_source_of_the_demo_has_an_arabic_name(register) -> None:
    assert {claim.claim_id for claim in register if claim.source_ar is None} == set()
    observer = next(claim for claim in register if claim.source == "Oman Daily")
    assert (observer.source_name("ar"), observer.source_name("en")) == ("جريدة عُمان", "Oman Daily")


def test_every_figure_is_in_one_group_and_only_contradictions_are_together(register) -> None:
    groups = conflicts(register)
    assert sorted(claim.claim_id for group in groups for claim in group) == sorted(one.claim_id for one in register)
    for group in groups:
        together = {claim.claim_id for claim in group}
        assert all(set(claim.conflicts_with) <= together for claim in group)
        assert len(group) == 1 or all(claim.conflicts_with for claim in group)


def test_the_figure_published_for_two_periods_stands_beside_its_contradiction(register) -> None:
    group = next(group for group in conflicts(register) if any(claim.claim_id == "O02" for claim in group))
    assert {claim.claim_id for claim in group} == {"O01", "O02", "O03"}


def test_bodies_published_per_level_are_counted_in_that_level_and_an_empty_level_counts_none(register) -> None:
    by_id = {claim.claim_id: claim for claim in register}
    levels = [by_id[f"O26{part}"] for part in "abcde"]
    assert [level.computed_value for level in levels] == [4, 38, 6, 1, 0]
    assert sum(level.computed_value for level in levels) == by_id["O26f"].computed_value
    assert {level.verdict for level in levels} == {"agrees"}


def test_a_figure_about_several_levels_together_is_not_set_beside_one_of_them(register) -> None:
    by_id = {claim.claim_id: claim for claim in register}
    assert [by_id[f"O27{part}"].computed_value for part in "abc"] == [13, 36, None]
    assert by_id["O27c"].verdict == "not_computable"


def test_the_file_has_every_column_of_the_register(demo_workspace: Path) -> None:
    warehouse = Warehouse.open(demo_workspace)
    rows = claim_rows(warehouse)
    columns = warehouse.query("select column_name from duckdb_columns() where table_name = 'serve_claims'")
    assert set(rows.columns) == set(columns["column_name"])
    assert rows.height == len(claims(warehouse))
    warehouse.close()

"""The heavy stage stays in the subset of SQL that a distributed engine runs alike."""

from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

CUBES = sorted((Path(__file__).resolve().parents[1] / "sql" / "cube").glob("*.sql"))
REFUSED = (exp.Pivot, exp.Qualify, exp.Unnest, exp.Window, exp.ArrayAgg, exp.Div, exp.Round, exp.Lateral)


@pytest.mark.parametrize("path", CUBES, ids=lambda path: path.stem)
def test_a_cube_uses_no_construct_that_differs_between_engines(path: Path) -> None:
    tree = sqlglot.parse_one(path.read_text(encoding="utf-8"), read="duckdb")
    assert not list(tree.find_all(*REFUSED))
    assert not tree.find(exp.Star) or all(isinstance(star.parent, exp.Count) for star in tree.find_all(exp.Star))
    for total in tree.find_all(exp.Sum, exp.Count):
        assert isinstance(total.parent, exp.Cast), f"{total.sql()} is not cast: engines type it differently"

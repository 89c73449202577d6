"""What programs do to an id makes no other id of it, and the bounds in the ledger hold every id in between."""

import polars as pl
import pytest

from kpi.ingest.unit_ids import EVERYTHING, bounds, normal_ids, ordered


@pytest.mark.parametrize(
    "written",
    ["A-000007", "a-7", "A–7", "A\N{MINUS SIGN}007", '="A-7"', "'A-07", "A-7.0", "Ａ－7", "“A-7”"],
)
def test_every_writing_of_an_id_has_one_normal_form(written: str) -> None:
    assert normal_ids(pl.Series([written])).to_list() == ["a-7"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A-70", "A-7"),
        ("A-7-1", "A-71"),
        ("B-7", "A-7"),
        ("0", "1"),
        ("00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-0000000000a"),
    ],
)
def test_different_ids_stay_different(one: str, other: str) -> None:
    first, second = normal_ids(pl.Series([one, other]))
    assert first != second


@pytest.mark.parametrize(
    ("ids", "is_bounded"),
    [
        ([f"{number:06}" for number in range(1, 40)], True),
        ([str(number) for number in range(1, 400, 7)], True),
        ([f"MOH-2501-{number}" for number in range(8, 14)], True),
        ([f"MOH-202501{day:02}-{day:04}" for day in range(1, 29)], True),
        ([*(f"A-{number:04}" for number in range(100, 140)), "a-7"], True),
        (["9" * 19, "1" * 20, "5"], False),
        (["X1", "YY22", "ZZZ333"], False),
    ],
)
def test_every_id_lies_between_the_bounds(ids: list[str], is_bounded: bool) -> None:
    first, last = bounds(pl.Series(ids))
    assert ((first, last) != EVERYTHING) == is_bounded
    found = ordered(pl.Series(ids))
    assert first <= str(found.min())
    assert str(found.max()) <= last

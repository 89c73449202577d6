"""No beneficiary number of the inputs stands in clear in the published file, nor in its public edition."""

import re
from pathlib import Path

import duckdb
import pytest

from tests.demo.demo_reading import raw_rows

NUMBER = re.compile(rb"(?<![0-9A-Fa-f])[0-9]{4,12}(?![0-9A-Fa-f])")
# Sizes and row numbers are as long as a beneficiary number and mean something else.
OTHER_NUMBERS = ("size_bytes",)


@pytest.fixture(scope="module")
def numbers(demo_workspace: Path) -> set[str]:
    """Return every beneficiary number of the demo's inbox, as it was sent."""
    found: set[str] = set()
    for path in sorted((demo_workspace / "inbox" / "transactions").rglob("*")):
        if path.is_file():
            found |= {row.values.get("beneficiary_number", "").strip() for row in raw_rows(path)}
    digits = {number for number in found if number.isascii() and number.isdigit() and len(number) >= 7}
    assert len(digits) > 1_000
    return digits


@pytest.fixture(scope="module", params=["published", "public"])
def file(request: pytest.FixtureRequest, analyst_file: Path, public_edition) -> Path:
    return analyst_file if request.param == "published" else public_edition(10)


def test_no_number_stands_in_the_bytes_of_the_file(file: Path, numbers: set[str]) -> None:
    assert {match.decode() for match in NUMBER.findall(file.read_bytes())} & numbers == set()


def test_no_number_stands_in_any_column(file: Path, numbers: set[str]) -> None:
    # Compression hides text from a search of the bytes, so every column is read as well.
    with duckdb.connect(str(file), read_only=True) as connection:
        columns = connection.execute(
            "select table_name, column_name from duckdb_columns() where not internal "
            "and (data_type in ('VARCHAR', 'BIGINT', 'HUGEINT') or data_type like '%[]')"
        ).fetchall()
        for table, column in columns:
            if column in OTHER_NUMBERS:
                continue
            texts = connection.execute(
                f'select distinct "{column}"::varchar from "{table}" '
                f"where regexp_matches(\"{column}\"::varchar, '[0-9]{{7}}')"
            ).fetchall()
            tokens = {token.decode() for (text,) in texts for token in NUMBER.findall(text.encode())}
            assert tokens & numbers == set(), f"{table}.{column}"


def test_no_column_is_named_for_a_person(file: Path) -> None:
    with duckdb.connect(str(file), read_only=True) as connection:
        named = connection.execute(
            "select table_name, column_name from duckdb_columns() where not internal "
            "and regexp_matches(column_name, 'beneficiary_|civil|person')"
        ).fetchall()
    assert named == []

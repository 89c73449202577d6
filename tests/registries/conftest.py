"""The registries of the demonstration workspace as plain text frames."""

import os
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
REFERENCE = REPOSITORY / "data" / "reference"

Registry = Callable[[str], pl.DataFrame]


@pytest.fixture(scope="session")
def reference() -> Path:
    """Return the folder of the committed registries."""
    return REFERENCE


@pytest.fixture(scope="session")
def registry() -> Registry:
    """Return a reader of one committed registry; every column is text, an empty cell is null."""
    return lambda name: pl.read_csv(REFERENCE / f"{name}.csv", infer_schema=False)


@pytest.fixture(scope="session")
def shared_table() -> Registry:
    """Return a reader of one table that lies outside the repository; skip where it is absent."""

    def read(name: str) -> pl.DataFrame:
        folder = Path(os.environ.get("KPI_SHARED", str(REPOSITORY.parent / "shared")))
        path = folder / "data" / f"{name}.csv"
        if not path.is_file():
            pytest.skip(f"{path} is absent: names and figures cannot be compared with their inventory")
        return pl.read_csv(path, infer_schema=False)

    return read

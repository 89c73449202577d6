"""Open the published file: read-only, verified, one instance per build, one cursor per query."""

import re
import warnings
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa

from kpi.errors import BuildUnavailable
from kpi.warehouse.answers import Answers
from kpi.warehouse.builds import current_build_id, open_first_good, previous_good
from kpi.warehouse.faults import refusals_in_words
from kpi.warehouse.manifest import Manifest, damage_looked_at_anew

__all__ = ["READER_CONFIG", "Warehouse", "current_build_id"]

KEPT_BYTES = 32 * 2**20
LARGEST_KEPT_BYTES = 2**18
READER_CONFIG: dict[str, str | float | list[str]] = {
    "threads": "2",
    "memory_limit": "512MB",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "enable_external_access": "false",
    "lock_configuration": "true",
}

# A relation (`cursor.sql`) would not copy the rows, but plan every statement twice, which costs more for a page's.
warnings.filterwarnings("ignore", message="Arrow output on a DB-API result")


_NOT_SERVED_YET = re.compile(r"\bserve_\w+ does not exist|column \"\w+\" not found")
"""What the engine says of a question that a build was made without."""


class Warehouse:
    """Answer queries from one published build; safe to share between threads."""

    def __init__(self, path: Path, manifest: Manifest, connection: duckdb.DuckDBPyConnection) -> None:
        self.path = path
        self.manifest = manifest
        self._connection = connection
        self._answers = Answers(KEPT_BYTES, LARGEST_KEPT_BYTES)

    @property
    def build_id(self) -> str:
        """Return the id of the build that answers."""
        return self.manifest.build_id

    @staticmethod
    def open(workspace: Path, build_id: str | None = None) -> "Warehouse":
        """Open the build in service, or the last good one when that is damaged; with `build_id` exactly that one.

        Raises `NothingPublished` when no build of the workspace can be read, `BuildUnavailable` when the build asked
        for is unknown or damaged.
        """
        return Warehouse(*open_first_good(workspace, build_id, connect_read_only))

    @staticmethod
    def open_previous(workspace: Path, build_id: str) -> "Warehouse | None":
        """Open the good build published before another one; None when there is none."""
        before = previous_good(workspace, build_id)
        return Warehouse.open(workspace, before) if before else None

    def query(self, sql: str, parameters: Mapping[str, object] | None = None, **named: object) -> pl.DataFrame:
        """Run one statement with bound `$name` parameters and return its rows; small answers are kept.

        Raises `QueryRefused` with the file's own words for a question that has no answer.
        """
        bound = {**(parameters or {}), **named}
        # Types too: true and 1 are equal in Python and not in SQL.
        key = sql, tuple((name, type(value), value) for name, value in sorted(bound.items()))
        try:
            hash(key)
        except TypeError:  # a list is no key
            return self._ask(sql, bound)
        return self._answers.get(key, lambda: self._ask(sql, bound)).clone()

    def _ask(self, sql: str, parameters: Mapping[str, object]) -> pl.DataFrame:
        with self._faults_of_the_file(), self._connection.cursor() as cursor, refusals_in_words():
            cursor.execute(sql, dict(parameters))
            # Not `pa.table`: to see whether it was given a data frame, it loads pandas, 44 MiB and a third of a second.
            rows = pa.RecordBatchReader.from_stream(cursor.to_arrow_reader()).read_all()
        return pl.DataFrame(rows.rename_columns(_told_apart(rows.column_names)))

    def stream(self, sql: str, parameters: Mapping[str, object], batch_rows: int) -> Iterator[pl.DataFrame]:
        """Run one statement and return its rows in parts; an empty answer is one part without rows."""
        with self._faults_of_the_file(), self._connection.cursor() as cursor, refusals_in_words():
            reader = cursor.sql(sql, params=dict(parameters)).to_arrow_reader(batch_rows)
            yield pl.DataFrame(reader.schema.empty_table())
            for batch in reader:
                yield pl.DataFrame(batch)

    @contextmanager
    def _faults_of_the_file(self) -> Generator[None]:
        """Raise `BuildUnavailable` when the engine stumbles because the bytes are not the published ones any more.

        They are looked at anew then, so that whoever asks next which build is in service gets the last intact one.
        """
        try:
            yield
        except duckdb.Error as error:
            if (found := damage_looked_at_anew(self.path.parent, self.manifest)) is None:
                reason = str(error).partition("\n")[0]
                if isinstance(error, duckdb.CatalogException | duckdb.BinderException) and _NOT_SERVED_YET.search(
                    reason
                ):
                    raise BuildUnavailable("build_of_older_form", reason=reason) from error
                raise
            raise BuildUnavailable("build_damaged", build=self.build_id, damage=found) from error

    def close(self) -> None:
        """Close the connection and forget the answers; open queries finish first."""
        self._connection.close()
        self._answers = Answers(KEPT_BYTES, LARGEST_KEPT_BYTES)


def _told_apart(names: list[str]) -> list[str]:
    """Number the names that come twice, as a relation does; Polars wants every column by a name of its own."""
    seen: set[str] = set()
    told = []
    for name in names:
        number, one = 0, name
        while one in seen:
            number += 1
            one = f"{name}_{number}"
        seen.add(one)
        told.append(one)
    return told


def connect_read_only(path: Path) -> duckdb.DuckDBPyConnection:
    """Connect to a published file with the readers' settings; the caller has verified it."""
    # Everything is set while connecting: a second connection in one process shares the first one's locked instance.
    return duckdb.connect(str(path), read_only=True, config=READER_CONFIG.copy())

"""Tell a full disk, a refused question and a wrong statement apart: DuckDB says all three in its own errors."""

from collections.abc import Generator
from contextlib import contextmanager

import duckdb

from kpi.errors import StorageError, question_refused

DISK_FULL = ("No space left on device", "Disk quota exceeded", "max_temp_directory_size")
VALUE_FAULTS = (duckdb.OutOfRangeException, duckdb.ConversionException)
"""What DuckDB raises when a value, not a statement, is at fault."""
FORBIDDEN = ("Permission denied", "Read-only file system")


def storage_error_of(error: duckdb.Error, place: object) -> StorageError | None:
    """Put a full disk or a forbidden folder into words; None when the error is about something else."""
    text = str(error)
    if any(sign in text for sign in DISK_FULL):
        return StorageError("disk_full", place=place)
    if any(sign in text for sign in FORBIDDEN):
        return StorageError("folder_forbidden", place=place)
    return None


def rows_behind(connection: duckdb.DuckDBPyConnection) -> str:
    """Name the files and rows of the lake with the largest values, which a statement about values has failed on.

    One row for each numeric column of the transactions; empty where the lake cannot be asked.
    """
    try:
        columns = connection.execute(
            "select column_name from (describe lake_transactions) "
            "where column_type like 'DECIMAL%' or (column_type like '%INT%' and column_name not like '%key' "
            "and column_name not in ('source_row', 'months_covered'))"
        ).fetchall()
        return "; ".join(_largest(connection, name) for (name,) in columns)
    except duckdb.Error:
        return ""


def _largest(connection: duckdb.DuckDBPyConnection, column: str) -> str:
    file, row, value = connection.execute(
        "select any_value(lake_files.source_file), arg_max(sent.source_row, sent.measured), max(sent.measured) "
        f"from (select *, abs({column}) as measured from lake_transactions) as sent "  # noqa: S608 a column of ours
        "left join lake_files on lake_files.lake_file = sent.lake_file "
        "group by sent.lake_file order by 3 desc nulls last limit 1"
    ).fetchall()[0]
    return f"{file}, {row}, {column}: {value}"


@contextmanager
def refusals_in_words() -> Generator[None]:
    """Raise `QueryRefused` where a macro of the file refuses the question that the block asks."""
    try:
        yield
    except duckdb.InvalidInputException as error:
        refused = question_refused(str(error))
        if refused is None:
            raise
        raise refused from error

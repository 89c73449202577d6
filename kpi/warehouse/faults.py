"""Tell a full disk from a wrong statement: DuckDB says both in its own errors."""

import duckdb

from kpi.errors import StorageError

DISK_FULL = ("No space left on device", "Disk quota exceeded", "max_temp_directory_size")
FORBIDDEN = ("Permission denied", "Read-only file system")


def storage_error_of(error: duckdb.Error, place: object) -> StorageError | None:
    """Put a full disk or a forbidden folder into words; None when the error is about something else."""
    text = str(error)
    if any(sign in text for sign in DISK_FULL):
        return StorageError("disk_full", place=place)
    if any(sign in text for sign in FORBIDDEN):
        return StorageError("folder_forbidden", place=place)
    return None

"""The ledger of source files and the checks that the build passed."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from kpi.warehouse.connect import Warehouse

# The ledger grows columns with the loader; a build made by an older one is read just as well.
_FILES = "select * from load_file order by source_file"
_HAS_BOTH_COUNT = "select count(*) from duckdb_tables() where table_name = 'load_both_count'"
_BOTH_COUNT = """
select entity_id, month, older_file, older_transactions, newer_file, newer_transactions, both_count_reason
from load_both_count
order by month desc, entity_id, older_file
"""
_CHECKS = """
select check_name, severity, promise, offending_rows
from meta_check
order by offending_rows = 0, severity, check_name
"""


@dataclass(frozen=True)
class LedgerFile:
    """Hold what was read of one source file and when; `error` says in English why it could not be read."""

    source_file: str
    log: str
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    loaded_at: datetime
    error: str | None
    error_key: str | None
    error_facts: dict[str, str]


@dataclass(frozen=True)
class BothCount:
    """Name a month of an entity that two files bring and both count, what each adds, and why."""

    entity_id: str
    month: date
    older_file: str
    older_transactions: int
    newer_file: str
    newer_transactions: int
    reason: str


@dataclass(frozen=True)
class LogTotal:
    """Sum up the files of one log."""

    log: str
    files: int
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    last_loaded_at: datetime


@dataclass(frozen=True)
class Ledger:
    """Hold every source file, those that could not be read among them, and the months that come from two files."""

    files: tuple[LedgerFile, ...]
    both_count: tuple[BothCount, ...] = ()

    @property
    def unreadable(self) -> tuple[LedgerFile, ...]:
        """Return the files that could not be read."""
        return tuple(file for file in self.files if file.error is not None)

    @property
    def last_loaded_at(self) -> datetime | None:
        """Return when the last file was read; None without files."""
        return max((file.loaded_at for file in self.files), default=None)

    @property
    def logs(self) -> tuple[LogTotal, ...]:
        """Sum up the files by log, the largest log first."""
        totals = (_total(log, self.files) for log in {file.log for file in self.files})
        return tuple(sorted(totals, key=lambda total: (-total.rows_read, total.log)))


@dataclass(frozen=True)
class Check:
    """Tell how one check of the build ended: what it promises, and how many rows break the promise."""

    name: str
    severity: Literal["block", "warn"]
    promise: str
    offending_rows: int


def ledger(warehouse: Warehouse) -> Ledger:
    """Read the ledger of source files."""
    files = tuple(_file(row) for row in warehouse.query(_FILES).iter_rows(named=True))
    if not warehouse.query(_HAS_BOTH_COUNT).item():
        return Ledger(files)
    return Ledger(files, tuple(BothCount(*row) for row in warehouse.query(_BOTH_COUNT).iter_rows()))


def checks(warehouse: Warehouse) -> tuple[Check, ...]:
    """Read the results of the checks, those that found something first."""
    return tuple(Check(*row) for row in warehouse.query(_CHECKS).iter_rows())


def _file(row: dict) -> LedgerFile:
    return LedgerFile(
        source_file=row["source_file"],
        log=row["log"],
        rows_read=row["rows_read"],
        rows_accepted=row["rows_accepted"],
        rows_rejected=row["rows_rejected"],
        loaded_at=datetime.fromisoformat(row["loaded_at"]),
        error=row["error"],
        error_key=row.get("error_key"),
        error_facts=_facts(row.get("error_facts")),
    )


def _facts(stored: object) -> dict[str, str]:
    if isinstance(stored, str):
        try:
            stored = json.loads(stored)
        except ValueError:
            return {}
    return {str(name): str(value) for name, value in stored.items()} if isinstance(stored, dict) else {}


def _total(log: str, files: tuple[LedgerFile, ...]) -> LogTotal:
    own = [file for file in files if file.log == log]
    return LogTotal(
        log=log,
        files=len(own),
        rows_read=sum(file.rows_read for file in own),
        rows_accepted=sum(file.rows_accepted for file in own),
        rows_rejected=sum(file.rows_rejected for file in own),
        last_loaded_at=max(file.loaded_at for file in own),
    )

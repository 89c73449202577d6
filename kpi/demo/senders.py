"""Decide how each body sends its transactions: file format, optional columns, gaps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kpi.demo import names
from kpi.demo.reference import Reference, ReferenceBody

SUFFIX = {
    "parquet": ".parquet",
    "csv": ".csv",
    "csv_gz": ".csv.gz",
    "csv_utf16": ".utf16.csv",
    "csv_arabic": ".ar.csv",
    "csv_windows_1256": ".windows-1256.csv",
    "tsv": ".tsv",
    "xlsx": ".xlsx",
    "ndjson": ".ndjson",
}
BY_GOVERNORATE = {
    "OM-MU": "csv_windows_1256",
    "OM-WU": "xlsx",
    "OM-BU": "xlsx",
    "OM-SJ": "ndjson",
    "OM-SS": "ndjson",
    "OM-MA": "csv",
    "OM-BJ": "csv",
    "OM-ZA": "csv",
    "OM-ZU": "csv",
}
BY_RANK = {
    9: "csv",
    13: "csv_gz",
    15: "csv",
    18: "tsv",
    20: "csv",
    23: "csv_utf16",
    26: "csv_arabic",
    29: "csv",
    34: "csv",
}
WEIGHTED_COUNTER_RANKS = (0, 3, 8)
NUMBERED_RANKS = (0, 2, 5, 11, 15, 26, 30)
WITHOUT_COMPLETION_RANKS = (12, 22, 32)
SILENT_2025 = {21: date(2025, 3, 1), 28: date(2025, 5, 1)}
SILENT_2024_RANK = 16
SILENT_2024 = (date(2024, 2, 1), date(2024, 3, 1))


@dataclass(frozen=True)
class Sender:
    """How one body sends its logs.

    `columns` are the optional columns of its files; `governorate_id` is set when every row belongs to one governorate.
    """

    body: ReferenceBody
    format: str
    columns: frozenset[str]
    weighted_counter: bool
    silent_months: frozenset[date]

    @property
    def entity_id(self) -> str:
        """Return the id of the body."""
        return self.body.entity_id

    def reports_in(self, month: date) -> bool:
        """Tell whether the body has joined by this month and is not silent in it."""
        since = self.body.expected_from
        return month not in self.silent_months and (since is None or month >= since.replace(day=1))


def senders(reference: Reference) -> tuple[Sender, ...]:
    """Return every reporting body with its habits, largest first, then the governorate offices."""
    reporting = [body for body in reference.bodies if body.reports]
    others = sorted(
        (body for body in reporting if not body.is_governorate_office),
        key=lambda body: (-names.weight(body), body.entity_id),
    )
    offices = [body for body in reporting if body.is_governorate_office]
    return tuple(_ranked(body, rank) for rank, body in enumerate(others)) + tuple(_office(body) for body in offices)


def _ranked(body: ReferenceBody, rank: int) -> Sender:
    absent: set[str] = set()
    absent |= {"completed_at"} if rank in WITHOUT_COMPLETION_RANKS else set()
    absent |= {"beneficiary_number"} if rank not in NUMBERED_RANKS else set()
    absent |= {"fee_omr"} if rank % 4 == 3 else set()
    absent |= {"rating"} if rank % 3 == 1 else set()
    absent |= {"beneficiary"} if rank % 7 == 4 else set()
    silent = {month for at, month in SILENT_2025.items() if at == rank}
    silent |= set(SILENT_2024) if rank == SILENT_2024_RANK else set()
    return _sender(body, BY_RANK, rank, frozenset(absent), rank in WEIGHTED_COUNTER_RANKS, frozenset(silent))


def _office(body: ReferenceBody) -> Sender:
    absent = frozenset() if BY_GOVERNORATE.get(body.governorate_id or "") else frozenset({"beneficiary_number"})
    return _sender(body, BY_GOVERNORATE, body.governorate_id or "", absent, False, frozenset())


def _sender(
    body: ReferenceBody,
    formats: Mapping,
    key: int | str,
    absent: frozenset[str],
    weighted: bool,
    silent: frozenset[date],
) -> Sender:
    optional = {"completed_at", "beneficiary", "beneficiary_number", "fee_omr", "rating"}
    chosen = formats.get(key, "parquet")
    # The Arabic templates have all columns, whatever the body would otherwise leave out.
    columns = optional if chosen in {"csv_arabic", "csv_windows_1256"} else optional - absent
    return Sender(body, chosen, frozenset(columns), weighted, silent)

"""The contracts of the four logs: each column, what it may hold, and how an accepted row is stored.

Everything else is derived from this declaration: which headers are recognised, how a value is parsed, which
reason rejects it, the schema of the lake, what SQL sees of it, what a file contributes to whom and when, and the checks
that nothing accepted is lost on the way.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import polars as pl

Kind = Literal["text", "integer", "decimal", "moment", "day", "code", "reference", "beneficiary", "identifier"]

FEE = pl.Decimal(18, 3)
PERCENT = pl.Decimal(5, 2)
MOMENT = pl.Datetime("us")
ROW_NUMBER = "source_row"
SERVICE = "service_id"
LARGEST_COUNT = 10**9  # of one row: sums over a billion rows stay inside 64 bits
LARGEST_FEE_OMR = 10**7  # of one transaction: a number of a person or a day in its place is beyond it


@dataclass(frozen=True)
class LogColumn:
    """One column of a log: its kind, its limits and the headers under which it is recognised."""

    name: str
    kind: Kind
    stored: pl.DataType | None
    headers: tuple[str, ...] = ()
    required: bool = False
    minimum: int | None = None
    maximum: int | None = None
    decimals: int = 0
    list: str | None = None  # code list of a code, registry of a reference
    counts: bool = False  # how many things the row stands for: one where the file has no such column, else never blank

    @property
    def falls_out(self) -> bool:
        """Tell whether a bad value costs itself only: it is optional, and nothing is counted or split by it."""
        return not (self.required or self.counts or self.kind in ("code", "reference", "identifier"))

    @property
    def is_percent(self) -> bool:
        """Tell whether the column holds percentages."""
        return self.stored == PERCENT


@dataclass(frozen=True)
class Contract:
    """One log: its columns, and the key no two rows of a file may share.

    `day` is the column that says when a row happened and `owner` the reference that leads to its entity; `derived`
    columns are worked out of those that a file brings. The lake holds the number of the row, then the columns that are
    stored, then those derived.
    """

    log: str
    columns: tuple[LogColumn, ...]
    key: tuple[str, ...]
    registries: tuple[str, ...]
    day: str
    owner: Literal["entity_id", "service_id", "project_id"]
    derived: tuple[tuple[str, pl.DataType], ...] = ()

    @cached_property
    def by_name(self) -> dict[str, LogColumn]:
        """Return the columns by name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def lake_schema(self) -> dict[str, pl.DataType]:
        """Return the schema of an accepted row, in the lake's order."""
        stored = {column.name: column.stored for column in self.columns if column.stored is not None}
        return {ROW_NUMBER: pl.Int64()} | stored | dict(self.derived)


REJECTED_SCHEMA: dict[str, pl.DataType] = {
    "log": pl.String(),
    "source_file": pl.String(),
    "source_row": pl.Int64(),
    "column": pl.String(),
    "reason": pl.String(),
    "raw": pl.String(),
    "entity_id": pl.String(),
    "severity": pl.String(),  # of `SEVERITIES`
}
SEVERITIES = ("row", "note", "value")
"""What a finding costs: its row, as a fault; its row, which says itself that it counts nothing; only its value."""


def _text(name: str, *headers: str, required: bool = False) -> LogColumn:
    return LogColumn(name, "text", pl.String(), headers, required)


def _code(name: str, *headers: str, codes: str, required: bool = False) -> LogColumn:
    return LogColumn(name, "code", pl.String(), headers, required, list=codes)


def _reference(name: str, *headers: str, registry: str, required: bool = True) -> LogColumn:
    return LogColumn(name, "reference", pl.String(), headers, required, list=registry)


def _count(name: str, *headers: str) -> LogColumn:
    return LogColumn(name, "integer", pl.Int64(), headers, minimum=0, maximum=LARGEST_COUNT)


def _percent(name: str, *headers: str, required: bool = False) -> LogColumn:
    return LogColumn(name, "decimal", PERCENT, headers, required, minimum=0, maximum=100, decimals=2)


def _day(name: str, *headers: str) -> LogColumn:
    return LogColumn(name, "day", pl.Date(), headers, required=True)


TRANSACTIONS = Contract(
    "transactions",
    (
        LogColumn("transaction_id", "identifier", pl.String(), ("رقم المعاملة", "رقم الطلب")),
        LogColumn("submitted_at", "moment", MOMENT, ("تاريخ التقديم", "تاريخ الطلب"), required=True),
        LogColumn("completed_at", "moment", MOMENT, ("تاريخ الإنجاز", "تاريخ الانتهاء")),
        _reference("entity_id", "رمز الجهة", "الجهة", registry="entities", required=False),
        _reference("service_id", "رمز الخدمة", "الخدمة", registry="services"),
        _reference("governorate_id", "المحافظة", "رمز المحافظة", registry="governorates", required=False),
        _code("channel", "القناة", "قناة التقديم", codes="channel"),
        _code("outcome", "النتيجة", "حالة المعاملة", codes="outcome", required=True),
        _code("beneficiary", "المستفيد", "نوع المستفيد", codes="beneficiary"),
        LogColumn("beneficiary_number", "beneficiary", None, ("الرقم المدني", "رقم المستفيد")),
        LogColumn(
            "fee_omr", "decimal", FEE, ("الرسوم", "الرسوم (ر.ع.)"), minimum=0, maximum=LARGEST_FEE_OMR, decimals=3
        ),
        LogColumn("rating", "integer", pl.Int8(), ("التقييم",), minimum=1, maximum=5),
        LogColumn(
            "transactions",
            "integer",
            pl.Int64(),
            ("عدد المعاملات",),
            minimum=0,
            maximum=LARGEST_COUNT,
            counts=True,
        ),
    ),
    key=("transaction_id", "entity_id"),
    registries=("entities", "governorates", "services"),
    day="submitted_at",
    owner="entity_id",
    derived=(("month", pl.Date()), ("months_covered", pl.Int8()), ("beneficiary_key", pl.Int64())),
)
PROJECTS = Contract(
    "projects",
    (
        _reference("project_id", "رمز المشروع", registry="projects"),
        _day("reported_on", "تاريخ التقرير"),
        _percent("progress_pct", "نسبة الإنجاز", required=True),
        _percent("planned_pct", "النسبة المخططة"),
        _code("status", "حالة المشروع", "الحالة", codes="project_status"),
        _text("note", "ملاحظات"),
    ),
    key=("project_id", "reported_on"),
    registries=("projects",),
    day="reported_on",
    owner="project_id",
)
SERVICES = Contract(
    "services",
    (
        _reference("service_id", "رمز الخدمة", registry="services"),
        _code("event", "الحدث", codes="event", required=True),
        _day("event_on", "تاريخ الحدث"),
        _text("programme", "البرنامج"),
        _count("steps_before", "عدد الخطوات قبل"),
        _count("steps_after", "عدد الخطوات بعد"),
        _count("documents_before", "عدد المستندات قبل"),
        _count("documents_after", "عدد المستندات بعد"),
        _count("visits_before", "عدد الزيارات قبل"),
        _count("visits_after", "عدد الزيارات بعد"),
        _count("minutes_before", "الدقائق قبل"),
        _count("minutes_after", "الدقائق بعد"),
    ),
    key=("service_id", "event", "event_on", "programme"),
    registries=("services",),
    day="event_on",
    owner="service_id",
)
ASSESSMENTS = Contract(
    "assessments",
    (
        _reference("entity_id", "رمز الجهة", "الجهة", registry="entities"),
        _reference("indicator_id", "رمز المؤشر", "المؤشر", registry="indicators"),
        _day("assessed_on", "تاريخ التقييم"),
        _percent("score_pct", "الدرجة", "النسبة", required=True),
    ),
    key=("entity_id", "indicator_id", "assessed_on"),
    registries=("entities", "indicators"),
    day="assessed_on",
    owner="entity_id",
)

CONTRACTS: dict[str, Contract] = {
    contract.log: contract for contract in (TRANSACTIONS, PROJECTS, SERVICES, ASSESSMENTS)
}

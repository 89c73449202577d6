"""Small real workspaces: registries and lake files written to a folder, built and opened as any other."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from kpi.lake import Lake, LakeFile
from kpi.periods import Period, shift_months
from kpi.settings import Settings
from kpi.warehouse.build import build
from kpi.warehouse.connect import Warehouse

TRANSACTION_SCHEMA = {
    "source_row": pl.Int64, "transaction_id": pl.String, "submitted_at": pl.Datetime("us"),
    "completed_at": pl.Datetime("us"), "month": pl.Date, "months_covered": pl.Int8, "entity_id": pl.String,
    "service_id": pl.String, "governorate_id": pl.String, "channel": pl.String, "outcome": pl.String,
    "beneficiary": pl.String, "beneficiary_key": pl.Int64, "fee_omr": pl.Decimal(18, 3), "rating": pl.Int8,
    "transactions": pl.Int64,
}  # fmt: skip
PROJECT_SCHEMA = {
    "source_row": pl.Int64, "project_id": pl.String, "reported_on": pl.Date, "progress_pct": pl.Decimal(5, 2),
    "planned_pct": pl.Decimal(5, 2), "status": pl.String, "note": pl.String,
}  # fmt: skip
SERVICE_SCHEMA = {
    "source_row": pl.Int64, "service_id": pl.String, "event": pl.String, "event_on": pl.Date, "programme": pl.String,
    "steps_before": pl.Int64, "steps_after": pl.Int64, "documents_before": pl.Int64, "documents_after": pl.Int64,
    "visits_before": pl.Int64, "visits_after": pl.Int64, "minutes_before": pl.Int64, "minutes_after": pl.Int64,
}  # fmt: skip
ASSESSMENT_SCHEMA = {
    "source_row": pl.Int64, "entity_id": pl.String, "indicator_id": pl.String, "assessed_on": pl.Date,
    "score_pct": pl.Decimal(5, 2),
}  # fmt: skip

ENTITIES = """\
entity_id,name_ar,name_en,kind,reports_transactions,expected_from
health,الصحة,Health,ministry,true,
police,الشرطة,Police,authority,true,
trade,التجارة,Trade,ministry,true,
ports,الموانئ,Ports,authority,true,
newborn,الجديدة,Newborn,authority,true,2025-02-01
archive,الأرشيف,Archive,authority,false,
"""
GOVERNORATES = """\
governorate_id,name_ar,name_en,tile_row,tile_col,sort_order
G-A,ألف,Alpha,1,1,1
G-B,باء,Beta,1,2,2
G-C,جيم,Gamma,2,1,3
"""
POPULATION = """\
governorate_id,as_of,population,source,source_ar
G-A,2023-01-01,1000,census,تعداد
G-B,2023-01-01,2000,census,تعداد
G-B,2025-03-01,4000,estimate,
"""
SERVICES = """\
service_id,entity_id,name_ar,name_en,priority_from,digitisation_from
h1,health,موعد,Appointment,2023-01-01,2023-01-01
h2,health,سجل,Record,,
h3,health,وصفة,Prescription,,
p1,police,مخالفة,Fine,2023-01-01,2023-01-01
t1,trade,رخصة,Licence,,2023-01-01
s1,ports,إرساء,Berth,,2023-01-01
n1,newborn,طلب,Request,,
"""
PROJECTS = """\
project_id,name_ar,name_en,in_programme,owner_entity_id
P1,أول,First,true,health
P2,ثان,Second,true,police
P3,ثالث,Third,false,police
"""
TARGETS = """\
kpi_id,entity_id,valid_from,valid_to,value
programme_performance,,2025-01-01,2025-12-31,75
services_digitised,,2025-01-01,2025-12-31,80
completion_rate,,2025-01-01,,90
completion_rate,police,2025-01-01,,99
processing_time_median,,2025-01-01,,58
digital_transactions,,2025-01-01,2025-05-31,1900
transactions,,2025-01-01,2025-12-31,1
"""
CLAIMS = """\
claim_id,kpi_id,metric_ar,metric_en,scope,period_from,period_to,value,unit,precision,bound,published_ar,published_en
C1,digital_transactions,معاملات,Transactions,programme,2025-01-01,2025-05-01,1900,transactions,100,exact,1900,1900
C2,,لا مؤشر,No KPI,programme,2025-01-01,2025-05-01,7,services,1,exact,7,7
"""
WORKSPACE = """\
name_ar = "مساحة صغيرة"
name_en = "Small workspace"
programme_ar = "برنامج"
programme_en = "Programme"
synthetic = true
synthetic_note_ar = "بيانات للاختبار"
synthetic_note_en = "Made for tests"
"""


def transaction(
    month: date, entity: str, service: str, n: int, *, channel: str | None = "app", governorate: str | None = None,
    outcome: str = "completed", rating: int | None = None, minutes: int | None = None, months_covered: int = 1,
) -> dict[str, object]:  # fmt: skip
    """Return one weighted row of the transactions log."""
    submitted = datetime(month.year, month.month, 2, 8)
    return {
        "submitted_at": submitted,
        "completed_at": submitted + timedelta(minutes=minutes) if minutes is not None else None,
        "month": month,
        "months_covered": months_covered,
        "entity_id": entity,
        "service_id": service,
        "governorate_id": governorate,
        "channel": channel,
        "outcome": outcome,
        "rating": rating,
        "transactions": n,
    }


def open_workspace(folder: Path, registries: dict[str, str], logs: dict[str, Iterable[dict]]) -> Warehouse:
    """Write a workspace, build it and open it."""
    (folder / "reference").mkdir(parents=True)
    (folder / "workspace.toml").write_text(WORKSPACE, encoding="utf-8")
    for name, text in registries.items():
        (folder / "reference" / f"{name}.csv").write_text(text, encoding="utf-8")
    schemas = {
        "transactions": TRANSACTION_SCHEMA, "projects": PROJECT_SCHEMA, "services": SERVICE_SCHEMA,
        "assessments": ASSESSMENT_SCHEMA,
    }  # fmt: skip
    for log, rows in logs.items():
        put_in_lake(folder, log, pl.DataFrame(list(rows), schema=schemas[log]))
    build(Settings(workspace=folder))
    return Warehouse.open(folder)


def put_in_lake(folder: Path, log: str, frame: pl.DataFrame) -> None:
    """Put accepted rows into the lake as one source file."""
    lake = Lake(folder)
    sha256 = hashlib.sha256(log.encode()).hexdigest()
    path = lake.data_path(log, sha256[:16], "accepted")
    path.parent.mkdir(parents=True, exist_ok=True)
    numbered = frame.with_columns(source_row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    numbered.write_parquet(path)
    lake.commit(
        LakeFile(
            log=log,
            source_file=f"{log}/all.csv",
            source_name=log,
            sha256=sha256,
            bytes=1,
            rows_read=frame.height,
            rows_accepted=frame.height,
            rows_rejected=0,
            rejected_by_reason={},
            accepted_path=path,
            rejected_path=None,
            loaded_at="2025-06-01T00:00:00+00:00",
            loader_version="1",
        )  # fmt: skip
    )


def small_transactions() -> Iterable[dict]:
    """Send January 2024 to May 2025: ports fall silent in 2025, trade in April; h2 ends, h3 and n1 begin."""
    for month in Period.parse("2024-01..2025-05"):
        this_year = month.year == 2025
        yield transaction(month, "health", "h1", 100, governorate="G-A", rating=5, minutes=60)
        yield transaction(month, "health", "h1", 50, channel="counter")
        yield transaction(month, "health", "h1", 5, outcome="rejected", governorate="G-A")
        yield transaction(month, "health", "h1", 5, outcome="abandoned", governorate="G-A")
        yield transaction(month, "health", "h3" if this_year else "h2", 30 if this_year else 20, channel="web")
        yield transaction(month, "police", "p1", 220 if this_year else 200, channel="web", governorate="G-B")
        if month < date(2025, 4, 1):
            yield transaction(month, "trade", "t1", 40)
        if not this_year:
            yield transaction(month, "ports", "s1", 500, channel="web", governorate="G-A")
        if month >= date(2025, 2, 1):
            yield transaction(month, "newborn", "n1", 10)


def small_projects() -> Iterable[dict]:
    """Report three times: 10 % in December 2023, 20 and 40 % in May 2024, 60 and 80 % in March 2025."""
    reports = ((date(2023, 12, 10), 10, 10), (date(2024, 5, 10), 20, 40), (date(2025, 3, 10), 60, 80))
    for reported_on, first, second in reports:
        for project_id, progress in (("P1", first), ("P2", second), ("P3", 100)):
            yield {"project_id": project_id, "reported_on": reported_on, "progress_pct": progress}


def small_service_events() -> Iterable[dict]:
    """Digitise h1 in 2024 and p1 in January 2025; simplify h1 in 2024 and p1 at the end of 2025."""
    events = (
        ("h1", "digitised", date(2024, 2, 1)), ("p1", "digitised", date(2025, 1, 15)),
        ("h1", "simplified", date(2024, 2, 1)), ("p1", "simplified", date(2025, 12, 1)),
    )  # fmt: skip
    for service_id, event, event_on in events:
        yield {"service_id": service_id, "event": event, "event_on": event_on}


def quarterly_transactions() -> Iterable[dict]:
    """Send six quarters of 2016 and 2017; ports fall silent in the last one."""
    for index in range(6):
        quarter = shift_months(date(2016, 1, 1), 3 * index)
        yield transaction(quarter, "health", "h1", 300 + index, channel="online", months_covered=3)
        if index < 5:
            yield transaction(quarter, "ports", "s1", 900, channel="online", months_covered=3)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Open a workspace whose every number can be worked out by hand."""
    registries = {
        "entities": ENTITIES, "governorates": GOVERNORATES, "governorate_population": POPULATION,
        "services": SERVICES, "projects": PROJECTS, "targets": TARGETS, "claims": CLAIMS,
    }  # fmt: skip
    logs = {"transactions": small_transactions(), "projects": small_projects(), "services": small_service_events()}
    warehouse = open_workspace(tmp_path_factory.mktemp("small") / "workspace", registries, logs)
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="session")
def quarterly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Open a workspace whose two entities report by quarter."""
    entities = "\n".join(ENTITIES.splitlines()[index] for index in (0, 1, 4)) + "\n"
    services = "\n".join(SERVICES.splitlines()[index] for index in (0, 1, 6)) + "\n"
    registries = {"entities": entities, "services": services}
    folder = tmp_path_factory.mktemp("quarterly") / "workspace"
    warehouse = open_workspace(folder, registries, {"transactions": quarterly_transactions()})
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Open a workspace that knows its entities and has received nothing."""
    warehouse = open_workspace(tmp_path_factory.mktemp("empty") / "workspace", {"entities": ENTITIES}, {})
    yield warehouse
    warehouse.close()

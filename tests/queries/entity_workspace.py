"""A workspace with everything that is on record about an entity: assessments, projects, teams, platforms, targets."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl

from kpi.settings import Settings
from kpi.warehouse.build import build
from tests.queries.conftest import (
    GOVERNORATES,
    PROJECT_SCHEMA,
    SERVICE_SCHEMA,
    SERVICES,
    TRANSACTION_SCHEMA,
    WORKSPACE,
    put_in_lake,
    small_projects,
    small_service_events,
    small_transactions,
)

ASSESSMENT_SCHEMA = {
    "source_row": pl.Int64, "entity_id": pl.String, "indicator_id": pl.String, "assessed_on": pl.Date,
    "score_pct": pl.Decimal(5, 2),
}  # fmt: skip
ENTITIES = """\
entity_id,name_ar,name_en,kind,governorate_id,reports_transactions,expected_from
health,الصحة,Health,ministry,,true,
police,الشرطة,Police,authority,,true,
trade,التجارة,Trade,ministry,,true,
ports,الموانئ,Ports,authority,,true,
newborn,الجديدة,Newborn,authority,,true,2025-02-01
archive,الأرشيف,Archive,authority,,false,
office,مكتب ألف,Office of Alpha,governorate_office,G-A,false,
"""
PROJECTS = """\
project_id,name_ar,name_en,in_programme,owner_entity_id,governorate_id
P1,أول,First,true,health,
P2,ثان,Second,true,police,
P3,ثالث,Third,false,,G-A
"""
TARGETS = """\
kpi_id,entity_id,valid_from,valid_to,value
completion_rate,health,2025-01-01,,99.5
entity_readiness,police,2025-01-01,,80
"""
LEVELS = """\
level_id,name_ar,name_en,score_from_pct,sort_order
good,جيد,Good,75,1
fair,مقبول,Fair,50,2
poor,ضعيف,Poor,0,3
"""
INDICATORS = """\
indicator_id,name_ar,name_en,weight
i1,أول,One,1
i2,ثان,Two,1
"""
TEAMS = """\
entity_id,active_from,active_to
health,2024-06-01,
trade,2023-01-01,2023-12-31
"""
PLATFORMS = """\
platform_id,name_ar,name_en,owner_entity_id,purpose_ar,purpose_en
records,السجلات,Records,health,حفظ السجلات,Keeps records
"""
CLAIMS = """\
claim_id,kpi_id,metric_ar,metric_en,scope,entity_id,period_from,period_to,value,unit,precision,bound,published_ar,published_en
C1,digital_transactions,معاملات,Transactions,entity,police,2025-01-01,2025-05-01,1100,transactions,1,exact,1100,1100
"""
REGISTRIES = {
    "entities": ENTITIES, "governorates": GOVERNORATES, "services": SERVICES, "projects": PROJECTS, "targets": TARGETS,
    "levels": LEVELS, "indicators": INDICATORS, "change_teams": TEAMS, "platforms": PLATFORMS, "claims": CLAIMS,
}  # fmt: skip


def assessments() -> Iterable[dict]:
    """Assess four bodies in 2024 and 2025; the office improves from poor to fair, the others stay good or fair."""
    scores = {
        date(2024, 5, 31): {"health": (70, 80), "police": (60, 60), "archive": (50, 60), "office": (20, 40)},
        date(2025, 5, 31): {"health": (90, 80), "police": (70, 60), "archive": (50, 70), "office": (50, 60)},
    }
    for day, bodies in scores.items():
        for entity_id, pair in bodies.items():
            for indicator_id, score in zip(("i1", "i2"), pair, strict=True):
                yield {
                    "entity_id": entity_id, "indicator_id": indicator_id, "assessed_on": day,
                    "score_pct": Decimal(score),
                }  # fmt: skip


def publish_entities(folder: Path) -> Path:
    """Write, build and publish the workspace in an empty folder."""
    (folder / "reference").mkdir(parents=True)
    (folder / "workspace.toml").write_text(WORKSPACE, encoding="utf-8")
    for name, text in REGISTRIES.items():
        (folder / "reference" / f"{name}.csv").write_text(text, encoding="utf-8")
    logs = (
        ("transactions", small_transactions(), TRANSACTION_SCHEMA),
        ("projects", small_projects(), PROJECT_SCHEMA),
        ("services", small_service_events(), SERVICE_SCHEMA),
        ("assessments", assessments(), ASSESSMENT_SCHEMA),
    )
    for log, rows, schema in logs:
        put_in_lake(folder, log, pl.DataFrame(list(rows), schema=schema))
    build(Settings(workspace=folder))
    return folder

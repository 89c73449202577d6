"""A small real workspace whose projects stand in every way, near every limit, owned by several bodies and places."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from kpi.periods import Period
from kpi.warehouse.connect import Warehouse
from tests.queries.conftest import ENTITIES, GOVERNORATES, POPULATION, SERVICES, open_workspace, transaction

PROJECTS = """\
project_id,name_ar,name_en,kind,owner_entity_id,owner_ar,owner_en,in_programme,governorate_id,start_on,due_on
P1,أول,First,project,health,الصحة,Health,true,,2024-01-01,2025-04-30
P2,ثان,Second,project,health,الصحة,Health,true,,2024-01-01,2025-12-31
P3,ثالث,Third,project,police,الشرطة,Police,true,,2024-01-01,2025-12-31
P4,رابع,Fourth,project,police,الشرطة,Police,true,,2024-01-01,2025-03-31
P5,خامس,Fifth,project,police,الشرطة,Police,true,,2024-01-01,2025-12-31
P6,سادس,Sixth,project,trade,التجارة,Trade,true,,2024-01-01,
P7,سابع,Seventh,project,trade,التجارة,Trade,true,,2026-01-01,
P8,ثامن,Eighth,project,trade,التجارة,Trade,true,,2024-01-01,2025-01-31
P9,تاسع,Ninth,project,trade,التجارة,Trade,true,,2024-01-01,2025-12-31
Q1,محلي,Local,project,police,الشرطة,Police,false,G-A,2024-01-01,2025-12-31
Q2,بعيد,Remote,project,,لم يُذكر,not stated,false,G-B,,
Q3,مشترك,Common,project,,لم يُذكر,not stated,false,,,
"""
# Progress and plan at the ends of March, April and May 2025, and what the body says in May.
REPORTED: dict[str, tuple[str, tuple[tuple[float, float | None], ...]]] = {
    "P1": ("in_progress", ((50, 55), (50, 55.04), (50, 55.05))),  # at the limit, rounds to it, rounds beyond it
    "P2": ("delayed", ((90, 90), (95, 94), (99.97, 100))),  # called delayed, and on plan
    "P3": ("in_progress", ((10, 20), (12, 30), (14, 40))),  # behind, and not called delayed
    "P4": ("in_progress", ((80, 90), (100, 95), (100, 100))),  # completed, and not called so
    "P5": ("completed", ((80, 88), (85, 93), (90, 100))),  # called completed, and behind
    "P6": ("in_progress", ((40, 40), (40, 50), (45, None))),  # gives no plan any more
    "P9": ("planned", ((0, 0), (0, 0), (0, 0))),
    "Q1": ("delayed", ((10, 10), (10, 30), (10, 40))),
    "Q2": ("in_progress", ((10, 30), (30, 30), (30, 40))),
    "Q3": ("in_progress", ((30, 30), (30, 36), (30, 30))),
}
DAYS = (date(2025, 3, 31), date(2025, 4, 30), date(2025, 5, 31))


def reports() -> Iterable[dict]:
    """Report three times of every project but two."""
    for project_id, (status, states) in REPORTED.items():
        for day, (progress, planned) in zip(DAYS, states, strict=True):
            yield {
                "project_id": project_id, "reported_on": day, "progress_pct": progress, "planned_pct": planned,
                "status": status if day.month == 5 else "in_progress", "note": None,
            }  # fmt: skip


def open_standing_workspace(folder: Path) -> Warehouse:
    """Build and open the workspace."""
    registries = {
        "entities": ENTITIES, "governorates": GOVERNORATES, "governorate_population": POPULATION,
        "services": SERVICES, "projects": PROJECTS,
    }  # fmt: skip
    sent = [transaction(month, "health", "h1", 10) for month in Period.parse("2025-01..2025-05")]
    return open_workspace(folder, registries, {"projects": reports(), "transactions": sent})

"""A workspace of services whose names, states and journeys are known: for the catalogue, a service and journeys."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from kpi.periods import Period
from kpi.warehouse.connect import Warehouse
from tests.queries.conftest import ENTITIES, GOVERNORATES, open_workspace, transaction

SERVICES = """\
service_id,entity_id,name_ar,name_en,journey_id,governorate_id,beneficiary,priority_from,digitisation_from,source
h1,health,إصدار شهادةِ ميلاد,Birth certificate,j1,,citizen,2023-01-01,2023-01-01,registry
h2,health,تجديد رخصة مُـــزاولة,Renewal of a practice licence,j1,,business,2023-01-01,2023-01-01,registry
h3,health,شؤون المرضى,Patient affairs,,G-A,citizen,2025-06-01,,registry
p1,police,أرشيف المخالفات ٢٠٢٥,Archive of fines (2025),j1,,citizen,2023-01-01,2023-01-01,registry
t1,trade,هيئة الأسواق,Market authority,j2,,business,,2023-01-01,registry
t2,trade,سجل قديم,Old register,j2,,business,2023-01-01,2023-01-01,registry
s1,archive,وثيقة,Document,j3,G-A,,,,
"""
JOURNEYS = """\
journey_id,name_ar,name_en,designed_on
j1,الرحلة 1 (لم يسمّها المصدر),Journey 1 (not named in the source),2024-01-31
j2,الرحلة 2 (لم يسمّها المصدر),Journey 2 (not named in the source),2024-05-31
j3,الرحلة 3 (لم يسمّها المصدر),Journey 3 (not named in the source),
j4,الرحلة 4 (لم يسمّها المصدر),Journey 4 (not named in the source),2026-01-31
"""
TARGETS = """\
kpi_id,entity_id,valid_from,valid_to,value
services_digitised,,2025-01-01,2025-12-31,80
"""


def events() -> Iterable[dict]:
    """Register all but s1; simplify h1 (with figures), h2 and t2; digitise h1 and, later, h2; retire t2 in 2024."""
    figures = {
        "steps_before": 10, "steps_after": 4, "documents_before": 6, "documents_after": 3, "visits_before": 2,
        "visits_after": 0, "minutes_before": 600, "minutes_after": 60,
    }  # fmt: skip
    for service in ("h1", "h2", "h3", "p1", "t1", "t2"):
        yield {"service_id": service, "event": "registered", "event_on": date(2023, 1, 5)}
    yield {"service_id": "h1", "event": "simplified", "event_on": date(2024, 2, 1), "programme": "manjam"} | figures
    yield {"service_id": "h2", "event": "simplified", "event_on": date(2024, 6, 1)}
    yield {"service_id": "t2", "event": "simplified", "event_on": date(2023, 6, 1)}
    yield {"service_id": "h1", "event": "digitised", "event_on": date(2024, 3, 1)}
    yield {"service_id": "t2", "event": "retired", "event_on": date(2024, 9, 1)}
    yield {"service_id": "h2", "event": "digitised", "event_on": date(2025, 7, 15)}


def transactions() -> Iterable[dict]:
    """Log h1 by app and counter, h2 and p1 with as many ends as make rates of 90 and 50 %, all of 2024 and 2025."""
    for month in Period.parse("2024-01..2025-05"):
        yield transaction(month, "health", "h1", 90, governorate="G-A", rating=5)
        yield transaction(month, "health", "h1", 30, channel="counter")
        yield transaction(month, "health", "h2", 90, channel="web")
        yield transaction(month, "health", "h2", 10, channel="web", outcome="abandoned")
        yield transaction(month, "police", "p1", 50, channel="counter")
        yield transaction(month, "police", "p1", 50, channel="counter", outcome="abandoned")


def open_services(folder: Path) -> Warehouse:
    """Build the workspace in a folder that does not exist yet and open it."""
    return open_workspace(
        folder,
        {"entities": ENTITIES, "governorates": GOVERNORATES, "services": SERVICES, "journeys": JOURNEYS,
         "targets": TARGETS},
        {"transactions": transactions(), "services": events()},
    )  # fmt: skip

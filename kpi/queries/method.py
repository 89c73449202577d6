"""How each KPI is computed, as written in the published file."""

from dataclasses import dataclass

from kpi.catalogue import Kpi
from kpi.queries.definitions import definitions
from kpi.warehouse.connect import Warehouse


@dataclass(frozen=True)
class Method:
    """Pair a KPI's definition with the SQL of its view."""

    kpi: Kpi
    view_sql: str


def methods(warehouse: Warehouse) -> tuple[Method, ...]:
    """Read every KPI with the SQL of its view, in the order of display."""
    texts = dict(warehouse.query("select kpi_id, view_sql from meta_kpi_sql").iter_rows())
    return tuple(Method(kpi, texts.get(kpi.id, "")) for kpi in definitions(warehouse).values())

"""What an entity cannot have, which is not applicable to it and not missing: the same on pages and in documents."""

from kpi.catalogue import shown_on
from kpi.queries.definitions import definitions
from kpi.queries.filters import Filters
from kpi.warehouse.connect import Warehouse

_STATEMENT = "select kpi_id, entity_id from serve_kpi_applies where not applies"


def inapplicable(warehouse: Warehouse) -> frozenset[tuple[str, str]]:
    """List the pairs of a KPI and an entity that can have no figure of it."""
    return frozenset(warehouse.query(_STATEMENT).rows())


def inapplicable_within(warehouse: Warehouse, filters: Filters) -> frozenset[str]:
    """List the KPIs that the entity of the filters can have no figure of; as it is today it may have inherited any."""
    if filters.entity_id is None or filters.organisation == "as_is":
        return frozenset()
    return frozenset(kpi_id for kpi_id, entity_id in inapplicable(warehouse) if entity_id == filters.entity_id)


def shown_of_body(warehouse: Warehouse, surface: str, entity_id: str, *, is_office: bool) -> tuple[str, ...]:
    """List the KPIs of a surface that apply to a body and are told of bodies of its kind, in their places."""
    kpis, bodies = definitions(warehouse), ("all", "offices" if is_office else "others")
    beyond = {kpi_id for kpi_id, entity in inapplicable(warehouse) if entity == entity_id}
    placed = shown_on(kpis.values(), surface)
    return tuple(kpi_id for kpi_id in placed if kpi_id not in beyond and kpis[kpi_id].bodies in bodies)

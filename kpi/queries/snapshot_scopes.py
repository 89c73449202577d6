"""Which entities and governorates a document can be about."""

from dataclasses import dataclass

from kpi.queries.names import governorate_names
from kpi.queries.results import Named
from kpi.warehouse.connect import Warehouse

_ENTITIES = "select entity_id, name_ar, name_en, reports_transactions from serve_entity order by entity_id"


@dataclass(frozen=True)
class ScopeNames:
    """Name every entity and governorate; `reporting` holds the ids of the entities that report transactions."""

    entities: tuple[Named, ...]
    governorates: tuple[Named, ...]
    reporting: frozenset[str]


def scope_names(warehouse: Warehouse) -> ScopeNames:
    """Read the entities and governorates of a build."""
    entities = warehouse.query(_ENTITIES).rows()
    return ScopeNames(
        entities=tuple(Named(*names) for *names, _ in entities),
        governorates=tuple(governorate_names(warehouse).values()),
        reporting=frozenset(row[0] for row in entities if row[-1]),
    )

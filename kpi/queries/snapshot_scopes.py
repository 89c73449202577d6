"""Which entities and governorates a document can be about."""

from dataclasses import dataclass

from kpi.queries.results import Named
from kpi.warehouse.connect import Warehouse

_ENTITIES = "select entity_id, name_ar, name_en, reports_transactions from dim_entity order by entity_id"
_GOVERNORATES = "select governorate_id, name_ar, name_en from dim_governorate order by sort_order, governorate_id"


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
        governorates=tuple(Named(*names) for names in warehouse.query(_GOVERNORATES).iter_rows()),
        reporting=frozenset(row[0] for row in entities if row[-1]),
    )

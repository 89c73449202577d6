"""Which build is in service and what it covers."""

from dataclasses import fields

from kpi.queries.results import Freshness
from kpi.warehouse.connect import Warehouse

_COLUMNS = ", ".join(field.name for field in fields(Freshness))


def freshness(warehouse: Warehouse) -> Freshness:
    """Read the one row of `serve_freshness`."""
    row = warehouse.query(f"select {_COLUMNS} from serve_freshness").row(0, named=True)
    return Freshness(**row)

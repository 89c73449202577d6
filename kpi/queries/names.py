"""The names that the registries give to entities, governorates, channels and services."""

from collections.abc import Collection
from dataclasses import dataclass

from kpi.queries.results import Named
from kpi.warehouse.connect import Warehouse

_ENTITIES = "select entity_id, name_ar, name_en from dim_entity order by entity_id"
_GOVERNORATES = """
select governorate_id, name_ar, name_en, tile_row::integer, tile_col::integer
from dim_governorate
order by sort_order, governorate_id
"""
_CHANNELS = "select channel, name_ar, name_en, digital from dim_channel order by sort_order"
_SERVICES = "select service_id, name_ar, name_en from dim_service where list_contains($services, service_id)"


@dataclass(frozen=True)
class Tile:
    """Hold a governorate with its place in the tile map."""

    governorate: Named
    row: int | None
    column: int | None


def entity_names(warehouse: Warehouse) -> dict[str, Named]:
    """Name every entity, by its id."""
    return {row[0]: Named(*row) for row in warehouse.query(_ENTITIES).iter_rows()}


def governorate_names(warehouse: Warehouse) -> dict[str, Named]:
    """Name every governorate, by its id, in the order of display."""
    return {tile.governorate.id: tile.governorate for tile in governorate_tiles(warehouse)}


def governorate_tiles(warehouse: Warehouse) -> tuple[Tile, ...]:
    """Place every governorate in the tile map, in the order of display."""
    rows = warehouse.query(_GOVERNORATES).iter_rows()
    return tuple(Tile(Named(*names), row, column) for *names, row, column in rows)


def channel_names(warehouse: Warehouse) -> tuple[tuple[Named, bool], ...]:
    """Name every channel in the order of display, each with whether it is digital."""
    return tuple((Named(*names), digital) for *names, digital in warehouse.query(_CHANNELS).iter_rows())


def service_names(warehouse: Warehouse, service_ids: Collection[str]) -> dict[str, Named]:
    """Name some services, by their ids; one that the registry does not know is left out."""
    rows = warehouse.query(_SERVICES, services=list(service_ids)).iter_rows()
    return {service_id: Named(service_id, *names) for service_id, *names in rows}

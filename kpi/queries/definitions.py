"""KPI definitions as they stand in the published file, so that a number is never shown with another build's words."""

from collections.abc import Iterable

from kpi.catalogue import Kpi, shown_on
from kpi.errors import SettingsError
from kpi.warehouse.connect import Warehouse

_STATEMENT = """
with versions as (
    select
        kpi_id,
        list(
            struct_pack(valid_from := valid_from, note_ar := note_ar, note_en := note_en) order by valid_from
        ) as versions
    from meta_kpi_version
    group by kpi_id
),

places as (
    select kpi_id, list(surface) as surfaces, list(position) as positions
    from meta_kpi_place
    group by kpi_id
)

select
    meta_kpi.kpi_id as id, meta_kpi.* exclude (kpi_id, sort_order), versions.versions, places.surfaces, places.positions
from meta_kpi
inner join versions on meta_kpi.kpi_id = versions.kpi_id
left join places on meta_kpi.kpi_id = places.kpi_id
order by meta_kpi.sort_order
"""


def definitions(warehouse: Warehouse, kpi_ids: Iterable[str] | None = None) -> dict[str, Kpi]:
    """Read the definitions of the KPIs asked for, or of all; raise `kpi_unknown` for one that does not exist."""
    known = {row["id"]: _kpi(row) for row in warehouse.query(_STATEMENT).iter_rows(named=True)}
    if kpi_ids is None:
        return known
    wanted = tuple(kpi_ids)
    for kpi_id in wanted:
        if kpi_id not in known:
            raise SettingsError("kpi_unknown", kpi=kpi_id, known=", ".join(known))
    return {kpi_id: known[kpi_id] for kpi_id in wanted}


def definition(warehouse: Warehouse, kpi_id: str) -> Kpi:
    """Read the definition of one KPI."""
    return definitions(warehouse, (kpi_id,))[kpi_id]


def shown(warehouse: Warehouse, surface: str) -> tuple[str, ...]:
    """Read which KPIs stand on a surface, in their places."""
    return shown_on(definitions(warehouse).values(), surface)


def _kpi(row: dict) -> Kpi:
    lists = {name: tuple(filter(None, row[name].split(", "))) for name in ("dimensions", "scopes", "unlisted")}
    shown = dict(zip(row["surfaces"] or (), row["positions"] or (), strict=True))
    of_the_entry = {name: value for name, value in row.items() if name in Kpi.model_fields}
    return Kpi.model_validate(of_the_entry | lists | {"shown": shown})

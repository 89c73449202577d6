"""Governorates side by side, with what is not allocated to any of them."""

from collections.abc import Mapping
from dataclasses import replace

from kpi.language import Nothing
from kpi.queries.definitions import definitions
from kpi.queries.filters import NOT_ALLOCATED, Filters, applies
from kpi.queries.freshness import freshness
from kpi.queries.points import PROGRAMME, Answer, Request, fetch
from kpi.queries.results import GovernorateMap, GovernorateValue, Named
from kpi.warehouse.connect import Warehouse

DENSITY_KPI = "transactions_per_1000"
_COUNTED_BY_DENSITY = frozenset({"digital_transactions", DENSITY_KPI})
_GOVERNORATES = """
select governorate_id, name_ar, name_en, tile_row::integer, tile_col::integer
from dim_governorate
order by sort_order, governorate_id
"""


def governorate_map(warehouse: Warehouse, *, kpi_id: str, filters: Filters) -> GovernorateMap:
    """Answer how the governorates compare, and how much is not allocated to any.

    All governorates are shown whatever governorate the filters choose, so that the parts and the remainder make up the
    total. The value per 1,000 residents is given for the digital transactions, which it is made of.
    """
    everywhere = replace(filters, governorate_id=None).snapped(freshness(warehouse).reporting_months)
    kpis = definitions(warehouse, {kpi_id: None, DENSITY_KPI: None})
    kpi = kpis[kpi_id]
    by_place, whole, density = (
        Request(kpi_id, everywhere.period, by="governorate"),
        Request(kpi_id, everywhere.period),
        Request(DENSITY_KPI, everywhere.period, by="governorate"),
    )
    has_places = applies(kpi, everywhere, by="governorate")
    has_density = kpi_id in _COUNTED_BY_DENSITY and applies(kpis[DENSITY_KPI], everywhere, by="governorate")
    wanted = ((by_place, has_places), (whole, applies(kpi, everywhere)), (density, has_density))
    answers = fetch(warehouse, [request for request, applicable in wanted if applicable], everywhere)
    values = tuple(
        GovernorateValue(
            governorate=Named(governorate_id, name_ar, name_en),
            value=_value(answers, by_place, governorate_id),
            per_1000=_value(answers, density, governorate_id),
            tile_row=tile_row,
            tile_col=tile_col,
        )
        for governorate_id, name_ar, name_en, tile_row, tile_col in warehouse.query(_GOVERNORATES).iter_rows()
    )
    return GovernorateMap(
        kpi=kpi,
        period=everywhere.period,
        values=values,
        not_allocated=_value(answers, by_place, NOT_ALLOCATED),
        total=_value(answers, whole, PROGRAMME),
        nothing=_nothing(has_places, values),
    )


def _value(answers: Mapping[Request, Answer], request: Request, group: str) -> float | None:
    cells = answers.get(request, {}).get(group, ())
    return cells[0].value if cells else None


def _nothing(has_places: bool, values: tuple[GovernorateValue, ...]) -> Nothing | None:
    if not has_places:
        return "not_applicable"
    return None if any(place.value is not None for place in values) else "not_provided"

"""A KPI by governorate, as maps read it."""

from dataclasses import dataclass

from kpi.catalogue import Kpi
from kpi.language import Nothing
from kpi.periods import Period
from kpi.queries.results import Named
from kpi.queries.told import Told


@dataclass(frozen=True)
class GovernorateValue:
    """Hold one governorate's value, its value per 1,000 residents and its place in the tile map."""

    governorate: Named
    value: float | None
    per_1000: float | None
    tile_row: int | None
    tile_col: int | None


@dataclass(frozen=True)
class GovernorateMap:
    """Hold every governorate, what is not allocated to any of them, and the whole."""

    kpi: Kpi
    period: Period
    values: tuple[GovernorateValue, ...]
    not_allocated: float | None
    total: float | None
    nothing: Nothing | None = None
    told: Told | None = None

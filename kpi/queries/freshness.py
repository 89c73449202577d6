"""Which build is in service and what it covers."""

from dataclasses import dataclass, fields

from kpi.queries.results import Freshness
from kpi.warehouse.connect import Warehouse
from kpi.workspace import WEEKDAYS

_COLUMNS = ", ".join(field.name for field in fields(Freshness))


@dataclass(frozen=True)
class Week:
    """Hold the day on which a week begins and the days of the weekend, as `date.weekday` counts them."""

    first_day: int
    weekend: frozenset[int]

    @classmethod
    def named(cls, first_day: str, weekend: str) -> "Week":
        """Read the days by their names, those of the weekend separated by commas."""
        numbers: dict[str, int] = {name: number for number, name in enumerate(WEEKDAYS)}
        return cls(numbers[first_day], frozenset(numbers[day] for day in weekend.split(", ") if day))


def freshness(warehouse: Warehouse) -> Freshness:
    """Read the one row of `serve_freshness`."""
    row = warehouse.query(f"select {_COLUMNS} from serve_freshness").row(0, named=True)
    return Freshness(**row)

"""Say where each of a group stands: one rule for pages, documents, exports and the macros of the file.

The same rule is in SQL, as `place` and `among` of `kpi_by_entity` and `kpi_by_governorate`.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from kpi.catalogue import Kpi
from kpi.rounding import as_shown


@dataclass(frozen=True)
class Place:
    """Hold where a group stands among those with a value: place 1 is best."""

    place: int
    among: int


def places(kpi: Kpi, values: Mapping[str, float | None]) -> dict[str, Place]:
    """Return the place of every group with a value: best first, values that read alike share the better place.

    Where more than half read alike, theirs is no place: to be first with everybody else says nothing.
    """
    sign = 1 if kpi.direction == "down" else -1
    shown = {
        group: sign * as_shown(value, kpi.unit, kpi.decimals) for group, value in values.items() if value is not None
    }
    best_first, alike = sorted(shown.values()), Counter(shown.values())
    return {
        group: Place(bisect_left(best_first, value) + 1, len(shown))
        for group, value in shown.items()
        if 2 * alike[value] <= len(shown) or len(shown) == 1
    }

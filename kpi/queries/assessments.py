"""What bodies were assessed at: scores by indicator, and the excellence level of each body."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kpi.queries.filters import Organisation
from kpi.queries.results import Named
from kpi.warehouse.connect import Warehouse

_SCORES = """
select
    entity_id, indicator_id, indicator_ar, indicator_en, assessed_on, score_pct, previous_on, previous_pct, kind_pct,
    bodies
from serve_readiness_scores($until)
where $entity is null or entity_id = $entity
order by entity_id, score_pct, indicator_id
"""
_LEVELS = """
select entity_id, level_id, level_ar, level_en
from serve_entity_levels($until, organisation := $organisation)
where level_id is not null
order by entity_id
"""


@dataclass(frozen=True)
class IndicatorScore:
    """Hold the score of one indicator in the last assessment (0–100), the one before, and the mean of its kind.

    The mean is that of the `bodies` of the same kind in their own last assessments.
    """

    indicator: Named
    assessed_on: date
    score_pct: float
    previous_on: date | None
    previous_pct: float | None
    kind_pct: float | None
    bodies: int


def readiness_scores(
    warehouse: Warehouse, until: date, entity_id: str | None = None
) -> Mapping[str, tuple[IndicatorScore, ...]]:
    """Read the last assessment of every entity, or of one, by the end of a month; the lowest score first."""
    found: dict[str, list[IndicatorScore]] = defaultdict(list)
    for entity, *names, assessed_on, score, previous_on, previous, kind, bodies in warehouse.query(
        _SCORES, until=until, entity=entity_id
    ).iter_rows():
        one = IndicatorScore(Named(*names), assessed_on, score, previous_on, previous, kind, bodies)
        found[entity].append(one)
    return {entity: tuple(scores) for entity, scores in found.items()}


def entity_levels(warehouse: Warehouse, until: date, organisation: Organisation = "as_was") -> dict[str, Named]:
    """Read the excellence level of every assessed entity at the last month assessed up to a month."""
    rows = warehouse.query(_LEVELS, until=until, organisation=organisation).iter_rows()
    return {entity_id: Named(*names) for entity_id, *names in rows}

"""Published figures beside computed ones."""

from kpi.periods import Period
from kpi.queries.results import Claim, Named
from kpi.warehouse.connect import Warehouse

_STATEMENT = """
select
    claim_id, kpi_id, metric_ar, metric_en, scope, entity_id, governorate_id, period_from, period_to,
    published_value::double as published_value, published_ar, published_en, unit,
    computed_value::double as computed_value, verdict, conflicts_with, why_ar, why_en,
    source, source_url, source_language, source_date, note_ar, note_en
from serve_claims
order by claim_id
"""


def claims(warehouse: Warehouse) -> tuple[Claim, ...]:
    """Read every published figure with its verdict, ordered by identifier."""
    return tuple(_claim(row) for row in warehouse.query(_STATEMENT).iter_rows(named=True))


def _claim(row: dict) -> Claim:
    first, last = row.pop("period_from"), row.pop("period_to")
    metric = Named(row["claim_id"], row.pop("metric_ar"), row.pop("metric_en"))
    row["conflicts_with"] = tuple(row["conflicts_with"] or ())
    period = Period(first.replace(day=1), (last or first).replace(day=1)) if first else None
    return Claim(metric=metric, period=period, **row)

"""Which services moved to another body, and which bodies were succeeded, where it bears on the values shown."""

from dataclasses import dataclass
from datetime import date

from kpi.language import format_day, t
from kpi.queries.filters import Filters
from kpi.queries.results import Named
from kpi.warehouse.connect import Warehouse

_EXISTS = "select 1 from duckdb_functions() where function_name = 'changes_of_hands'"
_ANY = "select 1 from changes_of_hands('1900-01', '2199-12') limit 1"
_LAST_MONTH = date(2199, 12, 1)
_STATEMENT = """
select
    changes.changed_on,
    changes.service_id, dim_service.name_ar, dim_service.name_en,
    changes.from_entity_id, before.name_ar, before.name_en,
    changes.to_entity_id, after.name_ar, after.name_en
from changes_of_hands($from_month, $to_month, entity := $entity, service := $service) as changes
inner join dim_entity as before on changes.from_entity_id = before.entity_id
inner join dim_entity as after on changes.to_entity_id = after.entity_id
left join dim_service on changes.service_id = dim_service.service_id
order by changes.changed_on desc, changes.service_id nulls first, changes.from_entity_id
"""


@dataclass(frozen=True)
class ChangeOfHands:
    """Hold a service that moved from one body to another, or, without a service, a body that another succeeded."""

    day: date
    service: Named | None
    before: Named
    after: Named

    def words(self, language: str) -> str:
        """Say it in one sentence."""
        facts = {"day": format_day(self.day, language)}
        facts |= {"before": self.before.label(language), "after": self.after.label(language)}
        if self.service is None:
            return t("hands.entity_succeeded", language, **facts)
        return t("hands.service_moved", language, service=self.service.label(language), **facts)


def any_change_of_hands(warehouse: Warehouse) -> bool:
    """Tell whether anything ever changed hands; nothing did in a build made before that was kept."""
    return not warehouse.query(_EXISTS).is_empty() and not warehouse.query(_ANY).is_empty()


def changes_of_hands(warehouse: Warehouse, *, filters: Filters) -> tuple[ChangeOfHands, ...]:
    """List what changed hands between the first and the last month of the period and its base, the latest first.

    As it is today, all that changed since then is told: any of it gives values of the period to another body.
    """
    if not any_change_of_hands(warehouse):
        return ()
    spans = (filters.period, filters.base or filters.period)
    last = max(span.end for span in spans) if filters.organisation == "as_was" else _LAST_MONTH
    rows = warehouse.query(
        _STATEMENT,
        from_month=min(span.start for span in spans),
        to_month=last,
        entity=filters.entity_of_slice,
        service=filters.service_id,
    ).iter_rows()
    return tuple(
        ChangeOfHands(day, Named(*names[:3]) if names[0] else None, Named(*names[3:6]), Named(*names[6:]))
        for day, *names in rows
    )

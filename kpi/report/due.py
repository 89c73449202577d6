"""Which months are due: ended, with data, past their day of issue, and not issued yet."""

from datetime import date

from kpi.periods import MONTHS_PER_YEAR, shift_months
from kpi.queries.results import Freshness
from kpi.queries.snapshot_scopes import scope_names
from kpi.report.batch import WantedDocument
from kpi.report.issue import file_name
from kpi.report.record import Store
from kpi.report.scope import scopes_asked
from kpi.settings import Settings
from kpi.warehouse.connect import Warehouse

ALL_LANGUAGES = ("ar", "en")


def last_due(build: Freshness, today: date, day: int) -> date | None:
    """Return the last month whose day of issue has come and that the data cover; None when there is none."""
    if build.last_month is None or build.first_month is None:
        return None
    reached = shift_months(today.replace(day=1), -1 if today.day >= day else -2)
    month = min(reached, build.last_month)
    # Where entities report by quarter, a snapshot is of a quarter and is due when its last month is.
    while month >= build.first_month and month.month % build.reporting_months:
        month = shift_months(month, -1)
    return month if month >= build.first_month else None


def due_months(settings: Settings, warehouse: Warehouse, build: Freshness, today: date) -> tuple[date, ...]:
    """List the months to issue: those after the last issued one, and that one itself while a document of it lacks.

    Where nothing was ever issued, only the last month is due.
    """
    month = last_due(build, today, settings.report_day)
    if month is None:
        return ()
    store = Store(settings.workspace)
    issued = [one for one in store.months() if one <= month]
    if not issued:
        return (month,)
    due = [issued[-1]] if _is_incomplete(settings, warehouse, store, issued[-1]) else []
    following = shift_months(issued[-1], build.reporting_months)
    while following <= month and len(due) < MONTHS_PER_YEAR:
        due.append(following)
        following = shift_months(following, build.reporting_months)
    return tuple(due)


def _is_incomplete(settings: Settings, warehouse: Warehouse, store: Store, month: date) -> bool:
    wanted = scopes_asked(settings.report_scopes, scope_names(warehouse))
    for scope in wanted:
        record = store.issued(month, scope)
        if record is None:
            return True
        names = {file_name(WantedDocument(scope, language), record.revision) for language in ALL_LANGUAGES}
        if not names <= set(record.digests):
            return True
    return False

"""What wants somebody to act: late projects, silent bodies, unusual months, conflicting figures, what is held back."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from kpi.queries.filters import Filters
from kpi.queries.results import Named
from kpi.warehouse.connect import Warehouse

MOST_LINES = 7
AttentionKind = Literal["held", "overdue", "behind", "silent", "below_usual", "conflicting", "silent_services"]
_STATEMENT = """
select
    kind, things, amount, month, among, entity_id, entity_ar, entity_en, subject_id, subject_ar, subject_en
from serve_attention($from_month, $to_month, entity := $entity)
where place <= $most
order by place
"""


@dataclass(frozen=True)
class AttentionLine:
    """Hold one thing to act on: how many `things` of a kind, whose, and the gravest of them as `subject`.

    `amount` is in points behind plan, days overdue, percent below the usual month, or counts as `things` does. Without
    an `owner` the programme answers for it.
    """

    kind: AttentionKind
    things: int
    amount: float
    month: date | None
    owner: Named | None
    subject: Named | None


@dataclass(frozen=True)
class AttentionList:
    """Hold the first lines, the gravest of each kind before the second of any, and how many there are in all."""

    lines: tuple[AttentionLine, ...]
    among: int


def attention_list(warehouse: Warehouse, *, filters: Filters) -> AttentionList:
    """List what wants somebody to act in a period, of the programme or of the chosen entity."""
    rows = warehouse.query(
        _STATEMENT,
        from_month=filters.period.start,
        to_month=filters.period.end,
        entity=filters.entity_id,
        most=MOST_LINES,
    ).rows()
    return AttentionList(tuple(_line(*row) for row in rows), rows[0][4] if rows else 0)


def _line(
    kind: AttentionKind, things: int, amount: float, month: date | None, _among: int, *names: str | None
) -> AttentionLine:
    return AttentionLine(kind, things, amount, month, _named(*names[:3]), _named(*names[3:]))


def _named(identifier: str | None, name_ar: str | None, name_en: str | None) -> Named | None:
    return Named(identifier, name_ar or identifier, name_en or identifier) if identifier else None

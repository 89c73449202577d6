"""Published figures beside computed ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from kpi.language import prose
from kpi.periods import Period
from kpi.queries.results import Named
from kpi.warehouse.connect import Warehouse

_STATEMENT = """
select
    claim_id, kpi_id, metric_ar, metric_en, scope, entity_id, governorate_id, period_from, period_to,
    published_value::double as published_value, published_ar, published_en, unit,
    computed_value::double as computed_value, verdict, conflicts_with, why_ar, why_en,
    source, source_ar, source_url, source_language, source_date,
    coalesce(derived, false) as derived, note_ar, note_en
from serve_claims
order by claim_id
"""


@dataclass(frozen=True)
class Claim:
    """Hold a published figure beside the computed one, with the verdict and its reason."""

    claim_id: str
    kpi_id: str | None
    metric: Named
    scope: str
    entity_id: str | None
    governorate_id: str | None
    period: Period | None
    published_value: float | None
    published_ar: str | None
    published_en: str | None
    unit: str | None
    computed_value: float | None
    verdict: Literal["agrees", "differs", "not_computable", "conflicting"]
    conflicts_with: tuple[str, ...]
    why_ar: str | None
    why_en: str | None
    source: str | None
    source_ar: str | None
    source_url: str | None
    source_language: str | None
    source_date: date | None
    derived: bool
    note_ar: str | None
    note_en: str | None

    def source_name(self, language: str) -> str | None:
        """Name the source in a language; one that has no Arabic name keeps its own."""
        return _said((self.source_ar if language == "ar" else None) or self.source, language)

    def published(self, language: str) -> str | None:
        """Return the figure as it was published, in a language."""
        return _said(self.published_ar if language == "ar" else self.published_en, language)

    def why(self, language: str) -> str | None:
        """Return the reason of the verdict in a language."""
        return _said(self.why_ar if language == "ar" else self.why_en, language)

    def note(self, language: str) -> str | None:
        """Return the remark in a language."""
        return _said(self.note_ar if language == "ar" else self.note_en, language)


def _said(words: str | None, language: str) -> str | None:
    return None if words is None else prose(words, language)


def claims(warehouse: Warehouse) -> tuple[Claim, ...]:
    """Read every published figure with its verdict, ordered by identifier."""
    return tuple(_claim(row) for row in warehouse.query(_STATEMENT).iter_rows(named=True))


def claim_rows(warehouse: Warehouse) -> pl.DataFrame:
    """Return the register as `serve_claims` has it, every column, ordered by identifier; for files."""
    return warehouse.query("select * from serve_claims order by claim_id")


def conflicts(found: Sequence[Claim]) -> tuple[tuple[Claim, ...], ...]:
    """Put claims that contradict each other together, in groups of the register's order; the others stay alone."""
    by_id = {claim.claim_id: claim for claim in found}
    groups: list[tuple[Claim, ...]] = []
    placed: set[str] = set()
    for claim in found:
        if claim.claim_id in placed:
            continue
        together, waiting = {claim.claim_id}, [claim.claim_id]
        while waiting:
            linked = set(by_id[waiting.pop()].conflicts_with) & by_id.keys() - together
            together |= linked
            waiting += linked
        placed |= together
        groups.append(tuple(one for one in found if one.claim_id in together))
    return tuple(groups)


def _claim(row: dict) -> Claim:
    first, last = row.pop("period_from"), row.pop("period_to")
    metric = Named(row["claim_id"], row.pop("metric_ar"), row.pop("metric_en"))
    row["conflicts_with"] = tuple(row["conflicts_with"] or ())
    period = Period(first.replace(day=1), (last or first).replace(day=1)) if first else None
    return Claim(metric=metric, period=period, **row)

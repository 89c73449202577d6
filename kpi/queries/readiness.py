"""Readiness of entities and governors' offices: rounds of assessment, levels, who moved, indicators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from kpi.language import prose
from kpi.periods import Period
from kpi.queries.filters import Filters
from kpi.queries.points import PointValue, Request, fetch
from kpi.queries.results import Named
from kpi.warehouse.connect import Warehouse

LEVEL_KPI = "excellence_level"
BodyKind = Literal["entity", "governorate"]
KINDS: tuple[BodyKind, ...] = ("entity", "governorate")
SCORE_KPIS: Mapping[BodyKind, str] = {"entity": "entity_readiness", "governorate": "governorate_readiness"}
Way = Literal["up", "down", "same"]

_ROUNDS = "select month, assessed, bodies from serve_assessment_round order by month"
_LEVELS = "select level_id, name_ar, name_en, score_from_pct, source, source_ar from dim_level order by sort_order"
_BODIES = """
select
    body_kind, entity_id, name_ar, name_en, governorate_id, level_id, base_level_id, assessed_on, is_assessed_in_month,
    movement
from serve_assessed_bodies($month, $base)
"""
_INDICATORS = """
select indicator_id, name_ar, name_en, source, source_ar, weight, body_kind, month, mean_score_pct
from serve_readiness_indicator
order by indicator_id, body_kind, month
"""


@dataclass(frozen=True)
class Sourced(Named):
    """Hold an identifier with its two names and where it comes from."""

    source: str | None
    source_ar: str | None

    def source_name(self, language: str) -> str | None:
        """Name the source in a language; one that has no Arabic name keeps its own."""
        named = (self.source_ar if language == "ar" else None) or self.source
        return None if named is None else prose(named, language)


@dataclass(frozen=True)
class Level(Sourced):
    """Hold a level of the scale; `rank` is 0 for the best, `score_from_pct` the lowest score that reaches it."""

    rank: int
    score_from_pct: float


@dataclass(frozen=True)
class Round:
    """Hold a month in which bodies were assessed: how many of those known by then, and how many are at each level."""

    month: date
    assessed: int
    bodies: int
    levels: Mapping[str, int]


@dataclass(frozen=True)
class AssessedBody:
    """Hold an assessed body: score and level in the round shown and in the one compared with, None before its first.

    `assessed_in_round` is False where an earlier assessment still stands; `way` tells whether the body reached a better
    level, fell to a worse one or kept its own.
    """

    kind: BodyKind
    entity: Named
    governorate_id: str | None
    score_pct: float | None
    base_score_pct: float | None
    level_id: str
    base_level_id: str | None
    assessed_on: date
    assessed_in_round: bool
    way: Way | None

    @property
    def change_points(self) -> float | None:
        """Return the change of the score in points."""
        if self.score_pct is None or self.base_score_pct is None:
            return None
        return self.score_pct - self.base_score_pct


@dataclass(frozen=True)
class Indicator(Sourced):
    """Hold an indicator with its weight and its mean score by kind of body and round."""

    weight: float
    means: Mapping[tuple[BodyKind, date], float]


@dataclass(frozen=True)
class Readiness:
    """Hold the rounds in order of time, the one that the period shows, the one it is compared with, and the bodies."""

    levels: tuple[Level, ...]
    rounds: tuple[Round, ...]
    shown: Round | None
    base: Round | None
    bodies: tuple[AssessedBody, ...]
    indicators: tuple[Indicator, ...]

    def moved(self, way: Way) -> tuple[AssessedBody, ...]:
        """Return the bodies that went a way."""
        return tuple(body for body in self.bodies if body.way == way)

    @property
    def later(self) -> tuple[Round, ...]:
        """Return the rounds after the one shown."""
        return tuple(one for one in self.rounds if self.shown is None or one.month > self.shown.month)

    def rounds_of(self, kind: BodyKind) -> tuple[date, ...]:
        """Return the months in which bodies of a kind were assessed."""
        return tuple(sorted({month for one in self.indicators for of, month in one.means if of == kind}))


def readiness(warehouse: Warehouse, *, filters: Filters) -> Readiness:
    """Answer for the last round in or before the period, beside the one that stood in the period compared with.

    The whole programme is shown: only the period and the comparison of the filters count; movement has no target, so
    it is then told since a year earlier. Scores and the bodies per level are read
    through `kpi_points`; a body not assessed in it counts with its latest assessment.
    """
    levels = tuple(
        Level(level_id, name_ar, name_en, source, source_ar, rank, score_from)
        for rank, (level_id, name_ar, name_en, score_from, source, source_ar) in enumerate(
            warehouse.query(_LEVELS).iter_rows()
        )
    )
    rounds = _rounds(warehouse)
    shown = _last(rounds, filters.period.end)
    base = _last(rounds, (filters.base or filters.period.year_before()).end) if shown else None
    if base is not None and shown is not None and base.month >= shown.month:
        base = None
    return Readiness(levels, rounds, shown, base, _bodies(warehouse, shown, base), _indicators(warehouse))


def indicator_rows(warehouse: Warehouse) -> pl.DataFrame:
    """Return every row of `serve_readiness_indicator`; for files."""
    return warehouse.query("select * from serve_readiness_indicator order by month, body_kind, indicator_id")


def _rounds(warehouse: Warehouse) -> tuple[Round, ...]:
    rows = warehouse.query(_ROUNDS).rows()
    if not rows:
        return ()
    span = Period(rows[0][0], rows[-1][0])
    request = Request(LEVEL_KPI, span, months_per_point=1, by="level")
    by_level = fetch(warehouse, (request,), Filters(span))[request]
    return tuple(Round(month, assessed, bodies, _counts(by_level, month)) for month, assessed, bodies in rows)


def _counts(by_level: Mapping[str, Sequence[PointValue]], month: date) -> dict[str, int]:
    return {level: cell.numerator or 0 for level, cells in by_level.items() for cell in cells if cell.month == month}


def _last(rounds: Sequence[Round], month: date) -> Round | None:
    return next((one for one in reversed(rounds) if one.month <= month), None)


def _bodies(warehouse: Warehouse, shown: Round | None, base: Round | None) -> tuple[AssessedBody, ...]:
    if shown is None:
        return ()
    scores = _scores(warehouse, shown.month)
    base_scores = _scores(warehouse, base.month) if base else {}
    rows = warehouse.query(_BODIES, {"month": shown.month, "base": base.month if base else None}).iter_rows()
    bodies = [
        AssessedBody(kind, Named(*names), place, scores.get(names[0]), base_scores.get(names[0]), *standing)
        for kind, *names, place, level_id, base_level_id, assessed_on, in_round, way in rows
        for standing in ((level_id, base_level_id, assessed_on, in_round, way),)
    ]
    return tuple(sorted(bodies, key=lambda body: (-(body.score_pct or 0), body.entity.id)))


def _scores(warehouse: Warehouse, month: date) -> dict[str, float | None]:
    """Return the score of every body at the end of a month; a body is in one of the two KPIs."""
    one_month = Period(month, month)
    requests = tuple(Request(SCORE_KPIS[kind], one_month, by="entity") for kind in KINDS)
    answers = fetch(warehouse, requests, Filters(one_month))
    return {entity: cells[0].value for answer in answers.values() for entity, cells in answer.items()}


def _indicators(warehouse: Warehouse) -> tuple[Indicator, ...]:
    found: dict[str, Indicator] = {}
    for *named, weight, kind, month, mean in warehouse.query(_INDICATORS).iter_rows():
        before = found.get(named[0])
        means = {**(before.means if before else {}), (kind, month): mean}
        found[named[0]] = Indicator(*named, weight, means)
    return tuple(found.values())

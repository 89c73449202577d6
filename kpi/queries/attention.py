"""Which entities of the league need attention, and why: a reading of its figures, no figure of its own."""

from dataclasses import dataclass
from typing import Literal

from kpi.queries.league import READINESS, TOPIC, League, LeagueRow
from kpi.queries.results import Named
from kpi.queries.targets import status

LARGE_FALL_PCT = 10.0
"""Fall of the digital transactions on their base from which it is worth a question."""

Why = Literal["silent", "incomplete", "service_silent", "low_level", "target_missed", "fell"]


@dataclass(frozen=True)
class Reason:
    """Say why an entity needs attention: `column` of a missed target, `amount` months or percent."""

    why: Why
    column: str | None = None
    amount: float | None = None


@dataclass(frozen=True)
class Attention:
    """Hold an entity with every reason to look at it, the gravest first."""

    entity: Named
    row: LeagueRow
    reasons: tuple[Reason, ...]


def attention(league: League) -> tuple[Attention, ...]:
    """List the entities that need attention: the silent first, then by the gravity and the number of their reasons."""
    found = ((row, tuple(_reasons(row, league))) for row in league.rows)
    wanted = [Attention(row.entity, row, reasons) for row, reasons in found if reasons]
    order: tuple[Why, ...] = ("silent", "incomplete", "service_silent", "low_level", "target_missed", "fell")
    return tuple(sorted(wanted, key=lambda one: (order.index(one.reasons[0].why), *_gravity(one), one.entity.id)))


def _reasons(row: LeagueRow, league: League) -> list[Reason]:
    reasons = []
    missing = row.expected_months - row.reported_months
    if missing > 0:
        reasons.append(Reason("incomplete" if row.reported_months else "silent", amount=missing))
    if row.silent_services:
        reasons.append(Reason("service_silent", amount=len(row.silent_services)))
    if row.level is not None and row.level.place > len(league.levels) / 2:
        reasons.append(Reason("low_level"))
    for column, standing in row.standings.items():
        if status(standing.kpi, standing.value.value, standing.target) == "missed":
            reasons.append(Reason("target_missed", column=column))
    topic = row.standings.get(TOPIC)
    change = topic.value.change_pct if topic is not None else None
    # A month that is missing explains a fall by itself: it is said already.
    if league.base is not None and change is not None and change <= -LARGE_FALL_PCT and missing <= 0:
        reasons.append(Reason("fell", amount=change))
    return reasons


def _gravity(one: Attention) -> tuple[float, float, float]:
    """Order entities with the same first reason: more months missing, a lower score, a larger fall come first."""
    fall = next((reason.amount or 0.0 for reason in one.reasons if reason.why == "fell"), 0.0)
    score = one.row.value(READINESS)
    return one.row.reported_months - one.row.expected_months, 100.0 if score is None else score, fall

"""Write one body's month of 2025, one row per transaction."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl

from kpi.demo import malformed
from kpi.demo.formats import write_rows
from kpi.demo.malformed import Malformed
from kpi.demo.schedule import split_whole, stream
from kpi.demo.volumes import EntityMonthPlan, day_weight, days_of

DRAWS = 65_536
RATED = 0.12
SPREAD = 0.9
LONGEST_SECONDS = 60 * 86_400
OPEN_FROM_SECONDS, OPEN_PART = 27_000, 7 / 24
COUNTER_DELAY = np.log(12)
PEOPLE = 1_600_000
NOT_A_TIME = np.iinfo(np.int64).min
HOURS = np.array(
    [9, 5, 3, 2, 2, 4, 10, 32, 62, 80, 88, 85, 74, 66, 52, 42, 38, 40, 44, 48, 46, 38, 27, 16], dtype=float
)
FAR_FUTURE_SECONDS = 75 * 31_557_600
MICROSECONDS = 1_000_000
BENEFICIARIES = {"citizen": 0.5, "resident": 0.22, "business": 0.18, "government": 0.02}
MAIN_BENEFICIARY = 0.6
OPTIONAL = frozenset({"completed_at", "beneficiary", "beneficiary_number", "fee_omr", "rating"})
ORDER = (
    "transaction_id",
    "submitted_at",
    "completed_at",
    "entity_id",
    "service_id",
    "governorate_id",
    "channel",
    "outcome",
    "beneficiary",
    "beneficiary_number",
    "fee_omr",
    "rating",
)


@dataclass(frozen=True)
class ServiceMix:
    """The services of one body that have transactions in one month, with what is typical for each.

    `shares` add up to 1; `median_minutes` is for digital channels; fees are in Omani rials.
    """

    service_ids: tuple[str, ...]
    shares: tuple[float, ...]
    median_minutes: tuple[float, ...]
    fees_omr: tuple[Decimal, ...]
    beneficiary: str


@dataclass(frozen=True)
class MonthTask:
    """Everything one process needs to write one file."""

    plan: EntityMonthPlan
    mix: ServiceMix
    seed: int
    inbox: Path
    places: tuple[tuple[str, str], ...] = ()


def write_month(task: MonthTask) -> list[Malformed]:
    """Write the file of one body and month; return the rows broken on purpose."""
    sender, plan = task.plan.sender, task.plan
    rng = stream(task.seed, "rows", sender.entity_id, plan.month)
    good = sum(cell.count for cell in plan.cells)
    kinds = malformed.kinds_for(sender.format, sender.columns)
    # January starts with what only its format can break, so that small senders show that too.
    broken = malformed.choose(rng, plan.path, good, kinds, first_kind=0 if plan.month.month == 1 else None)
    frame = _rows(rng, task, good, broken)
    if plan.weighted_counter:
        frame = frame.with_columns(transactions=pl.lit(1, pl.Int64))
        frame = pl.concat([frame, _weighted_rows(rng, task)], how="diagonal")
    write_rows(task.inbox / plan.path, frame, sender.format, broken, dict(task.places))
    return list(broken)


def _rows(rng: np.random.Generator, task: MonthTask, good: int, broken: tuple[Malformed, ...]) -> pl.DataFrame:
    plan, mix, columns = task.plan, task.mix, task.plan.sender.columns
    size = good + len(broken)
    at = {
        kind: np.array([row.position for row in broken if row.kind == kind], dtype=np.int64)
        for kind in malformed.REASON
    }
    cell = _shuffled_cells(rng, plan, size, broken)
    channels = _codes([row.channel for row in plan.cells], cell, "fax", at["unknown_channel"])
    outcomes = _codes([row.outcome for row in plan.cells], cell, None, at["missing_outcome"])
    places = _codes([row.governorate_id for row in plan.cells], cell, "OM-XX", at["unknown_governorate"])
    service = _drawn(rng, np.array(mix.shares), size)
    in_person = np.array([row.channel not in {"app", "web"} for row in plan.cells])[cell]
    submitted = _submitted(rng, plan.month, size, in_person)
    completed = _completed(rng, mix, plan, cell, service, submitted, in_person)
    completed[at["completed_before_submitted"]] = submitted[at["completed_before_submitted"]] - 7_200
    submitted[at["future_date"]] += FAR_FUTURE_SECONDS
    completed[at["future_date"]] = NOT_A_TIME
    number = np.arange(1_000_001, 1_000_001 + size)
    number[at["duplicate_id"]] -= 1
    prefix = f"{plan.sender.entity_id.upper()}-{plan.month:%y%m}-"
    frame = pl.DataFrame(
        {
            "transaction_id": pl.Series(number).cast(pl.String),
            "submitted_at": _times(submitted),
            "completed_at": _times(completed),
            "service_id": _codes(list(mix.service_ids), service, "X-0000", at["unknown_service"]),
            "governorate_id": places,
            "channel": channels,
            "outcome": outcomes,
        }
    ).with_columns(transaction_id=pl.lit(prefix) + pl.col("transaction_id"), entity_id=pl.lit(plan.sender.entity_id))
    frame = frame.with_columns(**_about_people(rng, task, size, service, completed, at))
    return frame.select([name for name in ORDER if name in frame.columns and (name not in OPTIONAL or name in columns)])


def _shuffled_cells(
    rng: np.random.Generator, plan: EntityMonthPlan, size: int, broken: tuple[Malformed, ...]
) -> np.ndarray:
    """Return the cell of each row: good rows have the exact planned counts, broken ones a completed digital cell."""
    counts = [row.count for row in plan.cells]
    cells = np.repeat(np.arange(len(counts), dtype=np.uint16), counts)
    rng.shuffle(cells)
    is_broken = np.zeros(size, dtype=bool)
    is_broken[[row.position for row in broken]] = True
    digital = [i for i, row in enumerate(plan.cells) if row.channel == "web" and row.outcome == "completed"]
    placed = np.full(size, digital[0] if digital else 0, dtype=np.uint16)
    placed[~is_broken] = cells
    return placed


def _codes(labels: list[str | None], index: np.ndarray, wrong: str | None, at: np.ndarray) -> pl.Series:
    """Return the label of each index, and the wrong label at the broken positions."""
    index = index.astype(np.uint32)
    index[at] = len(labels)
    return pl.Series([*labels, wrong], dtype=pl.String).gather(pl.Series(index))


def _drawn(rng: np.random.Generator, weights: np.ndarray, size: int) -> np.ndarray:
    """Draw indices by weight through a lookup table of `DRAWS` entries."""
    table = np.repeat(np.arange(len(weights), dtype=np.uint16), split_whole(DRAWS, weights))
    return table[rng.integers(0, DRAWS, size, dtype=np.uint16)]


def _submitted(rng: np.random.Generator, month: date, size: int, in_person: np.ndarray) -> np.ndarray:
    """Return seconds since 1970, rising by the hour; desks are open from 07:30 to 14:30."""
    days = days_of(month)
    weights = np.outer([day_weight(day) for day in days], HOURS).ravel()
    per_hour = rng.multinomial(size, weights / weights.sum())
    second = np.repeat(np.arange(len(weights), dtype=np.int64) * 3600, per_hour)
    second += rng.integers(0, 3600, size, dtype=np.int32)
    desk = second[in_person]
    second[in_person] = desk // 86_400 * 86_400 + OPEN_FROM_SECONDS + (desk % 86_400 * OPEN_PART).astype(np.int64)
    return second + _epoch_seconds(month)


def _completed(
    rng: np.random.Generator,
    mix: ServiceMix,
    plan: EntityMonthPlan,
    cell: np.ndarray,
    service: np.ndarray,
    submitted: np.ndarray,
    in_person: np.ndarray,
) -> np.ndarray:
    """Add a log-normal duration by service, longer in person; `NOT_A_TIME` where nothing was decided."""
    ended = np.array([row.outcome in {"completed", "rejected"} for row in plan.cells])[cell]
    log_seconds = np.log(np.array(mix.median_minutes) * 60).astype(np.float32)[service]
    log_seconds += in_person * np.float32(COUNTER_DELAY)
    log_seconds += np.float32(SPREAD) * rng.standard_normal(len(cell), dtype=np.float32)
    seconds = np.clip(np.exp(log_seconds), 45, LONGEST_SECONDS).astype(np.int64)
    return np.where(ended, submitted + seconds, NOT_A_TIME)


def _about_people(
    rng: np.random.Generator,
    task: MonthTask,
    size: int,
    service: np.ndarray,
    completed: np.ndarray,
    at: dict[str, np.ndarray],
) -> dict[str, pl.Series]:
    """Return the optional columns that this body sends."""
    columns, mix = task.plan.sender.columns, task.mix
    kinds = {**BENEFICIARIES, mix.beneficiary: MAIN_BENEFICIARY}
    who = _drawn(rng, np.array(list(kinds.values())), size)
    made: dict[str, pl.Series] = {}
    if "beneficiary" in columns:
        made["beneficiary"] = pl.Series(list(kinds)).gather(pl.Series(who.astype(np.uint32)))
    if "beneficiary_number" in columns:
        person = (rng.random(size, dtype=np.float32) ** 2 * PEOPLE).astype(np.int64)
        number = pl.Series(10_000_000 + person * 48_271 % 89_999_999).cast(pl.String)
        made["beneficiary_number"] = number.set(pl.Series(who > 1), None)
    if "fee_omr" in columns:
        fee = service.astype(np.uint32)
        fee[at["negative_fee"]] = len(mix.fees_omr)
        prices = pl.Series([*mix.fees_omr, Decimal("-5.000")], dtype=pl.Decimal(18, 3))
        made["fee_omr"] = prices.gather(pl.Series(fee))
    if "rating" in columns:
        made["rating"] = _ratings(rng, task, size, completed, at["rating_seven"])
    return made


def _ratings(
    rng: np.random.Generator, task: MonthTask, size: int, completed: np.ndarray, seven: np.ndarray
) -> pl.Series:
    """Rate about 12 % of the decided transactions from 1 to 5; 0 stands for no rating."""
    mood = stream(task.seed, "mood", task.plan.sender.entity_id).uniform(0.7, 1.4)
    stars = np.array([0.05, 0.05, 0.12, 0.30, 0.48]) * np.array([1 / mood, 1 / mood, 1, mood, mood])
    drawn = _drawn(rng, np.concatenate([[1 - RATED], RATED * stars / stars.sum()]), size).astype(np.int8)
    drawn *= completed != NOT_A_TIME
    drawn[seven] = 7
    ratings = pl.Series(drawn)
    return ratings.set(ratings == 0, None)


def _weighted_rows(rng: np.random.Generator, task: MonthTask) -> pl.DataFrame:
    """Return counter transactions as one row per day and service, weighted, without ids."""
    plan, mix = task.plan, task.mix
    days = days_of(plan.month)
    weights = np.outer([day_weight(day) for day in days], mix.shares)
    counts = rng.multinomial(plan.weighted_counter, (weights / weights.sum()).ravel()).reshape(weights.shape)
    day, service = np.nonzero(counts)
    return pl.DataFrame(
        {
            "submitted_at": _times(_epoch_seconds(plan.month) + day * 86_400),
            "entity_id": [plan.sender.entity_id] * len(day),
            "service_id": pl.Series(mix.service_ids).gather(pl.Series(service)),
            "channel": ["counter"] * len(day),
            "outcome": ["completed"] * len(day),
            "transactions": counts[day, service],
        },
        schema_overrides={"transactions": pl.Int64},
    )


def _epoch_seconds(day: date) -> int:
    return int(np.datetime64(day, "s").astype(np.int64))


def _times(seconds: np.ndarray) -> pl.Series:
    # NaT is the smallest integer: multiplying it would overflow into a real time.
    micro = np.where(seconds == NOT_A_TIME, NOT_A_TIME, seconds * MICROSECONDS)
    return pl.Series(micro.view("datetime64[us]"))

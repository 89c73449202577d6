"""Plan the row-level months of 2025: how many transactions of which kind, per body and month, to the unit."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from kpi.demo import anchors, names
from kpi.demo.schedule import month_end, months, split_whole, stream
from kpi.demo.senders import SUFFIX, Sender

FIRST, LAST = date(2025, 1, 1), date(2025, 5, 1)
OFFICE_SHARE = 0.6
RAMADAN = (date(2025, 3, 1), date(2025, 3, 29))
EID = (date(2025, 3, 30), date(2025, 4, 3))
HOLIDAYS = (date(2025, 1, 12), date(2025, 1, 30))
FRIDAY, SATURDAY = 4, 5
OUTSIDE_CHANNELS = {"counter": 0.74, "kiosk": 0.15, "call_centre": 0.11}
NOT_COMPLETED = {"rejected": 0.025, "abandoned": 0.040, "pending": 0.005}
UNKNOWN_CHANNEL = 0.005


@dataclass(frozen=True)
class VolumeCell:
    """A number of transactions of one kind; channel None = unknown, governorate None = not allocated."""

    channel: str | None
    outcome: str
    governorate_id: str | None
    count: int


@dataclass(frozen=True)
class EntityMonthPlan:
    """One file of 2025: the sender, the month and the exact number of transactions of each kind."""

    sender: Sender
    month: date
    cells: tuple[VolumeCell, ...]
    weighted_counter: int

    @property
    def path(self) -> str:
        """Return the path relative to the inbox."""
        stamp = f"{self.month:%Y-%m}"
        return f"transactions/{stamp}/{self.sender.entity_id}-{stamp}{SUFFIX[self.sender.format]}"

    @property
    def digital(self) -> int:
        """Return the number of completed digital transactions."""
        return sum(cell.count for cell in self.cells if cell.outcome == "completed" and cell.channel in {"app", "web"})


def day_weight(day: date) -> float:
    """Return how busy a day is (1 = a plain working day): weekend, Ramadan, Eid and holidays are quieter."""
    weight = {FRIDAY: 0.36, SATURDAY: 0.5}.get(day.weekday(), 1.0)
    if EID[0] <= day <= EID[1] or day in HOLIDAYS:
        return 0.28 * weight
    return weight * (0.84 if RAMADAN[0] <= day <= RAMADAN[1] else 1.0)


def days_of(month: date) -> list[date]:
    """Return the days of a month."""
    return [month + timedelta(days=i) for i in range(month_end(month).day)]


def plan_2025(all_senders: tuple[Sender, ...], seed: int, scale: float) -> tuple[EntityMonthPlan, ...]:
    """Plan every file of January–May 2025; completed digital transactions add up to the published total × scale."""
    rng = stream(seed, "volumes")
    span = list(months(FIRST, LAST))
    reports = np.array([[sender.reports_in(month) for month in span] for sender in all_senders])
    busy = np.array([sum(day_weight(day) for day in days_of(month)) for month in span]) * 1.012 ** np.arange(len(span))
    shape = reports * busy * np.exp(rng.normal(0, 0.04, reports.shape))
    digital, placed = _digital(all_senders, shape, scale)
    plans = []
    for row, sender in enumerate(all_senders):
        take_up = float(np.clip(anchors.TAKE_UP_2025 + rng.normal(0, 0.025), 0.78, 0.96))
        app_share = float(rng.uniform(0.35, 0.7))
        for column, month in enumerate(span):
            if reports[row, column]:
                cells = _cells(int(digital[row, column]), placed[row, column], take_up, app_share)
                plans.append(_entity_month(sender, month, cells))
    return tuple(plans)


def _digital(all_senders: tuple[Sender, ...], shape: np.ndarray, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Split the total over bodies and months, and part of it over governorates.

    Returns counts (body × month) and an object array of {governorate: count} of the same shape.
    """
    total = round(anchors.DIGITAL_2025 * scale)
    placed = np.empty(shape.shape, dtype=object)
    digital = np.zeros(shape.shape, dtype=np.int64)
    others = [row for row, sender in enumerate(all_senders) if not sender.body.is_governorate_office]
    offices = [row for row, sender in enumerate(all_senders) if sender.body.is_governorate_office]
    for row in offices:
        governorate = all_senders[row].body.governorate_id or ""
        owned = anchors.GOVERNORATE_DIGITAL_2025.get(governorate, 1000) * scale * OFFICE_SHARE
        digital[row] = split_whole(max(round(owned), int((shape[row] > 0).sum())), shape[row], at_least=1)
        placed[row] = [{governorate: int(count)} for count in digital[row]]
    weights = np.array([[names.weight(all_senders[row].body)] for row in others]) * shape[others]
    digital[others] = split_whole(total - int(digital.sum()), weights, at_least=1)
    rest = digital[others].copy()
    for index in np.ndindex(rest.shape):
        placed[others[index[0]], index[1]] = {}
    for governorate, published in anchors.GOVERNORATE_DIGITAL_2025.items():
        parts = split_whole(round(published * scale) - round(published * scale * OFFICE_SHARE), rest)
        parts = np.minimum(parts, rest)
        rest -= parts
        for index in np.argwhere(parts):
            placed[others[index[0]], index[1]][governorate] = int(parts[tuple(index)])
    return digital, placed


def _cells(digital: int, placed: dict[str, int], take_up: float, app_share: float) -> tuple[VolumeCell, ...]:
    """Spread one body's month over channels, outcomes and governorates."""
    by_place: dict[str | None, int] = {**placed, None: digital - sum(placed.values())}
    outside = digital * (1 - take_up) / take_up
    completed = digital + outside
    cells = []
    for place, count in by_place.items():
        part = count / max(digital, 1)
        app = round(count * app_share)
        cells += [VolumeCell("app", "completed", place, app), VolumeCell("web", "completed", place, count - app)]
        cells += [
            VolumeCell(name, "completed", place, round(outside * share * part))
            for name, share in OUTSIDE_CHANNELS.items()
        ]
        cells.append(VolumeCell(None, "completed", place, round(completed * UNKNOWN_CHANNEL * part)))
        for outcome, share in NOT_COMPLETED.items():
            ended = completed * share / (1 - sum(NOT_COMPLETED.values())) * part
            at_counter = round(ended * (1 - take_up))
            cells += [
                VolumeCell("web", outcome, place, round(ended) - at_counter),
                VolumeCell("counter", outcome, place, at_counter),
            ]
    return tuple(cell for cell in cells if cell.count > 0)


def _entity_month(sender: Sender, month: date, cells: tuple[VolumeCell, ...]) -> EntityMonthPlan:
    if not sender.weighted_counter:
        return EntityMonthPlan(sender, month, cells, weighted_counter=0)
    at_counter = [cell for cell in cells if cell.channel == "counter" and cell.outcome == "completed"]
    rows = tuple(cell for cell in cells if cell not in at_counter)
    return EntityMonthPlan(sender, month, rows, weighted_counter=sum(cell.count for cell in at_counter))

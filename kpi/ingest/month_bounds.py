"""Judge a sender's months by its own history: what lies beyond all that it ever sent is held back."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from math import exp, log
from statistics import median

from kpi.gate import Gate
from kpi.held import Held, held_id_of
from kpi.ingest.sender_months import MonthPart, SenderMonth, month_number

_NEAREST = 12
_AS_SIGMA = 1.4826  # a median of deviations, as the standard deviation of a normal distribution
_CHANCE = 3.0  # deviations of a count that chance alone explains
_YEAR = 12
_LEVEL = 3.0  # months this near each other are of one level


def months_out_of_bounds(months: Iterable[SenderMonth], gate: Gate) -> Iterator[Held]:
    """Give what to hold back of the months that are beyond their sender's history, in both directions.

    A month is beyond it when it lies outside all other months (but for one in ten, which may be as wrong) and is
    further from the median of the nearest ones than a factor and the sender's own spread allow. Of a month that is too
    large, what was received last is held back; of one that is too small, too, where it took an older file's place.
    """
    senders: defaultdict[tuple[str, int], list[SenderMonth]] = defaultdict(list)
    for month in months:
        senders[month.entity_id, month.months_covered].append(month)
    for own in senders.values():
        ranked = sorted(month.transactions for month in own)
        trimmed = 1 + len(ranked) // 10
        least, most = ranked[min(trimmed, len(ranked) - 1)], ranked[max(len(ranked) - 1 - trimmed, 0)]
        for month in own:
            if least < month.transactions < most:
                continue  # not among the few that can lie outside all others
            others = [other for other in own if other is not month and other.transactions > 0]
            if month.transactions > 0 and (bound := _bound_exceeded(month, others, gate)):
                yield from _hold(month, bound, len(others))


def _bound_exceeded(month: SenderMonth, others: list[SenderMonth], gate: Gate) -> tuple[float, float] | None:
    """Return the usual number and the factor that is allowed, when a month is beyond them."""
    value, known = month.transactions, sorted(other.transactions for other in others)
    is_high = bool(known) and value > known[-1 - len(known) // 10 if len(known) >= gate.months_known_min else -1]
    is_low = bool(known) and value < known[len(known) // 10 if len(known) >= gate.months_known_min else 0]
    if not (is_high or (is_low and _may_be_low(month, others))):
        return None
    near = sorted(others, key=lambda other: abs((other.month - month.month).days))[:_NEAREST]
    usual = median(other.transactions for other in near)
    if abs(value - usual) <= _CHANCE * max(usual, value) ** 0.5:
        return None
    factor = _factor(near, gate)
    ratio = value / usual if is_high else usual / value
    if ratio <= factor or _is_seasonal(month, others, gate):
        return None
    return usual, factor


def _factor(near: list[SenderMonth], gate: Gate) -> float:
    """Return by how many times a month may differ from the usual one, given how long the sender is known."""
    if len(near) < 3:
        return gate.short_history_factor**2
    if len(near) < min(gate.months_known_min, _NEAREST):
        return gate.short_history_factor
    logs = [log(other.transactions) for other in near]
    middle = median(logs)
    spread = _AS_SIGMA * median(abs(one - middle) for one in logs)
    return max(gate.month_factor, exp(min(gate.month_deviations * spread, 50)))


def _may_be_low(month: SenderMonth, others: list[SenderMonth]) -> bool:
    """Tell whether a small month says something: it was over when it came, and all months before it were larger.

    A sender that begins small is no slip, and a month that another one of about its size follows is a new level.
    """
    received = datetime.fromtimestamp(max(part.modified_ns for part in month.parts) / 1e9, UTC).date()
    earlier = [other.transactions for other in others if other.month < month.month]
    if received < month.ends_before or not earlier or month.transactions >= _trimmed_least(earlier):
        return False
    usual = median(other.transactions for other in others)
    beside = [other for other in others if month.month == other.ends_before or other.month == month.ends_before]
    return not any(other.transactions * 2 < usual and _are_of_one_level(month, other) for other in beside)


def _trimmed_least(earlier: list[int]) -> int:
    return sorted(earlier)[len(earlier) // 10]


def _are_of_one_level(one: SenderMonth, other: SenderMonth) -> bool:
    few, many = sorted((one.transactions, other.transactions))
    return many <= _LEVEL * few


def _is_seasonal(month: SenderMonth, others: list[SenderMonth], gate: Gate) -> bool:
    """Tell whether the same month of another year was like it."""
    same = [other for other in others if (month_number(other.month) - month_number(month.month)) % _YEAR == 0]
    return any(abs(log(month.transactions / other.transactions)) <= log(gate.month_factor) for other in same)


def _hold(month: SenderMonth, bound: tuple[float, float], known: int) -> Iterator[Held]:
    usual, factor = bound
    is_high = month.transactions > usual
    last = month.parts[-1]
    parts: tuple[MonthPart, ...] = (last,) if is_high or last.replaces else month.parts
    kind = "month_out_of_bounds"
    for part in {part.source_file: part for part in parts}.values():
        yield Held(
            held_id_of(kind, *month.judged),
            kind,
            "month_too_large" if is_high else "month_too_small",
            source_file=part.source_file,
            sha256=part.sha256,
            entity_id=month.entity_id,
            month=month.month,
            months_covered=month.months_covered,
            log_rows=sum(one.log_rows for one in month.parts if one.source_file == part.source_file),
            transactions=sum(one.transactions for one in month.parts if one.source_file == part.source_file),
            facts={
                "value": f"{month.transactions:,}",
                "usual": f"{usual:,.0f}",
                "times": _times(month.transactions / usual if is_high else usual / month.transactions),
                "factor": _times(factor),
                "known": str(known),
                "files": str(len({part.source_file for part in month.parts})),
            },
        )


def _times(factor: float) -> str:
    return f"{factor:,.0f}" if factor >= 10 else f"{factor:.1f}"

"""Find months that no reporting explains: a slip of the pen in a date, or an empty date that a program filled in."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median

from kpi.gate import Gate
from kpi.held import Held, held_id_of
from kpi.ingest.sender_months import SenderMonth, month_number

_WORTH_A_REPORT = 0.1  # of a sender's usual month: less is no report of a month, whatever its date
_WORTH_A_WHOLE_MONTH = 0.5
_LONGEST_PAUSE_MONTHS = 12  # after which a body that reports alone may go on as if nothing had been


@dataclass
class _MonthsRun:
    """Months that follow one another: who sent any of them, and the months that are worth a report."""

    first: int
    last: int
    months: list[SenderMonth]
    reports: int = 0
    bodies: int = 0
    has_whole_month: bool = False


def stray_months(months: Iterable[SenderMonth], gate: Gate) -> Iterator[Held]:
    """Give what to hold back of the months that nothing connects with those in which bodies report.

    Months that follow one another are a run. A run belongs to the reported range when the set share of the bodies
    reports in it, or when it is longer than the gap before it; the longest run is where that range begins. Of a single
    body, whose slip of a date looks like the report of everybody, a month of its usual size is asked for besides.
    """
    whole = list(months)
    usual = _usual(whole)
    runs = _runs(whole, usual)
    if len(runs) < 2:
        return
    core = max(runs, key=lambda run: (run.reports, run.last))
    needed = gate.reporting_share_pct / 100 * len(usual)
    kept = [core]
    for run in sorted((run for run in runs if run is not core), key=lambda run: _gap(run, core)):
        gap = min(_gap(run, other) for other in kept)
        resumes = run.has_whole_month and gap <= _LONGEST_PAUSE_MONTHS
        is_shared = run.bodies >= needed and (run.bodies > 1 or run.reports >= gap or resumes)
        if is_shared or run.reports > gap:
            kept.append(run)
        else:
            yield from _hold(run, min(one.first for one in kept), max(one.last for one in kept), len(usual))


def _usual(months: list[SenderMonth]) -> dict[str, float]:
    sent: defaultdict[str, list[float]] = defaultdict(list)
    for month in months:
        sent[month.entity_id].append(month.transactions / month.months_covered)
    return {entity: median(numbers) for entity, numbers in sent.items()}


def _runs(months: list[SenderMonth], usual: Mapping[str, float]) -> list[_MonthsRun]:
    runs: list[_MonthsRun] = []
    for month in sorted(months, key=lambda month: (month.month, month.entity_id)):
        first = month_number(month.month)
        last = first + month.months_covered - 1
        if not runs or first > runs[-1].last + 1:
            runs.append(_MonthsRun(first, last, []))
        runs[-1].last = max(runs[-1].last, last)
        runs[-1].months.append(month)
    for run in runs:
        reporting: defaultdict[date, set[str]] = defaultdict(set)
        for month in run.months:
            share = month.transactions / month.months_covered / max(usual[month.entity_id], 1)
            if share >= _WORTH_A_REPORT:
                reporting[month.month].add(month.entity_id)
                run.reports += month.months_covered
                run.has_whole_month |= share >= _WORTH_A_WHOLE_MONTH
        run.bodies = max((len(bodies) for bodies in reporting.values()), default=0)
    return runs


def _gap(one: _MonthsRun, other: _MonthsRun) -> int:
    return max(one.first - other.last, other.first - one.last) - 1


def _hold(run: _MonthsRun, first: int, last: int, bodies: int) -> Iterator[Held]:
    kind = "month_stray"
    for month in run.months:
        for name in dict.fromkeys(part.source_file for part in month.parts):
            parts = [part for part in month.parts if part.source_file == name]
            yield Held(
                held_id_of(kind, *month.judged),
                kind,
                kind,
                source_file=name,
                sha256=parts[0].sha256,
                entity_id=month.entity_id,
                month=month.month,
                months_covered=month.months_covered,
                log_rows=sum(part.log_rows for part in parts),
                transactions=sum(part.transactions for part in parts),
                facts={
                    "value": f"{sum(part.transactions for part in parts):,}",
                    "rows": f"{sum(part.log_rows for part in parts):,}",
                    "from_month": _named(first),
                    "to_month": _named(last),
                    "reported": str(len({one.entity_id for one in run.months if one.month == month.month})),
                    "bodies": str(bodies),
                },
            )


def _named(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"

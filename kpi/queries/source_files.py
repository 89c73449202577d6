"""The source files behind a build, so that a later build can say which of them changed a figure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from kpi.periods import Period
from kpi.warehouse.connect import Warehouse

_FILES = "select source_file, log, sha256, loader_version from load_file order by source_file"
_SPANS = """
select source_file, coalesce(entity_id, '') as entity_id, min(month) as first_month,
    max((month + to_months((months_covered - 1)::integer))::date) as last_month
from load_coverage
group by all
order by all
"""
_INPUTS = "select kpi_id, input from meta_kpi_input order by kpi_id, input"
_STOCKS = "select kpi_id from meta_kpi where flow = 'stock'"


@dataclass(frozen=True)
class SourceFile:
    """Hold a file's log and digest, and the months it brought for each entity: first and last."""

    log: str
    digest: str
    spans: Mapping[str, tuple[date, date]]


@dataclass(frozen=True)
class SourceFiles:
    """Hold every source file by name, and which logs each KPI is computed from."""

    files: Mapping[str, SourceFile]
    inputs: Mapping[str, frozenset[str]]
    stocks: frozenset[str]


def source_files(warehouse: Warehouse) -> SourceFiles:
    """Read the files behind a build."""
    spans: dict[str, dict[str, tuple[date, date]]] = defaultdict(dict)
    for name, entity_id, first, last in warehouse.query(_SPANS).iter_rows():
        spans[name][entity_id] = (first, last)
    inputs: dict[str, set[str]] = defaultdict(set)
    for kpi_id, log in warehouse.query(_INPUTS).iter_rows():
        inputs[kpi_id].add(log)
    return SourceFiles(
        files={
            name: SourceFile(log, f"{sha256}:{loader}", spans.get(name, {}))
            for name, log, sha256, loader in warehouse.query(_FILES).iter_rows()
        },
        inputs={kpi_id: frozenset(logs) for kpi_id, logs in inputs.items()},
        stocks=frozenset(row[0] for row in warehouse.query(_STOCKS).iter_rows()),
    )


def changed_files(before: Mapping[str, SourceFile], now: SourceFiles) -> dict[str, tuple[SourceFile, ...]]:
    """Give the files that came, went or changed, each with how it stood before and stands now."""
    names = sorted({*before, *now.files})
    pairs = {name: (before.get(name), now.files.get(name)) for name in names}
    return {
        name: tuple(one for one in pair if one is not None)
        for name, pair in pairs.items()
        if pair[0] is None or pair[1] is None or pair[0].digest != pair[1].digest
    }


def causes_of(
    kpi_id: str, entity_id: str | None, period: Period, changed: Mapping[str, Iterable[SourceFile]], now: SourceFiles
) -> tuple[str, ...]:
    """Name the changed files from which a figure is computed; a stock carries its rows on into later months."""
    logs = now.inputs.get(kpi_id, frozenset())
    is_stock = kpi_id in now.stocks
    return tuple(
        name
        for name, states in changed.items()
        if any(state.log in logs and _enters(state, entity_id, period, is_stock=is_stock) for state in states)
    )


def _enters(state: SourceFile, entity_id: str | None, period: Period, *, is_stock: bool) -> bool:
    spans = [span for owner, span in state.spans.items() if entity_id is None or owner in ("", entity_id)]
    return any(first <= period.end and (is_stock or last >= period.start) for first, last in spans)

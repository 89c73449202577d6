"""Read from one build what a comparison of builds needs: values, files, and what each file touches."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kpi.warehouse.connect import Warehouse
from kpi.warehouse.digest import LEFT_OUT_OBJECTS

VALUES = """
select group_id, period_month, numerator, denominator, value
from kpi_points($kpi, $first, $last, months_per_point := 1, by := $by)
where group_id is not null
"""
FILES = """
select
    load_file.source_file, load_file.log, load_file.sha256, load_file.rows_accepted, load_file.rows_rejected,
    load_file.error, coverage.transactions
from load_file
left join (
    select source_file, sum(transactions)::bigint as transactions from load_coverage group by source_file
) as coverage on load_file.source_file = coverage.source_file
"""
PROGRAMME = "programme"
LAYOUT = ("unlisted", "bodies", "measure")
"""What an entry of the catalogue says of where its values are shown: no part of a definition."""


@dataclass(frozen=True)
class BuildValue:
    """Hold one value: exact numerator and denominator, and the value in the unit of the KPI."""

    numerator: int | None
    denominator: int | None
    value: float | None


@dataclass(frozen=True)
class BuildFile:
    """Hold what a build's ledger says of one source file."""

    source_file: str
    log: str
    sha256: str
    rows_accepted: int
    rows_rejected: int
    error: str | None
    transactions: int | None


@dataclass(frozen=True, order=True)
class SentMonth:
    """Name an entity's month, or quarter, in a file; entity None where a row belongs to no entity."""

    month: date
    months_covered: int
    entity_id: str | None


Key = tuple[str, str | None, date]
Coverage = Mapping[SentMonth, tuple[int, int | None]]


@dataclass(frozen=True)
class Snapshot:
    """Hold what one build says, by keys that another build has too.

    `values` has a cell by KPI, entity (None: the whole programme) and month. `registries` and `definitions` hold a
    digest or the text that tells whether they are the same elsewhere; `inputs` the logs and registries behind a KPI.
    """

    build_id: str
    values: Mapping[Key, BuildValue]
    files: Mapping[str, BuildFile]
    coverage: Mapping[str, Coverage]
    registries: Mapping[str, str]
    definitions: Mapping[str, str]
    inputs: Mapping[str, frozenset[str]]
    stocks: frozenset[str]


def read_snapshot(warehouse: Warehouse) -> Snapshot:
    """Read a build for comparison."""
    entries = warehouse.query("select * from meta_kpi order by kpi_id").drop(LAYOUT, strict=False)
    definitions = {row["kpi_id"]: row for row in entries.iter_rows(named=True)}
    versions: dict[str, list] = {}
    for kpi_id, *version in warehouse.query("select * from meta_kpi_version order by all").iter_rows():
        versions.setdefault(kpi_id, []).append(version)
    inputs: dict[str, set[str]] = {}
    for kpi_id, source in warehouse.query("select kpi_id, input from meta_kpi_input").iter_rows():
        inputs.setdefault(kpi_id, set()).add(source)
    return Snapshot(
        build_id=warehouse.build_id,
        values=_values(warehouse, {kpi_id: row["scopes"].split(", ") for kpi_id, row in definitions.items()}),
        files={row[0]: BuildFile(*row) for row in warehouse.query(FILES).iter_rows()},
        coverage=_coverage(warehouse),
        registries=_registries(warehouse),
        definitions={kpi_id: repr((row, versions.get(kpi_id))) for kpi_id, row in definitions.items()},
        inputs={kpi_id: frozenset(sources) for kpi_id, sources in inputs.items()},
        stocks=frozenset(kpi_id for kpi_id, row in definitions.items() if row["flow"] == "stock"),
    )


def _values(warehouse: Warehouse, scopes: dict[str, list[str]]) -> dict[Key, BuildValue]:
    first, last = warehouse.query("select min(month), max(month) from serve_kpi").row(0)
    cells: dict[Key, BuildValue] = {}
    for kpi_id, known in scopes.items() if first else ():
        for by in (scope for scope in (PROGRAMME, "entity") if scope in known):
            rows = warehouse.query(VALUES, kpi=kpi_id, first=first, last=last, by=by)
            for group_id, month, *cell in rows.iter_rows():
                cells[kpi_id, None if by == PROGRAMME else group_id, month] = BuildValue(*cell)
    return cells


def _coverage(warehouse: Warehouse) -> dict[str, dict[SentMonth, tuple[int, int | None]]]:
    found: dict[str, dict[SentMonth, tuple[int, int | None]]] = {}
    rows = warehouse.query(
        "select source_file, month, months_covered, entity_id, log_rows, transactions from load_coverage"
    )
    for source_file, month, months_covered, entity_id, *counts in rows.iter_rows():
        found.setdefault(source_file, {})[SentMonth(month, months_covered, entity_id)] = tuple(counts)
    return found


def _registries(warehouse: Warehouse) -> dict[str, str]:
    rows = warehouse.query(
        "select object_name, digest from meta_digest where object_name like 'dim\\_%' escape '\\' "
        "and object_name not in ('dim_month', 'dim_claim_reason')"
    )
    return {name: digest for name, digest in rows.iter_rows() if name not in LEFT_OUT_OBJECTS}

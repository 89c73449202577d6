"""Which logs and registries each KPI is computed from, read off the SQL itself."""

from pathlib import Path

from kpi.catalogue import Kpi
from kpi.warehouse.logs import LOG_MONTHS, LOGS, OTHER_LOGS
from kpi.warehouse.statements import sql_files

FOLDERS = ("cube", "core", "kpi")
CALENDAR = "dim_month"


def kpi_inputs(sql_folder: Path, catalogue: dict[str, Kpi]) -> list[tuple[str, str]]:
    """Return pairs of a KPI and one of its inputs: a log by its name, a registry by its `dim_` table."""
    files = {file.name: file for folder in FOLDERS for file in sql_files(sql_folder, folder)}
    names = frozenset([*files, LOG_MONTHS, *(f"lake_{log}" for log in LOGS)]) - {CALENDAR}
    # The calendar spans every log and decides no value; a registry is an input, whatever it was made of.
    reads = {name: file.reads(names) for name, file in files.items() if not name.startswith("dim_")}
    reads[LOG_MONTHS] = {f"lake_{log}" for log in OTHER_LOGS}
    return [(kpi.id, source) for kpi in catalogue.values() for source in sorted(_sources(kpi.view, reads))]


def tables_of_logs(sql_folder: Path) -> dict[str, str]:
    """Return the core tables that publish the rows of a log as they were sent, each with its log."""
    logs = {f"lake_{log}": log for log in OTHER_LOGS}
    found = ((file.name, file.reads(frozenset(logs))) for file in sql_files(sql_folder, "core"))
    return {table: logs[lake] for table, read in found for lake in read}


def _sources(view: str, reads: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = [view]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += reads.get(name, ())
    logs = {name.removeprefix("lake_") for name in seen} & set(LOGS)
    return logs | {name for name in seen if name.startswith("dim_")}

"""Write the rows that load and build are measured with: one file per entity and month, 17 months, every column.

They are the demo's rows: its bodies, services, codes, times, people and broken rows, in its proportions; every body
sends every optional column, and every row has an id. The CSV and the Parquet files hold the same.
"""

import multiprocessing
import shutil
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bench.measure_table import Options
from bench.measured import Measured, measure_kpi
from bench.workspaces import with_registries
from kpi.demo.catalogue import build_catalogue
from kpi.demo.reference import read_reference
from kpi.demo.schedule import months
from kpi.demo.senders import senders
from kpi.demo.service_mix import mix_in, service_mixes
from kpi.demo.transactions import OPTIONAL, MonthTask, write_month
from kpi.demo.volumes import EntityMonthPlan, plan_2025

FIRST, LAST = date(2024, 1, 1), date(2025, 5, 1)
SEED = 2025
_WORKERS = 2
_ROWS = ".rows"


def write_entity_months(workspace: Path, rows: int, kind: str) -> int:
    """Write about `rows` rows as `csv` or `parquet` files, and the registry of services; return the exact number."""
    reference = read_reference(workspace)
    catalogue = build_catalogue(reference, SEED)
    catalogue.write(workspace / "reference" / "services.csv")
    everyone = tuple(
        replace(sender, format=kind, columns=OPTIONAL, weighted_counter=False, silent_months=frozenset())
        for sender in senders(reference)
    )
    mixes = service_mixes(catalogue, SEED)
    plans = _plans(plan_2025(everyone, SEED, _scale(everyone, rows)))
    places = tuple((place.governorate_id, place.name_ar) for place in reference.governorates)
    tasks = [
        MonthTask(plan, mix_in(mixes[plan.sender.entity_id], plan.month), SEED, workspace / "inbox", places)
        for plan in sorted(plans, key=_rows, reverse=True)
    ]
    with ProcessPoolExecutor(_WORKERS, mp_context=multiprocessing.get_context("spawn")) as pool:
        broken = sum(map(len, pool.map(write_month, tasks, chunksize=4)))
    return sum(map(_rows, plans)) + broken


@dataclass(frozen=True)
class EntityMonths:
    """A workspace with the rows of load and build as files of one kind."""

    workspace: Path
    kind: str

    @property
    def files(self) -> list[Path]:
        """Return the files, by month and entity."""
        return sorted((self.workspace / "inbox" / "transactions").glob(f"*/*.{self.kind}"))

    @property
    def rows(self) -> int:
        """Return the rows that were written, the broken ones among them."""
        return int((self.workspace / _ROWS).read_text("ascii"))

    def load(self, *, watched: bool = False) -> Measured:
        """Load everything into an empty lake."""
        shutil.rmtree(self.workspace / "lake", ignore_errors=True)
        return measure_kpi("load", "--workspace", str(self.workspace), watched=watched)


def entity_months(options: Options, kind: str) -> EntityMonths:
    """Return the workspace with files of a kind; it is made once for all parts of a run."""
    workspace = options.scratch / kind
    if not workspace.exists():
        with_registries(workspace)
        rows = write_entity_months(workspace, options.rows, kind)
        (workspace / _ROWS).write_text(str(rows), "ascii")
    return EntityMonths(workspace, kind)


def _scale(everyone: tuple, rows: int) -> float:
    tenth = 0.1
    return tenth * rows / sum(map(_rows, _plans(plan_2025(everyone, SEED, tenth))))


def _plans(five_months: tuple[EntityMonthPlan, ...]) -> list[EntityMonthPlan]:
    """Let each entity's five planned months take turns over the whole span."""
    by_entity: dict[str, list[EntityMonthPlan]] = {}
    for plan in five_months:
        by_entity.setdefault(plan.sender.entity_id, []).append(plan)
    return [
        replace(planned[turn % len(planned)], month=month)
        for planned in by_entity.values()
        for turn, month in enumerate(months(FIRST, LAST))
    ]


def _rows(plan: EntityMonthPlan) -> int:
    return sum(cell.count for cell in plan.cells)

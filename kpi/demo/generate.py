"""Write the whole demo workspace: the catalogue of services and every log, once per seed and scale."""

import hashlib
import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from kpi.catalogue import SQL_FOLDER
from kpi.demo.assessments import assessment_paths, write_assessments
from kpi.demo.catalogue import build_catalogue
from kpi.demo.history import history_paths, write_history
from kpi.demo.malformed import Malformed, write_list
from kpi.demo.mark import (
    MALFORMED_LIST,
    SERVICES,
    all_made,
    forget_made,
    read_mark,
    refuse_foreign,
    refuse_real,
    states,
    write_mark,
)
from kpi.demo.projects import project_paths, write_projects
from kpi.demo.received import set_times
from kpi.demo.reference import Reference, read_reference
from kpi.demo.senders import senders
from kpi.demo.service_events import event_paths, write_events
from kpi.demo.service_mix import mix_in, service_mixes
from kpi.demo.transactions import MonthTask, write_month
from kpi.demo.volumes import plan_2025

MOST_WORKERS = 8

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class DemoSummary:
    """What is in the inbox now; `digital_2025` counts completed digital transactions of January–May 2025."""

    services: int
    files: int
    bytes: int
    digital_2025: int
    row_level_transactions: int
    aggregate_rows: int
    malformed: int
    reused: bool


def generate(
    workspace: Path,
    seed: int = 2025,
    scale: float = 1.0,
    progress: Progress | None = None,
    workers: int | None = None,
) -> DemoSummary:
    """Write `reference/services.csv` and the four logs of a workspace, or keep them when nothing has changed.

    `scale` multiplies transaction volumes and nothing else. `progress` is called with a stage of
    `demo.stage` in the messages, the steps done and the steps in all. The same seed, scale and registries give the
    same bytes, whatever the number of worker processes. Raises `SettingsError` when a registry is missing, when the
    workspace is not said to be synthetic, and where the demo did not make what it would write over.
    """
    refuse_real(workspace)
    reference = read_reference(workspace)
    stamp = {"seed": seed, "scale": scale, "generator": _generator_digest(), "registries": reference.digest}
    kept = _kept(workspace, stamp)
    if kept is not None:
        return kept
    return _write(workspace, reference, stamp, progress or _silent, workers or min(os.cpu_count() or 1, MOST_WORKERS))


def _write(workspace: Path, reference: Reference, stamp: dict, progress: Progress, workers: int) -> DemoSummary:
    seed, scale, inbox = stamp["seed"], stamp["scale"], workspace / "inbox"
    progress("services", 0, 1)
    catalogue = build_catalogue(reference, seed)
    all_senders, mixes = senders(reference), service_mixes(catalogue, seed)
    plans = plan_2025(all_senders, seed, scale)
    files = [plan.path for plan in plans] + [path for _, _, path in history_paths(all_senders)]
    files += event_paths() + project_paths() + assessment_paths()
    refuse_foreign(workspace, files)
    forget_made(workspace)
    write_mark(workspace, stamp | {"files": files})
    catalogue.write(workspace / SERVICES)
    write_events(inbox, catalogue, seed)
    write_projects(inbox, reference, seed)
    write_assessments(inbox, reference, seed)
    progress("services", 1, 1)
    progress("history", 0, 1)
    aggregates = write_history(inbox, all_senders, mixes, seed, scale)
    progress("history", 1, 1)
    places = tuple((place.governorate_id, place.name_ar) for place in reference.governorates)
    tasks = [MonthTask(plan, mix_in(mixes[plan.sender.entity_id], plan.month), seed, inbox, places) for plan in plans]
    broken: list[Malformed] = []
    for done, rows in enumerate(_run(tasks, workers), start=1):
        broken += rows
        progress("transactions", done, len(tasks))
    write_list(workspace / MALFORMED_LIST, broken)
    set_times(inbox, files, plans, stamp)
    summary = DemoSummary(
        services=len(catalogue.frame),
        files=len(files),
        bytes=sum((inbox / file).stat().st_size for file in files),
        digital_2025=sum(plan.digital for plan in plans),
        row_level_transactions=sum(cell.count for plan in plans for cell in plan.cells),
        aggregate_rows=aggregates,
        malformed=len(broken),
        reused=False,
    )
    made = {"made": states(workspace, files), "summary": asdict(summary)}
    write_mark(workspace, stamp | {"files": files} | made)
    return summary


def _run(tasks: list[MonthTask], workers: int) -> Iterator[list[Malformed]]:
    """Write the large files first, so that no process ends on one."""
    large_first = sorted(tasks, key=lambda task: -task.plan.digital)
    if workers == 1:
        yield from map(write_month, large_first)
        return
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(write_month, large_first)


def _kept(workspace: Path, stamp: dict) -> DemoSummary | None:
    """Return the summary of an earlier, complete and equal run."""
    found = read_mark(workspace)
    if "summary" not in found or any(found.get(key) != value for key, value in stamp.items()):
        return None
    is_whole = all((workspace / name).is_file() for name in all_made(found["files"]))
    return DemoSummary(**(found["summary"] | {"reused": True})) if is_whole else None


def _generator_digest() -> str:
    digest = hashlib.sha256((SQL_FOLDER / "codes.toml").read_bytes())
    for path in sorted(Path(__file__).parent.glob("*.[pt]*")):
        if path.suffix in {".py", ".toml"}:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _silent(stage: str, done: int, total: int) -> None:
    """Report to nobody."""

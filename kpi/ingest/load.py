"""Load the inbox of a workspace into its lake."""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from kpi.catalogue import codes
from kpi.errors import SettingsError, SourceError
from kpi.ingest.contracts import CONTRACTS
from kpi.ingest.inbox import chosen_files, inbox_files
from kpi.ingest.load_file import FileResult, Plan, failed, is_settled, today
from kpi.ingest.lookups import make_lookups
from kpi.ingest.moments import Clock
from kpi.ingest.normalise import label_key
from kpi.ingest.overlap import forget_stale_overlaps, read_overlap
from kpi.ingest.pseudonym import Pseudonyms, read_or_make_key
from kpi.ingest.registries import read_registries
from kpi.ingest.sources import read_sources
from kpi.ingest.worker import Worker
from kpi.ingest.workers import load_all
from kpi.lake import Lake, LakeFile
from kpi.settings import Settings
from kpi.workspace import read_workspace


@dataclass(frozen=True)
class Progress:
    """How far a load is: files and bytes done of all, and the file that was just finished."""

    files_done: int
    files_total: int
    bytes_done: int
    bytes_total: int
    latest: FileResult


@dataclass(frozen=True)
class LoadReport:
    """What a load did with each file, sorted by source file."""

    results: tuple[FileResult, ...]
    seconds: float

    @property
    def failures(self) -> tuple[FileResult, ...]:
        """Return the files that could not be read."""
        return tuple(result for result in self.results if result.status == "failed")

    @property
    def rows_read(self) -> int:
        """Return the rows read in this load (unchanged files not counted)."""
        return sum(result.file.rows_read for result in self.results if result.status == "loaded" and result.file)

    @property
    def rows_rejected(self) -> int:
        """Return the rows rejected in this load."""
        return sum(result.file.rows_rejected for result in self.results if result.status == "loaded" and result.file)

    @property
    def exit_code(self) -> int:
        """Return 0, or 3 when a source could not be read."""
        return SourceError.exit_code if self.failures else 0


def load(
    settings: Settings,
    paths: Sequence[Path] = (),
    progress: Callable[[Progress], None] | None = None,
    unfinished: Collection[str] = (),
    begun: Worker | None = None,
) -> LoadReport:
    """Bring the lake up to date with the inbox, or with the given files and folders only.

    Files named in `unfinished` (POSIX paths below the inbox) are still being copied: they stay as the lake knows them.
    A worker that has `begun` already is used where one is worth its start.

    Without paths, what left the inbox leaves the lake. A path outside the inbox is first copied into
    `inbox/<log>/`; a file of the same name with other content there is never overwritten. A file that cannot be read
    is recorded with its error and does not stop the others. Raises `SettingsError` when the workspace itself is wrong.
    """
    started = time.monotonic()
    workspace = settings.workspace
    if not workspace.is_dir():
        raise SettingsError("load_workspace_missing", folder=workspace)
    plan = make_plan(settings)
    lake = Lake(workspace)
    if not paths and not plan.inbox.is_dir():
        if lake.files():
            raise SettingsError("inbox_missing", folder=plan.inbox)
        return LoadReport((), time.monotonic() - started)
    with lake.locked():
        found = chosen_files(plan.inbox, plan.sources, paths) if paths else inbox_files(plan.inbox)
        chosen = [name for name in found.files if name not in unfinished]
        results = [_refused(plan, name, error, is_in_inbox=not paths) for name, error in found.refused]
        results += _load_files(plan, lake, chosen, settings.threads, progress, begun)
        if not paths:
            results += _forget_missing(lake, {*found.files, *(name for name, _ in found.refused)})
        lake.remove_orphans()
        read_overlap(lake)
        forget_stale_overlaps(lake)
    results.sort(key=lambda result: result.source_file)
    return LoadReport(tuple(results), time.monotonic() - started)


def make_plan(settings: Settings) -> Plan:
    """Collect what every file is read with; raise `SettingsError` when the workspace is wrong."""
    workspace = settings.workspace
    lists = {
        name: {label_key(label): code.id for code in entries for label in (code.id, code.name_ar, code.name_en)}
        for name, entries in codes().items()
    }
    lookups = make_lookups(read_registries(workspace), lists)
    return Plan(
        workspace=workspace,
        inbox=workspace / "inbox",
        sources=read_sources(workspace),
        lookups=lookups,
        clock=Clock(today(), _time_zone(workspace)),
        pseudonyms=Pseudonyms(read_or_make_key(settings.key_file)),
        digests={log: lookups.digest(contract) for log, contract in CONTRACTS.items()},
    )


def _time_zone(workspace: Path) -> str | None:
    path = workspace / "workspace.toml"
    if not path.exists():
        return None
    declared = read_workspace(workspace)
    return declared.timezone if "timezone" in declared.model_fields_set else None


def _refused(plan: Plan, name: str, error: SourceError, *, is_in_inbox: bool) -> FileResult:
    return failed(plan, name, error) if is_in_inbox else FileResult(name, "failed", None, error)


def _load_files(
    plan: Plan,
    lake: Lake,
    chosen: list[str],
    workers: int,
    progress: Callable[[Progress], None] | None,
    begun: Worker | None,
) -> list[FileResult]:
    sizes = {name: _size(plan.inbox / name) for name in chosen}
    known = {file.source_file: file for file in lake.files()}
    bytes_total, bytes_done = sum(sizes.values()), 0
    results: list[FileResult] = []

    def note(result: FileResult) -> None:
        nonlocal bytes_done
        results.append(result)
        bytes_done += sizes[result.source_file]
        if progress:
            progress(Progress(len(results), len(chosen), bytes_done, bytes_total, result))

    tasks = []
    for name in chosen:
        if name in known and _is_settled(plan, known[name]):
            note(FileResult(name, "unchanged", known[name]))
        else:
            tasks.append((name, sizes[name]))
    load_all(plan, tasks, workers=workers, on_result=note, begun=begun)
    return results


def _is_settled(plan: Plan, file: LakeFile) -> bool:
    try:
        return is_settled(plan, file)
    except (OSError, SourceError):
        return False


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _forget_missing(lake: Lake, present: set[str]) -> list[FileResult]:
    gone = [file for file in lake.files() if file.source_file not in present]
    for file in gone:
        lake.forget(file.source_file)
    lake.forget_unreadable()
    return [FileResult(file.source_file, "removed", file) for file in gone]

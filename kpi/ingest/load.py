"""Load the inbox of a workspace into its lake."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from kpi.catalogue import codes
from kpi.errors import EXIT_HELD_BACK, SettingsError, SourceError
from kpi.held import Held
from kpi.ingest.bounds import Bounds
from kpi.ingest.contracts import CONTRACTS
from kpi.ingest.declared_values import check_values
from kpi.ingest.given_up import is_given_up
from kpi.ingest.held_back import HeldBack, held_back
from kpi.ingest.inbox import Found, chosen_files, inbox_files
from kpi.ingest.load_file import FileResult, Plan, failed, is_settled
from kpi.ingest.lookups import Lookups, make_lookups
from kpi.ingest.missing_files import missing_files, questions_of_missing
from kpi.ingest.moments import Clock
from kpi.ingest.normalise import label_key
from kpi.ingest.overlap import forget_stale_overlaps
from kpi.ingest.ownership import keep_owners, refuse_moves_in_place
from kpi.ingest.pseudonym import Pseudonyms
from kpi.ingest.pseudonym_key import keep_fingerprint, key_in_force
from kpi.ingest.refused import is_useless, take_out_again, unusable_files
from kpi.ingest.registries import read_registries
from kpi.ingest.sources import Sources, read_sources
from kpi.ingest.withdraw import is_withdrawn, withdrawn
from kpi.ingest.worker import Worker
from kpi.ingest.workers import load_all
from kpi.lake import Lake, LakeFile
from kpi.moment import today, zone_of
from kpi.settings import Settings
from kpi.workspace import read_workspace


@dataclass(frozen=True)
class LoadProgress:
    """How far a load is: files and bytes done of all, and the file that was just finished."""

    files_done: int
    files_total: int
    bytes_done: int
    bytes_total: int
    latest: FileResult


@dataclass(frozen=True)
class LoadReport:
    """What a load did with each file, sorted by source file, and what is held back of all that was ever loaded."""

    results: tuple[FileResult, ...]
    seconds: float
    held: tuple[Held, ...] = ()
    unusable: tuple[LakeFile, ...] = ()  # all rows rejected, or so many that the file is held back for it
    not_kept: tuple[str, ...] = ()  # given by path, refused, and taken out of the inbox again
    missing: int = 0  # files that were loaded and are no longer in the inbox: their rows stay
    both_files: pl.DataFrame = field(
        default_factory=pl.DataFrame
    )  # months of a sender that two files bring, both count

    @property
    def both_count(self) -> int:
        """Return how many months of a sender come from two files that both count."""
        return self.both_files.select("entity_id", "month").n_unique() if len(self.both_files) else 0

    @property
    def both_count_example(self) -> str:
        """Name the last of these months and its two files."""
        last = self.both_files.row(-1, named=True)
        return f"{last['entity_id']} {last['month']:%Y-%m} ({last['older_file']}, {last['newer_file']})"

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
    def rejected_by_reason(self) -> Counter[str]:
        """Return how many faults of each kind the rejected rows of this load have."""
        loaded = (result.file for result in self.results if result.status == "loaded" and result.file)
        return sum((Counter(file.rejected_by_reason) for file in loaded), Counter())

    @property
    def exit_code(self) -> int:
        """Return 7 when something is held back, else 3 when of a source nothing could be used, else 0."""
        if self.held:
            return EXIT_HELD_BACK
        return SourceError.exit_code if self.failures or self.unusable else 0


def load(
    settings: Settings,
    paths: Sequence[Path] = (),
    progress: Callable[[LoadProgress], None] | None = None,
    unfinished: Collection[str] = (),
    begun: Worker | None = None,
) -> LoadReport:
    """Bring the lake up to date with the inbox, or with the given files and folders only.

    Files named in `unfinished` (POSIX paths below the inbox) are still being copied: they stay as the lake knows them.
    A worker that has `begun` already is used where one is worth its start.

    The inbox is a letter box: what was loaded stays until it is withdrawn by name, whatever becomes of the file. A path
    outside the inbox is first copied into `inbox/<log>/`; a file of the same name with other content there is never
    overwritten, unless all of its rows were rejected. One that is refused is not kept there. A file that cannot be read
    is recorded with its error and does not stop the others. Raises `SettingsError` when the workspace itself is wrong.
    """
    started = time.monotonic()
    workspace = settings.workspace
    if not workspace.is_dir():
        raise SettingsError("load_workspace_missing", folder=workspace)
    plan = make_plan(settings)
    lake = Lake(workspace)
    with lake.locked():
        keep_fingerprint(lake, plan.pseudonyms.key)
        keep_owners(lake, plan.lookups.owners)
        found = _found(plan, lake, paths)
        chosen, results = _chosen(plan, lake, found, unfinished, is_named=bool(paths))
        before = {name: lake.entry(name) for name in found.copied}
        results += _load_files(plan, lake, chosen, settings.threads, progress, begun)
        not_kept = take_out_again(plan.inbox, lake, results, before)
        held = held_back(workspace, lake)
        _let_count(lake, held)
        lake.remove_orphans()
        forget_stale_overlaps(held.lake)
        missing = missing_files(plan.inbox, lake)
    results.sort(key=lambda result: result.source_file)
    items = (*held.items, *questions_of_missing(workspace, lake, missing))
    unusable, both_count = unusable_files(results, held), held.overlap.both_count
    seconds = time.monotonic() - started
    return LoadReport(tuple(results), seconds, items, unusable, not_kept, len(missing), both_count)


def _found(plan: Plan, lake: Lake, paths: Sequence[Path]) -> Found:
    if paths:
        useless = {file.source_file: file.sha256 for file in lake.files() if is_useless(file) and not file.pending}
        return chosen_files(plan.inbox, plan.sources, paths, useless)
    if not plan.inbox.exists() and not (plan.workspace / "workspace.toml").exists() and not lake.files():
        raise SettingsError("workspace_missing", workspace=plan.workspace)
    return inbox_files(plan.inbox) if plan.inbox.is_dir() else Found(())


def _chosen(
    plan: Plan, lake: Lake, found: Found, unfinished: Collection[str], *, is_named: bool
) -> tuple[list[str], list[FileResult]]:
    """Return which of the files are read, and what is known already of those that are not."""
    chosen = [name for name in found.files if name not in unfinished]
    gone = frozenset() if is_named else withdrawn(plan.workspace)
    chosen = [name for name in chosen if not is_withdrawn(plan.inbox, name, gone)]
    given_up = [] if is_named else _given_up(plan, lake, chosen)
    chosen = [name for name in chosen if name not in {result.source_file for result in given_up}]
    return chosen, [
        *(_refused(plan, name, error, is_in_inbox=not is_named) for name, error in found.refused),
        *given_up,
    ]


def _let_count(lake: Lake, held: HeldBack) -> None:
    """Let the newer contents count that are not held back, for good: those before them go."""
    pending = {file.source_file: file.pending for file in lake.files() if file.pending}
    keys = {file.source_file: file.lake_key for file in held.lake.files()}
    lake.commit(*(newer for name, newer in pending.items() if keys[name] == newer.lake_key))


def make_plan(settings: Settings) -> Plan:
    """Collect what every file is read with; raise `SettingsError` when the workspace is wrong."""
    workspace = settings.workspace
    sources, lookups, clock = declared(workspace)
    return Plan(
        workspace=workspace,
        inbox=workspace / "inbox",
        sources=sources,
        lookups=lookups,
        clock=clock,
        pseudonyms=Pseudonyms(key_in_force(settings.key_file, Lake(workspace))),
        digests={log: lookups.digest(contract) for log, contract in CONTRACTS.items()},
        number_pattern=_number_pattern(workspace),
        bounds=Bounds.of(settings),
    )


def declared(workspace: Path) -> tuple[Sources, Lookups, Clock]:
    """Read what a workspace declares before any file is read; raise `SettingsError` with all that is wrong."""
    zone = zone_of(workspace)
    lists = {
        name: {label_key(label): code.id for code in entries for label in (code.id, code.name_ar, code.name_en)}
        for name, entries in codes().items()
    }
    registries = read_registries(workspace)
    refuse_moves_in_place(Lake(workspace), registries["services"])
    lookups = make_lookups(registries, lists)
    sources, clock = read_sources(workspace), Clock(today(zone), zone)
    check_values(workspace, sources, lookups, clock)
    return sources, lookups, clock


def _number_pattern(workspace: Path) -> str:
    is_declared = (workspace / "workspace.toml").exists()
    return read_workspace(workspace).privacy.number_pattern if is_declared else ""


def _refused(plan: Plan, name: str, error: SourceError, *, is_in_inbox: bool) -> FileResult:
    return failed(plan, name, error) if is_in_inbox else FileResult(name, "failed", None, error)


def _given_up(plan: Plan, lake: Lake, chosen: list[str]) -> list[FileResult]:
    """Return the files that ended their reader before and are still the same; naming one has it tried again."""
    known = (entry for entry in lake.files() if entry.given_up and entry.source_file in chosen)
    return [FileResult(one.source_file, "failed", one, one.problem) for one in known if is_given_up(plan, one)]


def _load_files(
    plan: Plan,
    lake: Lake,
    chosen: list[str],
    workers: int,
    progress: Callable[[LoadProgress], None] | None,
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
            progress(LoadProgress(len(results), len(chosen), bytes_done, bytes_total, result))

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

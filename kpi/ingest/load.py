"""Load the inbox of a workspace into its lake."""

import os
import shutil
import time
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kpi.catalogue import codes
from kpi.errors import SettingsError, SourceError
from kpi.ingest.contracts import CONTRACTS
from kpi.ingest.load_file import FileResult, Plan, is_settled, today
from kpi.ingest.lookups import make_lookups
from kpi.ingest.normalise import label_key
from kpi.ingest.overlap import forget_stale_overlaps, read_overlap
from kpi.ingest.parse import Clock
from kpi.ingest.pseudonym import read_or_make_key
from kpi.ingest.registries import read_registries
from kpi.ingest.sources import Sources, read_sources
from kpi.ingest.workers import load_all
from kpi.lake import Lake, LakeFile
from kpi.settings import Settings

_UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart")


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
    settings: Settings, paths: Sequence[Path] = (), progress: Callable[[Progress], None] | None = None
) -> LoadReport:
    """Bring the lake up to date with the inbox, or with the given files and folders only.

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
        chosen, refused = _chosen(plan, paths) if paths else (_inbox_files(plan.inbox), [])
        results = [*refused, *_load_files(plan, lake, chosen, settings.threads, progress)]
        if not paths:
            results += _forget_missing(lake, set(chosen))
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
        key=read_or_make_key(settings.key_file),
        digests={log: lookups.digest(contract) for log, contract in CONTRACTS.items()},
    )


def _time_zone(workspace: Path) -> str | None:
    path = workspace / "workspace.toml"
    if not path.exists():
        return None
    try:
        zone = tomllib.loads(path.read_text(encoding="utf-8")).get("timezone")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError("sources_unreadable", file=path, reason=str(error)) from error
    return str(zone) if zone else None


def _load_files(
    plan: Plan, lake: Lake, chosen: list[str], workers: int, progress: Callable[[Progress], None] | None
) -> list[FileResult]:
    sizes = {name: _size(plan.inbox / name) for name in chosen}
    known = {file.source_file: file for file in lake.files()}
    results: list[FileResult] = []

    def note(result: FileResult) -> None:
        results.append(result)
        if progress:
            done = sum(sizes[item.source_file] for item in results)
            progress(Progress(len(results), len(chosen), done, sum(sizes.values()), result))

    tasks = []
    for name in chosen:
        if name in known and _is_settled(plan, known[name]):
            note(FileResult(name, "unchanged", known[name]))
        else:
            tasks.append((name, sizes[name]))
    load_all(plan, tasks, workers=workers, on_result=note)
    return results


def _is_settled(plan: Plan, file: LakeFile) -> bool:
    try:
        return is_settled(plan, file)
    except (OSError, SourceError):
        return False


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _inbox_files(inbox: Path) -> list[str]:
    """Return the files below the inbox; hidden, lock and half-copied files and pipes are not sent files."""
    found = []
    for folder, folders, names in os.walk(inbox, onerror=_refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [path.relative_to(inbox).as_posix() for path in map(Path(folder).joinpath, names) if _is_sent(path)]
    return sorted(found)


def _refuse(error: OSError) -> None:
    """Stop: a folder that cannot be listed would look as if its files had been withdrawn."""
    raise SettingsError("folder_unreadable", folder=error.filename) from error


def _is_sent(path: Path) -> bool:
    hidden = path.name.startswith((".", "~$")) or path.name.lower().endswith(_UNFINISHED)
    return not hidden and path.is_file()


def _forget_missing(lake: Lake, present: set[str]) -> list[FileResult]:
    gone = [file for file in lake.files() if file.source_file not in present]
    for file in gone:
        lake.forget(file.source_file)
    return [FileResult(file.source_file, "removed", file) for file in gone]


def _chosen(plan: Plan, paths: Sequence[Path]) -> tuple[list[str], list[FileResult]]:
    inbox = plan.inbox.resolve()
    chosen: dict[str, None] = {}
    refused: list[FileResult] = []
    for path in paths:
        whole = path.resolve()
        try:
            for file in _files_of(whole):
                chosen[_in_inbox(inbox, file, plan.sources)] = None
        except SourceError as error:
            refused.append(FileResult(path.name, "failed", None, error))
        except OSError:
            refused.append(FileResult(path.name, "failed", None, SourceError("file_forbidden", file=path)))
    return list(chosen), refused


def _files_of(path: Path) -> list[Path]:
    if not path.is_dir() and not path.is_file():
        raise SourceError("file_vanished", file=path)
    return [path / name for name in _inbox_files(path)] if path.is_dir() else [path]


def _in_inbox(inbox: Path, file: Path, sources: Sources) -> str:
    """Return a file's path in the inbox, copying it there when it lies outside."""
    if file.is_relative_to(inbox):
        return file.relative_to(inbox).as_posix()
    target = _log_of_outsider(file, sources)
    place = inbox / target
    if place.exists() and place.read_bytes() != file.read_bytes():
        raise SourceError("name_taken", file=file, place=place)
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_name(f".{place.name}.{os.getpid()}")
        shutil.copyfile(file, draft)
        draft.replace(place)
    return target


def _log_of_outsider(file: Path, sources: Sources) -> str:
    named = [part for part in reversed(file.parts[:-1]) if part in CONTRACTS]
    for log in (*named[:1], *CONTRACTS):
        target = f"{log}/{file.name}"
        if named or any(sources.of_file(target) == source for source in sources.logs):
            return target
    raise SourceError("log_unknown", file=file, logs=", ".join(CONTRACTS))

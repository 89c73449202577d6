"""What a build is made of: collected once, digested kind by kind, and refused when the lake is damaged."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import polars as pl

from kpi import __version__
from kpi.decisions import Decision, decisions
from kpi.errors import LakeDamaged
from kpi.ingest.boundaries import read_boundaries
from kpi.ingest.held_back import HeldBack, held_back
from kpi.ingest.overlap import RULE_VERSION
from kpi.ingest.registries import read_registries
from kpi.ingest.sources import Sources, read_sources
from kpi.lake import Lake
from kpi.settings import Settings
from kpi.workspace import Workspace, read_workspace

# The ledger says when and where; only what determines the rows is an input.
LEDGER_LEFT_OUT = (
    "accepted_path", "rejected_path", "loaded_at", "modified_ns", "error_key", "error_facts",
    "archived_at", "archived_as",
)  # fmt: skip


@dataclass(frozen=True)
class Inputs:
    """Hold everything that determines the content of a build, and one digest for each kind of it.

    `held` says what of the lake is held back, and holds the lake as it counts.
    """

    held: HeldBack
    decisions: tuple[Decision, ...]
    registries: dict[str, pl.DataFrame]
    workspace: Workspace
    sources: Sources
    digests: dict[str, str]

    @property
    def lake(self) -> Lake:
        """Return the lake as it counts."""
        return self.held.lake

    @property
    def sha256(self) -> str:
        """Return one digest of all inputs."""
        return hashlib.sha256(json.dumps(self.digests, sort_keys=True).encode()).hexdigest()


def read_inputs(settings: Settings, sql_folder: Path) -> Inputs:
    """Read registries and ledger; the caller keeps the lake as it is meanwhile."""
    held = held_back(settings.workspace)
    taken = decisions(settings.workspace)
    registries = read_registries(settings.workspace, sql_folder)
    governorates = registries["governorates"]["governorate_id"].to_list()
    registries["governorate_boundary"] = read_boundaries(settings.workspace, governorates)
    workspace = read_workspace(settings.workspace)
    sources = read_sources(settings.workspace)
    parts = {
        "lake": [
            {name: value for name, value in asdict(file).items() if name not in LEDGER_LEFT_OUT}
            for file in held.lake.files()
        ],
        "decisions": [[asdict(decision) for decision in taken], [asdict(item) for item in held.items]],
        "registries": {name: registry.write_csv() for name, registry in registries.items()},
        "workspace": [workspace.as_meta(), sources.of_counting()],
        "sql": {path.relative_to(sql_folder).as_posix(): path.read_text("utf-8") for path in _files(sql_folder, "*")},
        "code": [
            __version__, RULE_VERSION, settings.storage_version, duckdb.__version__,
            *(path.read_text("utf-8") for path in _files(Path(__file__).parent, "*.py")),
        ],
    }  # fmt: skip
    return Inputs(held, taken, registries, workspace, sources, {name: _digest(part) for name, part in parts.items()})


def check_lake(lake: Lake, *, set_aside: bool) -> None:
    """Raise `LakeDamaged` when the lake does not hold what was loaded into it.

    With `set_aside` the damaged files are moved out of the way, so that the next load reads their sources again.
    """
    unreadable = lake.unreadable_entries()
    damaged = list(lake.damaged_data())
    if set_aside:
        for _, path in damaged:
            lake.set_aside(path)
    named = [f"{file.source_file} ({path.relative_to(lake.root.parent).as_posix()})" for file, path in damaged]
    named += [path.relative_to(lake.root.parent).as_posix() for path in unreadable]
    if named:
        raise LakeDamaged("lake_damaged", files=", ".join(named))


def _files(folder: Path, pattern: str) -> list[Path]:
    return [path for path in sorted(folder.rglob(pattern)) if path.is_file() and "__pycache__" not in path.parts]


def _digest(part: object) -> str:
    return hashlib.sha256(json.dumps(part, sort_keys=True, default=str).encode()).hexdigest()

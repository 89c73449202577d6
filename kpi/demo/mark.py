"""The mark of the demo workspace: what the demo made there. Nothing else is ever written over or removed by it.

The mark names every file before the first is written, so that an interrupted run leaves nothing unknown behind; a run
that came to its end adds what each file was like, and a file that is no longer like that belongs to somebody else.
"""

import json
import shutil
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from kpi.errors import SettingsError
from kpi.lake import Lake, sha256_of
from kpi.workspace import read_workspace

MARK = ".demo.json"
INBOX = "inbox"
SERVICES = "reference/services.csv"
MALFORMED_LIST = "demo_malformed.csv"
_EARLIER_MARK = "inbox/.demo.json"
_HOLDS_WORK = (INBOX, "lake", "warehouse", "reports/issued")


@dataclass(frozen=True)
class Removed:
    """Tell how many files were removed, and which places stay because the demo did not make all of them."""

    files: int
    kept: tuple[str, ...]


def read_mark(workspace: Path) -> dict:
    """Return what the demo noted in a workspace; empty where it was not made."""
    for name in (MARK, _EARLIER_MARK):
        try:
            found = json.loads((workspace / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(found, dict):
            return found
    return {}


def write_mark(workspace: Path, content: dict) -> None:
    """Note what the demo makes."""
    (workspace / MARK).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    (workspace / _EARLIER_MARK).unlink(missing_ok=True)


def all_made(files: Iterable[str]) -> list[str]:
    """Return every path that the demo writes, given the names of its logs below the inbox."""
    return [SERVICES, MALFORMED_LIST, *(f"{INBOX}/{file}" for file in files)]


def states(workspace: Path, files: Iterable[str]) -> dict[str, list[int | str]]:
    """Return what tells each file that was made from one that took its place: size and time, or its bytes."""
    found: dict[str, list[int | str]] = {}
    for name in all_made(files):
        path = workspace / name
        stat = path.stat()
        found[name] = [stat.st_size, stat.st_mtime_ns if name.startswith(INBOX) else sha256_of(path)]
    return found


def refuse_real(workspace: Path) -> None:
    """Raise `SettingsError` where a workspace does not say that its data are synthetic."""
    if (workspace / "workspace.toml").exists() and not read_workspace(workspace).synthetic:
        raise SettingsError("demo_workspace_real", workspace=workspace)


def refuse_foreign(workspace: Path, files: Iterable[str]) -> None:
    """Raise `SettingsError` where the demo would write over, or among, what it did not make."""
    mark = read_mark(workspace)
    for name in all_made(files):
        if (workspace / name).exists() and not _is_made(workspace, name, mark):
            raise SettingsError("demo_file_foreign", file=workspace / name)
    if not mark:
        for place in _HOLDS_WORK:
            found = next((path for path in (workspace / place).rglob("*") if path.is_file()), None)
            if found:
                raise SettingsError("demo_file_foreign", file=found)


def forget_made(workspace: Path) -> int:
    """Remove the files of an earlier run as it left them, and nothing else; return how many.

    The lake forgets them too: invented data are made anew, and never correct what was invented before.
    """
    mark = read_mark(workspace)
    made = [workspace / name for name in all_made(mark.get("files", [])) if _is_made(workspace, name, mark)]
    lake = Lake(workspace)
    with lake.locked() if lake.root.is_dir() else nullcontext():
        for path in made:
            path.unlink()
            if path.is_relative_to(workspace / INBOX):
                lake.forget(path.relative_to(workspace / INBOX).as_posix())
    return len(made)


def remove_made(workspace: Path, *, builds_too: bool) -> Removed:
    """Remove what the demo made: its files, the lake when nothing else is in it, and the mark.

    `builds_too` says that every published build is of synthetic data. Documents, logs and decisions always stay.
    """
    mark = read_mark(workspace)
    if not mark:
        return Removed(0, ())
    own = set(mark.get("files", []))
    lake = Lake(workspace)
    lake_too = {file.source_file for file in lake.files()} <= own and not lake.unreadable_entries()
    count = forget_made(workspace)
    for place, is_made in (("lake", lake_too), ("warehouse", lake_too and builds_too)):
        if is_made and (workspace / place).is_dir() and not (workspace / place).is_symlink():
            count += sum(path.is_file() for path in (workspace / place).rglob("*"))
            shutil.rmtree(workspace / place)
    (workspace / MARK).unlink(missing_ok=True)
    (workspace / _EARLIER_MARK).unlink(missing_ok=True)
    _remove_empty(workspace / INBOX)
    left = (*_HOLDS_WORK, "reports", "logs", "decisions.jsonl", SERVICES)
    return Removed(count, tuple(name for name in left if (workspace / name).exists()))


def _is_made(workspace: Path, name: str, mark: dict) -> bool:
    """Tell whether a file is there as the demo left it; of a run that was interrupted only the names are known."""
    path = workspace / name
    if not mark or not path.is_file() or path.is_symlink() or name not in all_made(mark.get("files", [])):
        return False
    if "made" not in mark:
        return True
    size, told = mark["made"].get(name, (None, None))
    stat = path.stat()
    return stat.st_size == size and told == (stat.st_mtime_ns if name.startswith(INBOX) else sha256_of(path))


def _remove_empty(folder: Path) -> None:
    if folder.is_symlink() or not folder.is_dir():
        return
    for path in folder.iterdir():
        _remove_empty(path)
    if not any(folder.iterdir()):
        folder.rmdir()

"""Seal away the raw files that were loaded, or delete them: their rows stay, the numbers of people in them do not.

First the sealed copy is on disk, then the ledger says so, then the raw file goes: whatever ends in between, nothing is
lost and the next run goes on.
"""

import hashlib
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from kpi.decisions import record
from kpi.durable import sync, write_whole
from kpi.errors import SettingsError, storage_fault
from kpi.ingest.held_back import held_back
from kpi.lake import Lake, LakeFile, sha256_of
from kpi.moment import now

ARCHIVE = "archive"
DELETED = "deleted"
SEALED_ENDING = ".sealed"


@dataclass(frozen=True)
class Archived:
    """Tell which raw files are gone from the inbox, and which were asked for by name and stay, each with the reason."""

    files: tuple[str, ...]
    kept: tuple[tuple[str, str], ...]


def archive(
    workspace: Path,
    *,
    older_than_days: int | None,
    names: Sequence[str] = (),
    seal: str | None,
    by: str,
    why: str,
) -> Archived:
    """Take raw files out of the inbox that were loaded some days ago, or those that are named.

    `seal` is a command that reads a file and writes it encrypted; its output is kept below `archive/`. Without one the
    files are deleted. A file that was not loaded as it lies there, has an error or is held back stays. Raises
    `SettingsError` for a name that the ledger does not know, and when the command fails; the rest then stays as it was.
    """
    lake = Lake(workspace)
    with lake.locked():
        chosen, kept = _chosen(workspace, lake, older_than_days, names)
        if chosen:
            record(workspace, "archive", by=by, why=why, subject=_subject(chosen, older_than_days, seal))
        for file in chosen:
            how = _sealed(workspace, file, seal) if seal else DELETED
            lake.commit(replace(file, archived_at=now().isoformat(timespec="seconds"), archived_as=how))
            raw = workspace / "inbox" / file.source_file
            with storage_fault(raw):
                raw.unlink()
                sync(raw.parent)
    return Archived(tuple(file.source_file for file in chosen), kept)


def due(workspace: Path, after_days: int | None) -> tuple[LakeFile, ...]:
    """Return the files that a setting wants out of the inbox by now; none without the setting."""
    if after_days is None:
        return ()
    lake = Lake(workspace)
    return tuple(_chosen(workspace, lake, after_days, ())[0])


def lost_copies(workspace: Path) -> tuple[str, ...]:
    """Return the files whose sealed copy is no longer where it was put."""
    sealed = [file for file in Lake(workspace).files() if file.archived_as not in ("", DELETED)]
    return tuple(file.source_file for file in sealed if not (workspace / ARCHIVE / file.archived_as).is_file())


def _chosen(
    workspace: Path, lake: Lake, older_than_days: int | None, names: Sequence[str]
) -> tuple[list[LakeFile], tuple[tuple[str, str], ...]]:
    files = {file.source_file: file for file in lake.files()}
    wanted = [name.removeprefix("inbox/") for name in names]
    if unknown := [name for name in wanted if name not in files]:
        raise SettingsError("archive_unknown", file=unknown[0])
    held = {item.source_file for item in held_back(workspace, lake).items if item.source_file}
    chosen, kept = [], []
    for name in wanted or files:
        file = files[name]
        reason = _reason_to_keep(workspace, file, held, None if names else older_than_days)
        if reason is None:
            chosen.append(file)
        elif names:
            kept.append((name, reason))
    return chosen, tuple(kept)


def _reason_to_keep(workspace: Path, file: LakeFile, held: set[str], older_than_days: int | None) -> str | None:
    raw = workspace / "inbox" / file.source_file
    if not raw.is_file() or raw.is_symlink():
        return "gone"
    if file.error or file.pending or not file.data_paths:
        return "unread"
    if file.source_file in held:
        return "held"
    if older_than_days is not None:
        loaded_at = datetime.fromisoformat(file.loaded_at)
        if now() - loaded_at < timedelta(days=older_than_days):
            return "young"
    return None if sha256_of(raw) == file.sha256 else "unread"


def _sealed(workspace: Path, file: LakeFile, command: str) -> str:
    """Have a file encrypted by the command and keep its output; return its name below `archive/`."""
    raw = workspace / "inbox" / file.source_file
    name = f"{file.source_file}.{file.sha256[:12]}{SEALED_ENDING}"
    target = workspace / ARCHIVE / name
    try:
        with raw.open("rb") as content:
            done = subprocess.run(shlex.split(command), stdin=content, capture_output=True, check=False)  # noqa: S603
    except (OSError, ValueError) as error:
        raise SettingsError("archive_seal_failed", file=file.source_file, reason=str(error)) from error
    is_open = hashlib.sha256(done.stdout).hexdigest() == file.sha256
    if done.returncode or not done.stdout or is_open:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        reason = lines[-1] if lines else f"exit {done.returncode}, {len(done.stdout)} bytes"
        raise SettingsError("archive_seal_failed", file=file.source_file, reason=reason)
    with storage_fault(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, done.stdout)
    return name


def _subject(chosen: Sequence[LakeFile], older_than_days: int | None, seal: str | None) -> dict[str, str]:
    contents = sorted((file.source_file, file.sha256) for file in chosen)
    subject = {
        "files": str(len(chosen)),
        "rows": str(sum(file.rows_accepted for file in chosen)),
        "how": "sealed" if seal else DELETED,
        "contents": hashlib.sha256(repr(contents).encode()).hexdigest(),
    }
    return subject | ({"older_than_days": str(older_than_days)} if older_than_days is not None else {})

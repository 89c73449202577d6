"""Withdraw what was loaded, by name: recorded first, then forgotten; what lies in the inbox is left alone."""

from collections.abc import Sequence
from pathlib import Path

from kpi.decisions import decisions, record
from kpi.errors import SettingsError
from kpi.lake import Lake, LakeFile, sha256_of
from kpi.slips import nearest


def withdraw(workspace: Path, names: Sequence[str], *, by: str, why: str) -> tuple[str, ...]:
    """Take files out of the lake by their names in the ledger, or by their paths; return the names.

    Entries of the ledger that cannot be read go by their path, `lake/files/….json`. Raises `SettingsError` before
    anything is done when one of the names is not known.
    """
    lake = Lake(workspace)
    with lake.locked():
        files = {file.source_file: file for file in lake.files()}
        unreadable = {path.name for path in lake.unreadable_entries()}
        wanted = list(dict.fromkeys(_known(workspace, name, files, unreadable) for name in names))
        for name in wanted:
            record(workspace, "withdraw", by=by, why=why, subject=_subject(name, files.get(name)))
            if name in files:
                lake.forget(name)
            else:
                lake.forget_entry(name)
        lake.remove_orphans()
    return tuple(wanted)


def withdrawn(workspace: Path) -> frozenset[tuple[str, str]]:
    """Return the contents that were withdrawn (source file, digest): they are not loaded again by themselves."""
    subjects = [decision.subject for decision in decisions(workspace) if decision.action == "withdraw"]
    return frozenset(
        (subject.get("source_file", ""), subject[name])
        for subject in subjects
        for name in ("sha256", "pending_sha256")
        if name in subject
    )


def is_withdrawn(inbox: Path, source_file: str, contents: frozenset[tuple[str, str]]) -> bool:
    """Tell whether the file as it lies in the inbox was withdrawn."""
    if not any(name == source_file for name, _ in contents):
        return False
    try:
        return (source_file, sha256_of(inbox / source_file)) in contents
    except OSError:
        return False


def _known(workspace: Path, name: str, files: dict[str, LakeFile], unreadable: set[str]) -> str:
    if name in files:
        return name
    inbox = (workspace / "inbox").resolve()
    path = Path(name).absolute()
    for below in (path, path.parent.resolve() / path.name):
        if below.is_relative_to(inbox) and below.relative_to(inbox).as_posix() in files:
            return below.relative_to(inbox).as_posix()
    if name.removeprefix("inbox/") in files:
        return name.removeprefix("inbox/")
    if path.name in unreadable:
        return path.name
    near = nearest(name, files)
    raise SettingsError("withdraw_unknown", file=name, nearest=", ".join(near) or "–", count=f"{len(files):,}")


def _subject(name: str, file: LakeFile | None) -> dict[str, str]:
    if file is None:
        return {"entry": name}
    subject = {"source_file": name, "sha256": file.sha256, "rows": str(file.rows_accepted)}
    return subject | ({"pending_sha256": file.pending.sha256} if file.pending else {})

"""Tell which files were loaded and are no longer in the inbox, and ask when they are too many to be meant.

Their rows stay: the inbox is a letter box. An inbox that is empty, or a share that is not mounted, withdraws nothing.
"""

import os
from pathlib import Path

from kpi.gate import read_gate
from kpi.held import Held, held_id_of, releases
from kpi.lake import Lake, LakeFile


def missing_files(inbox: Path, lake: Lake) -> tuple[LakeFile, ...]:
    """Return what was loaded, was not sealed away, and is not in the inbox now."""
    loaded = [file for file in lake.files() if file.accepted_path and not file.archived]
    return tuple(file for file in loaded if not os.path.lexists(inbox / file.source_file))


def questions_of_missing(workspace: Path, lake: Lake, missing: tuple[LakeFile, ...]) -> tuple[Held, ...]:
    """Return the question that more missing files than the workspace's bound raise; none when it was answered."""
    inbox, gate = workspace / "inbox", read_gate(workspace)
    known = [file for file in lake.files() if file.accepted_path and not file.archived]
    if not missing or (inbox.is_dir() and 100 * len(missing) <= gate.missing_share_pct * len(known)):
        return ()
    kind = "withdrawal"
    held_id = held_id_of(kind, "inbox", sorted((file.source_file, file.sha256) for file in missing))
    if held_id in releases(workspace):
        return ()
    facts = {
        "folder": str(inbox),
        "missing": f"{len(missing):,}",
        "known": f"{len(known):,}",
        "share": f"{100 * len(missing) / len(known):.0f}",
        "bound": f"{gate.missing_share_pct:g}",
        "example": missing[0].source_file,
    }
    rows = sum(file.rows_accepted for file in missing)
    return (Held(held_id, kind, "inbox_missing" if inbox.is_dir() else "inbox_gone", log_rows=rows, facts=facts),)


def missing_from_inbox(workspace: Path) -> tuple[Held, ...]:
    """Return the question that the inbox raises as it is now."""
    lake = Lake(workspace)
    return questions_of_missing(workspace, lake, missing_files(workspace / "inbox", lake))

"""Let through what is held back: found by its id, recorded with a name and a reason."""

from collections.abc import Sequence
from pathlib import Path

from kpi.decisions import record
from kpi.errors import SettingsError
from kpi.held import Held, held_publication
from kpi.ingest.held_back import held_back
from kpi.ingest.missing_files import missing_from_inbox
from kpi.lake import Lake


def everything_held(workspace: Path) -> tuple[Held, ...]:
    """Return all that is held back now: of the lake, of the inbox as it is, and the publication that was stopped."""
    lake = Lake(workspace)
    with lake.reading():
        items = held_back(workspace, lake).items
        return (*items, *missing_from_inbox(workspace), *held_publication(workspace))


def release(workspace: Path, ids: Sequence[str], *, by: str, why: str) -> tuple[str, ...]:
    """Record that what these ids name is right; return the ids.

    Raises `SettingsError` before anything is recorded when one of them is not held back now.
    """
    items = everything_held(workspace)
    known = {held.held_id: held for held in reversed(items)}
    unknown = [held_id for held_id in ids if held_id not in known]
    if unknown:
        raise SettingsError("release_unknown", held_id=unknown[0], known=", ".join(sorted(known)) or "–")
    for held_id in dict.fromkeys(ids):
        files = sorted({held.source_file for held in items if held.held_id == held_id and held.source_file})
        subject = known[held_id].subject() | ({"source_files": "\n".join(files)} if len(files) > 1 else {})
        record(workspace, "release", by=by, why=why, subject=subject)
    return tuple(dict.fromkeys(ids))

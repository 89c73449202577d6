"""Have what was written on disk before anything counts on it, and closed to whoever has no part in it."""

import os
import stat
from pathlib import Path

PRIVATE_UMASK = 0o027  # files 0640 at most, folders 0750
PRIVATE_PLACES = ("inbox", "lake", "warehouse", "reports", "logs", "archive", "decisions.jsonl", "demo_malformed.csv")
"""What a workspace holds about people or about decisions; registries and settings are no secret."""


def sync(path: Path) -> None:
    """Have a file's bytes on disk, or a folder's names."""
    # A read-only descriptor is enough, and works for whoever may no longer write the file.
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: Path, content: bytes, draft_prefix: str = ".") -> None:
    """Put a whole file under its name, or nothing: written aside, synced, renamed, the folder synced.

    The draft's name begins with `draft_prefix`, by which whoever clears up after a killed run knows it.
    """
    draft = path.with_name(f"{draft_prefix}{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    sync(path.parent)


def keep_private() -> None:
    """Have this process and its children make no file wider than 0640 and no folder wider than 0750.

    By the umask, so that it holds for whatever library writes; a stricter umask stays as it is.
    """
    os.umask(os.umask(PRIVATE_UMASK) | PRIVATE_UMASK)


def open_to_others(workspace: Path) -> tuple[Path, ...]:
    """Return the private files and folders of a workspace that any user of the machine may enter, read or write."""
    found = []
    for place in map(workspace.joinpath, PRIVATE_PLACES):
        inside = (Path(folder, name) for folder, folders, names in os.walk(place) for name in (*folders, *names))
        found += [path for path in (place, *inside) if _is_open(path)]
    return tuple(sorted(found))


def _is_open(path: Path) -> bool:
    try:
        mode = path.lstat().st_mode
    except OSError:
        return False
    return not stat.S_ISLNK(mode) and bool(mode & 0o007)

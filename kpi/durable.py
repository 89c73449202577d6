"""Have what was written on disk before anything counts on it, and closed to whoever has no part in it.

Nothing else in the code syncs or renames a file: what is written lies aside until it is whole and on disk.
"""

import os
import stat
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import IO

PRIVATE_UMASK = 0o027  # files 0640 at most, folders 0750
PRIVATE_PLACES = ("inbox", "lake", "warehouse", "reports", "logs", "archive", "decisions.jsonl", "demo_malformed.csv")
"""What a workspace holds about people or about decisions; registries and settings are no secret."""
_SYNCED_AT_ONCE = 8


def sync(path: Path) -> None:
    """Have a file's bytes on disk, or a folder's names."""
    # A read-only descriptor is enough, and works for whoever may no longer write the file.
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put(draft: Path, path: Path) -> None:
    """Give a finished draft its name, so that it survives a crash: synced, renamed, the folder synced."""
    sync(draft)
    draft.replace(path)
    sync(path.parent)


def put_all(drafts: Mapping[Path, Path]) -> None:
    """Give finished drafts (draft → path) their names, so that they survive a crash.

    A disk writes many files that wait for it at once in little more time than one.
    """
    with ThreadPoolExecutor(_SYNCED_AT_ONCE) as pool:
        list(pool.map(sync, drafts))
        for draft, path in drafts.items():
            draft.replace(path)
        list(pool.map(sync, {path.parent for path in drafts.values()}))


def write_whole(path: Path, content: bytes, draft_prefix: str = ".") -> None:
    """Put a whole file under its name, or nothing.

    The draft's name begins with `draft_prefix`, by which whoever clears up after a killed run knows it.
    """
    draft = path.with_name(f"{draft_prefix}{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        put(draft, path)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise


def write_first(path: Path, content: bytes, mode: int) -> None:
    """Put a whole file under its name, unless another process did so first: then that one stays."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        sync(draft)
        with suppress(FileExistsError):
            os.link(draft, path)  # a link refuses to overwrite
    finally:
        draft.unlink()
    sync(path.parent)


def append_whole(file: IO[bytes], line: bytes) -> None:
    """Write a line at the end of an open file and have it on disk, or leave the file as it was."""
    size = file.seek(0, os.SEEK_END)
    try:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
    except OSError:
        os.ftruncate(file.fileno(), size)  # half a line on a full disk would stand in the way of every later one
        raise


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

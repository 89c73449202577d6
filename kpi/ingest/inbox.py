"""Find the files of the inbox, and refuse what only pretends to lie in it."""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from types import MappingProxyType

from kpi.durable import put
from kpi.errors import SettingsError, SourceError
from kpi.ingest.contracts import CONTRACTS
from kpi.ingest.sources import Sources
from kpi.lake import sha256_of

_UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart")
_LEFT_BEHIND = ("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r")
_COPIES = (".bak", ".old", ".orig", ".swp", ".lnk", "~")
_FOLDERS_LEFT_BEHIND = ("__macosx", "$recycle.bin", "system volume information", "lost+found")


@dataclass(frozen=True)
class Found:
    """`files`: POSIX paths below the inbox, sorted; `refused`: name and reason of what is not read; `copied`: those of
    the files that were just copied in."""

    files: tuple[str, ...]
    refused: tuple[tuple[str, SourceError], ...] = ()
    copied: tuple[str, ...] = ()


def inbox_files(inbox: Path) -> Found:
    """Return the files below the inbox; what is hidden, half copied, a copy kept
    aside or left behind by a system, and pipes, are not sent files.

    A link to a place inside the inbox is left alone, for what it points at is read in its own place; one that leaves
    the inbox is refused, so that nobody can have another file of the machine loaded and published.
    """
    found: list[str] = []
    refused: list[tuple[str, SourceError]] = []
    for folder, folders, names in os.walk(inbox, onerror=_stop):
        folders[:] = sorted(name for name in folders if not _is_left_behind(name))
        links = [name for name in folders if Path(folder, name).is_symlink()]
        for path in map(Path(folder).joinpath, [*links, *names]):
            name = path.relative_to(inbox).as_posix()
            error = _fault(inbox, path, name)
            if error:
                refused.append((_shown(name), error))
            elif _is_sent(path):
                found.append(name)
    return Found(tuple(sorted(found)), tuple(sorted(refused, key=lambda item: item[0])))


def _stop(error: OSError) -> None:
    """Stop: a folder that cannot be listed would look as if its files had been withdrawn."""
    raise SettingsError("folder_unreadable", folder=error.filename) from error


def _fault(inbox: Path, path: Path, name: str) -> SourceError | None:
    if _is_hidden(path):
        return None
    if _shown(name) != name:
        return SourceError("name_unreadable", file=_shown(name))
    if not path.is_symlink():
        return None
    target = Path(os.path.realpath(path))
    if not target.is_relative_to(inbox.resolve()):
        return SourceError("link_leaves_inbox", file=name)
    return None if target.exists() else SourceError("file_vanished", file=name)


def _shown(name: str) -> str:
    """Return a name as text that can be written down, whatever bytes the sender put into it."""
    return os.fsencode(name).decode("utf-8", "replace")


def is_left_over(path: PurePath) -> bool:
    """Tell whether a file is no sent one by its name or that of a folder it lies in."""
    return _is_hidden(path) or any(map(_is_left_behind, path.parts[:-1]))


def _is_hidden(path: PurePath) -> bool:
    name = path.name.lower()
    return name.startswith((".", "~$")) or name in _LEFT_BEHIND or name.endswith((*_UNFINISHED, *_COPIES))


def _is_left_behind(folder: str) -> bool:
    return folder.startswith(".") or folder.lower() in _FOLDERS_LEFT_BEHIND


def _is_sent(path: Path) -> bool:
    return not _is_hidden(path) and not path.is_symlink() and path.is_file()


def chosen_files(
    inbox: Path, sources: Sources, paths: Sequence[Path], useless: Mapping[str, str] = MappingProxyType({})
) -> Found:
    """Return the files that the paths name, copied into the inbox where they lie outside.

    `useless` holds name → digest of the files of which every row was rejected: one of them is overwritten, for that is
    how its sender corrects it, and no other file is.
    """
    root = inbox.resolve()
    chosen: dict[str, bool] = {}  # file: whether it was copied
    refused: list[tuple[str, SourceError]] = []
    for path in paths:
        whole = path.resolve()
        try:
            files, faults = _files_of(whole)
            refused += faults
            for file in files:
                name, is_copied = _in_inbox(root, file, sources, useless)
                chosen[name] = is_copied or chosen.get(name, False)
        except SourceError as error:
            refused.append((path.name, error))
        except OSError:
            refused.append((path.name, SourceError("file_forbidden", file=path)))
    return Found(tuple(chosen), tuple(refused), tuple(name for name, is_copied in chosen.items() if is_copied))


def _files_of(path: Path) -> tuple[list[Path], tuple[tuple[str, SourceError], ...]]:
    if path.is_dir():
        found = inbox_files(path)
        return [path / name for name in found.files], found.refused
    if not path.is_file():
        raise SourceError("file_vanished", file=path)
    return [path], ()


def _in_inbox(inbox: Path, file: Path, sources: Sources, useless: Mapping[str, str]) -> tuple[str, bool]:
    """Return a file's path in the inbox, and whether it was new there: it is copied when it lies outside."""
    if file.is_relative_to(inbox):
        return file.relative_to(inbox).as_posix(), False
    target = _log_of_outsider(file, sources)
    place = inbox / target
    is_new = not place.exists()
    if not is_new and place.read_bytes() == file.read_bytes():
        return target, False
    if not is_new and useless.get(target) != sha256_of(place):
        raise SourceError("name_taken", file=file, place=place)
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(f".{place.name}.{os.getpid()}")
    shutil.copyfile(file, draft)  # not its permissions, but its time: when it was received
    os.utime(draft, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
    put(draft, place)
    return target, is_new


def _log_of_outsider(file: Path, sources: Sources) -> str:
    named = [part for part in reversed(file.parts[:-1]) if part in CONTRACTS]
    for log in (*named[:1], *CONTRACTS):
        target = f"{log}/{file.name}"
        if named or any(sources.of_file(target) == source for source in sources.logs):
            return target
    raise SourceError("log_unknown", file=file, logs=", ".join(CONTRACTS))

"""Keep a record of every ad-hoc query: JSON lines in the workspace's `logs/`, rotated.

Several processes write it, so a line is written by one call at the end of the file, and whoever writes or rotates
holds a lock. Where a reader may not write there, the lines go to a folder of his own.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from kpi.masking import IN_PROSE, MASK, masked

FILE = "queries.jsonl"
LOCK = ".queries.lock"
ROTATE_BYTES = 5 * 2**20
FILES_KEPT = 10
_ASKED = ("query", "parameters")
_LINE_ENDS = {"\u2028": "\\u2028", "\u2029": "\\u2029", "\u0085": "\\u0085"}
"""Ends of lines to some readers, which JSON leaves as they are."""


def record(workspace: Path, **facts: object) -> Path | None:
    """Append one line with the moment and the facts, and return the folder it lies in; None where none can be written.

    A log that cannot be written must not stop an answer. What looks like a beneficiary's number in a question is
    hidden: whoever looks for one person leaves no trace of that person.
    """
    shown = {name: _hidden(value) if name in _ASKED else value for name, value in facts.items()}
    line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), **shown}
    text = json.dumps(line, ensure_ascii=False, default=str)
    for end, escaped in _LINE_ENDS.items():
        text = text.replace(end, escaped)
    content = f"{text}\n".encode(errors="backslashreplace")
    for folder in (workspace / "logs", _own_folder(workspace)):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _append(folder, content)
        except (OSError, RuntimeError):
            continue
        return folder
    return None


def _hidden(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _hidden(one) for name, one in value.items()}
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value if masked(str(value), IN_PROSE) == str(value) else MASK
    return masked(value, IN_PROSE) if isinstance(value, str) else value


def _own_folder(workspace: Path) -> Path:
    state = Path(os.environ.get("XDG_STATE_HOME") or Path(os.environ.get("HOME", "/")) / ".local" / "state")
    name = hashlib.sha256(str(workspace.resolve()).encode(errors="surrogateescape")).hexdigest()[:12]
    return state / "tahawul-kpi" / f"{workspace.name}-{name}"


def _append(folder: Path, content: bytes) -> None:
    with _locked(folder / LOCK):
        path = folder / FILE
        if path.exists() and path.stat().st_size + len(content) > ROTATE_BYTES:
            _rotate(path)
        target = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        try:
            before = os.fstat(target).st_size
            if os.write(target, content) < len(content):
                os.ftruncate(target, before)  # the disk is full: no line rather than a torn one
                raise OSError
        finally:
            os.close(target)


def _rotate(path: Path) -> None:
    for number in range(FILES_KEPT - 1, 0, -1):
        older = path.with_name(f"{FILE}.{number}")
        if older.exists():
            older.replace(path.with_name(f"{FILE}.{number + 1}"))
    path.replace(path.with_name(f"{FILE}.1"))


@contextmanager
def _locked(path: Path) -> Generator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o660)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)

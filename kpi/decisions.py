"""What people have decided about the data: who, when, why and about what, in a registry that only grows.

`decisions.jsonl` of a workspace holds one decision a line, and each line the digest of the line before: what was taken
out or changed afterwards shows.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from kpi.durable import append_whole, sync
from kpi.errors import SettingsError, storage_fault

Action = Literal["release", "withdraw", "archive", "forget"]
ACTIONS: tuple[Action, ...] = get_args(Action)
FILE_NAME = "decisions.jsonl"
_MODE = 0o640
_FIRST = ""  # what the first line has in place of the digest of a line before it


@dataclass(frozen=True)
class Decision:
    """One decision: `number` counts from 1, `at` is ISO in UTC, `subject` names what it is about."""

    number: int
    action: Action
    by: str
    why: str
    at: str
    subject: dict[str, str]
    after: str

    @property
    def line(self) -> bytes:
        """Return the decision as it stands in the registry."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode() + b"\n"


def record(workspace: Path, action: Action, *, by: str, why: str, subject: Mapping[str, str]) -> Decision:
    """Add a decision to the workspace's registry and have it on disk before anything counts on it.

    Raises `SettingsError` without a name or a reason, and when the registry as it stands cannot be trusted;
    `StorageError` when it cannot be written.
    """
    for option, text in (("--by", by), ("--why", why)):
        if not text.strip():
            raise SettingsError("decision_unsigned", option=option)
    path = workspace / FILE_NAME
    with storage_fault(path), os.fdopen(os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, _MODE), "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        before = _checked(path, file.read())
        decision = Decision(
            number=len(before) + 1,
            action=action,
            by=" ".join(by.split()),
            why=" ".join(why.split()),
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            subject=dict(subject),
            after=_digest(before[-1].line) if before else _FIRST,
        )
        append_whole(file, decision.line)
        sync(path.parent)
    return decision


def decisions(workspace: Path) -> tuple[Decision, ...]:
    """Return the workspace's decisions in the order they were taken; raise `SettingsError` when the chain is broken."""
    path = workspace / FILE_NAME
    try:
        with storage_fault(path), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            return _checked(path, file.read())
    except FileNotFoundError:
        return ()


def _checked(path: Path, content: bytes) -> tuple[Decision, ...]:
    found: list[Decision] = []
    after = _FIRST
    for number, line in enumerate(content.splitlines(keepends=True), start=1):
        if not line.endswith(b"\n"):
            raise SettingsError("decisions_torn", file=path, line=number)
        decision = _read(line)
        if decision is None or (decision.number, decision.after, decision.line) != (number, after, line):
            raise SettingsError("decisions_broken", file=path, line=number)
        found.append(decision)
        after = _digest(line)
    return tuple(found)


def _read(line: bytes) -> Decision | None:
    try:
        decision = Decision(**json.loads(line))
    except (ValueError, TypeError, RecursionError):
        return None
    return decision if decision.action in ACTIONS and isinstance(decision.subject, dict) else None


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()

"""Watch the inbox and load what arrives, once it has arrived as a whole."""

import fcntl
import signal
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import FrameType

from kpi.ingest.inbox import inbox_files

POLL_SECONDS = 1.0
SETTLE_SECONDS = 5.0
_RULES = ("workspace.toml", "sources.toml", "reference")
_State = dict[str, tuple[int, int]]


class Arrivals:
    """Tell finished files from those still being copied: a file is finished when nothing about it has changed for
    some seconds and nobody holds it open for writing (where the system can tell)."""

    def __init__(self, workspace: Path, settle_seconds: float) -> None:
        self.workspace = workspace
        self.inbox = workspace / "inbox"
        self.settle_seconds = settle_seconds
        self._since: dict[str, tuple[tuple[int, int], float]] = {}
        self._loaded: _State | None = None

    def look(self, now: float) -> tuple[frozenset[str], int]:
        """Return the files still being copied (below the inbox), and how many finished ones changed since `taken`."""
        state = self._state()
        self._since = {
            name: self._since[name] if name in self._since and self._since[name][0] == stat else (stat, now)
            for name, stat in state.items()
        }
        young = {name for name, (_, since) in self._since.items() if now - since < self.settle_seconds}
        young |= {name for name in state if name not in young and self._changed(name, state) and self._is_open(name)}
        before = self._loaded or {}
        ready = {name for name in state if name not in young and before.get(name) != state[name]}
        gone = before.keys() - state.keys()
        inbox = frozenset(name.removeprefix("inbox/") for name in young if name.startswith("inbox/"))
        return inbox, len(ready | gone)

    def taken(self, unfinished: frozenset[str]) -> None:
        """Remember the state that was seen last as loaded, but for the unfinished files."""
        left_out = {f"inbox/{name}" for name in unfinished}
        before = self._loaded or {}
        now = {name: stat for name, (stat, _) in self._since.items() if name not in left_out}
        self._loaded = now | {name: before[name] for name in left_out if name in before}

    def _changed(self, name: str, state: _State) -> bool:
        return (self._loaded or {}).get(name) != state[name]

    def _state(self) -> _State:
        paths = [self.inbox / name for name in inbox_files(self.inbox).files] if self.inbox.is_dir() else []
        for name in _RULES:
            rule = self.workspace / name
            paths += sorted(rule.glob("*.csv")) if rule.is_dir() else [rule]
        found: _State = {}
        for path in paths:
            try:
                stat = path.stat()
            except OSError:
                continue  # it went between being listed and being looked at
            found[path.relative_to(self.workspace).as_posix()] = (stat.st_size, stat.st_mtime_ns)
        return found

    def _is_open(self, name: str) -> bool:
        try:
            with (self.workspace / name).open("rb") as file:
                # a read lease is granted only while nobody has the file open for writing
                fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
                fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        except BlockingIOError:
            return True
        except (OSError, AttributeError):
            return False  # not our file or not this system: that it has not changed must do
        return False


def watch(
    workspace: Path,
    load_and_build: Callable[[frozenset[str]], None],
    settle_seconds: float = SETTLE_SECONDS,
    poll_seconds: float = POLL_SECONDS,
) -> None:
    """Call `load_and_build` with the files still being copied whenever finished ones changed, until told to stop.

    Ctrl+C and SIGTERM end the watch after the load that is running, which is never left half done.
    """
    arrivals = Arrivals(workspace, settle_seconds)
    with _stopping() as stop:
        while not stop.is_set():
            unfinished, changed = arrivals.look(time.monotonic())
            if changed:
                arrivals.taken(unfinished)
                load_and_build(unfinished)
            stop.wait(poll_seconds)


@contextmanager
def _stopping() -> Generator[Event]:
    stop = Event()

    def ask(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

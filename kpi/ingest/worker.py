"""A worker: a process, or a thread of this one, that loads the files its line asks for.

Nothing that reads data is imported here before a worker runs: a process can begin while its parent still imports.
"""

import multiprocessing
import os
import signal
import stat
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread

WORTH_A_PROCESS_BYTES = 24 * 2**20
"""Below, one after the other is done before a process has started."""


@dataclass
class Worker:
    """What runs, the line to it, whether it was told the plan, and the files it has now."""

    runs: BaseProcess | Thread
    line: Connection
    knows_plan: bool = False
    task: tuple[str, ...] | None = None

    def dismiss(self) -> None:
        """Take no more answers; wait for it if it still has files, so that it writes nothing later."""
        self.line.close()
        if isinstance(self.runs, Thread):
            self.runs.join()
            return
        if self.task:
            self.runs.join(timeout=0.05)
        self.runs.kill()
        if self.task:
            self.runs.join()

    def stop(self) -> None:
        """Dismiss it, and wait until it has ended."""
        self.dismiss()
        self.runs.join()


def start_process(share: int = 1) -> Worker:
    """Start a worker process; it and `share - 1` others have the cores of this machine."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve_alone, args=(theirs,), daemon=True)
    with _polars_threads((os.cpu_count() or 1) // share):
        process.start()
    theirs.close()  # so that the death of the worker is an end of file on our side
    return Worker(process, ours)


def start_thread() -> Worker:
    """Start a worker as a thread of this process: it has imported what it needs."""
    ours, theirs = multiprocessing.Pipe()
    thread = Thread(target=_serve, args=(theirs,))
    thread.start()
    return Worker(thread, ours)


@contextmanager
def begun_early(workspace: Path, workers: int) -> Generator[Worker | None]:
    """Hold a process that imports while this one does, when what has come since the last load is worth one.

    It is stopped at the end; who has dismissed it before need not wait until it has given its memory back.
    """
    sizes = _arrived_bytes(workspace) if workers > 1 else []
    worth = len(sizes) > 1 and sum(sizes) >= WORTH_A_PROCESS_BYTES
    worker = start_process(min(workers, len(sizes))) if worth else None
    try:
        yield worker
    finally:
        if worker:
            worker.stop()


def _arrived_bytes(workspace: Path) -> list[int]:
    """Return the sizes of files that came after the last ledger entry was written: a guess, made in no time."""
    last = max((entry.st_ctime_ns for _, entry in _looked_at(workspace / "lake" / "files")), default=0)
    folders, sizes = [workspace / "inbox"], []
    for folder in folders:  # which grows
        for path, entry in _looked_at(folder):
            if stat.S_ISDIR(entry.st_mode):
                folders.append(path)
            elif entry.st_ctime_ns > last:
                sizes.append(entry.st_size)
    return sizes


def _looked_at(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    with suppress(OSError):  # a folder that cannot be read, an entry that has just gone: the load says what matters
        with os.scandir(folder) as entries:
            for entry in entries:
                yield Path(entry.path), entry.stat(follow_symlinks=False)


def _serve_alone(line: Connection) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):  # the parent decides when an interrupted load ends
        signal.signal(number, signal.SIG_IGN)
    _serve(line)


def _serve(line: Connection) -> None:
    """Load what the line asks for until it closes; the first question comes with the plan."""
    from kpi.ingest.together import load_files  # noqa: PLC0415 see above

    with line, suppress(EOFError, ConnectionError):
        plan, names = line.recv()
        while True:
            line.send(load_files(plan, names))
            _, names = line.recv()


@contextmanager
def _polars_threads(count: int) -> Generator[None]:
    """Let a process that starts have so many: Polars sizes its pool when it is imported, from the environment."""
    name = "POLARS_MAX_THREADS"
    before = os.environ.get(name)
    os.environ[name] = str(max(1, count))
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before

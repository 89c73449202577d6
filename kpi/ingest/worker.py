"""A worker: a process, or a thread of this one, that loads the files its line asks for.

A process works inside walls that the kernel holds, new ones for each question: address space for data, time of the
processor, bytes of a written file. One that hits them ends, and only it. What memory it really takes, its parent looks
at: an allocator keeps addresses for later, so the kernel's wall alone would end what is well within its bound. It ends
with its parent, however that ended.

Nothing that reads data is imported here before a worker runs: a process can begin while its parent still imports.
"""

import ctypes
import multiprocessing
import os
import resource
import signal
import stat
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from types import ModuleType

WORTH_A_PROCESS_BYTES = 24 * 2**20
"""Below, one after the other is done before a process has started."""
OUT_OF_MEMORY = 12
"""Exit code of a process that ended because it was given no more memory."""
_GRACE_SECONDS = 2.0
_START_SECONDS = 120.0
_BEGUN: list = []
"""What a worker says when it has imported what it reads data with; its time runs from then."""
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Allowance:
    """What a process may take for one question: memory beside its libraries, seconds, bytes of a file it writes."""

    memory_bytes: int
    seconds: float
    output_bytes: int


@dataclass
class Worker:
    """What runs, the line to it, whether it was told the plan, the files it has now, and until when it may."""

    runs: BaseProcess | Thread
    line: Connection
    knows_plan: bool = False
    has_begun: bool = False
    task: tuple[str, ...] | None = None
    deadline: float | None = None
    allowed_seconds: float = 0.0
    is_late: bool = False
    found: list | None = None

    @property
    def is_walled(self) -> bool:
        """Tell whether a file can end it without ending the load."""
        return not isinstance(self.runs, Thread)

    def begin(self, plan: object, task: tuple[str, ...], allowance: Allowance | None) -> None:
        """Ask it to load files; a thread knows no allowance. Raises `OSError` when it has just died."""
        self.task = task
        if allowance:
            self.allowed_seconds = allowance.seconds + _GRACE_SECONDS
            self.deadline = time.monotonic() + (self.allowed_seconds if self.has_begun else _START_SECONDS)
        self.line.send((None if self.knows_plan else plan, task, allowance))
        self.knows_plan = True

    def has_answered(self) -> bool:
        """Take what its line holds: what it `found`, or None when it has ended; False when it says it has begun."""
        try:
            self.found = self.line.recv()
        except (EOFError, OSError):
            self.found = None
        if self.found == _BEGUN:
            self.has_begun = True
            self.deadline = time.monotonic() + self.allowed_seconds if self.deadline else None
            return False
        return True

    def end_when_late(self) -> None:
        """End it now when its time is over."""
        if isinstance(self.runs, BaseProcess) and self.deadline is not None and time.monotonic() > self.deadline:
            self.is_late = True
            self.runs.kill()

    def memory_bytes(self) -> int:
        """Return the memory that it holds for itself; 0 where the system does not tell, or it has ended."""
        return _held_bytes(self.runs.pid) if isinstance(self.runs, BaseProcess) and self.runs.pid else 0

    def end_for_memory(self) -> None:
        """End it now, because all of them together take more than they have."""
        if isinstance(self.runs, BaseProcess):
            self.runs.kill()

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
    """Start a worker process; it and `share - 1` others have the cores of this machine.

    Raises `OSError` where no process can be started.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve_alone, args=(theirs,), daemon=True)
    try:
        with _environment(share), _program_left_out():
            process.start()
    except OSError:
        ours.close()
        raise
    finally:
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
    worker = None
    if worth:
        with suppress(OSError):  # the load itself says what becomes of files that need one
            worker = start_process(min(workers, len(sizes)))
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
    _end_with_parent()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        _serve(line)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _end_with_parent() -> None:
    """Let the kernel end this process when its parent is killed, and see to it here where the kernel does not."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    if os.getppid() != parent.pid:
        os._exit(1)

    def wait_for_end() -> None:
        parent.join()
        os._exit(1)

    Thread(target=wait_for_end, daemon=True).start()


def _serve(line: Connection) -> None:
    """Load what the line asks for until it closes; the first question comes with the plan."""
    from kpi.ingest.together import load_files  # noqa: PLC0415 see above

    own_bytes = _data_bytes()
    with line, suppress(EOFError, ConnectionError):
        line.send(_BEGUN)
        plan, names, allowance = line.recv()
        while True:
            if allowance:
                _wall(own_bytes, allowance)
            line.send(load_files(plan, names))
            _, names, allowance = line.recv()


def _wall(own_bytes: int, allowance: Allowance) -> None:
    """Put the walls of one question around this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = used.ru_utime + used.ru_stime + allowance.seconds * (os.cpu_count() or 1)
    for wall, most in (
        (resource.RLIMIT_DATA, own_bytes + allowance.memory_bytes if own_bytes else resource.RLIM_INFINITY),
        (resource.RLIMIT_CPU, int(seconds) + 1),
        (resource.RLIMIT_FSIZE, allowance.output_bytes),
    ):
        _, highest = resource.getrlimit(wall)
        resource.setrlimit(wall, (most if highest == resource.RLIM_INFINITY else min(most, highest), highest))


def _data_bytes() -> int:
    """Return the address space for data of this process; 0 where the system does not tell."""
    numbers = _statm("self")
    return numbers[5] * resource.getpagesize() if numbers else 0


def _held_bytes(pid: int) -> int:
    numbers = _statm(pid)
    return (numbers[1] - numbers[2]) * resource.getpagesize() if numbers else 0


def _statm(pid: int | str) -> list[int]:
    """Return what Linux tells of the memory of a process, in pages: resident and shared are the second and third."""
    try:
        return [int(number) for number in Path(f"/proc/{pid}/statm").read_text().split()]
    except OSError:
        return []


@contextmanager
def _program_left_out() -> Generator[None]:
    """Let a process that starts not import the program that started this one: one without a guard would run again."""
    program = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = program


@contextmanager
def _environment(share: int) -> Generator[None]:
    """Let a process that starts have its share of the cores, and take memory only as it needs it.

    Polars sizes its pool when it is imported, and Arrow's own allocator reserves a gibibyte ahead.
    """
    threads = str(max(1, (os.cpu_count() or 1) // share))
    wanted = {"POLARS_MAX_THREADS": threads, "ARROW_DEFAULT_MEMORY_POOL": "system"}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value

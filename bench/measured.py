"""Run a command and measure it as a whole: wall seconds, and peak memory of its process tree."""

import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

SAMPLE_SECONDS = 0.05


@dataclass(frozen=True)
class Measured:
    """Hold what one run of a command cost."""

    seconds: float
    peak_bytes: int


def measure(code: str, *arguments: str) -> Measured:
    """Run Python code in a process of its own; raise `CalledProcessError` when it fails."""
    return _measure([sys.executable, "-c", code, *arguments])


def measure_kpi(*arguments: str) -> Measured:
    """Run the command line, as its users do and with nothing on the terminal; raise as `measure` does."""
    return _measure([str(Path(sys.executable).with_name("kpi")), *arguments])


def _measure(command: list[str]) -> Measured:
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:  # noqa: S603 - our own commands
        peak = [0]
        watcher = threading.Thread(target=_watch, args=(process, peak))
        watcher.start()
        process.wait()
        seconds = time.perf_counter() - started
        watcher.join()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Measured(seconds, peak[0])


def _watch(process: subprocess.Popen, peak: list[int]) -> None:
    while process.poll() is None:
        peak[0] = max(peak[0], sum(_own_bytes(pid) for pid in _tree(process.pid)))
        time.sleep(SAMPLE_SECONDS)


def _tree(root: int) -> list[int]:
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        try:
            for task in Path(f"/proc/{pid}/task").iterdir():
                waiting += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue
    return found


def _own_bytes(pid: int) -> int:
    # Pages shared between processes are counted in proportion, so that workers are not counted twice.
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        return 0
    return 0

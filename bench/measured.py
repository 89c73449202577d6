"""Run a command and measure it as a whole: wall seconds, and peak memory of its process tree."""

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE_SECONDS = 0.05
_READ = """
import sys
import duckdb
from pathlib import Path
target = Path(sys.argv[1])
target.unlink(missing_ok=True)
with duckdb.connect(str(target)) as connection:
    connection.execute("set enable_progress_bar = false").fetchall()
    connection.execute(f"create table t as select * from {sys.argv[2]}").fetchall()
"""


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


def measure_duckdb(folder: Path, source: str) -> Measured:
    """Let DuckDB make a table of everything in a source, in a database file of its own."""
    return measure(_READ, str(folder / "peer.duckdb"), source)


def median_seconds(runs: Sequence[Measured]) -> float:
    """Return the median wall time of some runs."""
    return statistics.median(run.seconds for run in runs)


def peak_mib(runs: Sequence[Measured]) -> float:
    """Return the highest peak of some runs, in MiB."""
    return max(run.peak_bytes for run in runs) / 2**20


def spread(runs: Sequence[Measured]) -> str:
    """Say the seconds of some runs: the median and from where to where they lie."""
    seconds = sorted(run.seconds for run in runs)
    return f"{median_seconds(runs):.2f} s ({seconds[0]:.2f}–{seconds[-1]:.2f})"


def _measure(command: list[str]) -> Measured:
    # Where nothing may be compiled ahead, each start would compile every library anew, as no user's machine does.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, stdout=said, stderr=said, env=environment) as process,  # noqa: S603
    ):
        peak = [0]
        watcher = threading.Thread(target=_watch, args=(process, peak))
        watcher.start()
        process.wait()
        seconds = time.perf_counter() - started
        watcher.join()
        if process.returncode:
            said.seek(0)
            sys.stderr.write(said.read().decode(errors="replace"))
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

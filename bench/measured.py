"""Run a command and measure it as a whole: wall seconds, or in a run of its own the peak memory of its processes.

To sum up the pages of every process again and again takes time from the command itself, a fifth of it on two cores, so
a run that is timed is not watched.
"""

import os
import statistics
import subprocess
import sys
import tempfile
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
    peak_bytes: int  # 0 when the run was not watched


def measure(code: str, *arguments: str, watched: bool = False) -> Measured:
    """Run Python code in a process of its own; raise `CalledProcessError` when it fails."""
    return _measure([sys.executable, "-c", code, *arguments], watched=watched)


def measure_kpi(*arguments: str, watched: bool = False) -> Measured:
    """Run the command line, as its users do and with nothing on the terminal; raise as `measure` does."""
    return _measure([str(Path(sys.executable).with_name("kpi")), *arguments], watched=watched)


def measure_duckdb(folder: Path, source: str, *, watched: bool = False) -> Measured:
    """Let DuckDB make a table of everything in a source, in a database file of its own."""
    return measure(_READ, str(folder / "peer.duckdb"), source, watched=watched)


def median_seconds(runs: Sequence[Measured]) -> float:
    """Return the median wall time of some runs."""
    return statistics.median(run.seconds for run in runs)


def peak_mib(run: Measured) -> float:
    """Return the peak of a run that was watched, in MiB."""
    return run.peak_bytes / 2**20


def spread(runs: Sequence[Measured]) -> str:
    """Say the seconds of some runs: the median and from where to where they lie."""
    seconds = sorted(run.seconds for run in runs)
    return f"{median_seconds(runs):.2f} s ({seconds[0]:.2f}–{seconds[-1]:.2f})"


def _measure(command: list[str], *, watched: bool) -> Measured:
    # Where nothing may be compiled ahead, each start would compile every library anew, as no user's machine does.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    os.sync()  # what the run before left to be written is not this one's to wait for
    started = time.perf_counter()
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, stdout=said, stderr=said, env=environment) as process,  # noqa: S603
    ):
        peak = watched_peak_bytes(process) if watched else 0
        process.wait()
        seconds = time.perf_counter() - started
        if process.returncode:
            said.seek(0)
            sys.stderr.write(said.read().decode(errors="replace"))
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Measured(seconds, peak)


def watched_peak_bytes(process: subprocess.Popen) -> int:
    """Return the peak of a process and its children, when it has ended."""
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(_own_bytes(pid) for pid in _tree(process.pid)))
        time.sleep(SAMPLE_SECONDS)
    return peak


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

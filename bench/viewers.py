"""Let many readers click through the screens of a served dashboard, and see how long they wait.

The sessions are real ones over WebSocket (see `viewer_sessions`), from a process of their own. Each clicks to any
screen about every THINK_SECONDS, which is what reading one takes; a tenth of the clicks also choose an entity. The last
figure is how many clicks a second are answered when nobody thinks.
"""

import csv
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.clicks import served
from bench.measure_table import Measure, Options
from bench.workspaces import built_demo
from kpi.settings import REPOSITORY

THINK_SECONDS = 20.0
LEVELS = (25, 100, 200, 500)
MUST_VIEWERS, AIM_VIEWERS, MARK_SECONDS = 100, 500, 1.0
WARM_UP_SECONDS, MEASURED_SECONDS = 25.0, 40.0
BUSY_SESSIONS, BUSY_SECONDS = 8, 20.0
ENTITIES_NAMED = 60
LARGEST_SECONDS = 300.0
TICKS = os.sysconf("SC_CLK_TCK")

LIMITS = """
**How it is measured.** A session sends what a browser sends and reads every message; a click counts from its message
to the end of the script, when all elements have arrived. Think time is 20 s on average, evenly between 10 and 30 s.
Sessions arrive over 25 s, then 40 s are measured. The server is one process; the sessions use the other core.

**Where the time goes.** A warm click costs the server's interpreter some 20–30 ms: half of it is the screen's script,
the rest is Streamlit's session (a thread per run, the theme in every first message, serialising and sending). A full
garbage collection after every run, Streamlit's default, took four fifths of the time and is switched off
(`runner.postScriptGC`).

**The limit.** Scripts run in threads of one interpreter, so that one core is the ceiling: viewers ≈ think time ÷ time
of a click. Beyond it, several servers behind a proxy with sticky sessions; the file is read-only, so they share it.
"""


@dataclass(frozen=True)
class Level:
    """Hold what a number of viewers saw; seconds of clicks in ascending order."""

    viewers: int
    clicks: tuple[float, ...]
    opening: tuple[float, ...]
    errors: tuple[str, ...]
    seconds: float
    bytes_per_click: float
    resident_mib: float
    cpu_share: float

    def percentile(self, share: float) -> float:
        """Return the seconds that a share of the clicks stays below; infinite without any click."""
        return self.clicks[min(int(share * len(self.clicks)), len(self.clicks) - 1)] if self.clicks else float("inf")


def measures(options: Options) -> list[Measure]:
    """Return the 95th percentile at each number of viewers, and the clicks a second at most."""
    workspace = built_demo(options)
    with served(workspace) as server:
        entities = _entities(workspace)
        ask = _Asker(server.address, server.process.pid, entities)
        ask.level(BUSY_SESSIONS, think=0, warm_up=1, seconds=BUSY_SECONDS)  # every screen, before anybody counts
        levels = [ask.level(number, THINK_SECONDS, WARM_UP_SECONDS, MEASURED_SECONDS) for number in LEVELS]
        busy = ask.level(BUSY_SESSIONS, think=0, warm_up=1, seconds=BUSY_SECONDS)
    return [*(_measure(level) for level in levels), _most_clicks(busy), _errors([*levels, busy])]


@dataclass(frozen=True)
class _Asker:
    address: str
    pid: int
    entities: tuple[str, ...]

    def level(self, viewers: int, think: float, warm_up: float, seconds: float) -> Level:
        """Let a number of viewers click, in a process of their own."""
        cpu_before = _cpu_seconds(self.pid)
        done = subprocess.run(  # noqa: S603  our own module
            [sys.executable, "-m", "bench.viewer_sessions", self.address, "--viewers", str(viewers),
             "--think", str(think), "--warm-up", str(warm_up), "--seconds", str(seconds),
             "--entities", ",".join(self.entities)],
            cwd=REPOSITORY, capture_output=True, text=True, check=True, timeout=LARGEST_SECONDS,
        )  # fmt: skip
        seen = json.loads(done.stdout)
        clicks = tuple(sorted(seen["clicks_seconds"]))
        return Level(
            viewers=viewers,
            clicks=clicks,
            opening=tuple(sorted(seen["opening_seconds"])),
            errors=tuple(seen["errors"]),
            seconds=seen["measured_seconds"],
            bytes_per_click=seen["received_bytes"] / max(1, len(clicks)),
            resident_mib=_resident_mib(self.pid),
            cpu_share=(_cpu_seconds(self.pid) - cpu_before) / (warm_up + seconds),
        )


def _measure(level: Level) -> Measure:
    must = MARK_SECONDS if level.viewers <= MUST_VIEWERS else None
    aim = MARK_SECONDS if level.viewers == AIM_VIEWERS else None
    note = (
        f"p50 {level.percentile(0.5):.2f} s, p99 {level.percentile(0.99):.2f} s; {len(level.clicks)} clicks in "
        f"{level.seconds:.0f} s; {len(level.errors)} errors; server {level.resident_mib:,.0f} MiB, "
        f"{100 * level.cpu_share:.0f} % of a core; {level.bytes_per_click / 1000:.0f} kB a click"
    )
    return Measure(f"{level.viewers} viewers: p95 of a click", level.percentile(0.95), "s", must, aim, note)


def _most_clicks(busy: Level) -> Measure:
    note = (
        f"{BUSY_SESSIONS} sessions without a pause; p95 {busy.percentile(0.95):.2f} s; "
        f"{100 * busy.cpu_share:.0f} % of a core; server {busy.resident_mib:,.0f} MiB"
    )
    return Measure("most clicks a second", len(busy.clicks) / busy.seconds, "clicks/s", note=note)


def _errors(levels: list[Level]) -> Measure:
    failed = [error for level in levels for error in level.errors]
    return Measure("sessions that failed", len(failed), "sessions", must=0, note=failed[0] if failed else "")


def _entities(workspace: Path) -> tuple[str, ...]:
    with (workspace / "reference" / "entities.csv").open(encoding="utf-8", newline="") as file:
        return tuple(row["entity_id"] for row in csv.DictReader(file))[:ENTITIES_NAMED]


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _resident_mib(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))

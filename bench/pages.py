"""Measure every screen: server time cold and warm, and a real browser from the click to the content.

Cold is the first run of a screen in a process that has imported everything and opened the file, with no answer kept;
warm is the second. The browser clicks through the navigation of a warm server, until the screen's last element is there
and the script is over. Each figure is the median of the runs.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.clicks import browser_seconds
from bench.measure_table import Measure, Options
from bench.workspaces import built_demo
from kpi.settings import REPOSITORY
from tests.addresses import NAMES, SUBJECTS

COLD_MARKS, WARM_MARKS, BROWSER_MARKS = (0.5, 0.15), (0.15, 0.05), (1.5, 0.8)
SCREEN_SECONDS = 300.0
SECONDS = re.compile(r"(\d+\.\d{4}) (\d+\.\d{4})")

LIMITS = """
**Where the time goes.** Cold: most of it is DuckDB planning statements, not reading; the cube is small and `kpi_points`
is a large macro, some 10 ms a plan. All points that a question needs are therefore asked in one lateral statement, and
small answers are kept per build. What reads rows is the median of the processing time (its duration classes are most of
the cube). Warm: nothing is asked, no chart is drawn; Streamlit replays the elements of charts, and what is left is the
frame (navigation, filters, page list) and HTML of tables, 8–30 ms. Browser: the rest is React and Plotly drawing.

**The limit.** Cold: the number of different questions of a screen times their plan. Warm: Streamlit's own work for each
element.
"""


@dataclass(frozen=True)
class Run:
    """Hold the seconds of one run of a screen's script."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class ScreenTimes:
    """Hold what one screen took: medians of the runs, in seconds; `browser` only where the navigation lists it."""

    name: str
    cold: Run
    warm: Run
    browser: float | None


def measures(options: Options) -> list[Measure]:
    """Return the slowest screen of each kind with its marks, then every screen."""
    workspace = built_demo(options)
    screens = screen_times(workspace, options.runs, browser_seconds(workspace, options.runs))
    clicked = [screen for screen in screens if screen.browser is not None]
    cold, warm = max(screens, key=lambda one: one.cold.wall), max(screens, key=lambda one: one.warm.wall)
    worst = [
        Measure("slowest screen, server, cold", cold.cold.wall, "s", *COLD_MARKS, _note(cold.name, cold.cold)),
        Measure("slowest screen, server, warm", warm.warm.wall, "s", *WARM_MARKS, _note(warm.name, warm.warm)),
    ]
    if clicked:
        slowest = max(clicked, key=lambda one: one.browser or 0)
        worst.append(
            Measure(
                "slowest screen, browser", slowest.browser or 0, "s", *BROWSER_MARKS, f"{slowest.name}; warm server"
            )
        )
    else:
        worst.append(Measure("slowest screen, browser", float("nan"), "s", None, None, "no Chromium here"))
    return [*worst, *(_of_screen(screen) for screen in screens)]


def screen_times(workspace: Path, runs: int, clicks: dict[str, float]) -> list[ScreenTimes]:
    """Run each screen in fresh processes; the runs of different screens take turns, so that noise is shared."""
    found: dict[str, list[tuple[Run, Run]]] = {name: [] for name in NAMES}
    for _ in range(runs):
        for name in NAMES:
            found[name].append(in_fresh_process(workspace, name))
    return [
        ScreenTimes(name, _median(cold for cold, _ in pairs), _median(warm for _, warm in pairs), clicks.get(name))
        for name, pairs in found.items()
    ]


def run_three_times(name: str) -> None:
    """Run another screen, then this one as a first and as a later visitor; the script itself writes its seconds."""
    from streamlit.testing.v1 import AppTest  # noqa: PLC0415  the measuring process alone needs it

    for page in ("method" if name != "method" else "quality", name, name):  # the first: imports and the connection
        app = AppTest.from_file(str(REPOSITORY / "bench" / "timed_screen.py"), default_timeout=60)
        app.switch_page(str(REPOSITORY / "pages" / f"{page}.py"))
        for parameter, value in SUBJECTS.get(page, {}).items():
            app.query_params[parameter] = value
        app.run()
    sys.stderr.flush()
    os._exit(0)  # pictures that are still being drawn beside the screen are nobody's any more


def in_fresh_process(workspace: Path, name: str) -> tuple[Run, Run]:
    """Run a screen cold and warm in a process of its own."""
    done = subprocess.run(  # noqa: S603  our own module
        [sys.executable, "-m", "bench.pages", name],
        cwd=REPOSITORY, env=os.environ | {"KPI_WORKSPACE": str(workspace)},
        capture_output=True, text=True, check=True, timeout=SCREEN_SECONDS,
    )  # fmt: skip
    found = [SECONDS.fullmatch(line) for line in done.stderr.splitlines()]
    runs = [Run(float(match[1]), float(match[2])) for match in found if match]
    return runs[-2], runs[-1]


def _median(runs: Iterable[Run]) -> Run:
    walls, cpus = zip(*((run.wall, run.cpu) for run in runs), strict=True)
    return Run(statistics.median(walls), statistics.median(cpus))


def _of_screen(screen: ScreenTimes) -> Measure:
    warm = f"warm {screen.warm.wall:.3f} s (processor {screen.warm.cpu:.3f})"
    clicked = "" if screen.browser is None else f"; browser {screen.browser:.2f} s"
    return Measure(
        f"{screen.name}: cold", screen.cold.wall, "s", note=f"processor {screen.cold.cpu:.2f} s; {warm}{clicked}"
    )


def _note(name: str, run: Run) -> str:
    return f"{name}; {run.cpu:.3f} s of the processor"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Run one screen and write its seconds to standard error.")
    parser.add_argument("screen", choices=NAMES)
    run_three_times(parser.parse_args().screen)

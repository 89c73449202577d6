"""Write `bench/results.md`: one section per part, each with its date and machine, so that a part can be run alone."""

import os
import platform
import re
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

from bench.measure_table import Measure, markdown_table
from bench.parts import PARTS, Part

RESULTS = Path(__file__).parent / "results.md"
PACKAGES = ("duckdb", "polars", "pyarrow", "streamlit", "plotly", "typst")
_HEAD = """# What the bench printed

Written by `make bench` and `make bench-all`; not edited by hand. A ratio is taken in one run, from the medians of runs
that take turns. *Must* and *aim* are upper bounds.
"""
_SECTION = re.compile(r"<!-- part: (\w+) -->\n.*?<!-- /part -->\n", re.DOTALL)


def section(part: Part, measures: Sequence[Measure], limits: str) -> str:
    """Return the section of a part that was measured."""
    return _section(part, f"{_machine()}\n\n{markdown_table(measures)}\n\n{limits.strip()}")


def section_without_figures(part: Part, reason: str) -> str:
    """Return the section of a part that could not be measured."""
    return _section(part, f"{_machine()}\n\nNot measured: {reason}")


def write(sections: dict[str, str], path: Path = RESULTS) -> None:
    """Replace the sections of the given parts; the others stay as they are."""
    before = path.read_text("utf-8") if path.exists() else ""
    kept = {match[1]: match[0] for match in _SECTION.finditer(before)}
    together = kept | sections
    path.write_text("\n".join([_HEAD, *(together[part.name] for part in PARTS if part.name in together)]), "utf-8")


def _section(part: Part, content: str) -> str:
    return f"<!-- part: {part.name} -->\n## {part.title}\n\n{content}\n<!-- /part -->\n"


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{date.today():%Y-%m-%d}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}; {packages}."
    )

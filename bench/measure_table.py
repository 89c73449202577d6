"""What a bench found: a measure with its marks, and tables of measures for the terminal and for `results.md`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

_COLUMNS = ("measure", "value", "must", "aim", "verdict", "note")


@dataclass(frozen=True)
class Measure:
    """Hold one figure: the median of the runs, and the marks that it is to stay under."""

    name: str  # what is measured, in words
    value: float  # median of the runs
    unit: str  # "ratio", "s", "MiB", "bytes/row", …
    must: float | None = None  # mark; None: reported only
    aim: float | None = None
    note: str = ""  # what was compared, spread of the runs, what limits it

    @property
    def verdict(self) -> str:
        """Say which marks the value keeps; empty when there is none."""
        if self.must is None and self.aim is None:
            return ""
        if self.aim is not None and self.value <= self.aim:
            return "aim met"
        if self.must is None:
            return "aim missed"
        return "must met" if self.value <= self.must else "MISSED"


class NeedMissingError(Exception):
    """A part cannot run here; the text says what it needs."""


@dataclass(frozen=True)
class Options:
    """Say how a part is to be measured; `scratch` is a folder of the run's own, removed at its end."""

    scratch: Path
    runs: int = 3
    rows: int = 11_400_000  # rows of load and build
    large_rows: int = 100_000_000
    workspace: Path | None = None  # loaded and built; None: the demo is made in `scratch`, once for all parts


def terminal_table(title: str, measures: Sequence[Measure]) -> Table:
    """Lay measures out for the terminal."""
    table = Table(*_COLUMNS, title=title, title_justify="left")
    colours = {"aim met": "green", "must met": "green", "aim missed": "yellow", "MISSED": "bold red"}
    for measure in measures:
        *cells, verdict, note = _cells(measure)
        table.add_row(*cells, f"[{colours[verdict]}]{verdict}[/]" if verdict else "", note)
    return table


def markdown_table(measures: Sequence[Measure]) -> str:
    """Lay measures out as a Markdown table."""
    lines = [_COLUMNS, ["---", "--:", "--:", "--:", "---", "---"], *map(_cells, measures)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _cells(measure: Measure) -> list[str]:
    marks = ["" if mark is None else _number(mark, measure.unit) for mark in (measure.must, measure.aim)]
    value = _number(measure.value, measure.unit)
    shown = value if measure.unit == "ratio" else f"{value} {measure.unit}"
    return [measure.name, shown, *(mark and f"≤ {mark}" for mark in marks), measure.verdict, measure.note]


def _number(value: float, unit: str) -> str:
    if unit == "ratio":
        return f"{value:.2f}" if value >= 0.2 else f"{value:.3f}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"

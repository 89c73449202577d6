"""What every command says and shows the same way: options, progress, tables, errors in both languages."""

import json
import os
import sys
from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from kpi import messages
from kpi.errors import KpiError
from kpi.workspace import folder_missing

PIPE_WIDTH = 400
screen = Console(stderr=True, highlight=False)


def _existing(folder: Path | None) -> Path | None:
    """Refuse a folder that is not there before a command makes it."""
    if folder is not None and not folder.is_dir():
        raise folder_missing(folder)
    return folder


WorkspaceOption = Annotated[
    Path | None,
    typer.Option("--workspace", callback=_existing, help="Folder of the workspace; default: KPI_WORKSPACE or data/."),
]
BuildOption = Annotated[
    str | None,
    typer.Option("--build", help="Build id, its beginning, current or previous; default: KPI_BUILD or the current."),
]
OutOption = Annotated[Path | None, typer.Option("--out", help="File to write to; default: the terminal.")]


class RowFormat(StrEnum):
    """Name the formats in which rows are written."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"
    xlsx = "xlsx"


def say(key: str, language: str, **facts: object) -> None:
    """Say one message beside the output proper."""
    screen.print(messages.text(key, language, **facts), soft_wrap=True, markup=False)


def say_error(error: KpiError) -> None:
    """Say what is wrong and what to do next, in both languages."""
    for language in messages.LANGUAGES:
        screen.print(error.what(language), style="red", soft_wrap=True, markup=False)
        screen.print(f"  → {error.next_step(language)}", soft_wrap=True, markup=False)


def print_table(columns: Iterable[str], rows: Iterable[Iterable[object]], title: str | None = None) -> None:
    """Print rows as a table; in a pipe a row stays on its line."""
    table = Table(*columns, title=title)
    for row in rows:
        table.add_row(*("" if value is None else _cell(value) for value in row))
    # A pipe has no width to fit: there a row stays on its line.
    Console(highlight=False, width=output_width()).print(table)


def output_width() -> int | None:
    """Return how wide tables may be where no terminal says it; None lets the terminal, or COLUMNS, say it."""
    return None if sys.stdout.isatty() or "COLUMNS" in os.environ else PIPE_WIDTH


def progress_bar() -> Progress:
    """Return a bar that counts steps and time."""
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=screen
    )


def stepper(bar: Progress) -> Callable[[str, int, int], None]:
    """Return a function that moves the bar: name of the step, done, total."""
    tasks: dict[str, object] = {}

    def step(name: str, done: int, total: int) -> None:
        if name not in tasks:
            tasks[name] = bar.add_task(name, total=total)
        bar.update(tasks[name], completed=done, total=total)  # ty: ignore[invalid-argument-type]

    return step


def _cell(value: object) -> str:
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)

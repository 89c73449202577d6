"""Show the rows of a query in a terminal: as a table where they fit, else one row below the other."""

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kpi.commands.terminal import output_width, say
from kpi.language import plural, strip_isolates

if TYPE_CHECKING:
    from kpi.warehouse.sandbox import QueryResult

READABLE_WIDTH = 14
"""Narrowest a column may become before the rows are shown one below the other."""
FRAME_WIDTH = 3
ABSENT = "null"
# A terminal that orders right-to-left text by itself would swap neighbouring Arabic cells: a mark keeps them apart.
LEFT_TO_RIGHT_MARK = "\u200e"
BAR = "│"
RIGHT_TO_LEFT = r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"


def print_rows(rows: pl.DataFrame, console: Console | None = None) -> None:
    """Print rows as wide as the terminal; in a pipe a row stays on its line and carries no marks."""
    shown = console or Console(highlight=False, width=output_width())
    cells = {column: [_words(value) for value in rows[column]] for column in rows.columns}
    if not shown.is_terminal:
        shown.print(_table(rows, cells))
        return
    with shown.capture() as captured:
        if _fits(cells, shown.width):
            shown.print(_table(rows, cells))
        else:
            _print_records(cells, rows.height, shown)
    shown.file.write(_kept_apart(captured.get()))
    shown.file.flush()


def say_rows(result: "QueryResult", language: str) -> None:
    """Say beside the rows how many there are of how many, how long they took, and of which build they are."""
    facts = {
        "rows": strip_isolates(plural("sql.rows", result.rows.height, language)),
        "seconds": f"{result.seconds:.2f}",
        "build": result.build_id,
    }
    if not result.is_cut:
        say("cli.query_done", language, **facts)
    elif result.total is None:
        say("cli.query_cut_unknown", language, **facts)
    else:
        say("cli.query_cut", language, total=f"{result.total:,}", **facts)


def _fits(cells: dict[str, list[str]], width: int) -> bool:
    narrowest = [min(max(map(cell_len, (name, *values))), READABLE_WIDTH) for name, values in cells.items()]
    return sum(narrowest) + FRAME_WIDTH * len(narrowest) + 1 <= width


def _table(rows: pl.DataFrame, cells: dict[str, list[str]]) -> Table:
    table = Table()
    for name, kind in rows.schema.items():
        # Whole numbers are never broken over two lines.
        table.add_column(Text(name), justify="right" if kind.is_numeric() else "left", no_wrap=kind.is_numeric())
    for row in zip(*cells.values(), strict=True):
        table.add_row(*(Text(cell, style="dim" if cell == ABSENT else "") for cell in row))
    return table


def _print_records(cells: dict[str, list[str]], height: int, console: Console) -> None:
    widest = max(map(cell_len, cells))
    for number in range(height):
        console.print(Text(f"── {number + 1} ".ljust(min(console.width, 40), "─"), style="dim"))
        record = Table.grid(padding=(0, 2))
        record.add_column(min_width=widest, style="bold")
        record.add_column(overflow="fold")
        for name, values in cells.items():
            record.add_row(Text(name), Text(values[number], style="dim" if values[number] == ABSENT else ""))
        console.print(record)


def _kept_apart(drawn: str) -> str:
    lines = drawn.splitlines(keepends=True)
    return "".join(
        LEFT_TO_RIGHT_MARK + line.replace(BAR, f"{LEFT_TO_RIGHT_MARK}{BAR}{LEFT_TO_RIGHT_MARK}")
        if re.search(RIGHT_TO_LEFT, line)
        else line
        for line in lines
    )


def _words(value: object) -> str:
    if value is None:
        return ABSENT
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".") if 0.001 <= abs(value) < 1e15 else f"{value:g}"
    if isinstance(value, pl.Series):
        value = value.to_list()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value) if not isinstance(value, Decimal) else f"{value:f}"

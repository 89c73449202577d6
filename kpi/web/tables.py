"""Write small tables as real HTML: they mirror, wrap and are read aloud, which a canvas grid does not."""

import re
from html import escape

from kpi.charts.chart import Table
from kpi.language import strip_isolates

_NUMBER = re.compile(r"[+\N{MINUS SIGN}]?\d[\d,.]*%?(\s|$)")


def table_html(table: Table, *, hide_caption: bool = True) -> str:
    """Return the table with scoped headings; the first column names the row, the others align as numbers."""
    digits = [_is_of_digits(column) for column in zip(*table.rows, strict=True)] or [False] * len(table.headers)
    head = "".join(
        f'<th scope="col"{_kind(is_digits)}>{escape(header)}</th>'
        for header, is_digits in zip(table.headers, digits, strict=True)
    )
    body = "".join(_row(row, digits) for row in table.rows)
    hidden = ' class="kpi-hidden"' if hide_caption else ""
    return (
        f'<div class="kpi-scroll" tabindex="0" role="region" aria-label="{escape(table.caption)}">'
        f'<table class="kpi-table"><caption{hidden}>{escape(table.caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def folded_table_html(table: Table, summary: str) -> str:
    """Return the table behind one click."""
    return f'<details class="kpi-details"><summary>{escape(summary)}</summary>{table_html(table)}</details>'


def _row(row: tuple[str, ...], digits: list[bool]) -> str:
    name, *cells = row
    data = "".join(
        f"<td{_kind(is_digits)}>{escape(cell)}</td>" for cell, is_digits in zip(cells, digits[1:], strict=True)
    )
    return f'<tr><th scope="row">{escape(name)}</th>{data}</tr>'


def _kind(is_digits: bool) -> str:
    return ' class="kpi-digits"' if is_digits else ""


def _is_of_digits(column: tuple[str, ...]) -> bool:
    """Tell whether most of what a column says begins with a number."""
    filled = [strip_isolates(cell) for cell in column if cell]
    return 2 * sum(_NUMBER.match(cell) is not None for cell in filled) > len(filled)

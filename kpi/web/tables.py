"""Write small tables as real HTML: they mirror, wrap and are read aloud, which a canvas grid does not."""

import re
from html import escape

from kpi.charts.chart import Cell, Table
from kpi.language import strip_isolates

_NUMBER = re.compile(r"[+\N{MINUS SIGN}]?\d[\d,.]*%?(\s|$)")


def table_html(table: Table, *, hide_caption: bool = True, stacked: bool = False) -> str:
    """Return the table with scoped headings; the first column names the row, the others align as numbers.

    A `stacked` one shows each row as a card on a phone, every value under the heading of its column.
    """
    digits = [_is_of_digits(column) for column in zip(*table.rows, strict=True)] or [False] * len(table.headers)
    head = "".join(
        f'<th scope="col"{_kind(is_digits)}>{escape(header)}</th>'
        for header, is_digits in zip(table.headers, digits, strict=True)
    )
    body = "".join(_row(row, digits, table.headers if stacked else ()) for row in table.rows)
    hidden = ' class="kpi-hidden"' if hide_caption else ""
    kind = "kpi-table kpi-stacked" if stacked else "kpi-table"
    return (
        f'<div class="kpi-scroll" tabindex="0" role="group" aria-label="{escape(table.caption)}">'
        f'<table class="{kind}"><caption{hidden}>{escape(table.caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def folded_table_html(table: Table, summary: str) -> str:
    """Return the table behind one click."""
    return f'<details class="kpi-details"><summary>{escape(summary)}</summary>{table_html(table)}</details>'


def _row(row: tuple[str | Cell, ...], digits: list[bool], labels: tuple[str, ...]) -> str:
    name, *cells = row
    named = labels[1:] or [""] * len(cells)
    data = "".join(
        f"<td{_kind(is_digits)}{_label(label)}>{_content(cell)}</td>"
        for cell, is_digits, label in zip(cells, digits[1:], named, strict=True)
    )
    return f'<tr><th scope="row">{_content(name)}</th>{data}</tr>'


def _content(cell: str | Cell) -> str:
    if isinstance(cell, str):
        return escape(cell)
    words = escape(cell.words)
    if cell.quoted:
        words = f"<samp>{words}</samp>"
    if cell.mark:
        words = f'<span class="kpi-badge kpi-mark-{escape(cell.mark)}">{words}</span>'
    if cell.href:
        words = f'<a href="{escape(cell.href)}">{words}</a>'
    return f'{words}<small class="kpi-below">{escape(cell.below)}</small>' if cell.below else words


def _label(label: str) -> str:
    return f' data-label="{escape(label)}"' if label else ""


def _kind(is_digits: bool) -> str:
    return ' class="kpi-digits"' if is_digits else ""


def _is_of_digits(column: tuple[str | Cell, ...]) -> bool:
    """Tell whether most of what a column says begins with a number."""
    words = [cell if isinstance(cell, str) else cell.words for cell in column]
    filled = [strip_isolates(cell) for cell in words if cell]
    return 2 * sum(_NUMBER.match(cell) is not None for cell in filled) > len(filled)

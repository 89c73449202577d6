"""Shorten long lists on a phone: the first rows stand there, the others wait behind one click below them."""

from html import escape

from kpi.language import format_number, t

ROWS_ON_PHONE = 10
"""Rows of a list that a phone shows at once; the styles count the same."""


def long_list_html(rows_html: str, count: int, language: str) -> str:
    """Return rows, a table or a drawing, of which a phone shows the first until all are asked for.

    On a wider screen and on paper every row is there. What comes first is what the order of the rows makes urgent.
    """
    if count <= ROWS_ON_PHONE:
        return rows_html
    every = escape(t("web.list.every", language, n=format_number(count, language)))
    first = escape(t("web.list.first", language, n=format_number(ROWS_ON_PHONE, language)))
    return (
        f'<div class="kpi-long-list">{rows_html}<details class="kpi-details kpi-rest">'
        f"<summary><span>{every}</span><span>{first}</span></summary></details></div>"
    )

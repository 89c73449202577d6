"""Write rows as an XLSX: typed cells, text as text, a heading that stays in sight, a print header, a direction."""

import io
from collections.abc import Mapping

import polars as pl
import xlsxwriter

from kpi.errors import QueryRefused
from kpi.exports.plain_rows import sheet_rows

ROWS_OF_A_SHEET = 1_048_575
PRINT_HEADER_CHARACTERS = 240
PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""Text is stored as text, never as a formula, a link or a number."""


def workbook_bytes(sheets: Mapping[str, pl.DataFrame], *, right_to_left: bool = False, print_header: str = "") -> bytes:
    """Encode frames as the sheets of one XLSX with a header for printing; raise `QueryRefused` for too many rows."""
    longest = max(rows.height for rows in sheets.values())
    if longest > ROWS_OF_A_SHEET:
        raise QueryRefused("sheet_too_long", rows=f"{longest:,}", limit=f"{ROWS_OF_A_SHEET:,}")
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, PLAIN) as workbook:
        for name, rows in sheets.items():
            sheet_rows(rows).write_excel(workbook, worksheet=name, autofit=True, freeze_panes=(1, 0))
            sheet = workbook.get_worksheet_by_name(name)
            sheet.repeat_rows(0)
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
            sheet.set_header(f"&C{print_header[:PRINT_HEADER_CHARACTERS].replace('&', '&&')}")
            sheet.set_footer("&C&P / &N")
            if right_to_left:
                sheet.right_to_left()
    return buffer.getvalue()

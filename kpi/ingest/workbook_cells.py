"""Write into the cells of XLSX and ODS what their reader would lose: percent formats, missing results, rounded digits.

The reader gives the bare number of a cell: 0.85 for what shows as 85 %, a blank for a formula that was never
calculated, and digits of a long number that no spreadsheet keeps. Only workbooks that have such cells are changed.
"""

import re
import zipfile
from decimal import Decimal, InvalidOperation
from io import BytesIO

from kpi.ingest.chunks import FORMULA, ROUNDED

_SHEET = re.compile(r"worksheets/[^/]+\.xml$", re.IGNORECASE)
_CELL = re.compile(rb"<((?:\w+:)?)c(\s[^<>]*?)?(?:/>|>(.*?)</\1c>)", re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^<>]*)?>([^<]*)</(?:\w+:)?v>")
_STYLE, _TYPE = re.compile(rb"""\ss=["'](\d+)["']"""), re.compile(rb"""\st=["'](\w+)["']""")
_LONG = re.compile(rb"<(?:\w+:)?v>-?(?:\d{16,}|[\d.]+[eE]\+?\d{2,})")
_FORMATS = re.compile(rb"""<(?:\w+:)?numFmt\s[^<>]*>""")
_CELL_STYLES = re.compile(rb"<(?:\w+:)?cellXfs[^<>]*>(.*?)</(?:\w+:)?cellXfs>", re.DOTALL)
_XF = re.compile(rb"""<(?:\w+:)?xf\s[^<>]*?numFmtId=["'](\d+)["']""")
_BUILT_IN_PERCENT = {b"9", b"10"}
_ODS_SHEETS = "content.xml"
_ODS_VALUE = re.compile(
    rb"""(<table:(?:covered-)?table-cell\s(?=[^<>]*?office:value-type=["'](?:percentage|float)["'])[^<>]*?)(\s*/?>)"""
)
_ODS_TYPE = re.compile(rb"""\s(?:office|calcext):value-type=["'](\w+)["']""")
_ODS_NUMBER = re.compile(rb"""\soffice:value=["']([^"'<>]*)["']""")
_LONGEST_DIGITS = 400  # the largest float has 309
_KEPT_DIGITS = 10**15


def told_cells(content: bytes) -> tuple[bytes, bool]:
    """Return the workbook with such cells written as text, and whether some lack the result of their formula."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = archive.namelist()
        styles = next((name for name in names if name.lower().endswith("xl/styles.xml")), None)
        percent = _percent_styles(archive.read(styles)) if styles else set()
        changed = {}
        for name in filter(_SHEET.search, names):
            sheet = archive.read(name)
            if b"<f" in sheet or b":f" in sheet or _LONG.search(sheet) or _has_style(sheet, percent):
                told = _CELL.sub(lambda cell: _told(cell, percent), sheet)
                if told != sheet:
                    changed[name] = told
        if not changed:
            return content, False
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as again:
            for name in names:
                again.writestr(name, changed.get(name) or archive.read(name))
    return out.getvalue(), any(FORMULA.encode() in sheet for sheet in changed.values())


def told_cells_of_ods(content: bytes) -> bytes:
    """Return the workbook with percentages and digits that no spreadsheet keeps written as text."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = archive.namelist()
        sheets = archive.read(_ODS_SHEETS)
        told = _ODS_VALUE.sub(_told_of_ods, sheets)
        if told == sheets:
            return content
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as again:
            for name in names:
                again.writestr(name, told if name == _ODS_SHEETS else archive.read(name))
    return out.getvalue()


def _told_of_ods(cell: re.Match[bytes]) -> bytes:
    kind, value = _ODS_TYPE.search(cell[0]), _ODS_NUMBER.search(cell[0])
    number = _number(value[1]) if value else None
    text = _shown(number, is_percent=kind is not None and kind[1] == b"percentage") if number is not None else None
    if text is None:
        return cell[0]
    kept = _ODS_TYPE.sub(b"", _ODS_NUMBER.sub(b"", cell[1]))
    return b'%s office:string-value="%s" office:value-type="string"%s' % (kept, text.encode(), cell[2])


def _percent_styles(styles: bytes) -> set[bytes]:
    formats = set(_BUILT_IN_PERCENT)
    for item in _FORMATS.findall(styles):
        number, code = re.search(rb"""numFmtId=["'](\d+)["']""", item), re.search(rb"""formatCode=["']([^"']*)""", item)
        if number and code and b"%" in re.sub(rb"&quot;.*?&quot;|\\.", b"", code[1]):
            formats.add(number[1])
    cells = _CELL_STYLES.search(styles)
    found = _XF.findall(cells[1]) if cells else []
    return {str(place).encode() for place, number in enumerate(found) if number in formats}


def _has_style(sheet: bytes, styles: set[bytes]) -> bool:
    return any(b's="%s"' % style in sheet or b"s='%s'" % style in sheet for style in styles)


def _told(cell: re.Match[bytes], percent: set[bytes]) -> bytes:
    prefix, attributes, inside = cell[1], cell[2] or b"", cell[3] or b""
    kind, style = _TYPE.search(attributes), _STYLE.search(attributes)
    value = _VALUE.search(inside)
    if value is None or not value[1].strip():
        is_formula = re.search(rb"<(?:\w+:)?f[\s/>]", inside) is not None
        without_result = is_formula and (value is None or kind is None or kind[1] != b"str")
        return _as_text(prefix, attributes, FORMULA) if without_result else cell[0]
    if kind is not None and kind[1] != b"n":
        return cell[0]
    number = _number(value[1])
    text = _shown(number, is_percent=style is not None and style[1] in percent) if number is not None else None
    return cell[0] if text is None else _as_text(prefix, attributes, text)


def _number(text: bytes) -> Decimal | None:
    try:
        number = Decimal(text.decode())
    except (InvalidOperation, UnicodeDecodeError):
        return None
    return number if number.is_finite() and abs(number.adjusted()) < _LONGEST_DIGITS else None


def _shown(number: Decimal, *, is_percent: bool) -> str | None:
    """Return what a number has to be written as; None where it says the same as it stands."""
    if is_percent:
        return f"{round(number * 100, 9).normalize():f}%"
    if abs(number) >= _KEPT_DIGITS and number == number.to_integral_value():
        return f"{number:f}{ROUNDED}"
    return None


def _as_text(prefix: bytes, attributes: bytes, text: str) -> bytes:
    kept = _STYLE.sub(b"", _TYPE.sub(b"", attributes))
    inner = b"<%sis><%st>%s</%st></%sis>" % (prefix, prefix, text.encode(), prefix, prefix)
    return b'<%sc%s t="inlineStr">%s</%sc>' % (prefix, kept, inner, prefix)

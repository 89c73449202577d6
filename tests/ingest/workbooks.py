"""Workbooks in the forms for which there is no writer here, made by hand from their specifications."""

import io
import struct
import zipfile
from collections.abc import Sequence
from html import escape

import xlsxwriter

Cell = str | float | tuple[float, str]
"""A text, a number, or a number with a format: `"%"` for a percentage."""


_ODS_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"


def zipped(members: dict[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def xlsm(rows: Sequence[Sequence[Cell]]) -> bytes:
    """Return a workbook with a macro."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet, percent = book.add_worksheet(), book.add_format({"num_format": "0%"})
        for place, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(place, column, *((cell[0], percent) if isinstance(cell, tuple) else (cell,)))
    with zipfile.ZipFile(buffer) as plain:
        members = {name: plain.read(name) for name in plain.namelist()}
    types, main = "[Content_Types].xml", b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    members[types] = members[types].replace(main, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")
    return zipped({**members, "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + bytes(500)})


def ods(rows: Sequence[Sequence[Cell]]) -> bytes:
    """Return a workbook of LibreOffice."""
    lines = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    spaces = " ".join(f'xmlns:{name}="{_ODS_NAMES}{name}:1.0"' for name in ("office", "table", "text"))
    content = f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.3">'
    content += f'<office:body><office:spreadsheet><table:table table:name="Sheet1">{lines}</table:table>'
    content += "</office:spreadsheet></office:body></office:document-content>"
    kind, entry = "application/vnd.oasis.opendocument.spreadsheet", "manifest:file-entry manifest:full-path"
    manifest = (
        f'<manifest:manifest xmlns:manifest="{_ODS_NAMES}manifest:1.0"><{entry}="/" manifest:media-type="{kind}"/>'
    )
    manifest += f'<{entry}="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    return zipped({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content})


def _ods_cell(cell: Cell) -> str:
    if isinstance(cell, tuple):
        shown = f"{cell[0] * 100:.0f}%"
        return f'<table:table-cell office:value-type="percentage" office:value="{cell[0]}"><text:p>{shown}</text:p></table:table-cell>'  # noqa: E501
    if isinstance(cell, str):
        return f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
    return (
        f'<table:table-cell office:value-type="float" office:value="{cell}"><text:p>{cell}</text:p></table:table-cell>'  # noqa: E501
    )


def xlsb(rows: Sequence[Sequence[Cell]]) -> bytes:
    """Return a binary workbook; it says of no cell that it is a percentage."""
    sheet = _record(0x81) + _record(0x94, struct.pack("<4I", 0, len(rows) - 1, 0, max(map(len, rows)) - 1))
    sheet += _record(0x91)
    for place, row in enumerate(rows):
        sheet += _record(0x00, struct.pack("<I", place) + bytes(13))
        for column, cell in enumerate(row):
            number = cell[0] if isinstance(cell, tuple) else cell
            head = struct.pack("<II", column, 0)
            if isinstance(number, str):
                sheet += _record(0x06, head + _wide(number))
            else:
                sheet += _record(0x05, head + struct.pack("<d", number))
    sheet += _record(0x92) + _record(0x82)
    book = _record(0x83) + _record(0x8F) + _record(0x9C, struct.pack("<II", 0, 1) + _wide("rId1") + _wide("Sheet1"))
    book += _record(0x90) + _record(0x84)
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    relations = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    )
    relations += f'<Relationship Id="rId1" Type="{kind}" Target="worksheets/sheet1.bin"/></Relationships>'
    return zipped({"xl/_rels/workbook.bin.rels": relations, "xl/workbook.bin": book, "xl/worksheets/sheet1.bin": sheet})


def _record(number: int, content: bytes = b"") -> bytes:
    return _seven_bits(number, is_id=True) + _seven_bits(len(content)) + content


def _seven_bits(number: int, *, is_id: bool = False) -> bytes:
    if is_id:
        return bytes([number]) if number < 0x80 else bytes([number & 0xFF, number >> 7])
    out = b""
    while number >= 0x80:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


_SECTOR = 512
_LAST, _TABLE = 0xFFFFFFFE, 0xFFFFFFFD


def xls(rows: Sequence[Sequence[Cell]]) -> bytes:
    """Return a workbook of the Excel of 1997; here it says of no cell that it is a percentage."""
    begun = struct.pack("<HH", 0x0600, 0x0005) + bytes(12)
    sheet = _old(0x809, begun[:2] + struct.pack("<H", 0x0010) + begun[4:])
    sheet += _old(0x200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    for place, row in enumerate(rows):
        for column, cell in enumerate(row):
            value, head = cell[0] if isinstance(cell, tuple) else cell, struct.pack("<HHH", place, column, 0)
            if isinstance(value, str):
                sheet += _old(0x204, head + _old_text(value, "<H"))
            else:
                sheet += _old(0x203, head + struct.pack("<d", value))
    sheet += _old(0x0A)
    named = _old_text("Sheet1", "<B")
    start = len(_old(0x809, begun) + _old(0x85, bytes(6) + named) + _old(0x0A))
    book = _old(0x809, begun) + _old(0x85, struct.pack("<IH", start, 0) + named) + _old(0x0A)
    return _compound("Workbook", (book + sheet).ljust(8 * _SECTOR, b"\0"))


def _old(number: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", number, len(content)) + content


def _old_text(text: str, length: str) -> bytes:
    return struct.pack(length, len(text)) + b"\1" + text.encode("utf-16-le")


def _compound(name: str, stream: bytes) -> bytes:
    """Return a compound file with one stream: header, table of sectors, directory, stream."""
    sectors = -(-len(stream) // _SECTOR)
    table = [_TABLE, _LAST, *range(3, 2 + sectors), _LAST]
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    head += struct.pack("<IIIIIIIII", 1, 1, 0, 8 * _SECTOR, _LAST, 0, _LAST, 0, 0) + b"\xff" * (4 * 108)
    sizes = b"".join(struct.pack("<I", one) for one in table).ljust(_SECTOR, b"\xff")
    entries = _entry("Root Entry", 5, child=1, start=_LAST, size=0)
    entries += _entry(name, 2, child=0xFFFFFFFF, start=2, size=len(stream)) + bytes(256)
    return head + sizes + entries + stream.ljust(sectors * _SECTOR, b"\0")


def _entry(name: str, kind: int, *, child: int, start: int, size: int) -> bytes:
    label = f"{name}\0".encode("utf-16-le")
    place = struct.pack("<HBBIII", len(label), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
    return label.ljust(64, b"\0") + place + bytes(36) + struct.pack("<IQ", start, size)

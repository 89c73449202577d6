"""Look at a workbook before it is read: what it unpacks to, and the rectangle that each sheet spans.

A reader of workbooks holds every cell of the rectangle from the first to the last one that has something in it, so a
few kilobytes with one blank in the last row of the last column ask for more memory than any machine has.
"""

import re
import zipfile
from io import BytesIO
from typing import IO

from kpi.errors import SourceError
from kpi.ingest.bounds import Bounds

_BLOCK_BYTES = 2**20
_LONGEST_TAG_BYTES = 2**12
_SHEET = re.compile(r"worksheets/[^/]+\.xml$", re.IGNORECASE)
_FILLED_CELL = re.compile(
    rb"""<(?:\w+:)?c\s(?:[^<>]{0,300}\s)?r\s*=\s*["']([A-Za-z]{1,7})(\d{1,10})["'](?:[^<>]{0,300}[^<>/])?>(?!</)"""
)
_LETTERS = 26


def check_workbook(content: bytes, source_file: str, bounds: Bounds) -> None:
    """Unpack every member once and throw it away: only then is the declared size known to be true.

    Raises `SourceError` when it unpacks to too much or a sheet spans too many cells, and what `zipfile` raises.
    """
    most = bounds.workbook_mebibytes * 2**20
    with zipfile.ZipFile(BytesIO(content)) as archive:
        if sum(member.file_size for member in archive.infolist()) > most:
            raise SourceError("file_too_large", file=source_file, mebibytes=f"{bounds.workbook_mebibytes:,}")
        for member in archive.infolist():
            with archive.open(member) as packed:
                if _SHEET.search(member.filename):
                    cells, place = _spanned(packed)
                    bounds.check_workbook(cells, place, source_file)
                else:
                    while packed.read(_BLOCK_BYTES):
                        pass


def _spanned(sheet: IO[bytes]) -> tuple[int, str]:
    """Return how many cells the rectangle of a sheet has, and its last row and column as a cell is named."""
    first, last = [2**31, 2**31], [0, 0]
    letters, rest = b"", b""
    while block := sheet.read(_BLOCK_BYTES):
        text = rest + block
        for column, row in _FILLED_CELL.findall(text):
            place = (int(row), _column_number(column))
            letters = column if place[1] > last[1] else letters
            first = [min(pair) for pair in zip(first, place, strict=True)]
            last = [max(pair) for pair in zip(last, place, strict=True)]
        rest = text[-_LONGEST_TAG_BYTES:]  # a tag cut in two is found when its end has come
    cells = (last[0] - first[0] + 1) * (last[1] - first[1] + 1) if last[0] else 0
    return cells, f"{letters.decode().upper()}{last[0]}"


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * _LETTERS + letter - ord("A") + 1
    return number

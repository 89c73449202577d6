"""Find the one file of data in a zip, which is read in its place as a gzipped file is; nothing is written out."""

import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from kpi.errors import SourceError
from kpi.ingest.inbox import is_left_over
from kpi.masking import OUT_OF_PLACE, masked

DAMAGED = (EOFError, OSError, zlib.error, zipfile.BadZipFile)
"""What unpacking raises; a wrong password cannot be met, for what is locked is refused before."""
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_NAMED = 5


def member_of(path: Path, source_file: str, is_known: Callable[[str], bool]) -> str:
    """Return the name of the file of data; raise `SourceError` when there is not just one that can be read."""
    members = _members(path, source_file)
    if len(members) != 1 or not is_known(members[0].filename):
        named = ", ".join(masked(member.filename, OUT_OF_PLACE) for member in members[:_NAMED])
        raise SourceError("zip_not_one_file", file=source_file, count=f"{len(members):,}", members=named or "–")
    if members[0].flag_bits & _ENCRYPTED or members[0].compress_type not in _METHODS:
        raise SourceError("zip_locked", file=source_file)
    return members[0].filename


def open_member(path: Path) -> BinaryIO:
    """Open the first file of data in a zip; what it unpacks to is bounded by whoever reads it."""
    with zipfile.ZipFile(path) as archive:
        member = next(member for member in archive.infolist() if _is_data(member))
        return cast(BinaryIO, archive.open(member))


def _members(path: Path, source_file: str) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(path) as archive:
            return [member for member in archive.infolist() if _is_data(member)]
    except (*DAMAGED, NotImplementedError, UnicodeDecodeError, ValueError) as error:
        raise SourceError("file_unreadable", file=source_file, format="ZIP") from error


def _is_data(member: zipfile.ZipInfo) -> bool:
    way = PurePosixPath(member.filename.replace("\\", "/")).parts
    inside = [part for part in way if part not in ("/", "..")]  # nothing is written to where the name would lead
    return not member.is_dir() and not is_left_over(PurePosixPath(*inside))

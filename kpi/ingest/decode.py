"""Turn a text file of any supported encoding into blocks of UTF-8 that end at a row end.

Memory stays bounded by the block size whatever the size of the file, gzipped or not.
"""

import codecs
import gzip
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from kpi.errors import SourceError
from kpi.ingest.bounds import DEFAULT, Bounds
from kpi.ingest.zip_member import open_member

BLOCK_BYTES = 16 * 2**20
LONGEST_ROW_BYTES = 4 * 2**20
ZIP_START = b"PK\x03\x04"
_PIECE_BYTES = 2**20

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FAMILY = {
    "utf-16-le": "utf-16",
    "utf-16-be": "utf-16",
    "utf-32-le": "utf-32",
    "utf-32-be": "utf-32",
    "utf-8-sig": "utf-8",
}
_NULS_OF_WIDE_TEXT = 0.2  # of the first bytes; a torn write leaves a few, a text in two bytes a letter every other one


def text_blocks(
    path: Path, source_file: str, *, zipped: bool, encoding: str | None, bounds: Bounds = DEFAULT
) -> Iterator[bytes]:
    """Yield the text as UTF-8 blocks with `\\n` line ends, each ending at a row end.

    Without a declared encoding: the byte order mark decides, else the text must be strict UTF-8. With one, bytes that
    do not decode become U+FFFD, which later rejects their row. Raises `SourceError`.
    """
    with open_bytes(path, zipped=zipped) as stream:
        codec, blocks = _as_utf8(stream, path.stat().st_size if zipped else None, source_file, encoding, bounds)
        lenient = encoding is not None or codec != "utf-8"
        line = 0  # the header is line 0, so that line n is data row n
        before = b""
        for block in _whole_rows(blocks, source_file):
            line += before.count(b"\n")
            before = block
            yield _checked(block, source_file, line, lenient=lenient)


def text_pieces(
    path: Path, source_file: str, *, zipped: bool, encoding: str | None, bounds: Bounds = DEFAULT
) -> Iterator[str]:
    """Yield a text that has no rows in pieces of bounded length; the encoding is found as for `text_blocks`.

    Raises `SourceError`, and `UnicodeDecodeError` where the text is not in an encoding that nobody declared.
    """
    with open_bytes(path, zipped=zipped) as stream:
        codec, blocks = _as_utf8(stream, path.stat().st_size if zipped else None, source_file, encoding, bounds)
        lenient = encoding is not None or codec != "utf-8"
        decoder = codecs.getincrementaldecoder("utf-8")("replace" if lenient else "strict")
        for block in blocks:
            for start in range(0, len(block), _PIECE_BYTES):
                if text := decoder.decode(block[start : start + _PIECE_BYTES]):
                    yield text
        if text := decoder.decode(b"", final=True):
            yield text


def _as_utf8(
    stream: BinaryIO, packed: int | None, source_file: str, encoding: str | None, bounds: Bounds
) -> tuple[str, Iterator[bytes]]:
    """Return the encoding and the text in blocks of UTF-8; `packed`: the size of a file that is unpacked."""
    blocks = _raw_blocks(stream, source_file)
    if packed is not None:
        blocks = _within(blocks, packed, source_file, bounds)
    first = next(blocks, b"")
    if _is_blank(first):
        raise SourceError("file_empty", file=source_file)
    codec, first = _codec(first, source_file, encoding)
    if not first:
        raise SourceError("file_empty", file=source_file)
    return codec, _decoded(first, blocks, codec)


def pieces(block: bytes, most_lines: int) -> Iterator[bytes]:
    """Cut a block that ends at a row end into pieces of so many lines at most, each ending at a row end.

    What costs memory is how many rows are held, and a megabyte may hold a million.
    """
    if block.count(b"\n") <= most_lines:
        yield block
        return
    half = len(block) // 2
    cut = _row_end(block[: block.find(b"\n", half) + 1]) or _row_end(block[: block.rfind(b"\n", 0, half) + 1])
    if not 0 < cut < len(block):  # one row in quotes, which is no longer than a row may be
        yield block
        return
    yield from pieces(block[:cut], most_lines)
    yield from pieces(block[cut:], most_lines)


def _within(blocks: Iterator[bytes], packed: int, source_file: str, bounds: Bounds) -> Iterator[bytes]:
    unpacked = 0
    for block in blocks:
        unpacked += len(block)
        bounds.check_unpacked(unpacked, packed, source_file)
        yield block


def open_bytes(path: Path, *, zipped: bool) -> BinaryIO:
    """Open a file, through gzip when it is zipped, or the file of data in a zip."""
    if not zipped:
        return path.open("rb")
    with path.open("rb") as file:
        is_zip = file.read(len(ZIP_START)) == ZIP_START
    return open_member(path) if is_zip else cast(BinaryIO, gzip.open(path, "rb"))


def _is_blank(block: bytes) -> bool:
    blanks = b"\0\r\n\t "
    return not block[:4096].strip(blanks) and not block.strip(blanks)


def _raw_blocks(stream: BinaryIO, source_file: str) -> Iterator[bytes]:
    try:
        while block := stream.read(BLOCK_BYTES):
            yield block
    except (EOFError, gzip.BadGzipFile, zlib.error, zipfile.BadZipFile) as error:
        packed = "ZIP" if source_file.lower().endswith(".zip") else "gzip"
        raise SourceError("file_truncated", file=source_file, format=packed) from error


def _codec(first: bytes, source_file: str, declared: str | None) -> tuple[str, bytes]:
    for mark, codec in _BOMS:
        if first.startswith(mark):
            family = _FAMILY.get(codec, codec)
            if declared and _FAMILY.get(declared, declared) != family:
                raise SourceError("encoding_wrong", file=source_file, declared=declared, found=family)
            return codec, first[len(mark) :]
    if declared is None or _FAMILY.get(declared, declared) == "utf-8":
        start = first[:4096].rstrip(b"\0")
        if start.count(b"\0") > _NULS_OF_WIDE_TEXT * len(start):
            raise SourceError("encoding_unknown", file=source_file, row=1)
        return "utf-8", first
    if not first.isascii() and not declared.startswith("utf") and _is_utf8(first):
        raise SourceError("encoding_wrong", file=source_file, declared=declared, found="utf-8")
    return {"utf-16": "utf-16-le"}.get(declared, declared), first


def _is_utf8(block: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(block)
    except UnicodeDecodeError:
        return False
    return True


def _decoded(first: bytes, rest: Iterator[bytes], codec: str) -> Iterator[bytes]:
    if codec == "utf-8":
        yield first
        yield from rest
        return
    decoder = codecs.getincrementaldecoder(codec)("replace")
    yield decoder.decode(first).encode("utf-8", "replace")
    for block in rest:
        yield decoder.decode(block).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def _whole_rows(blocks: Iterator[bytes], source_file: str) -> Iterator[bytes]:
    rest = b""
    for block in blocks:
        text = rest + block
        text, held = (text[:-1], b"\r") if text.endswith(b"\r") else (text, b"")
        text = _one_line_end(text)
        cut = _row_end(text)
        rest = text[cut:] + held
        if len(rest) > BLOCK_BYTES + LONGEST_ROW_BYTES:
            raise SourceError("row_too_long", file=source_file, megabytes=LONGEST_ROW_BYTES // 2**20)
        if cut:
            yield text[:cut]
    if rest := _one_line_end(rest):
        yield rest if rest.endswith(b"\n") else rest + b"\n"


def _one_line_end(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text


def _row_end(text: bytes) -> int:
    """Return the length of the longest part that ends with a row: a line end outside quotes."""
    cut = text.rfind(b"\n") + 1
    quotes = text.count(b'"', 0, cut)
    lowest = max(0, cut - LONGEST_ROW_BYTES)
    last = cut
    while quotes % 2 and last > lowest:
        previous = text.rfind(b"\n", 0, last - 1) + 1
        quotes -= text.count(b'"', previous, last)
        last = previous
    if not quotes % 2 and last:
        return last
    # with no even cut in reach a quote was never closed: cut at the line, the careful reader sorts it out
    return cut if len(text) >= LONGEST_ROW_BYTES else 0


def _checked(block: bytes, source_file: str, first_row: int, *, lenient: bool) -> bytes:
    if block.isascii():
        return block
    try:
        block.decode()
    except UnicodeDecodeError as error:
        if not lenient:
            row = first_row + block.count(b"\n", 0, error.start)
            raise SourceError("encoding_unknown", file=source_file, row=row) from error
        return block.decode("utf-8", "replace").encode()
    return block

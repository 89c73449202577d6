"""Open a source file as what it is: CSV, TSV, JSON, Parquet or a workbook, each optionally gzipped or in a zip."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path, PurePosixPath

import polars as pl

from kpi.errors import SourceError
from kpi.ingest.bounds import DEFAULT, Bounds
from kpi.ingest.chunks import Chunk, numbered, unique_headers
from kpi.ingest.decode import ZIP_START, open_bytes, text_blocks, text_pieces
from kpi.ingest.delimited import read_delimited
from kpi.ingest.objects import read_array, read_lines
from kpi.ingest.shapes import Shaper
from kpi.ingest.sources import Source
from kpi.ingest.workbook import read_workbook
from kpi.ingest.zip_member import DAMAGED, member_of

KINDS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "json",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xlsb": "xlsb",
    ".ods": "ods",
    ".xls": "xls",
    ".zip": "zip",
}
WORKBOOKS = ("xlsx", "xlsb", "ods", "xls")
ROWS_PER_CHUNK = 500_000
PLAIN_TEXT = ("csv", "tsv")
"""Kinds that are read in slices of bounded size and by nothing that a file could end, where they are not packed."""
_MAGIC = {b"PAR1": "parquet", ZIP_START: "zip", b"\x1f\x8b": "gzip", b"%PDF": "pdf", b"\xd0\xcf\x11\xe0": "xls"}
_START_BYTES = 200
_WEB_PAGE = (b"<!doctype", b"<html", b"<?xml")
_PLAIN = (pl.String, pl.Boolean, pl.Date, pl.Datetime, pl.Categorical, pl.Enum, pl.Null, pl.Decimal)


def read_chunks(path: Path, source_file: str, source: Source, bounds: Bounds = DEFAULT) -> Iterator[Chunk]:
    """Yield a file's rows in slices of bounded size; raise `SourceError` when it is not what its name says."""
    shaper = Shaper(source, source_file)
    for chunk in _chunks(path, source_file, source, bounds):
        yield shaper.shape(chunk)


def _chunks(path: Path, source_file: str, source: Source, bounds: Bounds) -> Iterator[Chunk]:
    kind, zipped = kind_of(source_file)
    _check_magic(path, source_file, kind, zipped=zipped)
    if kind == "zip":
        kind, zipped = kind_of(member_of(path, source_file, _may_be_in_a_zip))[0], True
    if kind == "parquet":
        yield from _parquet(path, source_file, source, bounds, zipped=zipped)
    elif kind in WORKBOOKS:
        yield _workbook(path, kind, source_file, source, bounds, zipped=zipped)
    elif kind == "json" or (kind == "ndjson" and _is_array(path, zipped=zipped)):
        texts = text_pieces(path, source_file, zipped=zipped, encoding=source.encoding, bounds=bounds)
        yield from read_array(texts, source_file, source, bounds)
    else:
        blocks = text_blocks(path, source_file, zipped=zipped, encoding=source.encoding, bounds=bounds)
        if kind == "ndjson":
            yield from read_lines(blocks, source_file, source, bounds)
        else:
            yield from read_delimited(blocks, source_file, source, bounds, delimiter="\t" if kind == "tsv" else ",")


def is_plain_text(source_file: str) -> bool:
    """Tell by its name whether a file is read as plain text, which cannot end its reader; anything else might."""
    try:
        kind, zipped = kind_of(source_file)
    except SourceError:
        return True  # it is refused by its name
    return kind in PLAIN_TEXT and not zipped


def kind_of(source_file: str) -> tuple[str, bool]:
    """Return the kind of a file by its name and whether it is gzipped."""
    suffixes = PurePosixPath(source_file.lower()).suffixes
    zipped = suffixes[-1:] == [".gz"]
    suffix = next(iter(suffixes[-2:-1] if zipped else suffixes[-1:]), "")
    if suffix not in KINDS:
        raise SourceError("file_kind_unknown", file=source_file, known=", ".join(KINDS))
    return KINDS[suffix], zipped


def _may_be_in_a_zip(name: str) -> bool:
    try:
        kind, zipped = kind_of(name)
    except SourceError:
        return False
    return kind != "zip" and not zipped


def _check_magic(path: Path, source_file: str, kind: str, *, zipped: bool) -> None:
    with path.open("rb") as file:
        start = file.read(_START_BYTES)
    if not start:
        raise SourceError("file_empty", file=source_file)
    found = next((name for magic, name in _MAGIC.items() if start.startswith(magic)), "text")
    found = "html" if start.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(_WEB_PAGE) else found
    if kind in WORKBOOKS and kind != "xls" and found == "xls":
        raise SourceError("workbook_locked", file=source_file)
    packed = {"xlsx": "zip", "xlsb": "zip", "ods": "zip", "xls": "xls", "parquet": "parquet", "zip": "zip"}
    expected = "gzip" if zipped else packed.get(kind, "text")
    if found != expected:
        raise SourceError("file_of_another_kind", file=source_file, expected=expected, found=found)


def _is_array(path: Path, *, zipped: bool) -> bool:
    """Tell by its first letter whether a JSON text is one array; what cannot be unpacked is found when it is read."""
    try:
        with open_bytes(path, zipped=zipped) as stream:
            return stream.read(_START_BYTES).lstrip(b"\xef\xbb\xbf\xff\xfe\0 \r\n\t").startswith(b"[")
    except DAMAGED:
        return False


def _parquet(path: Path, source_file: str, source: Source, bounds: Bounds, *, zipped: bool) -> Iterator[Chunk]:
    try:
        data = BytesIO(_unzipped(path, source_file, bounds)) if zipped else path
        lazy = pl.scan_parquet(data, glob=False)
        schema = lazy.collect_schema()
        rows = lazy.select(pl.len()).collect().item()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise SourceError("file_unreadable", file=source_file, format="Parquet") from error
    bounds.check_columns(len(schema), source_file)
    for name, dtype in schema.items():
        if not (dtype.is_numeric() or isinstance(dtype, _PLAIN)):
            raise SourceError("column_type_unreadable", file=source_file, column=name, type=str(dtype))
    headers = unique_headers(schema.names(), source_file, source.ignore, bounds)
    slice_rows = min(ROWS_PER_CHUNK, bounds.rows_of(len(schema)))
    for start in range(0, max(rows, 1), slice_rows):
        try:
            frame = lazy.slice(start, slice_rows).collect()
        except pl.exceptions.PolarsError as error:
            raise SourceError("file_unreadable", file=source_file, format="Parquet") from error
        yield Chunk(numbered(frame.rename(dict(zip(schema.names(), headers, strict=True))), start + 1))


def _unzipped(path: Path, source_file: str, bounds: Bounds) -> bytes:
    most = bounds.whole_mebibytes * 2**20
    try:
        with open_bytes(path, zipped=True) as stream:
            content = stream.read(most + 1)
    except DAMAGED as error:
        packed = "ZIP" if kind_of(source_file)[0] == "zip" else "gzip"
        raise SourceError("file_truncated", file=source_file, format=packed) from error
    if len(content) > most:
        raise SourceError("file_too_large", file=source_file, mebibytes=f"{bounds.whole_mebibytes:,}")
    return content


def _workbook(path: Path, kind: str, source_file: str, source: Source, bounds: Bounds, *, zipped: bool) -> Chunk:
    if not zipped and path.stat().st_size > bounds.workbook_mebibytes * 2**20:
        raise SourceError("file_too_large", file=source_file, mebibytes=f"{bounds.workbook_mebibytes:,}")
    content = _unzipped(path, source_file, bounds) if zipped else path.read_bytes()
    return read_workbook(content, kind, source_file, source, bounds)

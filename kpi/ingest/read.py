"""Open a source file as what it is: CSV, TSV, NDJSON, Parquet or XLSX, each optionally gzipped."""

import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from pathlib import Path, PurePosixPath

import fastexcel
import polars as pl

from kpi.errors import SourceError
from kpi.ingest.chunks import FLAW, Chunk, numbered, unique_headers
from kpi.ingest.decode import open_bytes, text_blocks
from kpi.ingest.delimited import read_delimited
from kpi.ingest.sources import Source

KINDS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
}
ROWS_PER_CHUNK = 500_000
LARGEST_UNPACKED_BYTES = 1_000_000_000  # of a zipped Parquet, which must be whole in memory
LARGEST_WORKBOOK_BYTES = 256_000_000  # unpacked: a spreadsheet takes several times that in memory
_MAGIC = {b"PAR1": "parquet", b"PK\x03\x04": "xlsx", b"\x1f\x8b": "gzip", b"%PDF": "pdf", b"\xd0\xcf\x11\xe0": "xls"}
_WEB_PAGE = (b"<!doctype", b"<html", b"<?xml")
_PLAIN = (pl.String, pl.Boolean, pl.Date, pl.Datetime, pl.Categorical, pl.Enum, pl.Null, pl.Decimal)


def read_chunks(path: Path, source_file: str, source: Source) -> Iterator[Chunk]:
    """Yield a file's rows in slices of bounded size; raise `SourceError` when it is not what its name says."""
    kind, zipped = kind_of(source_file)
    _check_magic(path, source_file, kind, zipped=zipped)
    if kind == "parquet":
        yield from _parquet(path, source_file, zipped=zipped)
    elif kind == "xlsx":
        yield _xlsx(path, source_file, source, zipped=zipped)
    else:
        blocks = text_blocks(path, source_file, zipped=zipped, encoding=source.encoding)
        if kind == "ndjson":
            yield from _ndjson(blocks)
        else:
            yield from read_delimited(blocks, source_file, source.delimiter or ("\t" if kind == "tsv" else ","))


def kind_of(source_file: str) -> tuple[str, bool]:
    """Return the kind of a file by its name and whether it is gzipped."""
    suffixes = PurePosixPath(source_file.lower()).suffixes
    zipped = suffixes[-1:] == [".gz"]
    suffix = next(iter(suffixes[-2:-1] if zipped else suffixes[-1:]), "")
    if suffix not in KINDS:
        raise SourceError("file_kind_unknown", file=source_file, known=", ".join(KINDS))
    return KINDS[suffix], zipped


def _check_magic(path: Path, source_file: str, kind: str, *, zipped: bool) -> None:
    with path.open("rb") as file:
        start = file.read(200)
    if not start:
        raise SourceError("file_empty", file=source_file)
    found = next((name for magic, name in _MAGIC.items() if start.startswith(magic)), "text")
    found = "html" if start.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(_WEB_PAGE) else found
    if kind == "xlsx" and found == "xls":
        raise SourceError("workbook_locked", file=source_file)
    if kind == "ndjson" and not zipped and start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"["):
        raise SourceError("json_is_an_array", file=source_file)
    expected = "gzip" if zipped else kind if kind in ("parquet", "xlsx") else "text"
    if found != expected:
        raise SourceError("file_of_another_kind", file=source_file, expected=expected, found=found)


def _parquet(path: Path, source_file: str, *, zipped: bool) -> Iterator[Chunk]:
    try:
        data = BytesIO(_unzipped(path, source_file)) if zipped else path
        lazy = pl.scan_parquet(data)
        schema = lazy.collect_schema()
        rows = lazy.select(pl.len()).collect().item()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise SourceError("file_unreadable", file=source_file, format="Parquet") from error
    for name, dtype in schema.items():
        if not (dtype.is_numeric() or isinstance(dtype, _PLAIN)):
            raise SourceError("column_type_unreadable", file=source_file, column=name, type=str(dtype))
    headers = unique_headers(schema.names(), source_file)
    for start in range(0, max(rows, 1), ROWS_PER_CHUNK):
        try:
            frame = lazy.slice(start, ROWS_PER_CHUNK).collect()
        except pl.exceptions.PolarsError as error:
            raise SourceError("file_unreadable", file=source_file, format="Parquet") from error
        yield Chunk(numbered(frame.rename(dict(zip(schema.names(), headers, strict=True))), start + 1))


def _unzipped(path: Path, source_file: str) -> bytes:
    try:
        with open_bytes(path, zipped=True) as stream:
            content = stream.read(LARGEST_UNPACKED_BYTES + 1)
    except (EOFError, OSError, zlib.error) as error:
        raise SourceError("file_truncated", file=source_file, format="gzip") from error
    if len(content) > LARGEST_UNPACKED_BYTES:
        raise SourceError("file_too_large", file=source_file, megabytes=LARGEST_UNPACKED_BYTES // 10**6)
    return content


def _xlsx(path: Path, source_file: str, source: Source, *, zipped: bool) -> Chunk:
    if not zipped and path.stat().st_size > LARGEST_WORKBOOK_BYTES:
        raise SourceError("file_too_large", file=source_file, megabytes=LARGEST_WORKBOOK_BYTES // 10**6)
    content = _unzipped(path, source_file) if zipped else path.read_bytes()
    try:
        _check_archive(content, source_file)
        book = fastexcel.read_excel(content)
        cells = _sheet(book, source_file, source)
    except (fastexcel.FastExcelError, zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError) as error:
        raise SourceError("file_unreadable", file=source_file, format="XLSX") from error
    return _table(cells, source_file)


def _check_archive(content: bytes, source_file: str) -> None:
    """Unpack every member once and throw it away: only then is the declared size known to be true."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        if sum(member.file_size for member in archive.infolist()) > LARGEST_WORKBOOK_BYTES:
            raise SourceError("file_too_large", file=source_file, megabytes=LARGEST_WORKBOOK_BYTES // 10**6)
        for member in archive.infolist():
            with archive.open(member) as packed:
                while packed.read(2**20):
                    pass


def _sheet(book: fastexcel.ExcelReader, source_file: str, source: Source) -> pl.DataFrame:
    if source.sheet is not None:
        if source.sheet not in book.sheet_names:
            raise SourceError("sheet_missing", file=source_file, sheet=source.sheet, sheets=", ".join(book.sheet_names))
        return _cells(book.load_sheet(source.sheet, header_row=None, dtypes="string"))
    sheets = [book.load_sheet(name, header_row=None, dtypes="string") for name in book.sheet_names]
    filled = [sheet for sheet in sheets if sheet.visible == "visible" and sheet.height]
    if not filled:
        raise SourceError("file_empty", file=source_file)
    if len(filled) > 1:
        raise SourceError("sheets_several", file=source_file, sheets=", ".join(sheet.name for sheet in filled))
    return _cells(filled[0])


def _cells(sheet: fastexcel.ExcelSheet) -> pl.DataFrame:
    """Return the cells as text; one that holds an error such as #DIV/0! says so, where the reader leaves a blank."""
    batch, errors = sheet.to_arrow_with_errors()
    cells = pl.DataFrame(batch)
    for error in errors.errors if errors else ():
        row, column = error.offset_position
        name = cells.columns[column]
        cells = cells.with_columns(cells[name].scatter(row, f"#{error.detail.rpartition('(')[2].strip(chr(39) + ')')}"))
    return cells


def _table(cells: pl.DataFrame, source_file: str) -> Chunk:
    """Make the first row that holds anything the header; rows without a single value are not rows."""
    filled = cells.select(pl.any_horizontal(pl.all().is_not_null())).to_series().arg_true()
    if not len(filled):
        raise SourceError("file_empty", file=source_file)
    top = int(filled[0])
    labels = cells.row(top)
    body = cells.slice(top + 1)
    used = [place for place, label in enumerate(labels) if label or body.to_series(place).null_count() < len(body)]
    headers = unique_headers([labels[place] or "" for place in used], source_file)
    frame = pl.DataFrame([body.to_series(place).alias(header) for place, header in zip(used, headers, strict=True)])
    frame = numbered(frame, 1)
    return Chunk(frame.filter(pl.any_horizontal(pl.col(headers).is_not_null())))


def _ndjson(blocks: Iterator[bytes]) -> Iterator[Chunk]:
    row = 1
    for block in blocks:
        lines = block.count(b"\n")
        frame = _fast_objects(block, lines)
        flaws = None
        if frame is None:
            frame, flaws = _careful_objects(block.decode())
        chunk = numbered(frame, row, flaws)
        yield Chunk(chunk.filter(pl.col(FLAW).is_null() | (pl.col(FLAW) != "")), sparse=True)
        row += lines


def _fast_objects(block: bytes, lines: int) -> pl.DataFrame | None:
    """Parse a block in one go, every value as text; None when a line is not an object."""
    if "\ufffd".encode() in block:
        return None
    try:
        headers = pl.read_ndjson(block, infer_schema_length=None).columns
        frame = pl.read_ndjson(block, schema=dict.fromkeys(headers, pl.String))
    except pl.exceptions.PolarsError:
        return None
    return frame if len(frame) == lines and not _may_repeat_a_key(block, frame) else None


def _may_repeat_a_key(block: bytes, frame: pl.DataFrame) -> bool:
    """Tell whether an object may name a key twice, of which the parser would drop one without a word."""
    if b"\\u" in block:
        return True
    named = [f'"{name}"' for name in frame.columns]
    given = [len(frame) - count for count in frame.null_count().row(0)]
    more = [name for name, count in zip(named, given, strict=True) if block.count(name.encode()) > count]
    if not more:
        return False
    lines = pl.Series(block.decode().split("\n"))
    return any((lines.str.count_matches(name, literal=True) > 1).any() for name in more)


def _careful_objects(text: str) -> tuple[pl.DataFrame, pl.Series]:
    """Parse line by line; the flaw of a blank line is "", so that it is left out but counted in the numbering."""
    records: list[dict[str, str | None]] = []
    flaws: list[str | None] = []
    headers: dict[str, None] = {}
    for line in text.removesuffix("\n").split("\n"):
        record, flaw = _object(line)
        records.append(record)
        flaws.append(flaw)
        headers.update(dict.fromkeys(record))
    columns = [pl.Series(name, [record.get(name) for record in records], dtype=pl.String) for name in headers]
    frame = pl.DataFrame(columns) if columns else pl.DataFrame(height=len(records))
    return frame, pl.Series(FLAW, flaws, dtype=pl.String)


def _object(line: str) -> tuple[dict[str, str | None], str | None]:
    if not line.strip():
        return {}, ""
    repeated: list[str] = []

    def members(pairs: list[tuple[str, object]]) -> dict[str, object]:
        repeated.extend(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        return dict(pairs)

    try:
        value = json.loads(
            line, parse_float=_plain_float, parse_int=str, parse_constant=_no_constant, object_pairs_hook=members
        )
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError):
        return {}, "not_a_json_object"
    if not isinstance(value, dict):
        return {}, "not_a_json_object"
    flaw = "bad_encoding" if "\ufffd" in line else "key_twice" if repeated else None
    return {name: _scalar_text(item) for name, item in value.items()}, flaw


def _plain_float(text: str) -> str:
    """Return 1e3 as 1000, as the fast parser does; what is too long to write out stays as it is."""
    number = Decimal(text)
    return format(number, "f") if "e" in text.lower() and abs(number.adjusted()) < 16 else text


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _scalar_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)

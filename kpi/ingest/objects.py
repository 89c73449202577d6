"""Read records written as JSON: an object on each line, or one array of objects.

What lies inside an object is named by its way, with points: `{"service": {"id": "x"}}` has the header `service.id`.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal

import polars as pl

from kpi.errors import SourceError
from kpi.ingest.bounds import Bounds
from kpi.ingest.chunks import FLAW, Chunk, numbered
from kpi.ingest.contracts import CONTRACTS
from kpi.ingest.decode import pieces
from kpi.ingest.headers import known_headers
from kpi.ingest.json_array import elements
from kpi.ingest.normalise import label_key
from kpi.ingest.sources import Source

_EXPONENT = re.compile(rb":\s*-?[0-9][0-9.]*[eE]")
_DEEPEST = 8  # what lies deeper stays JSON text, which no column takes
_WRITTEN_OUT_DIGITS = 400  # the largest float has 309
_TEXT_PER_CHUNK = 8 * 2**20


class _Rounded(str):
    """A number written with an exponent: its digits are not those of an identifier."""

    __slots__ = ()


Record = dict[str, str | None]


def read_lines(blocks: Iterator[bytes], source_file: str, source: Source, bounds: Bounds) -> Iterator[Chunk]:
    """Yield the rows of a file with an object on each line."""
    row = 1
    for block in (piece for whole in blocks for piece in pieces(whole, bounds.rows_of(0))):
        lines = block.count(b"\n")
        frame = _fast(block, lines, source_file, bounds)
        flaws = None
        if frame is None:
            read = _Reading(source, source_file, bounds)
            for line in block.decode().removesuffix("\n").split("\n"):
                read.add_line(line)
            frame, flaws = read.frame()
        bounds.check_columns(frame.width, source_file)
        chunk = numbered(frame, row, flaws)
        yield Chunk(chunk.filter(pl.col(FLAW).is_null() | (pl.col(FLAW) != "")), sparse=True)
        row += lines


def read_array(texts: Iterator[str], source_file: str, source: Source, bounds: Bounds) -> Iterator[Chunk]:
    """Yield the rows of a file that is one array of objects; raise `SourceError` when it is none or is cut off."""
    read, row, length = _Reading(source, source_file, bounds), 1, 0
    for text in elements(texts, source_file, bounds):
        read.add_line(text)
        length += len(text)
        if length >= _TEXT_PER_CHUNK or len(read.records) >= bounds.rows_of(len(read.headers)):
            yield Chunk(numbered(*_from(row, read)), sparse=True)
            row += len(read.records)
            read, length = _Reading(source, source_file, bounds), 0
    if read.records:
        yield Chunk(numbered(*_from(row, read)), sparse=True)
    elif row == 1:
        raise SourceError("file_empty", file=source_file)


def _from(row: int, read: "_Reading") -> tuple[pl.DataFrame, int, pl.Series]:
    frame, flaws = read.frame()
    return frame, row, flaws


def _fast(block: bytes, lines: int, source_file: str, bounds: Bounds) -> pl.DataFrame | None:
    """Parse a block in one go, every value as text; None when it needs a closer look."""
    if "\ufffd".encode() in block or _EXPONENT.search(block):
        return None
    try:
        schema = pl.read_ndjson(block, infer_schema_length=None).schema
        bounds.check_columns(len(schema), source_file)
        if any(isinstance(dtype, pl.Struct) for dtype in schema.values()):
            return None
        frame = pl.read_ndjson(block, schema=dict.fromkeys(schema, pl.String))
    except pl.exceptions.PolarsError:
        return None
    if len(frame) != lines or _may_repeat_a_key(block, frame) or _may_hold_objects(frame):
        return None
    return frame


def _may_hold_objects(frame: pl.DataFrame) -> bool:
    """Tell whether a text may have been an object: beside texts, the parser gives both as text."""
    return any(frame.select(pl.all().str.starts_with("{").any()).row(0)) if frame.width else False


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


class _Reading:
    """Read records one by one; the flaw of a blank line is "", so that it is left out but counted in the numbering."""

    def __init__(self, source: Source, source_file: str, bounds: Bounds) -> None:
        self.source, self.source_file, self.bounds = source, source_file, bounds
        self.records: list[Record] = []
        self.flaws: list[str | None] = []
        self.headers: dict[str, None] = {}
        self.outer: set[str] = set()  # names of objects that were opened

    def add_line(self, text: str) -> None:
        """Add the record that a text is, or what is wrong with it."""
        record, flaw = self._record(text) if text.strip() else ({}, "")
        self.records.append(record)
        self.flaws.append(flaw)
        self.headers.update(dict.fromkeys(record))
        self.bounds.check_columns(len(self.headers), self.source_file)

    def frame(self) -> tuple[pl.DataFrame, pl.Series]:
        """Return the records as a table of texts, and their flaws."""
        ids = _labels_of_identifiers(self.source)
        columns = []
        for name in self.headers:
            self.bounds.check_header(name, self.source_file)
            values = [record.get(name) for record in self.records]
            if name in self.outer and not any(values):
                continue  # an object in other records, and nothing in these
            if label_key(name) not in ids:
                values = [_written_out(value) if isinstance(value, _Rounded) else value for value in values]
            columns.append(pl.Series(name, values, dtype=pl.String))
        frame = pl.DataFrame(columns) if columns else pl.DataFrame(height=len(self.records))
        return frame, pl.Series(FLAW, self.flaws, dtype=pl.String)

    def _record(self, text: str) -> tuple[Record, str | None]:
        repeated: list[str] = []

        def members(pairs: list[tuple[str, object]]) -> dict[str, object]:
            self.bounds.check_columns(len(pairs), self.source_file)
            repeated.extend(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
            return dict(pairs)

        try:
            value = json.loads(
                text, parse_float=_float, parse_int=str, parse_constant=_no_constant, object_pairs_hook=members
            )
            json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is no text
        except (ValueError, RecursionError):
            return {}, "not_a_json_object"
        if not isinstance(value, dict):
            return {}, "not_a_json_object"
        flat: Record = {}
        for name, item in self._flat(value, "", 1):
            if name in flat:
                repeated.append(name)
            flat[name] = item
        return flat, "bad_encoding" if "\ufffd" in text else "key_twice" if repeated else None

    def _flat(self, value: Mapping[str, object], before: str, depth: int) -> Iterator[tuple[str, str | None]]:
        for name, item in value.items():
            way = f"{before}{name}"
            if isinstance(item, dict) and item and depth < _DEEPEST:
                self.outer.add(way)
                yield from self._flat(item, f"{way}.", depth + 1)
            else:
                yield way, item if item is None or isinstance(item, str) else json.dumps(item, ensure_ascii=False)


def _labels_of_identifiers(source: Source) -> set[str]:
    contract = CONTRACTS[source.log]
    known = known_headers(contract, source)
    return {label for label, name in known.items() if contract.by_name[name].kind == "identifier"}


def _float(text: str) -> str:
    return _Rounded(text) if "e" in text.lower() else text


def _written_out(text: str) -> str:
    """Return 1e3 as 1000; what is too long to write out stays as it is."""
    number = Decimal(text)
    return format(number, "f") if abs(number.adjusted()) < _WRITTEN_OUT_DIGITS else str(text)


def _no_constant(name: str) -> None:
    raise ValueError(name)

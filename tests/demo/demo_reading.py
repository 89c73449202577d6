"""Read the demo's files as plain text rows, without the project's own loader."""

import csv
import gzip
import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kpi.demo.formats import ARABIC_HEADERS

ENCODINGS = {".windows-1256.csv": "windows-1256", ".utf16.csv": "utf-16", ".ar.csv": "utf-8-sig"}
ENGLISH = {arabic: english for english, arabic in ARABIC_HEADERS.items()}
WESTERN = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")


@dataclass(frozen=True)
class RawRow:
    """One data row: its values by canonical name, or what made it unreadable."""

    number: int
    values: dict[str, str]
    flaw: str | None = None


def raw_rows(path: Path) -> list[RawRow]:
    """Return the data rows of a transactions file as text."""
    if path.suffix in {".parquet", ".xlsx"}:
        frame = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_excel(path, infer_schema_length=0)
        rows = frame.with_columns(pl.all().cast(pl.String).fill_null("")).iter_rows(named=True)
        return [RawRow(number, dict(row)) for number, row in enumerate(rows, start=1)]
    if path.suffix == ".ndjson":
        return [_json_row(number, line) for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)]
    return _delimited(path)


def _json_row(number: int, line: str) -> RawRow:
    try:
        found = json.loads(line)
    except ValueError:
        return RawRow(number, {}, "not_a_json_object")
    return RawRow(number, {name: "" if value is None else str(value) for name, value in found.items()})


def _delimited(path: Path) -> list[RawRow]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    encoding = next((name for suffix, name in ENCODINGS.items() if path.name.endswith(suffix)), "utf-8")
    lines = csv.reader(content.decode(encoding).splitlines(), delimiter="\t" if path.suffix == ".tsv" else ",")
    header = [ENGLISH.get(name, name) for name in next(lines)]
    rows = []
    for number, fields in enumerate(lines, start=1):
        flaw = "too_many_fields" if len(fields) > len(header) else None
        values = dict(zip(header, [field.translate(WESTERN) for field in fields], strict=False))
        rows.append(RawRow(number, values, flaw))
    return rows

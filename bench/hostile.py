"""Small files that ask for much: what a load takes for the worst of them, and what becomes of the file beside them."""

import gzip
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl
import xlsxwriter

from bench.measured import watched_peak_bytes

HEAD = "transaction_id,submitted_at,entity_id,service_id,channel,outcome,transactions"
ROW = "G-1,2025-01-02,moh,moh-1,web,completed,1"
MANY = 10**6
ODF = b"urn:oasis:names:tc:opendocument:xmlns:"
MANIFEST = b'<m:manifest xmlns:m="%smanifest:1.0"/>' % ODF
FAR_TABLE = (
    b'<office:document-content xmlns:office="%soffice:1.0" xmlns:table="%stable:1.0" xmlns:text="%stext:1.0">'
    b'<office:body><office:spreadsheet><table:table table:name="a">'
    b'<table:table-row table:number-rows-repeated="1048576">'
    b'<table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1">'
    b"<text:p>1</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body>"
    b"</office:document-content>"
) % (ODF, ODF, ODF)


def far_cell() -> bytes:
    """Return a workbook with a blank in the last cell that there can be."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEAD.split(","))
        sheet.write_row(1, 0, ROW.split(","))
        sheet.write_string(MANY + 48_575, 16_383, " ")
    return content.getvalue()


def shared_strings() -> bytes:
    """Return a workbook whose list of texts unpacks to half a gibibyte."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEAD.split(","))
        sheet.write_row(1, 0, ROW.split(","))
    made = io.BytesIO()
    with zipfile.ZipFile(content) as plain, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in plain.namelist():
            text = plain.read(name)
            if name == "xl/sharedStrings.xml":
                text = text.replace(b"</sst>", b"<si><t>%s</t></si>" % (b"9" * 1000) * 2**19 + b"</sst>")
            archive.writestr(name, text)
    return made.getvalue()


def packed(*parts: bytes) -> bytes:
    """Return text as gzip."""
    return gzip.compress(b"".join(parts), 6, mtime=0)


def parquet(service_id: str, times: int) -> bytes:
    """Return a Parquet file that repeats one value, in a single group of rows."""
    content = io.BytesIO()
    frame = pl.Series("service_id", [service_id]).new_from_index(0, times).to_frame()
    frame.with_columns(submitted_at=pl.lit("2024-06-02"), outcome=pl.lit("completed")).write_parquet(
        content, compression="zstd", row_group_size=len(frame)
    )
    return content.getvalue()


def header(columns: int) -> bytes:
    """Return the header of so many columns."""
    return ",".join(f"c{number}" for number in range(columns)).encode() + b"\n"


def in_zip(name: str, content: bytes) -> bytes:
    """Return a zip of one file; a workbook of LibreOffice is one."""
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        if name == "content.xml":
            archive.writestr("mimetype", kind)
            archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr(name, content)
    return made.getvalue()


FILES: Mapping[str, tuple[Callable[[], bytes], str | None]] = {
    "far.xlsx": (far_cell, "bound_cells"),
    "newlines.csv.gz": (lambda: packed(HEAD.encode(), b"\n" * (16 * 2**20)), None),
    "line.csv.gz": (lambda: packed(HEAD.encode(), b"\n", b"9" * 200 * 2**20), "row_too_long"),
    "columns.csv": (lambda: header(MANY), "bound_columns"),
    "label.csv": (lambda: f"submitted_at{' ' * (MANY // 10)},outcome\n".encode(), "bound_header"),
    "narrow.csv": (lambda: header(1_999) + b"1\n" * (MANY // 2), "columns_unknown"),
    "deep.ndjson": (lambda: b'{"submitted_at": ' + b"[" * MANY + b"]" * MANY + b"}\n", "service_missing"),
    "keys.ndjson": (lambda: json.dumps({f"k{number}": number for number in range(MANY // 10)}).encode() + b"\n",
                    "bound_columns"),
    "narrow.json": (lambda: b"[%s%s]" % (json.dumps(dict.fromkeys(header(1_999).decode().split(","), 1)).encode(),
                                        b",{}" * MANY),
                    "columns_unknown"),
    "line.json.gz": (lambda: packed(b'[{"service_id": "', b"9" * 200 * 2**20), "json_broken"),
    "line.zip": (lambda: in_zip("a.csv", HEAD.encode() + b"\n" + b"9" * 200 * 2**20), "row_too_long"),
    "deep.json": (lambda: b'[{"submitted_at": ' + b"[" * MANY + b"]" * MANY + b"}]", "json_broken"),
    "strings.xlsx": (shared_strings, "file_too_large"),
    "nested.zip": (lambda: in_zip("a.zip", in_zip("b.csv", b"9" * 2**20)), "zip_not_one_file"),
    "far.ods": (lambda: in_zip("content.xml", FAR_TABLE), "file_unreadable"),
    "quotes.csv": (lambda: f"{HEAD}\n".encode() + b'"a\n' * MANY, None),
    "groups.parquet": (lambda: parquet("moh-1", 3 * MANY), None),
    "long.parquet": (lambda: parquet("x" * 10 * MANY, 200), "bound_memory"),
}  # fmt: skip
"""Content by name, and the key of the error that each is refused with; None: its rows are accepted or rejected."""


def peak_bytes(workspace: Path) -> tuple[int, int]:
    """Load a workspace as its users do; return the peak memory of all its processes, and the exit code."""
    command = [sys.executable, "-m", "kpi", "load", "--workspace", str(workspace)]
    with subprocess.Popen(  # noqa: S603 - our own module
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ)
    ) as process:
        return watched_peak_bytes(process), process.wait()

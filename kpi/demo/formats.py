"""Write rows in the file formats that bodies use, the same bytes for the same rows."""

import gzip
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
import xlsxwriter

from kpi.catalogue import codes
from kpi.demo.malformed import Malformed

ISO_MOMENT = "%Y-%m-%d %H:%M:%S"
ARABIC_MOMENT = "%d/%m/%Y %H:%M"
BAD_DATE = {ISO_MOMENT: "2025-02-31 10:00:00", ARABIC_MOMENT: "31/02/2025 10:00"}
NOT_JSON = "ERR 504 gateway time-out"
WORKBOOK_DAY = datetime(2025, 1, 1)
ARABIC_DIGITS = dict(zip("0123456789", "٠١٢٣٤٥٦٧٨٩", strict=True))
ARABIC_HEADERS = {
    "transaction_id": "رقم المعاملة",
    "submitted_at": "تاريخ التقديم",
    "completed_at": "تاريخ الإنجاز",
    "entity_id": "رمز الجهة",
    "service_id": "رمز الخدمة",
    "governorate_id": "المحافظة",
    "channel": "القناة",
    "outcome": "النتيجة",
    "beneficiary": "المستفيد",
    "beneficiary_number": "الرقم المدني",
    "fee_omr": "الرسوم",
    "rating": "التقييم",
}
MOMENTS = ("submitted_at", "completed_at")
WITH_ARABIC_DIGITS = ("submitted_at", "completed_at", "beneficiary_number", "fee_omr", "rating")
ARABIC_UNKNOWN = {"fax": "فاكس", "OM-XX": "محافظة غير معروفة"}


@dataclass(frozen=True)
class TextStyle:
    """How a delimited file is written."""

    encoding: str = "utf-8"
    separator: str = ","
    arabic: bool = False
    arabic_digits: bool = False
    without_entity: bool = False


STYLES = {
    "csv": TextStyle(),
    "csv_gz": TextStyle(),
    "csv_utf16": TextStyle(encoding="utf-16"),
    "csv_arabic": TextStyle(encoding="utf-8-sig", arabic=True, arabic_digits=True),
    # windows-1256 has no Arabic-Indic digits, so that file keeps Western ones.
    "csv_windows_1256": TextStyle(encoding="windows-1256", arabic=True, without_entity=True),
    "tsv": TextStyle(separator="\t"),
}


def write_rows(
    path: Path, frame: pl.DataFrame, file_format: str, broken: tuple[Malformed, ...], places: dict[str, str]
) -> None:
    """Write transaction rows in a format; text formats also get the rows that only text can break.

    `places` maps governorate ids to the Arabic names that Arabic files carry.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if file_format == "parquet":
        frame.write_parquet(path, compression="zstd", compression_level=1, row_group_size=262_144)
    elif file_format == "xlsx":
        numbered = _with_bad_dates(_with_numbers(frame, ISO_MOMENT), ISO_MOMENT, broken)
        write_workbook(path, numbered, moments=MOMENTS)
    elif file_format == "ndjson":
        _write_ndjson(path, frame, broken)
    else:
        _write_text(path, frame, STYLES[file_format], broken, places)


def _write_text(
    path: Path, frame: pl.DataFrame, style: TextStyle, broken: tuple[Malformed, ...], places: dict[str, str]
) -> None:
    moment = ARABIC_MOMENT if style.arabic else ISO_MOMENT
    text = _with_bad_dates(_as_text(frame, moment), moment, broken)
    if style.arabic:
        text = _in_arabic(text, places)
    if style.arabic_digits:
        text = text.with_columns(
            pl.col(name).str.replace_many(list(ARABIC_DIGITS), list(ARABIC_DIGITS.values()))
            for name in WITH_ARABIC_DIGITS
        )
    if style.without_entity:
        text = text.drop("entity_id")
    extra = [row.position for row in broken if row.kind == "too_many_fields"]
    if extra:
        last = text.columns[-1]
        # Nothing is quoted, so a separator inside the last value makes one field too many.
        text = text.with_columns(
            text[last].fill_null("").scatter(extra, text[last].fill_null("").gather(extra) + f"{style.separator}9")
        )
    if style.arabic:
        text = text.rename({name: ARABIC_HEADERS[name] for name in text.columns})
    if style.encoding == "utf-8" and path.suffix != ".gz":
        text.write_csv(path, separator=style.separator, quote_style="never")
        return
    content = text.write_csv(separator=style.separator, quote_style="never").encode(style.encoding)
    path.write_bytes(gzip.compress(content, compresslevel=4, mtime=0) if path.suffix == ".gz" else content)


def _as_text(frame: pl.DataFrame, moment: str) -> pl.DataFrame:
    return frame.with_columns(
        pl.col(pl.Datetime).dt.strftime(moment), pl.col(pl.Decimal, pl.Int8, pl.Int64).cast(pl.String)
    )


def _with_numbers(frame: pl.DataFrame, moment: str) -> pl.DataFrame:
    return frame.with_columns(pl.col(pl.Datetime).dt.strftime(moment), pl.col(pl.Decimal).cast(pl.Float64))


def _with_bad_dates(text: pl.DataFrame, moment: str, broken: tuple[Malformed, ...]) -> pl.DataFrame:
    bad = [row.position for row in broken if row.kind == "bad_date"]
    return text.with_columns(text["submitted_at"].scatter(bad, BAD_DATE[moment])) if bad else text


def _in_arabic(text: pl.DataFrame, places: dict[str, str]) -> pl.DataFrame:
    names = {name: {code.id: code.name_ar for code in codes()[name]} for name in ("channel", "outcome", "beneficiary")}
    lists = {**names, "governorate_id": places}
    return text.with_columns(pl.col(name).replace({**words, **ARABIC_UNKNOWN}) for name, words in lists.items())


def _write_ndjson(path: Path, frame: pl.DataFrame, broken: tuple[Malformed, ...]) -> None:
    numbered = _with_bad_dates(_with_numbers(frame, "%Y-%m-%dT%H:%M:%S"), ISO_MOMENT, broken)
    lines = numbered.write_ndjson().splitlines()
    for row in broken:
        if row.kind == "not_json":
            lines[row.position] = NOT_JSON
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def write_workbook(path: Path, text: pl.DataFrame, moments: tuple[str, ...] = ()) -> None:
    """Write rows to the one sheet of a workbook; values of `moments` become real date cells where they can."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        book.set_properties({"created": WORKBOOK_DAY})
        day = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet = book.add_worksheet("log")
        sheet.write_row(0, 0, text.columns)
        for number, row in enumerate(text.iter_rows(), start=1):
            for column, value in enumerate(row):
                moment = _moment(value) if text.columns[column] in moments else None
                if moment:
                    sheet.write_datetime(number, column, moment, day)
                elif value is not None:
                    sheet.write(number, column, value)


def _moment(value: str | None) -> datetime | None:
    try:
        return datetime.strptime(value, ISO_MOMENT) if value else None
    except ValueError:
        return None

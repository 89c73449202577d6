"""Damaged and malicious files, each made in a line or two: what senders really send, and what nobody should."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
import xlsxwriter

HEAD = "transaction_id,submitted_at,entity_id,service_id,channel,outcome,transactions"
GOOD = "G-{},2025-01-02,moh,moh-1,web,completed,1"
WINDOWS_1256 = '[[source]]\nname = "w"\nlog = "transactions"\nfiles = "transactions/*"\nencoding = "windows-1256"\n'
LENIENT_UTF8 = '[[source]]\nname = "u"\nlog = "transactions"\nfiles = "transactions/*"\nencoding = "utf-8"\n'
DAY_FIRST = '[[source]]\nname = "d"\nlog = "transactions"\nfiles = "transactions/*"\ndates = "dd/mm/yyyy"\n'


@dataclass(frozen=True)
class Case:
    """One kind of damage and what must become of it.

    `error` is the key of the file's error, else `read`, `accepted` and `reasons` say how its rows end.
    """

    name: str
    file: str
    content: Callable[[], bytes]
    error: str | None = None
    read: int = 0
    accepted: int = 0
    reasons: tuple[str, ...] = ()
    sources: str = ""


def text(*lines: str, head: str = HEAD, end: str = "\n", encoding: str = "utf-8") -> Callable[[], bytes]:
    return lambda: end.join([head, *lines, ""]).encode(encoding)


def good(*numbers: int) -> list[str]:
    return [GOOD.format(number) for number in numbers]


def row(**changed: str) -> str:
    """Return a good row with some values changed."""
    values = dict(zip(HEAD.split(","), GOOD.format("X").split(","), strict=True)) | changed
    return ",".join(values[name] for name in HEAD.split(","))


def one_bad(name: str, reason: str, file: str = "a.csv", sources: str = "", **changed: str) -> Case:
    """Return a case of one bad value between two good rows."""
    lines = [GOOD.format(1), row(**changed), GOOD.format(2)]
    if sources == DAY_FIRST:
        lines = [line.replace("2025-01-02", "02/01/2025") for line in lines]
    return Case(name, file, text(*lines), read=3, accepted=2, reasons=(reason,), sources=sources)


def one_fine(name: str, sources: str = "", **changed: str) -> Case:
    """Return a case of one unusual value that is read all the same."""
    return Case(name, "a.csv", text(GOOD.format(1), row(**changed)), read=2, accepted=2, sources=sources)


def frame(**columns: object) -> pl.DataFrame:
    base = {"submitted_at": [date(2025, 1, 2)] * 3, "service_id": ["moh-1"] * 3, "outcome": ["completed"] * 3}
    return pl.DataFrame(base | columns)


def parquet(**columns: object) -> Callable[[], bytes]:
    def make() -> bytes:
        buffer = io.BytesIO()
        frame(**columns).write_parquet(buffer)
        return buffer.getvalue()

    return make


def damaged_parquet(damage: Callable[[bytearray], bytes | bytearray]) -> Callable[[], bytes]:
    def make() -> bytes:
        buffer = io.BytesIO()
        many = pl.concat([frame()] * 4000).with_columns(transaction_id=pl.int_range(pl.len()).cast(pl.String))
        many.write_parquet(buffer, compression="zstd", row_group_size=2000)
        return bytes(damage(bytearray(buffer.getvalue())))

    return make


def wiped(content: bytearray) -> bytearray:
    third = len(content) // 3
    content[third : third + 400] = bytes(400)
    return content


def footer_of_lies(content: bytearray) -> bytearray:
    content[-8:-4] = (2**31 - 1).to_bytes(4, "little")
    return content


def book(fill: Callable[[xlsxwriter.Workbook], None]) -> Callable[[], bytes]:
    def make() -> bytes:
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer) as workbook:
            fill(workbook)
        return buffer.getvalue()

    return make


def sheet_rows(sheet: xlsxwriter.worksheet.Worksheet, *rows: str | list, top: int = 0) -> None:
    for number, values in enumerate([HEAD, *rows], start=top):
        sheet.write_row(number, 0, values.split(",") if isinstance(values, str) else values)


def cells(*rows: str | list) -> Callable[[], bytes]:
    return book(lambda workbook: sheet_rows(workbook.add_worksheet(), *rows))


def formulas(workbook: xlsxwriter.Workbook) -> None:
    sheet = workbook.add_worksheet()
    sheet_rows(sheet, *good(1, 2))
    sheet.write_formula(1, 6, "=1+2", value=3)
    sheet.write_formula(2, 6, "=1/0", value="#DIV/0!")


def merged_header(workbook: xlsxwriter.Workbook) -> None:
    sheet = workbook.add_worksheet()
    sheet_rows(sheet, *good(1))
    sheet.merge_range(0, 0, 0, 1, "transaction_id", workbook.add_format({"bold": True}))


def merged_title(workbook: xlsxwriter.Workbook) -> None:
    sheet = workbook.add_worksheet()
    sheet.merge_range(0, 0, 0, 6, "Ministry of Health: January")
    sheet_rows(sheet, *good(1), top=1)


def hidden_sheet(workbook: xlsxwriter.Workbook) -> None:
    sheet_rows(workbook.add_worksheet("log"), *good(1, 2))
    secret = workbook.add_worksheet("lists")
    secret.write(0, 0, "web")
    secret.hide()


def hidden_rows(workbook: xlsxwriter.Workbook) -> None:
    sheet = workbook.add_worksheet()
    sheet_rows(sheet, *good(1, 2, 3))
    sheet.set_row(2, None, None, {"hidden": True})


def chart_only(workbook: xlsxwriter.Workbook) -> None:
    workbook.add_worksheet()


def excel_dates(workbook: xlsxwriter.Workbook) -> None:
    sheet = workbook.add_worksheet()
    sheet_rows(sheet, *good(1, 2))
    sheet.write_datetime(1, 1, datetime(2025, 1, 2), workbook.add_format({"num_format": "dd/mm/yyyy"}))
    sheet.write_number(2, 1, 45659)


def zipped(content: Callable[[], bytes], cut: int | None = None) -> Callable[[], bytes]:
    return lambda: gzip.compress(content(), mtime=0)[:cut]


def gzip_bomb(megabytes: int) -> Callable[[], bytes]:
    return lambda: gzip.compress(b"0" * megabytes * 2**20, mtime=0)


def archive(**members: bytes) -> Callable[[], bytes]:
    def make() -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
            for name, content in members.items():
                made.writestr(name.replace("__", "/"), content)
        return buffer.getvalue()

    return make


def locked(content: bytes) -> bytes:
    """Return a zip whose directory says of its only member that it is encrypted."""
    place = content.rindex(b"PK\x01\x02") + 8
    return content[:place] + b"\x01" + content[place + 1 :]


def ill(content: bytes) -> bytes:
    """Return a zip whose directory has another checksum for its only member."""
    place = content.rindex(b"PK\x01\x02") + 16
    return content[:place] + bytes(4) + content[place + 4 :]


def sheet_bomb() -> bytes:
    """Return a workbook of a few kB whose sheet unpacks to 300 MB."""
    workbook = cells(*good(1))()
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            content = old.read(member)
            if member.filename.endswith("sheet1.xml"):
                content = content.replace(b"<sheetData>", b"<sheetData>" + b" " * 300 * 2**20)
            new.writestr(member.filename, content)
    return buffer.getvalue()


def lying_sheet_bomb() -> bytes:
    """Return the same with a directory that declares a harmless size."""
    content = bytearray(sheet_bomb())
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        size = next(member.file_size for member in made.infolist() if member.filename.endswith("sheet1.xml"))
    return bytes(content.replace(size.to_bytes(4, "little"), (5000).to_bytes(4, "little")))


def doctype_bomb() -> bytes:
    """Return a workbook whose sheet declares entities that unfold to billions of characters."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<!DOCTYPE x [<!ENTITY e0 "boom">{entities}]>'.encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(cells(*good(1))())) as old, zipfile.ZipFile(buffer, "w") as new:
        for member in old.infolist():
            content = old.read(member)
            if member.filename.endswith("sharedStrings.xml"):
                content = content.replace(b"<sst", head + b"<sst", 1).replace(b"moh-1", b"&e9;")
            new.writestr(member.filename, content)
    return buffer.getvalue()


def objects(*items: dict | str, end: str = "\n") -> Callable[[], bytes]:
    return lambda: end.join([item if isinstance(item, str) else json.dumps(item) for item in items] + [""]).encode()


def array(*items: dict | str) -> Callable[[], bytes]:
    return lambda: b"[" + objects(*items, end=",\n")()[:-2] + b"]\n"


def thing(number: int, **more: object) -> dict:
    base = {"transaction_id": f"J-{number}", "submitted_at": "2025-01-02", "service_id": "moh-1"}
    return base | {"outcome": "completed"} | more


def nested(depth: int) -> str:
    return '{"submitted_at": ' + "[" * depth + "]" * depth + "}"


def raw(content: bytes) -> Callable[[], bytes]:
    return lambda: content


BIG_STEP = json.dumps(thing(2))[:-1] + ', "transactions": 1e3}'
TWO = text(*good(1, 2))
ARABIC = text(row(channel="تطبيق"), *good(1))

CASES = [
    # the container
    Case("empty file", "a.csv", raw(b""), "file_empty"),
    Case("only line ends", "a.csv", raw(b"\r\n\r\n\n"), "file_empty"),
    Case("only a byte order mark", "a.csv", raw(b"\xef\xbb\xbf"), "file_empty"),
    Case("only NUL bytes", "a.csv", raw(bytes(5000)), "file_empty"),
    Case("a header and nothing else", "a.csv", text(), read=0, accepted=0),
    Case("a header without line end", "a.csv", raw(HEAD.encode()), read=0, accepted=0),
    Case("last line without line end", "a.csv", lambda: TWO()[:-1], read=2, accepted=2),
    Case("last line cut off", "a.csv", lambda: TWO()[:-12], read=2, accepted=1, reasons=("too_few_fields",)),
    Case("gzip cut off", "a.csv.gz", zipped(TWO, -9), "file_truncated"),
    Case("gzip with garbage behind", "a.csv.gz", lambda: zipped(TWO)() + b"garbage", "file_truncated"),
    Case("gzip of two members", "a.csv.gz", lambda: zipped(TWO)() + gzip.compress(GOOD.format(3).encode()),
         read=3, accepted=3),
    Case("gzip with a wrong checksum", "a.csv.gz", lambda: zipped(TWO)()[:-8] + b"\0" * 8, "file_truncated"),
    Case("gzip in gzip", "a.csv.gz", zipped(zipped(TWO)), "encoding_unknown"),
    Case("text named gz", "a.csv.gz", TWO, "file_of_another_kind"),
    Case("gzip bomb of one endless line", "a.csv.gz", gzip_bomb(300), "row_too_long"),
    Case("zip archive named csv", "a.csv", archive(**{"a.csv": b"x"}), "file_of_another_kind"),
    Case("zip of a file that is no table", "a.zip", archive(**{"a.csv": b"x"}), "columns_unknown"),
    Case("zip of nothing", "a.zip", archive(**{"a__Thumbs.db": b"x"}), "zip_not_one_file"),
    Case("zip of two files", "a.zip", lambda: archive(**{"a.csv": TWO(), "b.csv": TWO()})(), "zip_not_one_file"),
    Case("zip of a note", "a.zip", archive(**{"readme.txt": b"x"}), "zip_not_one_file"),
    Case("zip in a zip", "a.zip", lambda: archive(**{"a.zip": archive(**{"a.csv": TWO()})()})(), "zip_not_one_file"),
    Case("gzip in a zip", "a.zip", lambda: archive(**{"a.csv.gz": zipped(TWO)()})(), "zip_not_one_file"),
    Case("zip with a password", "a.zip", lambda: locked(archive(**{"a.csv": TWO()})()), "zip_locked"),
    Case("zip cut off", "a.zip", lambda: archive(**{"a.csv": TWO()})()[:-30], "file_unreadable"),
    Case("zip with a wrong checksum", "a.zip", lambda: ill(archive(**{"a.csv": TWO()})()), "file_truncated"),
    Case("zip whose member would leave its folder", "a.zip", lambda: archive(**{"..__..__a.csv": TWO()})(), read=2,
         accepted=2),
    Case("text named zip", "a.zip", TWO, "file_of_another_kind"),
    Case("workbook named csv", "a.csv", cells(*good(1)), "file_of_another_kind"),
    Case("csv named parquet", "a.parquet", TWO, "file_of_another_kind"),
    Case("csv named xlsx", "a.xlsx", TWO, "file_of_another_kind"),
    Case("json that is no array", "a.json", raw(b'{"data": 3, "rows": []}'), "json_not_records"),
    Case("json array of nothing", "a.json", raw(b" [ ] "), "file_empty"),
    Case("json array that is cut off", "a.json", lambda: array(thing(1), thing(2))()[:-9], "json_broken"),
    Case("json array without its end", "a.json", lambda: array(thing(1), thing(2))()[:-2], "json_broken"),
    Case("json array with more behind it", "a.json", lambda: array(thing(1))() + b"[]", "json_broken"),
    Case("json array of broken objects", "a.json", array(thing(1), '{"a" 1}', thing(2)), "json_broken"),
    Case("json array of a record too long", "a.json", array(thing(1), thing(2, note="x" * 5 * 2**20)), "json_broken"),
    Case("json array nested without end", "a.json", array(thing(1), nested(100_000)), "json_broken"),
    Case("json array of anything", "a.json", array(thing(1), "12", "[]", "null", '"x"'), read=5, accepted=1,
         reasons=("not_a_json_object",)),
    Case("json array in Latin letters", "a.json", lambda: array(thing(1), thing(2, channel="é"))().replace(
        b"\\u00e9", b"\xe9"), "encoding_unknown"),
    Case("json array of an object of too many keys", "a.json", array(thing(1), {f"k{n}": 1 for n in range(2_001)}),
         "bound_columns"),
    Case("old Excel", "a.xls", raw(b"\xd0\xcf\x11\xe0" + bytes(600)), "file_unreadable"),
    Case("web page named csv", "a.csv", raw(b"<!DOCTYPE html><html><body>503</body></html>"), "file_of_another_kind"),
    Case("pdf named csv", "a.csv", raw(b"%PDF-1.7\n..."), "file_of_another_kind"),
    Case("random bytes", "a.csv", raw(bytes(range(256)) * 40), "encoding_unknown"),
    # the text
    Case("UTF-16 without byte order mark", "a.csv", text(*good(1), encoding="utf-16-le"), "encoding_unknown"),
    Case("UTF-16 big endian without byte order mark", "a.csv", text(*good(1), encoding="utf-16-be"),
         "encoding_unknown"),
    Case("UTF-16 cut in half a character", "a.csv", lambda: text(*good(1, 2), encoding="utf-16")()[:-1],
         read=2, accepted=1, reasons=("bad_encoding",)),
    Case("UTF-32", "a.csv", text(*good(1), encoding="utf-32"), read=1, accepted=1),
    Case("windows-1256 read as UTF-8", "a.csv", text(row(channel="تطبيق"), encoding="windows-1256"),
         "encoding_unknown"),
    Case("UTF-8 declared as windows-1256", "a.csv", ARABIC, "encoding_wrong", sources=WINDOWS_1256),
    Case("one damaged byte in declared UTF-8", "a.csv", lambda: TWO().replace(b"web", b"w\xffb", 1), read=2, accepted=1,
         reasons=("bad_encoding",), sources=LENIENT_UTF8),
    Case("byte order mark in the middle", "a.csv", text(GOOD.format(1), "\ufeff" + GOOD.format(2)), read=2, accepted=2),
    Case("two files glued with their headers", "a.csv", text(*good(1), "\ufeff" + HEAD, *good(2)), read=3, accepted=2,
         reasons=("not_a_date", "not_a_number", "unknown_code", "unknown_entity", "unknown_service")),
    Case("NUL bytes in a value", "a.csv", text(GOOD.format(1), row(channel="w\0eb")), read=2, accepted=1,
         reasons=("unknown_code",)),
    Case("a block of NUL bytes at the end", "a.csv", lambda: TWO() + bytes(4096), read=3, accepted=2,
         reasons=("too_few_fields",)),
    Case("Windows line ends", "a.csv", text(*good(1, 2), end="\r\n"), read=2, accepted=2),
    Case("old Mac line ends", "a.csv", text(*good(1, 2), end="\r"), read=2, accepted=2),
    Case("mixed line ends", "a.csv", lambda: f"{HEAD}\r\n{GOOD.format(1)}\n{GOOD.format(2)}\r{GOOD.format(3)}".encode(),
         read=3, accepted=3),
    Case("Unicode line separator in a value", "a.csv", text(row(transaction_id="A\u2028B"), *good(1)), read=2,
         accepted=2),
    Case("the loader's own mark in a value", "a.csv", text(row(transaction_id="A\x1fB"), *good(1)), read=2, accepted=2),
    # the table
    Case("header twice", "a.csv", text(*good(1), head=HEAD.replace("channel", "outcome")), "column_twice"),
    Case("header twice in two languages", "a.csv", text(head="القناة,channel"), "column_twice"),
    Case("no header", "a.csv", raw((GOOD.format(1) + "\n").encode()), "columns_unknown"),
    Case("a title above the header", "a.csv", lambda: b"Report of January\n" + TWO(), "columns_unknown"),
    Case("wrong delimiter", "a.csv", lambda: TWO().replace(b",", b";"), "delimiter_wrong"),
    Case("tab in csv", "a.csv", lambda: TWO().replace(b",", b"\t"), "delimiter_wrong"),
    Case("short rows", "a.csv", text(GOOD.format(1), "G-2,2025-01-02"), read=2, accepted=1,
         reasons=("too_few_fields",)),
    Case("long rows", "a.csv", text(GOOD.format(1), GOOD.format(2) + ",x,y"), read=2, accepted=1,
         reasons=("too_many_fields",)),
    Case("an unquoted thousands separator", "a.csv", text(GOOD.format(1), row(transactions="1,234")), read=2,
         accepted=1, reasons=("too_many_fields",)),
    Case("blank lines between rows", "a.csv", text(GOOD.format(1), "", "  ", GOOD.format(2)), read=2, accepted=2),
    Case("a delimiter too many on every line", "a.csv", lambda: TWO().replace(b"\n", b",\n"), read=2, accepted=2),
    Case("stray quote inside a value", "a.csv", text(GOOD.format(1), row(transaction_id='A"B'), GOOD.format(2)),
         read=3, accepted=3),
    Case("a quote that is never closed", "a.csv", text(GOOD.format(1), row(transaction_id='"A'), *good(2, 3)), read=4,
         accepted=3, reasons=("broken_quotes",)),
    Case("line ends inside quotes", "a.csv", text(row(transaction_id='"A\nB"'), *good(1)), read=2, accepted=2),
    Case("a value of 10 MB", "a.csv", text(row(transaction_id="9" * 10 * 2**20), *good(1)), read=2, accepted=1,
         reasons=("value_too_long",)),
    Case("ten thousand columns", "a.csv", text(head=",".join(f"c{n}" for n in range(10_000))), "bound_columns"),
    Case("a thousand columns", "a.csv", text(head=",".join(f"c{n}" for n in range(1_000))), "columns_unknown"),
    # numbers
    one_fine("a quoted thousands separator", transactions='"1,234"'),
    one_fine("Arabic digits and separator", transactions="١٬٢٣٤"),
    one_fine("full-width digits", transactions="１２"),
    one_bad("a number as 1e3", "not_a_number", transactions="1e3"),
    one_bad("1e308", "not_a_number", transactions="1e308"),
    one_bad("infinity", "not_a_number", transactions="inf"),
    one_bad("not a number", "not_a_number", transactions="nan"),
    one_bad("half a transaction", "not_a_number", transactions="0.5"),
    one_bad("negative weight", "out_of_range", transactions="-5"),
    one_bad("more than 64 bits", "out_of_range", transactions="9223372036854775808"),
    one_bad("European decimals", "too_many_fields", transactions="1.234,5"),
    one_bad("a number with its unit", "not_a_number", transactions="5 معاملات"),
    one_bad("superscript digits", "not_a_number", transactions="1 ² 3"),
    # dates
    one_bad("day and month in unknown order", "date_order_unknown", submitted_at="03/04/2025"),
    one_bad("a two-digit year", "date_order_unknown", submitted_at="3/4/25"),
    one_bad("month first where day first is declared", "not_a_date", sources=DAY_FIRST, submitted_at="01/31/2025"),
    one_bad("a Hijri date", "hijri_date", submitted_at="1446-07-02"),
    one_bad("a Hijri date, day first", "hijri_date", sources=DAY_FIRST, submitted_at="02/07/1446"),
    one_bad("a Hijri date in Arabic digits with its mark", "hijri_date", submitted_at="٢/٧/١٤٤٦ هـ"),
    one_bad("an Excel day number", "date_is_a_number", submitted_at="45659"),
    one_bad("seconds since 1970", "date_is_a_number", submitted_at="1735776000"),
    one_bad("a day that does not exist", "not_a_date", submitted_at="2025-02-30"),
    one_bad("hour 24", "not_a_date", submitted_at="2025-01-02 24:00:00"),
    one_bad("the year 0001", "not_a_date", submitted_at="0001-01-01"),
    one_bad("the year 9999", "future_date", submitted_at="9999-12-31"),
    one_bad("a year of five digits", "not_a_date", submitted_at="12025-01-01"),
    one_fine("a month by its name", submitted_at="2 يناير 2025"),
    one_fine("Arabic digits in a date", submitted_at="٢٠٢٥-٠١-٠٢"),
    one_fine("marks of direction around a value", submitted_at="\u200f2025-01-02\u200e"),
    Case("completed before submitted", "a.csv",
         text("2025-01-02,2025-01-01,moh-1,completed", head="submitted_at,completed_at,service_id,outcome"),
         read=1, accepted=0, reasons=("completed_before_submitted",)),
    # keys
    Case("the same id twice", "a.csv", text(*good(1, 2, 1)), read=3, accepted=2, reasons=("duplicate_id",)),
    Case("the same id in other digits", "a.csv", text(row(transaction_id="12"), row(transaction_id="١٢")), read=2,
         accepted=1, reasons=("duplicate_id",)),
    Case("the whole file twice over", "a.csv", text(*good(1, 2), *good(1, 2)), read=4, accepted=2,
         reasons=("duplicate_id",)),
    one_bad("a formula as an id of a service", "unknown_service", service_id="=cmd|' /C calc'!A0"),
    one_bad("a letter that only looks alike", "unknown_entity", entity_id="mоh"),
    # Parquet
    Case("Parquet without its footer", "a.parquet", damaged_parquet(lambda content: content[:-40]), "file_unreadable"),
    Case("Parquet with a footer of lies", "a.parquet", damaged_parquet(footer_of_lies), "file_unreadable"),
    Case("Parquet cut in the middle", "a.parquet", damaged_parquet(lambda content: content[: len(content) // 2]),
         "file_unreadable"),
    Case("Parquet with a wiped page", "a.parquet", damaged_parquet(wiped), "file_unreadable"),
    Case("Parquet of four bytes", "a.parquet", raw(b"PAR1"), "file_unreadable"),
    Case("Parquet without rows", "a.parquet", lambda: parquet_of(frame().clear()), read=0, accepted=0),
    Case("Parquet with lists", "a.parquet", parquet(channel=[["web"]] * 3), "column_type_unreadable"),
    Case("Parquet with bytes for text", "a.parquet", parquet(channel=[b"web"] * 3), "column_type_unreadable"),
    Case("Parquet with infinities", "a.parquet", parquet(transactions=[1.0, float("inf"), float("nan")]), read=3,
         accepted=1, reasons=("not_a_number",)),
    Case("Parquet with halves for counts", "a.parquet", parquet(transactions=[1.0, 2.5, -1.0]), read=3, accepted=1,
         reasons=("not_a_number", "out_of_range")),
    Case("Parquet with numbers for dates", "a.parquet", parquet(submitted_at=[45659, 20250102, 0]), read=3, accepted=0,
         reasons=("date_is_a_number",)),
    Case("Parquet with unsigned 64 bits", "a.parquet",
         parquet(transactions=pl.Series([1, 2, 2**64 - 1], dtype=pl.UInt64)), read=3, accepted=2,
         reasons=("out_of_range",)),
    Case("Parquet with durations", "a.parquet", parquet(transactions=pl.Series([1, 2, 3]).cast(pl.Duration)),
         "column_type_unreadable"),
    Case("Parquet with truth values for counts", "a.parquet", parquet(transactions=[True, False, None]), read=3,
         accepted=0, reasons=("count_missing", "not_a_number")),
    Case("Parquet with Hijri dates", "a.parquet", parquet(submitted_at=[date(1446, 7, 2)] * 3), read=3, accepted=0,
         reasons=("hijri_date",)),
    Case("Parquet with ids as numbers and blanks", "a.parquet", parquet(transaction_id=[1.0, None, 2.0]), read=3,
         accepted=3),
    # workbooks
    Case("workbook with Excel dates and a day number", "a.xlsx", book(excel_dates), read=2, accepted=1,
         reasons=("date_is_a_number",)),
    Case("workbook with a merged header", "a.xlsx", book(merged_header), "columns_unknown"),
    Case("workbook with a title above the header", "a.xlsx", book(merged_title), "columns_unknown"),
    Case("workbook with formulas", "a.xlsx", book(formulas), read=2, accepted=1, reasons=("not_a_number",)),
    Case("workbook with a hidden sheet", "a.xlsx", book(hidden_sheet), read=2, accepted=2),
    Case("workbook with hidden rows", "a.xlsx", book(hidden_rows), read=3, accepted=3),
    Case("workbook without data", "a.xlsx", book(chart_only), "file_empty"),
    Case("workbook with a number as text", "a.xlsx", cells(row(transactions="١٬٢٣٤").split(",")), read=1, accepted=1),
    Case("workbook with a column of empty header", "a.xlsx", cells([*GOOD.format(1).split(","), "note"]),
         "columns_unknown"),
    Case("workbook with a password", "a.xlsx", raw(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000)),
         "workbook_locked"),
    Case("workbook without its sheet", "a.xlsx", archive(**{"xl__workbook.xml": b"<workbook/>"}), "file_unreadable"),
    Case("workbook cut off", "a.xlsx", lambda: cells(*good(1))()[:-100], "file_unreadable"),
    Case("workbook that unpacks to 300 MB", "a.xlsx", sheet_bomb, "file_too_large"),
    Case("workbook that lies about its size", "a.xlsx", lying_sheet_bomb, "file_unreadable"),
    Case("workbook of LibreOffice without its sheets", "a.ods", archive(mimetype=b"x"), "file_unreadable"),
    Case("workbook with entities that unfold", "a.xlsx", doctype_bomb, "file_unreadable"),
    # objects
    Case("objects in objects", "a.ndjson", objects(thing(1), thing(2, channel={"code": "web"})),
         "columns_unknown"),
    Case("a key twice in one object", "a.ndjson",
         objects(thing(1), json.dumps(thing(2))[:-1] + ', "outcome": "rejected"}'),
         read=2, accepted=1, reasons=("key_twice",)),
    Case("very deep objects", "a.ndjson", objects(thing(1), nested(100_000)), read=2, accepted=1,
         reasons=("not_a_json_object",)),
    Case("objects that are cut off", "a.ndjson", lambda: objects(thing(1), thing(2))()[:-20], read=2, accepted=1,
         reasons=("not_a_json_object",)),
    Case("lines that are not objects", "a.ndjson", objects(thing(1), "12", "[]", "null", '"x"'), read=5, accepted=1,
         reasons=("not_a_json_object",)),
    Case("numbers that JSON does not know", "a.ndjson", objects(thing(1), '{"transactions": NaN}'), read=2, accepted=1,
         reasons=("not_a_json_object",)),
    Case("a number beyond 64 bits in an object", "a.ndjson", objects(thing(1), thing(2, transactions=10**30)), read=2,
         accepted=0, reasons=("count_missing", "out_of_range")),
    Case("a truth value for a number", "a.ndjson", objects(thing(1), thing(2, transactions=True)), read=2, accepted=0,
         reasons=("count_missing", "not_a_number")),
    Case("a number as 1e3 in an object", "a.ndjson", objects(thing(1), BIG_STEP),
         read=2, accepted=1, reasons=("count_missing",)),
    Case("a number as 1e3 among broken objects", "a.ndjson", objects("{", BIG_STEP), read=2, accepted=1,
         reasons=("not_a_json_object",)),
    Case("1e308 in an object", "a.ndjson", objects(thing(1), BIG_STEP.replace("1e3", "1e308")), read=2, accepted=0,
         reasons=("count_missing", "out_of_range")),
    Case("half a surrogate pair", "a.ndjson", objects(thing(1), json.dumps(thing(2))[:-1] + ', "channel": "\\ud800"}'),
         read=2, accepted=1, reasons=("not_a_json_object",)),
    Case("objects behind a byte order mark", "a.ndjson", lambda: b"\xef\xbb\xbf" + objects(thing(1))(), read=1,
         accepted=1),
    Case("an unknown key in a late object", "a.ndjson", objects(thing(1), thing(2, colour="red")), "columns_unknown"),
]  # fmt: skip


def parquet_of(content: pl.DataFrame) -> bytes:
    """Return a frame as Parquet."""
    buffer = io.BytesIO()
    content.write_parquet(buffer)
    return buffer.getvalue()

"""Write the feedback workbook of an entity, and the summary of all: both languages, every value as text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from kpi import messages
from kpi.errors import SourceError
from kpi.held import Held
from kpi.periods import point_label
from kpi.queries.silent_services import Silence

MOST_ROWS = 50_000  # of one entity: more than anybody corrects by hand
RE_SENDS = ("rows", "late", "total", "month", "take_out", "empty", "parts")
"""What a sender may want when a month is sent again, in the order in which it is told."""
_COLUMNS = ("file", "row", "column", "value", "reason", "fix")
_WIDTHS = (42, 10, 24, 36, 44, 60)
_HELD_COLUMNS = (("file", 42), ("month", 12), ("reason", 90), ("fix", 90))
_SILENT_COLUMNS = (("service_id", 24), ("service", 42), ("since", 18), ("reason", 70), ("fix", 90))
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
Formats = tuple[Format, Format, Format]
_IGNORED_BEFORE = " \u00a0\u200b\ufeff\u200e\u200f"


@dataclass(frozen=True)
class Correction:
    """One thing to correct: where it is, what was sent, and how it is put right (language → words)."""

    file: str
    row: int | None
    column: str
    value: str
    reason: str
    fixes: Mapping[str, str] = field(default_factory=dict)
    error: SourceError | None = None
    about: str = ""  # what is no fault of a row or a file, but worth a look

    def words(self, language: str) -> tuple[str, str]:
        """Return what is wrong and how to put it right."""
        if self.about:
            return messages.text(f"feedback.{self.about}", language), messages.text(
                f"feedback.{self.about}_fix", language
            )
        if self.error:
            return self.error.what(language), self.error.next_step(language)
        return messages.text(f"reasons.{self.reason}", language), self.fixes[language]


@dataclass(frozen=True)
class Entry:
    """Hold what the summary says of an entity: rejected rows, files that cannot be read, services that are silent."""

    entity: str
    rows: pl.DataFrame
    unread: int
    silent: int


def is_formula_like(text: str) -> bool:
    """Tell whether a spreadsheet could take a text for a formula."""
    return text.startswith(_FORMULA_STARTS) or text.lstrip(_IGNORED_BEFORE).startswith(_FORMULA_STARTS)


def write_entity(
    path: Path,
    names: dict[str, str],
    findings: list[Correction],
    rows: pl.DataFrame,
    held: Sequence[Held],
    silent: Sequence[Silence] = (),
) -> Path:
    """Write what an entity has to correct, what is held back, which services are silent, how a month is sent again."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        for language in messages.LANGUAGES:
            sheet = _sheet(book, language, "feedback.sheet", _WIDTHS)
            facts = {
                "entity": names[language],
                "rows": rows.select("source_file", "source_row").n_unique(),
                "files": len({finding.file for finding in findings}),
            }
            title, bold, text = formats = _formats(book)
            _text(sheet, 0, 0, messages.text("feedback.title", language, **facts), title)
            _text(sheet, 1, 0, messages.text("feedback.intro", language, **facts), text)
            at = _write_reasons(sheet, 3, language, rows, text)
            if len(rows) > MOST_ROWS:
                _text(sheet, at, 0, messages.text("feedback.cut", language, shown=MOST_ROWS), bold)
            _write_findings(sheet, at + 1, language, findings, formats)
            if held:
                _write_held(book, language, names[language], held)
            if silent:
                _write_silent(book, language, names[language], silent)
        for language in messages.LANGUAGES:
            _write_instructions(book, language)
    return path


def _write_instructions(book: xlsxwriter.Workbook, language: str) -> None:
    """Write what a sender sends for which purpose, and what is meant by held back."""
    sheet = _sheet(book, language, "resend.sheet", (48, 110))
    title, bold, _ = _formats(book)
    wrapped = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
    _text(sheet, 0, 0, messages.text("resend.title", language), title)
    for place, words in enumerate(re_send_lines(language), start=2):
        for column, said in enumerate(words):
            _text(sheet, place, column, said.replace("`", ""), bold if place == 2 else wrapped)  # noqa: PLR2004
    at = 4 + len(RE_SENDS)
    _text(sheet, at, 0, messages.text("resend.held_title", language), title)
    for place, key in enumerate(("held_means", "held_where", "held_wrong", "held_right", "held_not"), start=at + 1):
        _text(sheet, place, 0, messages.text(f"resend.{key}", language), book.add_format({"num_format": "@"}))


def re_send_lines(language: str) -> list[tuple[str, str]]:
    """Return what a sender wants and what to send for it, below its header: the table that `docs/re-sends.md` shows."""
    keys = [("resend.want", "resend.send"), *((f"resend.{one}.want", f"resend.{one}.send") for one in RE_SENDS)]
    return [(messages.text(want, language), messages.text(send, language)) for want, send in keys]


def _write_held(book: xlsxwriter.Workbook, language: str, entity: str, held: Sequence[Held]) -> None:
    """Write on a sheet of its own what is held back of an entity, and what its sender can do about it."""
    sheet = _sheet(book, language, "feedback.sheet_held", (width for _, width in _HELD_COLUMNS))
    rows = []
    for one in held:
        named = {one.entity_id: entity} if one.entity_id else {}
        month = f"{one.month:%Y-%m}" if one.month else ""
        rows.append((one.source_file or "", month, one.what(language, named), one.next_step(language, named)))
    formats = _formats(book)
    _text(sheet, 0, 0, messages.text("feedback.held_title", language, entity=entity), formats[0])
    _table(sheet, 2, language, [name for name, _ in _HELD_COLUMNS], rows, formats)


def _write_silent(book: xlsxwriter.Workbook, language: str, entity: str, silent: Sequence[Silence]) -> None:
    """Write on a sheet of its own which services are silent and since when, and ask for a stated 0 or the rows."""
    sheet = _sheet(book, language, "feedback.sheet_silent", (width for _, width in _SILENT_COLUMNS))
    rows = []
    for one in silent:
        since, until = (point_label(month, 1, language) for month in (one.since, one.until))
        reason = messages.text("feedback.silent", language, since=since, until=until)
        fix = messages.text("feedback.silent_fix", language, since=since, until=until)
        rows.append((one.service.id, one.service.label(language), since, reason, fix))
    formats = _formats(book)
    _text(sheet, 0, 0, messages.text("feedback.silent_title", language, entity=entity), formats[0])
    _text(sheet, 1, 0, messages.text("feedback.silent_means", language), formats[2])
    _table(sheet, 3, language, [name for name, _ in _SILENT_COLUMNS], rows, formats)


def _table(
    sheet: Worksheet, at: int, language: str, columns: Sequence[str], rows: Sequence[tuple[str, ...]], formats: Formats
) -> None:
    """Write the heads of columns, and rows of texts below them."""
    _, bold, text = formats
    for place, name in enumerate(columns):
        _text(sheet, at, place, messages.text(f"feedback.column_{name}", language), bold)
    for line, row in enumerate(rows, start=at + 1):
        for place, value in enumerate(row):
            _text(sheet, line, place, value, text)


def _write_reasons(sheet: Worksheet, at: int, language: str, rows: pl.DataFrame, form: Format) -> int:
    counts = rows["reason"].value_counts(sort=True).sort("count", "reason", descending=[True, False])
    for place, (reason, count) in enumerate(counts.iter_rows(), start=at):
        _text(sheet, place, 0, messages.text(f"reasons.{reason}", language), form)
        sheet.write_number(place, 1, count)
    return at + len(counts)


def _write_findings(sheet: Worksheet, at: int, language: str, findings: list[Correction], formats: Formats) -> None:
    _table(sheet, at, language, _COLUMNS, (), formats)
    sheet.freeze_panes(at + 1, 0)
    sheet.autofilter(at, 0, at + len(findings), len(_COLUMNS) - 1)
    for line, finding in enumerate(findings, start=at + 1):
        reason, fix = finding.words(language)
        for place, value in ((0, finding.file), (2, finding.column), (3, finding.value), (4, reason), (5, fix)):
            _text(sheet, line, place, value, formats[2])
        if finding.row is not None:
            sheet.write_number(line, 1, finding.row)


def write_summary(path: Path, totals: Sequence[Entry], names: dict[str, dict[str, str]]) -> Path:
    """Write for each entity how much was rejected, what for most often, and how many of its services are silent."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        for language in messages.LANGUAGES:
            sheet = _sheet(book, language, "feedback.sheet", _WIDTHS)
            title, _, text = formats = _formats(book)
            _text(sheet, 0, 0, messages.text("feedback.summary_title", language), title)
            _table(sheet, 2, language, ("entity", "rejected", "unread", "main_reason", "silent"), (), formats)
            for line, one in enumerate(totals, start=3):
                _text(sheet, line, 0, names[one.entity][language], text)
                sheet.write_number(line, 1, one.rows.select("source_file", "source_row").n_unique())
                sheet.write_number(line, 2, one.unread)
                sheet.write_number(line, 4, one.silent)
                if len(one.rows):
                    main = (
                        one.rows["reason"].value_counts().sort("count", "reason", descending=[True, False])[0, "reason"]
                    )
                    _text(sheet, line, 3, messages.text(f"reasons.{main}", language), text)
    return path


def _sheet(book: xlsxwriter.Workbook, language: str, name: str, widths: Iterable[int]) -> Worksheet:
    """Add a sheet that reads in the direction of its language."""
    sheet = book.add_worksheet(messages.text(name, language))
    if language == "ar":
        sheet.right_to_left()
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    return sheet


def _formats(book: xlsxwriter.Workbook) -> Formats:
    """Return the looks of a title, of a head and of a text."""
    return (
        book.add_format({"bold": True, "font_size": 14}),
        book.add_format({"bold": True, "bottom": 1}),
        book.add_format({"num_format": "@", "valign": "top"}),
    )


def _text(sheet: Worksheet, line: int, place: int, value: str, form: Format) -> None:
    """Write a text as a text: a value that looks like a formula also gets an apostrophe, for whoever copies it on."""
    shown = value[:32_000]
    sheet.write_string(line, place, f"'{shown}" if is_formula_like(shown) else shown, form)

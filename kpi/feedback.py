"""Write for each entity what was rejected of its logs, why, and how to put it right: a workbook in both languages."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from kpi import messages
from kpi.errors import SettingsError, SourceError
from kpi.ingest.contracts import CONTRACTS
from kpi.ingest.normalise import label_key
from kpi.ingest.registries import read_registries
from kpi.ingest.sources import Sources, read_sources
from kpi.ingest.validate import known_headers
from kpi.lake import Lake, LakeFile

UNASSIGNED = "unassigned"
SUMMARY = "summary"
MOST_ROWS = 50_000  # of one entity: more than anybody corrects by hand
_COLUMNS = ("file", "row", "column", "value", "reason", "fix")
_WIDTHS = (42, 10, 24, 36, 44, 60)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_IGNORED_BEFORE = " \u00a0\u200b\ufeff\u200e\u200f"


@dataclass(frozen=True)
class FeedbackReport:
    """What was written: the workbooks, and how many entities and rejected rows they speak of."""

    paths: tuple[Path, ...]
    entities: int
    rows: int


@dataclass(frozen=True)
class _Finding:
    file: str
    row: int | None
    column: str
    value: str
    reason: str
    error: SourceError | None = None

    def words(self, language: str) -> tuple[str, str]:
        """Return what is wrong and how to put it right."""
        if self.error:
            return self.error.what(language), self.error.next_step(language)
        return messages.text(f"reasons.{self.reason}", language), messages.text(f"fixes.{self.reason}", language)


def write_feedback(workspace: Path, out: Path | None = None, entity_id: str | None = None) -> FeedbackReport:
    """Write `<entity>.xlsx` for every entity with rejected rows, or for one, and `summary.xlsx` for all.

    Rows that tell no entity go to `unassigned.xlsx`. Values stand as they were sent, beneficiary numbers masked, and
    always as text, so that no cell is a formula. Raises `SettingsError` for an entity that is not in the registry.
    """
    names = {
        key: {"ar": name_ar, "en": name_en}
        for key, name_ar, name_en in read_registries(workspace)["entities"]
        .select("entity_id", "name_ar", "name_en")
        .iter_rows()
    }
    if entity_id is not None and entity_id not in names:
        raise SettingsError("feedback_entity_unknown", entity=entity_id)
    names[UNASSIGNED] = {lang: messages.text("feedback.unassigned", lang) for lang in messages.LANGUAGES}
    folder = out or workspace / "reports" / "feedback"
    folder.mkdir(parents=True, exist_ok=True)
    lake, sources = Lake(workspace), read_sources(workspace)
    rejected = _rejected(lake.files())
    unread = _unread(lake.files())
    found = sorted({*rejected["entity_id"].unique(), *unread} & ({entity_id} if entity_id else names.keys()))
    paths, totals = [], []
    for entity in found:
        rows = rejected.filter(pl.col("entity_id") == entity)
        findings = [*unread.get(entity, ()), *_findings(rows.head(MOST_ROWS), sources)]
        paths.append(_write_entity(folder / f"{entity}.xlsx", names[entity], findings, rows))
        totals.append((entity, rows, len(unread.get(entity, ()))))
    if entity_id is None:
        _remove_old(folder, {path.name for path in paths}, names)
        paths.append(_write_summary(folder / f"{SUMMARY}.xlsx", totals, names))
    count = sum(rows.select("source_file", "source_row").n_unique() for _, rows, _ in totals)
    return FeedbackReport(tuple(paths), len(found), count)


def is_formula_like(text: str) -> bool:
    """Tell whether a spreadsheet could take a text for a formula."""
    return text.startswith(_FORMULA_STARTS) or text.lstrip(_IGNORED_BEFORE).startswith(_FORMULA_STARTS)


def _rejected(files: Iterable[LakeFile]) -> pl.DataFrame:
    """Return every rejected row with the entity it belongs to: its own, else the only one of its file."""
    parts = [
        pl.read_parquet(file.rejected_path).with_columns(
            pl.col("entity_id").fill_null(file.only_entity or UNASSIGNED),
        )
        for file in files
        if file.rejected_path
    ]
    schema = {"source_file": pl.String, "source_row": pl.Int64, "reason": pl.String, "entity_id": pl.String}
    whole = pl.concat(parts) if parts else pl.DataFrame(schema=schema)
    return whole.sort("source_file", "source_row", "reason")


def _unread(files: Iterable[LakeFile]) -> dict[str, list[_Finding]]:
    """Return the files that could not be read, by the entity of their last good version."""
    found: dict[str, list[_Finding]] = {}
    for file in files:
        if file.problem:
            finding = _Finding(file.source_file, None, "", "", "", file.problem)
            found.setdefault(file.only_entity or UNASSIGNED, []).append(finding)
    return found


def _findings(rows: pl.DataFrame, sources: Sources) -> list[_Finding]:
    found = []
    known: dict[str, dict[str, str]] = {}  # per file: label → column
    read: dict[tuple[str, str], str | None] = {}  # per file and header: column
    for row in rows.iter_rows(named=True):
        raw, file = json.loads(row["raw"]), row["source_file"]
        columns = row["column"].split(", ") if row["column"] else []
        if file not in known:
            known[file] = known_headers(CONTRACTS[row["log"]], sources.of_file(file))
        for header in raw:
            if (file, header) not in read:
                read[file, header] = known[file].get(label_key(header))
        shown = {header: raw[header] for header in raw if read[file, header] in columns}
        values = shown if columns else raw
        value = next(iter(shown.values())) if len(shown) == 1 else " | ".join(_pairs(values))
        names = ", ".join(shown) or ", ".join(columns)
        found.append(_Finding(row["source_file"], row["source_row"], names, str(value or ""), row["reason"]))
    return found


def _pairs(values: dict[str, object]) -> list[str]:
    return [f"{header}: {value}" for header, value in values.items() if value is not None]


def _write_entity(path: Path, names: dict[str, str], findings: list[_Finding], rows: pl.DataFrame) -> Path:
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        for language in messages.LANGUAGES:
            sheet = _sheet(book, language)
            facts = {
                "entity": names[language],
                "rows": rows.select("source_file", "source_row").n_unique(),
                "files": len({finding.file for finding in findings}),
            }
            title, bold, text = _formats(book)
            _text(sheet, 0, 0, messages.text("feedback.title", language, **facts), title)
            _text(sheet, 1, 0, messages.text("feedback.intro", language, **facts), text)
            at = _write_reasons(sheet, 3, language, rows, (bold, text))
            if len(rows) > MOST_ROWS:
                _text(sheet, at, 0, messages.text("feedback.cut", language, shown=MOST_ROWS), bold)
            _write_findings(sheet, at + 1, language, findings, (bold, text))
    return path


def _write_reasons(sheet: Worksheet, at: int, language: str, rows: pl.DataFrame, formats: tuple[Format, Format]) -> int:
    counts = rows["reason"].value_counts(sort=True).sort("count", "reason", descending=[True, False])
    for place, (reason, count) in enumerate(counts.iter_rows(), start=at):
        _text(sheet, place, 0, messages.text(f"reasons.{reason}", language), formats[1])
        sheet.write_number(place, 1, count)
    return at + len(counts)


def _write_findings(
    sheet: Worksheet, at: int, language: str, findings: list[_Finding], formats: tuple[Format, Format]
) -> None:
    for place, name in enumerate(_COLUMNS):
        _text(sheet, at, place, messages.text(f"feedback.column_{name}", language), formats[0])
    sheet.freeze_panes(at + 1, 0)
    sheet.autofilter(at, 0, at + len(findings), len(_COLUMNS) - 1)
    for line, finding in enumerate(findings, start=at + 1):
        reason, fix = finding.words(language)
        for place, value in ((0, finding.file), (2, finding.column), (3, finding.value), (4, reason), (5, fix)):
            _text(sheet, line, place, value, formats[1])
        if finding.row is not None:
            sheet.write_number(line, 1, finding.row)


def _write_summary(path: Path, totals: list[tuple[str, pl.DataFrame, int]], names: dict[str, dict[str, str]]) -> Path:
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        for language in messages.LANGUAGES:
            sheet = _sheet(book, language)
            title, bold, text = _formats(book)
            _text(sheet, 0, 0, messages.text("feedback.summary_title", language), title)
            for place, name in enumerate(("entity", "rejected", "unread", "main_reason")):
                _text(sheet, 2, place, messages.text(f"feedback.column_{name}", language), bold)
            for line, (entity, rows, unread) in enumerate(totals, start=3):
                _text(sheet, line, 0, names[entity][language], text)
                sheet.write_number(line, 1, rows.select("source_file", "source_row").n_unique())
                sheet.write_number(line, 2, unread)
                if len(rows):
                    main = rows["reason"].value_counts().sort("count", "reason", descending=[True, False])[0, "reason"]
                    _text(sheet, line, 3, messages.text(f"reasons.{main}", language), text)
    return path


def _sheet(book: xlsxwriter.Workbook, language: str) -> Worksheet:
    sheet = book.add_worksheet(messages.text("feedback.sheet", language))
    if language == "ar":
        sheet.right_to_left()
    for place, width in enumerate(_WIDTHS):
        sheet.set_column(place, place, width)
    return sheet


def _formats(book: xlsxwriter.Workbook) -> tuple[Format, Format, Format]:
    return (
        book.add_format({"bold": True, "font_size": 14}),
        book.add_format({"bold": True, "bottom": 1}),
        book.add_format({"num_format": "@", "valign": "top"}),
    )


def _text(sheet: Worksheet, line: int, place: int, value: str, form: Format) -> None:
    """Write a text as a text: a value that looks like a formula also gets an apostrophe, for whoever copies it on."""
    shown = value[:32_000]
    sheet.write_string(line, place, f"'{shown}" if is_formula_like(shown) else shown, form)


def _remove_old(folder: Path, written: set[str], names: dict[str, dict[str, str]]) -> None:
    """Remove the workbooks of entities that have nothing left to correct."""
    for entity in names:
        path = folder / f"{entity}.xlsx"
        if path.name not in written:
            path.unlink(missing_ok=True)

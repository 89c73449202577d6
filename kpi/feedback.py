"""Write for each entity what was rejected or fell silent, why, and what to do: a workbook in both languages."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kpi import messages
from kpi.errors import BuildUnavailable, NothingPublished, SettingsError
from kpi.feedback_workbook import MOST_ROWS, Correction, Entry, write_entity, write_summary
from kpi.file_names import file_name_part
from kpi.held import Held
from kpi.ingest.advice import Adviser
from kpi.ingest.contracts import CONTRACTS
from kpi.ingest.headers import known_headers
from kpi.ingest.held_back import held_back
from kpi.ingest.overlap import Overlap
from kpi.ingest.registries import read_registries
from kpi.ingest.rejected import cells_at_fault
from kpi.lake import Lake, LakeFile
from kpi.queries.silent_services import Silence, silent_services
from kpi.warehouse.connect import Warehouse

UNASSIGNED = "unassigned"
SUMMARY = "summary"


@dataclass(frozen=True)
class FeedbackReport:
    """What was written: the workbooks, and how many entities and rejected rows they speak of."""

    paths: tuple[Path, ...]
    entities: int
    rows: int


def write_feedback(workspace: Path, out: Path | None = None, entity_id: str | None = None) -> FeedbackReport:
    """Write `<entity>.xlsx` for every entity with something to correct, or for one, and `summary.xlsx` for all.

    That is what was rejected or is held back, and the services that are silent in what is published.
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
    lake, adviser = Lake(workspace), Adviser.of(workspace)
    rejected = _rejected(lake.files())
    unread = _unread(lake.files())
    with lake.reading():
        judged = held_back(workspace, lake)
    twice, held = _both_count(judged.overlap), _held_by_entity(judged.items, rejected)
    silent = _silent(workspace)
    spoken_of = {*rejected["entity_id"].unique(), *unread, *twice, *held, *silent}
    found = sorted(spoken_of & ({entity_id} if entity_id else names.keys()))
    paths, totals = [], []
    for entity in found:
        rows = rejected.filter(pl.col("entity_id") == entity)
        findings = [*unread.get(entity, ()), *twice.get(entity, ()), *_findings(rows.head(MOST_ROWS), adviser, entity)]
        path = folder / _workbook_name(entity)
        quiet = silent.get(entity, ())
        paths.append(write_entity(path, names[entity], findings, rows, held.get(entity, ()), quiet))
        totals.append(Entry(entity, rows, len(unread.get(entity, ())), len(quiet)))
    if entity_id is None:
        _remove_old(folder, {path.name for path in paths}, names)
        paths.append(write_summary(folder / f"{SUMMARY}.xlsx", totals, names))
    count = sum(rows.select("source_file", "source_row").n_unique() for rows in (one.rows for one in totals))
    return FeedbackReport(tuple(paths), len(found), count)


def _silent(workspace: Path) -> dict[str, list[Silence]]:
    """Return the services that are silent in the published file, by entity; none before anything is published."""
    try:
        warehouse = Warehouse.open(workspace)
    except (NothingPublished, BuildUnavailable):
        return {}
    try:
        return silent_services(warehouse)
    finally:
        warehouse.close()


def _workbook_name(entity: str) -> str:
    """Return the name of an entity's workbook; one called like the summary does not take its place."""
    return f"{entity if entity == UNASSIGNED else file_name_part(entity, (SUMMARY, UNASSIGNED))}.xlsx"


def _rejected(files: Iterable[LakeFile]) -> pl.DataFrame:
    """Return every rejected row with the entity it belongs to: its own, else the only one of its file."""
    parts = [
        pl.read_parquet(file.latest.rejected_path, glob=False).with_columns(
            pl.col("entity_id").fill_null(file.latest.only_entity or file.only_entity or UNASSIGNED),
        )
        for file in files
        if file.latest.rejected_path
    ]
    schema = {"source_file": pl.String, "source_row": pl.Int64, "reason": pl.String, "entity_id": pl.String}
    whole = pl.concat(parts) if parts else pl.DataFrame(schema=schema)
    return whole.sort("source_file", "source_row", "reason")


def _held_by_entity(items: Iterable[Held], rejected: pl.DataFrame) -> dict[str, list[Held]]:
    """Return what is held back by the entity that it names, else by the only one of the file's rejected rows."""
    senders = (
        rejected.group_by("source_file").agg(pl.col("entity_id").unique()).filter(pl.col("entity_id").list.len() == 1)
    )
    only = {name: entities[0] for name, entities in senders.iter_rows()}
    found: dict[str, list[Held]] = {}
    for held in items:
        found.setdefault(held.entity_id or only.get(held.source_file or "", UNASSIGNED), []).append(held)
    return found


def _unread(files: Iterable[LakeFile]) -> dict[str, list[Correction]]:
    """Return the files that could not be read, by the entity of their last good version."""
    found: dict[str, list[Correction]] = {}
    for file in files:
        if file.problem:
            finding = Correction(file.source_file, None, "", "", "", error=file.problem)
            found.setdefault(file.only_entity or UNASSIGNED, []).append(finding)
    return found


def _both_count(overlap: Overlap) -> dict[str, list[Correction]]:
    """Return the months that two files bring and both count, by entity."""
    found: dict[str, list[Correction]] = {}
    for both in overlap.both_count.iter_rows(named=True):
        older = f"{both['older_file']} ({both['older_transactions']:,})"
        told = f"{both['month']:%Y-%m}: {older} + {both['newer_file']} ({both['newer_transactions']:,})"
        finding = Correction(both["newer_file"], None, "", told, "", about="both_count")
        found.setdefault(both["entity_id"], []).append(finding)
    return found


def _findings(rows: pl.DataFrame, adviser: Adviser, entity: str) -> list[Correction]:
    found = []
    known: dict[str, dict[str, str]] = {}  # per file: label → column
    for row in rows.iter_rows(named=True):
        raw, log, file = json.loads(row["raw"]), row["log"], row["source_file"]
        if file not in known:
            known[file] = known_headers(CONTRACTS[log], adviser.source_of(log, file))
        cells, headers = cells_at_fault(row["column"], raw, known[file])
        shown = {header: raw[header] for header in headers if header in raw}
        values = shown if headers else raw
        value = next(iter(shown.values())) if len(shown) == 1 else " | ".join(_pairs(values))
        fixes = {lang: adviser.fix(log, file, row["reason"], cells, lang, entity) for lang in messages.LANGUAGES}
        names = ", ".join(shown) or ", ".join(headers)
        found.append(Correction(file, row["source_row"], names, str(value or ""), row["reason"], fixes))
    return found


def _pairs(values: dict[str, object]) -> list[str]:
    return [f"{header}: {value}" for header, value in values.items() if value is not None]


def _remove_old(folder: Path, written: set[str], names: dict[str, dict[str, str]]) -> None:
    """Remove the workbooks of entities that have nothing left to correct."""
    for entity in names:
        path = folder / _workbook_name(entity)
        if path.name not in written:
            path.unlink(missing_ok=True)

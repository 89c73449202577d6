"""Show a comparison of two builds: as tables in the terminal, or as CSV, JSON or XLSX."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from kpi import messages
from kpi.catalogue import load_catalogue
from kpi.commands.terminal import print_table, say
from kpi.exports import write_bytes, write_rows
from kpi.exports.workbook import workbook_bytes
from kpi.language import format_value, strip_isolates

if TYPE_CHECKING:
    import polars as pl

    from kpi.warehouse.diff import BuildDiff, FileChange, ValueChange

SHOWN_VALUES = 60
SHOWN_CAUSES = 3


def print_diff(found: "BuildDiff", language: str) -> None:
    """Print files, registries and definitions that changed, then the values: the programme first."""
    if found.files:
        print_table(
            _titles("file", ("source_file", "change", "rows", "transactions", "entities", "months"), language),
            [_file_row(change, language) for change in found.files],
            messages.text("diff.title.files", language),
        )
    for key, names in (("registries", found.registries), ("definitions", found.definitions)):
        if names:
            say(f"diff.{key}", language, names=", ".join(names))
    moved = sorted(
        (change for change in found.values if change.before.value != change.after.value),
        key=lambda change: change.entity_id is not None,
    )
    shown = moved[:SHOWN_VALUES]
    if shown:
        print_table(
            _titles("value", ("kpi", "entity", "month", "before", "after", "difference", "causes"), language),
            [_value_row(change, language) for change in shown],
            messages.text("diff.title.values", language),
        )
    if len(moved) > len(shown):
        say("diff.more", language, shown=f"{len(shown):,}", all=f"{len(moved):,}")
    if len(found.values) > len(moved):
        say("diff.parts_only", language, values=f"{len(found.values) - len(moved):,}")


def write_diff(found: "BuildDiff", form: str, out: Path | None) -> None:
    """Write the values as CSV, or values, files, registries and definitions as JSON or as sheets of an XLSX."""
    if form == "csv":
        write_rows(value_frame(found), form, out)
        return
    write_bytes(_as_json(found) if form == "json" else _as_xlsx(found), form, out)


def value_frame(found: "BuildDiff") -> "pl.DataFrame":
    """Return one row per changed value with exact parts and causes; a null entity is the whole programme."""
    import polars as pl

    schema = {
        "kpi_id": pl.String, "entity_id": pl.String, "month": pl.Date, "value_before": pl.Float64,
        "value_after": pl.Float64, "difference": pl.Float64, "numerator_before": pl.Int64,
        "numerator_after": pl.Int64, "denominator_before": pl.Int64, "denominator_after": pl.Int64,
        "causes": pl.List(pl.String),
    }  # fmt: skip
    rows = [
        (
            change.kpi_id, change.entity_id, change.month, change.before.value, change.after.value,
            change.difference, change.before.numerator, change.after.numerator, change.before.denominator,
            change.after.denominator, list(change.causes),
        )
        for change in found.values
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def file_frame(found: "BuildDiff") -> "pl.DataFrame":
    """Return one row per changed file and entity-month that it touches."""
    import polars as pl

    schema = {
        "source_file": pl.String, "log": pl.String, "change": pl.String, "rows_before": pl.Int64,
        "rows_after": pl.Int64, "transactions_before": pl.Int64, "transactions_after": pl.Int64,
        "entity_id": pl.String, "month": pl.Date, "months_covered": pl.Int64,
    }  # fmt: skip
    rows = [
        (
            change.source_file, change.log, change.change, change.rows_before, change.rows_after,
            change.transactions_before, change.transactions_after, touched and touched.entity_id,
            touched and touched.month, touched and touched.months_covered,
        )
        for change in found.files
        for touched in change.touched or (None,)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _as_json(found: "BuildDiff") -> bytes:
    return json.dumps(asdict(found), ensure_ascii=False, indent=1, default=str).encode()


def _as_xlsx(found: "BuildDiff") -> bytes:
    import polars as pl

    other = [("registry", name) for name in found.registries] + [("definition", name) for name in found.definitions]
    return workbook_bytes(
        {
            "values": value_frame(found),
            "files": file_frame(found),
            "other": pl.DataFrame(other, schema={"kind": pl.String, "name": pl.String}, orient="row"),
        }
    )


def _titles(part: str, names: tuple[str, ...], language: str) -> list[str]:
    return [messages.text(f"diff.{part}.{name}", language) for name in names]


def _file_row(change: "FileChange", language: str) -> tuple[object, ...]:
    months = "–".join(f"{month:%Y-%m}" for month in dict.fromkeys(change.months or ()))
    return (
        change.source_file,
        messages.text(f"diff.change.{change.change}", language),
        _from_to(change.rows_before, change.rows_after),
        _from_to(change.transactions_before, change.transactions_after),
        _listed(change.entities, language),
        months,
    )


def _value_row(change: "ValueChange", language: str) -> tuple[object, ...]:
    kpi = load_catalogue().get(change.kpi_id)
    if kpi is None:
        name, decimals, cells = change.kpi_id, 2, [change.before.value, change.after.value]
    else:
        # One decimal more than a page shows, so that a change of the last one is seen.
        name, decimals = kpi.name(language), kpi.decimals + (kpi.kind != "sum")
        values = (change.before.value, change.after.value)
        cells = [strip_isolates(format_value(value, kpi.unit, language, decimals=decimals)) for value in values]
    moved = "" if change.difference is None else f"{change.difference:+,.{decimals}f}"
    entity = change.entity_id or messages.text("diff.programme", language)
    return name, entity, f"{change.month:%Y-%m}", *cells, moved, _listed(change.causes, language)


def _from_to(before: int | None, after: int | None) -> str:
    return " → ".join("–" if count is None else f"{count:,}" for count in (before, after))


def _listed(names: tuple[str, ...], language: str) -> str:
    shown = ", ".join(names[:SHOWN_CAUSES])
    rest = len(names) - SHOWN_CAUSES
    return messages.text("diff.and_more", language, names=shown, rest=rest) if rest > 0 else shown

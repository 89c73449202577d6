"""Let SQL read what is held back, what was released, and every decision behind it."""

import json
from collections.abc import Iterable
from typing import Any

import duckdb
import polars as pl

from kpi.decisions import Decision
from kpi.held import Held, held_of
from kpi.ingest.held_back import HeldBack
from kpi.lake import LakeFile
from kpi.warehouse.statements import register

_HELD: dict[str, pl.DataType] = {
    "held_id": pl.String(),
    "status": pl.String(),
    "kind": pl.String(),
    "reason": pl.String(),
    "source_file": pl.String(),
    "entity_id": pl.String(),
    "service_id": pl.String(),
    "month": pl.String(),
    "months_covered": pl.Int64(),
    "log_rows": pl.Int64(),
    "transactions": pl.Int64(),
    "keeps_earlier": pl.Boolean(),
    "facts": pl.String(),
    "decided_by": pl.String(),
    "decided_why": pl.String(),
    "decided_at": pl.String(),
}
_DECISIONS: dict[str, pl.DataType] = {
    "decision_number": pl.Int64(),
    "action": pl.String(),
    "decided_by": pl.String(),
    "decided_why": pl.String(),
    "decided_at": pl.String(),
    "source_file": pl.String(),
    "held_id": pl.String(),
    "subject": pl.String(),
}


def register_held(connection: duckdb.DuckDBPyConnection, held: HeldBack, taken: tuple[Decision, ...]) -> None:
    """Make `lake_held` and `lake_decisions`: what the tables `load_held` and `load_decision` are made of."""
    rows = [_row(item, "held", None) for item in held.items]
    rows += _released(held, taken)
    frame = pl.DataFrame(rows, schema=_HELD, orient="row").with_columns(pl.col("month").str.to_date())
    register(connection, "lake_held", frame)
    decided = [
        (
            one.number, one.action, one.by, one.why, one.at, one.subject.get("source_file"), one.subject.get("held_id"),
            json.dumps(one.subject, ensure_ascii=False, sort_keys=True),
        )
        for one in taken
    ]  # fmt: skip
    register(connection, "lake_decisions", pl.DataFrame(decided, schema=_DECISIONS, orient="row"))


def _released(held: HeldBack, taken: Iterable[Decision]) -> list[tuple[Any, ...]]:
    """Return what was let through and counts: judged now and passed, or decided on a content that is still in force."""
    found = [(item, decision) for item, decision in held.released]
    known = {(item.held_id, item.source_file) for item, _ in found}
    in_force = {file.source_file: file for file in held.lake.files()}
    for decision in taken:
        item = held_of(decision.subject) if decision.action == "release" else None
        if item and (item.held_id, item.source_file) not in known and _counts(item, in_force):
            found.append((item, decision))
    return [_row(item, "released", decision) for item, decision in found]


def _counts(item: Held, in_force: dict[str, LakeFile]) -> bool:
    if item.kind == "publication":
        return True
    file = in_force.get(item.source_file or "")
    return file is not None and item.sha256 == file.sha256


def _row(item: Held, status: str, decision: Decision | None) -> tuple[Any, ...]:
    return (
        item.held_id, status, item.kind, item.reason, item.source_file, item.entity_id, item.service_id,
        item.month and item.month.isoformat(),
        item.months_covered, item.log_rows, item.transactions, item.keeps_earlier,
        json.dumps(dict(item.facts), ensure_ascii=False, sort_keys=True),
        *((decision.by, decision.why, decision.at) if decision else (None, None, None)),
    )  # fmt: skip

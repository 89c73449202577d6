"""Hold a publication back in which figures that are in service would disappear or collapse.

The finished build is compared with the one in service: the months of the programme, of each body and each service, the
stocks, and the rows of registries and logs. What was withdrawn by decision explains its own loss.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import duckdb

from kpi.decisions import Decision
from kpi.durable import write_whole
from kpi.errors import PublicationHeld
from kpi.gate import Gate
from kpi.held import PUBLICATION_FILE, Held, held_id_of
from kpi.lake import Lake
from kpi.warehouse.inputs import Inputs
from kpi.warehouse.lineage import tables_of_logs
from kpi.warehouse.manifest import known_damage
from kpi.warehouse.publish import candidates

_LISTED = 50
_CHANCE = 3.0  # deviations of a count that chance alone explains
_LEVELS = ("programme", "entity", "service", "stock", "entity_stock", "rows")
_MONTHS = """
with figures as (
    select 'programme' as level, '' as id, month, sum(transactions)::bigint as value
    from {db}.fct_transaction_service_month group by month
    union all
    select 'entity', entity_id, month, sum(transactions)::bigint
    from {db}.fct_transaction_service_month group by entity_id, month
    union all
    select 'service', service_id, month, sum(transactions)::bigint
    from {db}.fct_transaction_service_month where service_id is not null group by service_id, month
    union all
    select 'stock', kpi_id, month, sum(numerator)::bigint
    from {db}.serve_kpi inner join {db}.meta_kpi using (kpi_id) where flow = 'stock' group by kpi_id, month
    union all
    select 'entity_stock', kpi_id || ' ' || entity_id, month, sum(numerator)::bigint
    from {db}.serve_kpi inner join {db}.meta_kpi using (kpi_id)
    where flow = 'stock' and entity_id is not null group by kpi_id, entity_id, month
)
"""
_COMPARED = f"""
with before as (select * from ({_MONTHS.format(db="before")} select * from figures)),
after as (select * from ({_MONTHS.format(db="after")} select * from figures))
select before.level, before.id, before.month, before.value, coalesce(after.value, 0)::bigint
from before left join after using (level, id, month)
where before.value > coalesce(after.value, 0)
order by all
"""
_WITHDRAWN = """
select source_file, log, entity_id, month, coalesce(transactions, 0)::bigint, log_rows
from before.load_coverage where source_file in (select unnest($files))
"""
_CONTENTS = "select source_file, sha256 from before.load_file"
_OWNERS = "select distinct service_id, entity_id from before.fct_transaction_service_month where service_id is not null"
_TABLES = """
select table_name from duckdb_tables() where database_name = 'before' and (starts_with(table_name, 'dim_')
or list_contains($of_logs, table_name))
intersect select table_name from duckdb_tables() where database_name = 'after' order by 1
"""


@dataclass(frozen=True)
class Loss:
    """What a published figure was and would be; `level` says of what, `name` of which, and `month` is none for rows."""

    level: str
    name: str
    month: date | None
    before: int
    after: int


def published_losses(
    served: Path, made: Path, gate: Gate, lake: Lake, taken: Collection[Decision], of_logs: Mapping[str, str]
) -> tuple[Loss, ...]:
    """Return what is published in one file and would disappear or collapse in the other; none for a file too old.

    `of_logs` are the tables that hold the rows of a log, each with its log.
    """
    try:
        with duckdb.connect(":memory:") as db:
            for name, path in (("before", served), ("after", made)):
                db.execute(f"attach '{str(path).replace(chr(39), chr(39) * 2)}' as {name} (read_only)").fetchall()
            explained = _explained(db, lake, taken)
            months = [Loss(*row) for row in db.execute(_COMPARED).fetchall()]
            owners: dict[str, set[str]] = {}
            for service, entity in db.execute(_OWNERS).fetchall():
                owners.setdefault(service, set()).add(entity)
            found = [loss for loss in months if _counts(loss, gate, explained, owners)]
            return (*found, *_rows(db, gate, explained, of_logs))
    except (duckdb.CatalogException, duckdb.BinderException):
        return ()  # a build of an older version, which had no such tables


def _explained(db: duckdb.DuckDBPyConnection, lake: Lake, taken: Collection[Decision]) -> Mapping[tuple, int]:
    """Return what the decided withdrawals took away: of a body's month, of a month, and rows of a log."""
    now = {(file.source_file, file.sha256) for file in lake.files()}
    gone = {(one.subject.get("source_file"), one.subject.get("sha256")) for one in taken if one.action == "withdraw"}
    published = set(db.execute(_CONTENTS).fetchall())
    files = [name for name, sha256 in (gone & published) - now]
    explained: dict[tuple, int] = {}
    for _, log, entity, month, transactions, rows in db.execute(_WITHDRAWN, {"files": files}).fetchall():
        for key, count in (((entity, month), transactions), ((month,), transactions), ((log,), rows)):
            explained[key] = explained.get(key, 0) + count
    return explained


def _counts(loss: Loss, gate: Gate, explained: Mapping[tuple, int], owners: Mapping[str, set[str]]) -> bool:
    before = loss.before
    if loss.level == "programme":
        before -= explained.get((loss.month,), 0)
    elif loss.level == "entity":
        before -= explained.get((loss.name, loss.month), 0)
    elif loss.level == "service" and any((owner, loss.month) in explained for owner in owners.get(loss.name, ())):
        return False
    elif loss.level in ("stock", "entity_stock") and any(log in explained for log in (("projects",), ("services",))):
        return False
    return _is_collapse(loss.level, before, loss.after, gate)


def _is_collapse(level: str, before: int, after: int, gate: Gate) -> bool:
    lost = before - after
    if lost <= 0 or 100 * lost <= gate.published_lost_share_pct * before:
        return False
    if level in ("stock", "rows") or (after == 0 and level in ("programme", "entity")):
        return before > 1
    return lost > _CHANCE * before**0.5


def _rows(
    db: duckdb.DuckDBPyConnection, gate: Gate, explained: Mapping[tuple, int], of_logs: Mapping[str, str]
) -> list[Loss]:
    found = []
    for (table,) in db.execute(_TABLES, {"of_logs": list(of_logs)}).fetchall():
        counts = f"select (select count(*) from before.{table}), (select count(*) from after.{table})"  # noqa: S608
        before, after = db.execute(counts).fetchall()[0]
        known = before - explained.get((of_logs.get(table),), 0)
        if _is_collapse("rows", known, after, gate):
            found.append(Loss("rows", table, None, before, after))
    return found


def publication_of(losses: tuple[Loss, ...]) -> Held:
    """Return the losses as one thing that is held back; a release lets exactly these through."""
    kind = "publication"
    lost = sum(loss.before - loss.after for loss in losses if loss.level == "entity")
    counts = {level: sum(loss.level == level for loss in losses) for level in _LEVELS}
    first = max(losses, key=lambda loss: (-_LEVELS.index(loss.level), loss.before - loss.after))
    entities = {loss.name for loss in losses if loss.level == "entity"}
    months = {loss.month for loss in losses if loss.level == "entity"}
    return Held(
        held_id_of(kind, [asdict(loss) for loss in losses]),
        kind,
        kind,
        entity_id=entities.pop() if len(entities) == 1 else None,
        month=months.pop() if len(months) == 1 else None,
        transactions=lost,
        facts={
            "programme_months": f"{counts['programme']:,}",
            "entity_months": f"{counts['entity']:,}",
            "service_months": f"{counts['service']:,}",
            "others": f"{counts['stock'] + counts['entity_stock'] + counts['rows']:,}",
            "lost": f"{lost:,}",
            "example": " ".join(filter(None, [first.name, f"{first.month:%Y-%m}" if first.month else ""])) or "–",
            "before": f"{first.before:,}",
            "after": f"{first.after:,}",
        },
    )


def check_publication(folder: Path, made: Path, inputs: Inputs, sql_folder: Path) -> None:
    """Raise `PublicationHeld` when a finished build loses what is in service and nobody has let it through."""
    served = next((found for found in candidates(folder) if known_damage(folder, found) is None), None)
    if served is None:
        return
    gate, of_logs = inputs.workspace.gate, tables_of_logs(sql_folder)
    losses = published_losses(folder / served.file, made, gate, inputs.lake, inputs.decisions, of_logs)
    held = publication_of(losses) if losses else None
    decided = {one.subject.get("held_id") for one in inputs.decisions if one.action == "release"}
    if held is not None and held.held_id not in decided:
        raise _on_record(folder.parent, held, losses)


def _on_record(workspace: Path, held: Held, losses: tuple[Loss, ...]) -> PublicationHeld:
    record = {
        "held": asdict(held) | {"month": held.month and held.month.isoformat(), "facts": dict(held.facts)},
        "losses": [asdict(loss) for loss in losses[:_LISTED]],
        "losses_total": len(losses),
    }
    write_whole(workspace / PUBLICATION_FILE, json.dumps(record, ensure_ascii=False, default=str, indent=1).encode())
    return PublicationHeld("publication_held", held=held)


def clear_publication(workspace: Path) -> None:
    """Take the record away: nothing stops the publication any more."""
    (workspace / PUBLICATION_FILE).unlink(missing_ok=True)

"""Hand out the single rows that count: `kpi rows`."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from kpi.commands.terminal import WorkspaceOption, say
from kpi.errors import QueryRefused
from kpi.settings import settings_in_force


def rows(
    out: Annotated[Path, typer.Option("--out", help="File to write: .parquet or .csv.")],
    workspace: WorkspaceOption = None,
    log: Annotated[str, typer.Option("--log", help="Which log.")] = "transactions",
    entity: Annotated[str | None, typer.Option("--entity", help="Id of one entity.")] = None,
    month: Annotated[str | None, typer.Option("--month", help="One month, like 2025-01.")] = None,
) -> None:
    """Write the single rows that count: none that is held back, replaced by a newer file or sent twice."""
    from kpi.ingest.contracts import CONTRACTS
    from kpi.warehouse.single_rows import FORMS, WantedRows, write_single_rows

    settings = settings_in_force(workspace=workspace)
    form = out.suffix.lower().removeprefix(".")
    if form not in FORMS:
        raise typer.BadParameter("the file ends in .parquet or .csv", param_hint="--out")
    if log not in CONTRACTS:
        raise typer.BadParameter(f"the logs are {', '.join(CONTRACTS)}", param_hint="--log")
    if entity is not None and CONTRACTS[log].owner != "entity_id":
        raise typer.BadParameter("the rows of this log name no entity", param_hint="--entity")
    if not out.parent.is_dir():
        raise QueryRefused("out_not_writable", file=out)
    written = write_single_rows(settings, out, form, WantedRows(log, entity, _first_day(month)))
    say("cli.rows_done", settings.language, rows=f"{written:,}", file=out)


def _first_day(month: str | None) -> date | None:
    if month is None:
        return None
    try:
        return datetime.strptime(month, "%Y-%m").date()  # noqa: DTZ007 a month has no zone
    except ValueError as error:
        raise typer.BadParameter("a month is written like 2025-01", param_hint="--month") from error

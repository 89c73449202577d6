"""Ask the published file: `kpi query`."""

import sys
from typing import Annotated

import typer

from kpi.commands.terminal import BuildOption, OutOption, RowFormat, WorkspaceOption, print_table, say
from kpi.settings import settings_in_force


def query(
    sql: Annotated[str, typer.Argument(help="One select statement; - reads it from standard input.")],
    workspace: WorkspaceOption = None,
    form: Annotated[RowFormat, typer.Option("--format", help="How to write the rows.")] = RowFormat.table,
    out: OutOption = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Rows at most.")] = None,
    build: BuildOption = None,
) -> None:
    """Ask the published file: one read-only statement, as a table, CSV, JSON, Parquet or XLSX."""
    from kpi.exports import write_rows
    from kpi.warehouse.sandbox import run_query

    settings = settings_in_force(workspace=workspace, build=build)
    result = run_query(
        settings.workspace,
        sys.stdin.read() if sql == "-" else sql,
        row_limit=limit or settings.query_row_limit,
        timeout_seconds=settings.query_timeout_seconds,
        build_id=settings.build,
    )
    if form is RowFormat.table and out is None:
        print_table(result.rows.columns, result.rows.iter_rows())
    else:
        write_rows(result.rows, form.value if form is not RowFormat.table else "csv", out)
    facts = {"rows": f"{result.rows.height:,}", "seconds": f"{result.seconds:.2f}", "build": result.build_id}
    say("cli.query_cut" if result.is_cut else "cli.query_done", settings.language, **facts)

"""The `kpi` command: thin, bilingual, with exit codes that scripts can rely on."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from kpi import messages
from kpi.errors import EXIT_CHECK_FAILED, KpiError
from kpi.settings import REPOSITORY, Settings, settings_in_force

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Tahawul KPI: logs in, one immutable DuckDB file out, every number read from a view in it.",
)
screen = Console(stderr=True, highlight=False)
PIPE_WIDTH = 400

WorkspaceOption = Annotated[
    Path | None, typer.Option("--workspace", help="Folder of the workspace; default: KPI_WORKSPACE or data/.")
]


class QueryFormat(StrEnum):
    """Name the formats `kpi query` writes."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"
    xlsx = "xlsx"


def main() -> None:
    """Run the command line; turn every known error into one bilingual message and its exit code."""
    try:
        app(standalone_mode=True)
    except KpiError as error:
        _say_error(error)
        sys.exit(error.exit_code)


@app.command()
def load(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files to load; default: everything in the inbox.")] = None,
    workspace: WorkspaceOption = None,
    and_watch: Annotated[bool, typer.Option("--watch", help="Stay, and load and build what arrives.")] = False,
    settle: Annotated[float, typer.Option(min=0.1, help="Seconds without change after which a file is whole.")] = 5,
) -> None:
    """Read logs into the lake: accepted and rejected rows per file; exit 3 when a source cannot be read."""
    settings = settings_in_force(workspace=workspace)
    if and_watch:
        _watch(settings, settle)
    else:
        sys.exit(_load(settings, tuple(paths or ())))


@app.command()
def feedback(
    workspace: WorkspaceOption = None,
    entity: Annotated[str | None, typer.Option("--entity", help="Id of one entity; default: every entity.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder; default: reports/feedback.")] = None,
) -> None:
    """Write a workbook per entity: its rejected rows, what is wrong with each, and how to put it right."""
    from kpi.feedback import write_feedback

    settings = settings_in_force(workspace=workspace)
    report = write_feedback(settings.workspace, out, entity)
    facts = {"rows": f"{report.rows:,}", "entities": report.entities}
    folder = out or settings.workspace / "reports" / "feedback"
    key = "feedback.done" if report.entities else "feedback.nothing"
    screen.print(messages.text(key, settings.language, **facts, folder=folder), soft_wrap=True)


@app.command()
def build(
    workspace: WorkspaceOption = None,
    force: Annotated[bool, typer.Option("--force", help="Build even when nothing changed.")] = False,
) -> None:
    """Build the DuckDB file, check it, and publish it; exit 1 when a blocking check fails."""
    _build(settings_in_force(workspace=workspace), force=force)


@app.command()
def serve(workspace: WorkspaceOption = None) -> None:
    """Open the dashboard on the published file."""
    _serve(settings_in_force(workspace=workspace))


@app.command()
def demo(
    workspace: WorkspaceOption = None,
    seed: Annotated[int, typer.Option(help="Seed of the generator: the same seed gives the same bytes.")] = 2025,
    scale: Annotated[float, typer.Option(min=0.0001, max=1.0, help="Share of the row-level volume.")] = 1.0,
    and_serve: Annotated[bool, typer.Option("--serve", help="Open the dashboard afterwards.")] = False,
) -> None:
    """Make the demo workspace's logs, load them, build and publish; with --serve open the dashboard."""
    from kpi.demo import generate

    settings = settings_in_force(workspace=workspace)
    with _progress_bar() as bar:
        summary = generate(settings.workspace, seed=seed, scale=scale, progress=_stepper(bar))
    screen.print(f"[bold]demo[/]  {summary}")
    exit_code = _load(settings, ())
    _build(settings, force=False)
    if and_serve:
        _serve(settings)
    sys.exit(exit_code)


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="One select statement; - reads it from standard input.")],
    workspace: WorkspaceOption = None,
    form: Annotated[QueryFormat, typer.Option("--format", help="How to write the rows.")] = QueryFormat.table,
    out: Annotated[Path | None, typer.Option("--out", help="File to write to; default: the terminal.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Rows at most.")] = None,
) -> None:
    """Ask the published file: one read-only statement, as a table, CSV, JSON, Parquet or XLSX."""
    from kpi.exports import write_rows
    from kpi.warehouse.sandbox import run_query

    settings = settings_in_force(workspace=workspace)
    text = sys.stdin.read() if sql == "-" else sql
    result = run_query(
        settings.workspace,
        text,
        row_limit=limit or settings.query_row_limit,
        timeout_seconds=settings.query_timeout_seconds,
    )
    if form is QueryFormat.table and out is None:
        _print_rows(result.rows)
    else:
        write_rows(result.rows, form.value if form is not QueryFormat.table else "csv", out)
    facts = {"rows": f"{result.rows.height:,}", "seconds": f"{result.seconds:.2f}", "build": result.build_id}
    note = messages.text("cli.query_cut" if result.is_cut else "cli.query_done", settings.language, **facts)
    screen.print(note)


@app.command()
def doctor(workspace: WorkspaceOption = None) -> None:
    """Show the settings in force, the build, its freshness, and what is broken with what to do about it."""
    from kpi.doctor import examine

    settings = settings_in_force(workspace=workspace)
    table = Table("KPI_…", "value", "meaning", title="settings")
    for name, field in Settings.model_fields.items():
        table.add_row(name.upper(), str(getattr(settings, name)), field.description or "")
    out = Console(highlight=False)
    out.print(table)
    findings = examine(settings)
    for finding in findings:
        mark = {"ok": "[green]✓[/]", "warn": "[yellow]![/]", "bad": "[red]✗[/]"}[finding.state]
        out.print(mark, finding.what(settings.language), soft_wrap=True)
    sys.exit(max((finding.exit_code for finding in findings), default=0))


def _watch(settings: Settings, settle_seconds: float) -> None:
    from kpi.watch import watch

    def load_and_build(unfinished: frozenset[str]) -> None:
        try:
            _load(settings, (), unfinished)
            _build(settings, force=False)
        except KpiError as error:
            _say_error(error)  # it stays wrong until somebody acts, and the watch goes on
        except SystemExit:
            pass  # a check kept the build from being published: it has been said

    facts = {"folder": settings.workspace / "inbox", "seconds": settle_seconds}
    screen.print(messages.text("watch.started", settings.language, **facts), soft_wrap=True)
    watch(settings.workspace, load_and_build, settle_seconds)
    screen.print(messages.text("watch.stopped", settings.language))


def _load(settings: Settings, paths: tuple[Path, ...], unfinished: frozenset[str] = frozenset()) -> int:
    from kpi.ingest.load import Progress as Loaded
    from kpi.ingest.load import load as load_logs

    with _progress_bar() as bar:
        step = _stepper(bar)

        def show(loaded: Loaded) -> None:
            step("load", loaded.files_done, loaded.files_total)

        report = load_logs(settings, paths, progress=show, unfinished=unfinished)
    unchanged = sum(result.status == "unchanged" for result in report.results)
    screen.print(
        messages.text(
            "cli.load_done",
            settings.language,
            files=f"{len(report.results):,}",
            accepted=f"{report.rows_read - report.rows_rejected:,}",
            rejected=f"{report.rows_rejected:,}",
            unchanged=f"{unchanged:,}",
            seconds=f"{report.seconds:,.1f}",
        )  # fmt: skip
    )
    for failure in report.failures:
        if failure.error:
            _say_error(failure.error)
    return report.exit_code


def _build(settings: Settings, *, force: bool) -> None:
    from kpi.warehouse.build import build as build_file

    with screen.status("kpi build") as status:
        report = build_file(settings, force=force, progress=lambda step: status.update(f"kpi build: {step}"))
    key = "cli.build_done" if report.is_new else "cli.build_unchanged"
    screen.print(messages.text(key, settings.language, build=report.manifest.build_id,
                               size=f"{report.manifest.size_bytes / 1e6:,.1f}"))  # fmt: skip
    for check in report.checks:
        if check.offending_rows:
            screen.print(f"  {check.severity}: {check.name}: {check.offending_rows:,}")
    if any(check.blocks for check in report.checks):
        sys.exit(EXIT_CHECK_FAILED)


def _serve(settings: Settings) -> None:
    address = f"http://{settings.host}:{settings.port}"
    screen.print(messages.text("cli.serving", settings.language, address=address))
    command = [
        sys.executable, "-m", "streamlit", "run", str(REPOSITORY / "app.py"),
        "--server.address", settings.host, "--server.port", str(settings.port), "--server.headless", "true",
    ]  # fmt: skip
    environment = os.environ | {"KPI_WORKSPACE": str(settings.workspace.resolve())}
    try:
        sys.exit(subprocess.run(command, env=environment, cwd=REPOSITORY, check=False).returncode)  # noqa: S603
    except KeyboardInterrupt:
        sys.exit(0)


def _print_rows(rows) -> None:  # noqa: ANN001 - a polars frame; polars is imported only when a query ran
    table = Table(*rows.columns)
    for row in rows.iter_rows():
        table.add_row(*("" if value is None else _cell(value) for value in row))
    # A pipe has no width to fit: there a row stays on its line.
    Console(highlight=False, width=None if sys.stdout.isatty() else PIPE_WIDTH).print(table)


def _cell(value: object) -> str:
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _progress_bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=screen
    )


def _stepper(bar: Progress) -> Callable[[str, int, int], None]:
    tasks: dict[str, object] = {}

    def step(name: str, done: int, total: int) -> None:
        if name not in tasks:
            tasks[name] = bar.add_task(name, total=total)
        bar.update(tasks[name], completed=done, total=total)  # ty: ignore[invalid-argument-type]

    return step


def _say_error(error: KpiError) -> None:
    for language in messages.LANGUAGES:
        screen.print(f"[red]{error.what(language)}[/]", soft_wrap=True, markup=True)
        screen.print(f"  → {error.next_step(language)}", soft_wrap=True, markup=False)


if __name__ == "__main__":
    main()

"""Bring data in and publish it: `kpi load`, `kpi feedback`, `kpi build`, `kpi demo`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from kpi.commands.serving import serve_dashboard
from kpi.commands.terminal import WorkspaceOption, progress_bar, say, say_error, screen, stepper
from kpi.errors import EXIT_CHECK_FAILED, KpiError
from kpi.settings import Settings, settings_in_force


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
    say("feedback.done" if report.entities else "feedback.nothing", settings.language, **facts, folder=folder)


def build(
    workspace: WorkspaceOption = None,
    force: Annotated[bool, typer.Option("--force", help="Build even when nothing changed.")] = False,
) -> None:
    """Build the DuckDB file, check it, and publish it; exit 1 when a blocking check fails."""
    _build(settings_in_force(workspace=workspace), force=force)


def demo(
    workspace: WorkspaceOption = None,
    seed: Annotated[int, typer.Option(help="Seed of the generator: the same seed gives the same bytes.")] = 2025,
    scale: Annotated[float, typer.Option(min=0.0001, max=1.0, help="Share of the row-level volume.")] = 1.0,
    and_serve: Annotated[bool, typer.Option("--serve", help="Open the dashboard afterwards.")] = False,
) -> None:
    """Make the demo workspace's logs, load them, build and publish; with --serve open the dashboard."""
    from kpi.demo import generate

    settings = settings_in_force(workspace=workspace)
    with progress_bar() as bar:
        summary = generate(settings.workspace, seed=seed, scale=scale, progress=stepper(bar))
    facts = {"services": f"{summary.services:,}", "files": f"{summary.files:,}", "size": f"{summary.bytes / 1e6:,.0f}"}
    say("cli.demo_reused" if summary.reused else "cli.demo_done", settings.language, **facts)
    exit_code = _load(settings, ())
    _build(settings, force=False)
    if and_serve:
        serve_dashboard(settings)
    sys.exit(exit_code)


def _watch(settings: Settings, settle_seconds: float) -> None:
    from kpi.watch import watch

    def load_and_build(unfinished: frozenset[str]) -> None:
        try:
            _load(settings, (), unfinished)
            _build(settings, force=False)
        except KpiError as error:
            say_error(error)  # it stays wrong until somebody acts, and the watch goes on
        except SystemExit:
            pass  # a check kept the build from being published: it has been said

    say("watch.started", settings.language, folder=settings.workspace / "inbox", seconds=settle_seconds)
    watch(settings.workspace, load_and_build, settle_seconds)
    say("watch.stopped", settings.language)


def _load(settings: Settings, paths: tuple[Path, ...], unfinished: frozenset[str] = frozenset()) -> int:
    from kpi.ingest.worker import begun_early

    with begun_early(settings.workspace, 1 if paths else settings.threads) as begun, progress_bar() as bar:
        # While a process that has begun imports the same.
        from kpi.ingest.load import Progress as Loaded
        from kpi.ingest.load import load as load_logs

        step = stepper(bar)

        def show(loaded: Loaded) -> None:
            step("load", loaded.files_done, loaded.files_total)

        report = load_logs(settings, paths, progress=show, unfinished=unfinished, begun=begun)
    unchanged = sum(result.status == "unchanged" for result in report.results)
    say(
        "cli.load_done",
        settings.language,
        files=f"{len(report.results):,}",
        accepted=f"{report.rows_read - report.rows_rejected:,}",
        rejected=f"{report.rows_rejected:,}",
        unchanged=f"{unchanged:,}",
        seconds=f"{report.seconds:,.1f}",
    )
    for failure in report.failures:
        if failure.error:
            say_error(failure.error)
    return report.exit_code


def _build(settings: Settings, *, force: bool) -> None:
    from kpi.warehouse.build import build as build_file

    with screen.status("kpi build") as status:
        report = build_file(settings, force=force, progress=lambda step: status.update(f"kpi build: {step}"))
    key = "cli.build_done" if report.is_new else "cli.build_unchanged"
    size = f"{report.manifest.size_bytes / 1e6:,.1f}"
    say(key, settings.language, build=report.manifest.build_id, size=size)
    if report.is_restored:
        say("builds.restored", settings.language, build=report.manifest.build_id)
    for check in report.checks:
        if check.offending_rows:
            screen.print(f"  {check.severity}: {check.name}: {check.offending_rows:,}")
    if any(check.blocks for check in report.checks):
        sys.exit(EXIT_CHECK_FAILED)

"""Bring data in and publish it: `kpi load`, `kpi build`, `kpi demo`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from kpi.commands.serving import serve_dashboard
from kpi.commands.terminal import WorkspaceOption, progress_bar, say, say_error, screen, stepper
from kpi.errors import EXIT_CHECK_FAILED
from kpi.settings import Settings, settings_in_force


def load(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files to load; default: everything in the inbox.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Read logs into the lake: accepted and rejected rows per file; exit 3 when a source cannot be read."""
    sys.exit(_load(settings_in_force(workspace=workspace), tuple(paths or ())))


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


def _load(settings: Settings, paths: tuple[Path, ...]) -> int:
    from kpi.ingest.load import Progress as Loaded
    from kpi.ingest.load import load as load_logs

    with progress_bar() as bar:
        step = stepper(bar)

        def show(loaded: Loaded) -> None:
            step("load", loaded.files_done, loaded.files_total)

        report = load_logs(settings, paths, progress=show)
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

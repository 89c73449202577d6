"""Bring data in and publish it: `kpi load`, `kpi feedback`, `kpi build`."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from kpi import messages
from kpi.commands.held import say_held
from kpi.commands.rejected import say_unusable
from kpi.commands.terminal import WorkspaceOption, progress_bar, say, say_error, screen, stepper
from kpi.errors import EXIT_CHECK_FAILED, KpiError
from kpi.settings import Settings, settings_in_force

REASONS_SHOWN = 5


def load(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files to load; default: everything in the inbox.")] = None,
    workspace: WorkspaceOption = None,
    and_watch: Annotated[bool, typer.Option("--watch", help="Stay, and load and build what arrives.")] = False,
    settle: Annotated[float, typer.Option(min=0.1, help="Seconds without change after which a file is whole.")] = 5,
) -> None:
    """Read logs into the lake; exit 3 when nothing of a source can be used, 7 when something is held back."""
    settings = settings_in_force(workspace=workspace)
    if and_watch:
        _watch(settings, settle)
    else:
        sys.exit(load_and_say(settings, tuple(paths or ())))


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
    build_and_say(settings_in_force(workspace=workspace), force=force)


def _watch(settings: Settings, settle_seconds: float) -> None:
    from kpi.watch import watch

    def load_and_build(unfinished: frozenset[str]) -> None:
        try:
            load_and_say(settings, (), unfinished)
            build_and_say(settings, force=False)
        except KpiError as error:
            say_error(error)  # it stays wrong until somebody acts, and the watch goes on
        except SystemExit:
            pass  # a check kept the build from being published: it has been said
        except Exception as error:  # noqa: BLE001 whatever this was, what comes next is loaded
            reason = f"{type(error).__name__}: {error}".partition("\n")[0]
            for language in messages.LANGUAGES:
                say("watch.stumbled", language, reason=reason)

    say("watch.started", settings.language, folder=settings.workspace / "inbox", seconds=settle_seconds)
    watch(settings.workspace, load_and_build, settle_seconds)
    say("watch.stopped", settings.language)


def load_and_say(settings: Settings, paths: tuple[Path, ...], unfinished: frozenset[str] = frozenset()) -> int:
    """Load, say what came of it, and return the exit code."""
    from kpi.ingest.worker import begun_early

    with begun_early(settings.workspace, 1 if paths else settings.threads) as begun, progress_bar() as bar:
        # While a process that has begun imports the same.
        from kpi.ingest.load import LoadProgress as Loaded
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
    if report.rows_rejected:
        _say_reasons(report.rejected_by_reason, settings.language)
    if report.missing:
        say("cli.load_missing", settings.language, files=f"{report.missing:,}")
    if report.both_count:
        say(
            "cli.load_both_count", settings.language, months=f"{report.both_count:,}", example=report.both_count_example
        )
    for failure in report.failures:
        if failure.error:
            say_error(failure.error)
    if report.not_kept:
        say("cli.load_not_kept", settings.language, files=f"{len(report.not_kept):,}", example=report.not_kept[0])
    say_unusable(report.unusable, settings.workspace, settings.language)
    say_held(report.held, settings.workspace)
    return report.exit_code


def _say_reasons(reasons: Mapping[str, int], language: str) -> None:
    shown = sorted(reasons.items(), key=lambda reason: (-reason[1], reason[0]))[:REASONS_SHOWN]
    words = [f"{messages.text(f'reasons.{reason}', language)} ({count:,})" for reason, count in shown]
    say("cli.load_reasons", language, reasons=f"{messages.text('list.comma', language)} ".join(words))


def build_and_say(settings: Settings, *, force: bool, replaces_all: bool = False) -> None:
    """Build and say what came of it; exit when a check blocks it."""
    from kpi.warehouse.build import build as build_file

    with screen.status("kpi build") as status:
        step = lambda name: status.update(f"kpi build: {name}")  # noqa: E731
        report = build_file(settings, force=force, progress=step, replaces_all=replaces_all)
    key = "cli.build_done" if report.is_new else "cli.build_unchanged"
    size = f"{report.manifest.size_bytes / 1e6:,.1f}"
    say(key, settings.language, build=report.manifest.build_id, size=size)
    if report.is_restored:
        say("builds.restored", settings.language, build=report.manifest.build_id)
    for check in report.checks:
        if check.offending_rows:
            screen.print(f"  {check.severity}: {check.name}: {check.offending_rows:,}")
    say_held(report.held, settings.workspace)
    if any(check.blocks for check in report.checks):
        sys.exit(EXIT_CHECK_FAILED)

"""Issue the monthly snapshot: `kpi report`."""

import sys
import time
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpi import messages
from kpi.commands.terminal import BuildOption, WorkspaceOption, print_table, progress_bar, say, screen, stepper
from kpi.errors import EXIT_DIFFERS, ReportError
from kpi.settings import Settings, settings_in_force

if TYPE_CHECKING:
    from kpi.report.check import CheckedSnapshots
    from kpi.report.issue import Order, Written

SHOWN_FIGURES = 60
MonthOption = Annotated[str | None, typer.Option("--month", help="Month of the snapshot: 2025-05.")]
ScopeOption = Annotated[
    list[str] | None,
    typer.Option("--scope", help="programme, entity:ID, governorate:ID or all; may be given several times."),
]
OutOption = Annotated[
    Path | None, typer.Option("--out", help="Folder for copies that are not recorded; default: issue and freeze.")
]
CheckOption = Annotated[str | None, typer.Option("--check", help="Compare the issued snapshots of a month with now.")]


class ReportLanguage(StrEnum):
    """Name the languages a snapshot can be made in."""

    ar = "ar"
    en = "en"
    both = "both"


def report(
    month: MonthOption = None,
    scope: ScopeOption = None,
    language: Annotated[ReportLanguage, typer.Option("--language", help="Language.")] = ReportLanguage.both,
    out: OutOption = None,
    check: CheckOption = None,
    due: Annotated[bool, typer.Option("--due", help="Issue what is due, never twice; for a timer.")] = False,
    reissue: Annotated[bool, typer.Option("--reissue", help="Issue a corrected revision; the first is kept.")] = False,
    workspace: WorkspaceOption = None,
    build: BuildOption = None,
) -> None:
    """Issue the monthly snapshot as PDF; --check compares what was issued with now; exit 1 when anything failed."""
    from kpi.report.issue import Order

    settings = settings_in_force(workspace=workspace, build=build)
    languages = ("ar", "en") if language is ReportLanguage.both else (language.value,)
    if check is not None:
        sys.exit(_check(settings, _month(check), out))
    if due:
        sys.exit(_due(settings))
    if month is None:
        raise ReportError("report_month_required")
    order = Order(_month(month), tuple(scope or ["programme"]), languages, out, reissue)
    sys.exit(_write(settings, order))


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01") if len(text) == len("2025-05") else date.fromisoformat("")
    except ValueError as error:
        raise ReportError("report_month_invalid", value=text) from error


def _write(settings: Settings, order: "Order") -> int:
    from kpi.report.issue import write_reports
    from kpi.report.record import Store

    started = time.perf_counter()
    with progress_bar() as bar:
        step = stepper(bar)

        def show(_: "Written", done: int, wanted: int) -> None:
            step("report", done, wanted)

        results = write_reports(settings, order, on_document=show)
    return _tell(results, order.out or Store(settings.workspace).folder(order.month), started, settings.language)


def _tell(results: tuple["Written", ...], folder: Path, started: float, language: str) -> int:
    for result in results:
        if result.lost:
            say("report.cli.odd_characters", language, document=result.wanted.file, characters=result.lost)
        if result.error is not None:
            for spoken in messages.LANGUAGES:
                reason = f"{result.error.what(spoken)} {result.error.next_step(spoken)}"
                say("report.cli.failed", spoken, document=result.wanted.file, reason=reason)
    counts = {status: sum(result.status == status for result in results) for status in ("unchanged", "failed")}
    made = len(results) - sum(counts.values())
    seconds = f"{time.perf_counter() - started:.1f}"
    say("report.cli.done", language, made=f"{made:,}", seconds=seconds, folder=folder, **counts)
    return EXIT_DIFFERS if counts["failed"] else 0


def _due(settings: Settings) -> int:
    from kpi.moment import today_in
    from kpi.queries.freshness import freshness
    from kpi.queries.snapshot_scopes import scope_names
    from kpi.report.deliver import deliver
    from kpi.report.due import ALL_LANGUAGES, due_months, last_due
    from kpi.report.issue import Order
    from kpi.report.record import Store
    from kpi.warehouse.connect import Warehouse

    warehouse = Warehouse.open(settings.workspace, settings.build)
    try:
        build, names = freshness(warehouse), scope_names(warehouse)
        today = today_in(settings.workspace)
        months = due_months(settings, warehouse, build, today)
        last = last_due(build, today, settings.report_day)
    finally:
        warehouse.close()
    if months:
        say("report.cli.due", settings.language, months=", ".join(f"{one:%Y-%m}" for one in months))
    elif last is None:
        say("report.cli.never_due", settings.language, day=settings.report_day)
    else:
        say("report.cli.nothing_due", settings.language, month=f"{last:%Y-%m}")
    exit_code = 0
    for one in months:
        order = Order(one, settings.report_scopes, ALL_LANGUAGES, skip_issued=True)
        exit_code = max(exit_code, _write(settings, order))
    if settings.mail_host is None:
        say("report.cli.mail_off", settings.language)
        return exit_code
    issued = Store(settings.workspace).months()
    delivered = [deliver(settings, one, names) for one in sorted({*months, *issued[-1:]})]
    for one in (one for delivery in delivered for one in delivery.not_sent):
        for spoken in messages.LANGUAGES:
            say("report.cli.mail_not_sent", spoken, address=one.address, scope=one.scope, reason=one.reason)
        exit_code = EXIT_DIFFERS
    say("report.cli.mail_sent", settings.language, messages=sum(delivery.sent for delivery in delivered))
    return exit_code


def _check(settings: Settings, month: date, out: Path | None) -> int:
    from kpi.report.check import check_issued

    found = check_issued(settings, month)
    for key, names in (("altered", found.altered), ("missing", found.missing)):
        for name in names:
            say(f"report.cli.check_{key}", settings.language, document=name)
    builds = ", ".join(sorted({one.build_id for one in found.issued}))
    facts = {"month": f"{month:%Y-%m}", "build": builds, "now": found.build_id}
    if not found.restated:
        say("report.cli.check_same", settings.language, documents=found.documents, **facts)
        return 0 if found.is_same else EXIT_DIFFERS
    _show_restated(found, settings.language, out)
    say("report.cli.check_restated", settings.language, figures=f"{len(found.restated):,}", **facts)
    return EXIT_DIFFERS


def _show_restated(found: "CheckedSnapshots", language: str, out: Path | None) -> None:
    from kpi.exports import write_rows
    from kpi.report.restated import restated_frame, restated_rows

    if out is not None:
        write_rows(restated_frame(found), out.suffix.lstrip(".") or "csv", out)
        return
    titles = ("scope", "indicator", "issued", "now", "difference", "causes")
    rows = restated_rows(found, language)
    shown = rows[:SHOWN_FIGURES]
    heads = [messages.text(f"report.column.{name}", language) for name in titles]
    print_table(heads, shown, messages.text("report.cli.check_title", language))
    if len(rows) > len(shown):
        screen.print(messages.text("report.cli.check_more", language, shown=len(shown), all=len(rows)), markup=False)

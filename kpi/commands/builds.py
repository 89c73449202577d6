"""Look after published builds: `kpi builds`, `kpi verify`, `kpi diff`, `kpi export-file`."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kpi import messages
from kpi.commands.terminal import (
    BuildOption,
    OutOption,
    RowFormat,
    WorkspaceOption,
    print_table,
    say,
    screen,
)
from kpi.settings import settings_in_force

BuildArgument = Annotated[str, typer.Argument(help="Build id, its beginning, current or previous.")]


class DiffFormat(StrEnum):
    """Name the formats in which a comparison is written."""

    table = "table"
    csv = "csv"
    json = "json"
    xlsx = "xlsx"


def builds(
    workspace: WorkspaceOption = None,
    form: Annotated[RowFormat, typer.Option("--format", help="How to write the rows.")] = RowFormat.table,
    out: OutOption = None,
) -> None:
    """List the published builds: when, size, rows, which is current, and whether the bytes are intact."""
    from kpi.exports import write_rows
    from kpi.warehouse.build_tables import builds_table
    from kpi.warehouse.builds import published_builds

    settings = settings_in_force(workspace=workspace)
    rows = builds_table(published_builds(settings.workspace), settings.build, settings.language)
    if form is RowFormat.table and out is None:
        titles = [messages.text(f"builds.column.{name}", settings.language) for name in rows.columns]
        print_table(titles, rows.iter_rows())
    else:
        write_rows(rows, form.value if form is not RowFormat.table else "csv", out)


def verify(workspace: WorkspaceOption = None, build: BuildOption = None) -> None:
    """Prove that a published file is what the lake says; exit 1 when it differs, with what differs in words."""
    from kpi.warehouse.verify import verify as verify_build

    settings = settings_in_force(workspace=workspace)
    with screen.status("kpi verify") as status:
        found = verify_build(settings, build, progress=lambda step: status.update(f"kpi verify: {step}"))
    for language in messages.LANGUAGES:
        for difference in found.differences:
            screen.print(f"  ✗ {difference.what(language)}", soft_wrap=True, markup=False)
        if found.changed_inputs:
            kinds = [messages.text(f"verify.input.{kind}", language) for kind in found.changed_inputs]
            separator = messages.text("list.comma", language)
            say("verify.inputs_changed", language, kinds=f"{separator} ".join(kinds))
        facts = {"build": found.build_id, "objects": f"{found.objects:,}", "rows": f"{found.rows:,}"}
        key = "verify.same" if found.is_same else "verify.differs"
        say(key, language, **facts, differences=f"{len(found.differences):,}")
    sys.exit(found.exit_code)


def export_file(
    target: Annotated[Path, typer.Argument(metavar="DEST", help="File to write, or a folder that exists.")],
    workspace: WorkspaceOption = None,
    build: BuildOption = None,
    public: Annotated[bool, typer.Option("--public", help="Without row-level data and small cells.")] = False,
) -> None:
    """Copy the published file to a shared drive, verified; with --public its public edition."""
    from kpi.warehouse.export_file import export_file as write_file

    settings = settings_in_force(workspace=workspace, build=build)
    written = write_file(settings, target, public=public)
    facts = {"path": written.path, "build": written.build_id, "size": f"{written.size_bytes / 1e6:.1f}",
             "sha256": written.sha256, "below": settings.small_cell_below}  # fmt: skip
    say("builds.exported_public" if public else "builds.exported", settings.language, **facts)


def diff(
    before: BuildArgument,
    after: BuildArgument,
    workspace: WorkspaceOption = None,
    form: Annotated[DiffFormat, typer.Option("--format", help="How to write the comparison.")] = DiffFormat.table,
    out: OutOption = None,
) -> None:
    """Compare two builds: which values changed, for which entities and months, and because of which files."""
    from kpi.commands.diff_output import print_diff, write_diff
    from kpi.warehouse.diff import diff as diff_builds

    settings = settings_in_force(workspace=workspace)
    found = diff_builds(settings.workspace, before, after)
    if form is DiffFormat.table and out is None:
        print_diff(found, settings.language)
    else:
        write_diff(found, form.value if form is not DiffFormat.table else "csv", out)
    facts = {"before": found.before_id, "after": found.after_id,
             "values": f"{len(found.values):,}", "files": f"{len(found.files):,}"}  # fmt: skip
    say("diff.same" if found.is_same else "diff.summary", settings.language, **facts)

"""Show what is published and what is in force: `kpi serve`, `kpi doctor`."""

import os
import subprocess
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from kpi.commands.terminal import BuildOption, WorkspaceOption, say
from kpi.settings import REPOSITORY, Settings, settings_in_force


def serve(workspace: WorkspaceOption = None, build: BuildOption = None) -> None:
    """Open the dashboard on the published file; with --build on an older one, as of its time."""
    serve_dashboard(settings_in_force(workspace=workspace, build=build))


def doctor(
    workspace: WorkspaceOption = None,
    full: Annotated[bool, typer.Option("--full", help="Compare every byte of the lake with what was loaded.")] = False,
) -> None:
    """Show the settings in force, the build, its freshness, and what is broken with what to do about it."""
    from kpi.doctor import examine

    settings = settings_in_force(workspace=workspace)
    table = Table("KPI_…", "value", "meaning", title="settings")
    for name, field in Settings.model_fields.items():
        table.add_row(*map(escape, (name.upper(), str(getattr(settings, name)), field.description or "")))
    out = Console(highlight=False)
    out.print(table)
    findings = examine(settings, full=full)
    for finding in findings:
        mark = {"ok": "[green]✓[/]", "warn": "[yellow]![/]", "bad": "[red]✗[/]"}[finding.state]
        out.print(mark, escape(finding.what(settings.language)), soft_wrap=True)
    sys.exit(max((finding.exit_code for finding in findings), default=0))


def serve_dashboard(settings: Settings) -> None:
    """Run the dashboard's server until it is stopped; exit with its exit code."""
    environment = os.environ | {"KPI_WORKSPACE": str(settings.workspace.resolve())}
    if settings.build is not None:
        # The whole id, so that the server and a later build agree on which one is meant.
        environment["KPI_BUILD"] = _named_build(settings, settings.build)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{settings.port}"
    say("cli.serving", settings.language, address=address)
    command = [
        sys.executable, "-m", "streamlit", "run", str(REPOSITORY / "app.py"),
        "--server.address", settings.host, "--server.port", str(settings.port), "--server.headless", "true",
    ]  # fmt: skip
    try:
        sys.exit(subprocess.run(command, env=environment, cwd=REPOSITORY, check=False).returncode)  # noqa: S603
    except KeyboardInterrupt:
        sys.exit(0)


def _named_build(settings: Settings, name: str) -> str:
    from kpi.warehouse.builds import find_build

    build_id = find_build(settings.workspace, name).build_id
    say("builds.as_of", settings.language, build=build_id)
    return build_id

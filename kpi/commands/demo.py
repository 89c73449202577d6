"""Make the demo workspace, and remove it: `kpi demo`."""

import sys
from typing import Annotated

import typer

from kpi import messages
from kpi.commands.data import build_and_say, load_and_say
from kpi.commands.serving import serve_dashboard
from kpi.commands.terminal import WorkspaceOption, progress_bar, say, stepper
from kpi.errors import KpiError
from kpi.settings import Settings, settings_in_force


def demo(
    workspace: WorkspaceOption = None,
    seed: Annotated[int, typer.Option(help="Seed of the generator: the same seed gives the same bytes.")] = 2025,
    scale: Annotated[float, typer.Option(min=0.0001, max=1.0, help="Share of the row-level volume.")] = 1.0,
    and_serve: Annotated[bool, typer.Option("--serve", help="Open the dashboard afterwards.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Remove what the demo made, and nothing else.")] = False,
) -> None:
    """Make the demo workspace's logs, load them, build and publish; with --serve open the dashboard."""
    settings = settings_in_force(workspace=workspace)
    if remove:
        _remove(settings)
        return
    from kpi.demo import generate

    with progress_bar() as bar:
        summary = generate(settings.workspace, seed=seed, scale=scale, progress=stepper(bar))
    facts = {"services": f"{summary.services:,}", "files": f"{summary.files:,}", "size": f"{summary.bytes / 1e6:,.0f}"}
    say("cli.demo_reused" if summary.reused else "cli.demo_done", settings.language, **facts)
    exit_code = load_and_say(settings, ())
    build_and_say(settings, force=False, replaces_all=not summary.reused)
    if and_serve:
        serve_dashboard(settings)
    sys.exit(exit_code)


def _remove(settings: Settings) -> None:
    from kpi.demo.mark import read_mark, remove_made

    if not read_mark(settings.workspace):
        say("demo.nothing_made", settings.language, workspace=settings.workspace)
        return
    removed = remove_made(settings.workspace, builds_too=_are_all_synthetic(settings))
    say("demo.removed", settings.language, files=f"{removed.files:,}")
    if removed.kept:
        places = f"{messages.text('list.comma', settings.language)} ".join(removed.kept)
        say("demo.kept", settings.language, places=places)


def _are_all_synthetic(settings: Settings) -> bool:
    """Tell whether every published build says that its data are synthetic; one that cannot be read does not."""
    from kpi.warehouse.builds import published_builds
    from kpi.warehouse.connect import Warehouse

    if not (settings.workspace / "warehouse").is_dir():
        return True
    try:
        for build in published_builds(settings.workspace):
            warehouse = Warehouse.open(settings.workspace, build.manifest.build_id)
            (is_synthetic,) = warehouse.query("select synthetic from meta_build")["synthetic"]
            warehouse.close()
            if not is_synthetic:
                return False
    except KpiError as error:
        return error.key == "nothing_published"
    return True

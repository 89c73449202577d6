"""Decide about what is held back, and withdraw what should not have come: `kpi release`, `kpi withdraw`."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from kpi import messages
from kpi.commands.terminal import WorkspaceOption, say, screen
from kpi.errors import EXIT_HELD_BACK
from kpi.held import Held
from kpi.settings import settings_in_force

WhyOption = Annotated[str, typer.Option("--why", help="The reason; it stands beside the figure afterwards.")]
ByOption = Annotated[str, typer.Option("--by", help="Who decides.")]
SHOWN = 30


def release(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID...", help="Ids that `kpi load` names.")] = None,
    why: WhyOption = "",
    by: ByOption = "",
    workspace: WorkspaceOption = None,
    and_list: Annotated[bool, typer.Option("--list", help="Say what is held back; exit 7 when something is.")] = False,
) -> None:
    """Let through what is held back: who decided and why is recorded, for the content that was judged and no other."""
    from kpi.ingest.release import everything_held
    from kpi.ingest.release import release as let_through

    settings = settings_in_force(workspace=workspace)
    if and_list or not ids:
        items = everything_held(settings.workspace)
        say_held(items, settings.workspace, most=len(items))
        if not items:
            say("held.nothing", settings.language)
        sys.exit(EXIT_HELD_BACK if items else 0)
    for held_id in let_through(settings.workspace, ids, by=by, why=why):
        say("held.released", settings.language, held_id=held_id, by=by)


def withdraw(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Names as the ledger knows them, or paths.")],
    why: WhyOption = "",
    by: ByOption = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Take loaded files out of the lake by name; who decided and why is recorded, the next build is without them."""
    from kpi.ingest.withdraw import withdraw as take_out

    settings = settings_in_force(workspace=workspace)
    for name in take_out(settings.workspace, files, by=by, why=why):
        say("held.withdrawn", settings.language, file=name, by=by)


def say_held(items: Iterable[Held], workspace: Path, most: int = SHOWN) -> None:
    """Say in both languages what is held back, whose it is, why, and what to do; the first of many."""
    from kpi.ingest.registries import entity_names

    every = list(items)
    for language in messages.LANGUAGES if every else ():
        names = entity_names(workspace, language)
        screen.print(messages.text("held.title", language, count=f"{len(every):,}"), style="yellow", markup=False)
        for held in every[:most]:
            what = f"  {held.held_id}  {held.what(language, names)}"
            screen.print(what, style="yellow", soft_wrap=True, markup=False)
            screen.print(f"  → {held.next_step(language, names)}", soft_wrap=True, markup=False)
        if len(every) > most:
            screen.print(messages.text("held.more", language, count=f"{len(every) - most:,}"), markup=False)

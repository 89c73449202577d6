"""Keep people's numbers no longer than needed: `kpi archive`, `kpi forget`."""

import re
import sys
from typing import Annotated

import typer

from kpi import messages
from kpi.commands.data import build_and_say
from kpi.commands.held import ByOption, WhyOption
from kpi.commands.terminal import WorkspaceOption, say
from kpi.errors import SettingsError
from kpi.settings import settings_in_force

STANDARD_INPUT = "-"
PSEUDONYM = re.compile(r"-?[0-9]{1,19}")


def archive(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE]...", help="Names as the ledger has them.")
    ] = None,
    older_than: Annotated[
        int | None, typer.Option("--older-than", min=0, help="Days since the load; default: KPI_ARCHIVE_AFTER_DAYS.")
    ] = None,
    and_delete: Annotated[bool, typer.Option("--delete", help="Delete the files where no seal is set.")] = False,
    why: WhyOption = "",
    by: ByOption = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Seal loaded raw files away (KPI_ARCHIVE_SEAL), or delete them; their rows stay. Who decided is recorded."""
    from kpi.ingest.archive import archive as take_away

    settings = settings_in_force(workspace=workspace)
    days = older_than if older_than is not None else settings.archive_after_days
    if days is None and not files:
        raise SettingsError("archive_days_missing")
    if settings.archive_seal is None and not and_delete:
        raise SettingsError("archive_seal_missing")
    seal = None if and_delete else settings.archive_seal
    done = take_away(settings.workspace, older_than_days=days, names=files or (), seal=seal, by=by, why=why)
    key = "privacy.archived_deleted" if seal is None else "privacy.archived_sealed"
    say(key if done.files else "privacy.archived_nothing", settings.language, files=f"{len(done.files):,}")
    for name, reason in done.kept:
        words = messages.text(f"privacy.kept.{reason}", settings.language)
        say("privacy.archive_kept", settings.language, file=name, reason=words)


def forget(
    pseudonym: Annotated[
        str | None, typer.Argument(help="The person's pseudonym: beneficiary_key in the lake.")
    ] = None,
    number: Annotated[str | None, typer.Option("--number", help="-: read the number from standard input.")] = None,
    why: WhyOption = "",
    by: ByOption = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Erase one person from the lake and build anew; what is recorded says how much was erased, and not whose."""
    from kpi.ingest.forget import forget as erase
    from kpi.ingest.forget import pseudonym_of

    settings = settings_in_force(workspace=workspace)
    if (pseudonym is None) == (number is None):
        raise SettingsError("forget_whom")
    if number not in (None, STANDARD_INPUT):
        # On the command line every user of the machine could read it, and the shell keeps it.
        raise SettingsError("forget_number_in_command")
    told = sys.stdin.readline().strip() if number else ""
    if pseudonym is not None and not PSEUDONYM.fullmatch(pseudonym):
        raise SettingsError("forget_whom")
    person = int(pseudonym) if pseudonym is not None else pseudonym_of(settings, told)
    done = erase(settings.workspace, person, by=by, why=why, number=told)
    say("privacy.forgotten", settings.language, rows=f"{done.rows:,}", files=f"{len(done.files):,}")
    if done.sealed:
        places = f"{messages.text('list.comma', settings.language)} ".join(done.sealed)
        say("privacy.forgotten_sealed", settings.language, files=places)
    build_and_say(settings, force=False)

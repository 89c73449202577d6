"""Say why the rows of a file were rejected, with an example of each reason, and what to do about it."""

from collections.abc import Sequence
from pathlib import Path

from kpi import messages
from kpi.commands.terminal import say, screen
from kpi.lake_file import LakeFile

FILES_SHOWN = 10
LONGEST_VALUE = 60


def say_unusable(files: Sequence[LakeFile], workspace: Path, language: str) -> None:
    """Say of files that cannot be used as they are: how many rows, the main reasons with a place, and the remedy."""
    if not files:
        return
    from kpi.ingest.advice import Adviser
    from kpi.ingest.rejected import most_frequent_reasons

    adviser = Adviser.of(workspace)
    for file in files[:FILES_SHOWN]:
        facts = {"file": file.source_file, "rejected": f"{file.rows_rejected:,}", "read": f"{file.rows_read:,}"}
        screen.print(messages.text("cli.file_rejected", language, **facts), style="red", soft_wrap=True, markup=False)
        for seen in most_frequent_reasons(file, adviser.source_of(file.log, file.source_file)):
            facts = {
                "rows": f"{seen.rows:,}",
                "reason": messages.text(f"reasons.{seen.reason}", language),
                "place": _place(seen.row, seen.headers, list(seen.cells.values()), language),
            }
            say("cli.file_rejected_reason", language, **facts)
            fix = adviser.fix(file.log, file.source_file, seen.reason, seen.cells, language, seen.entity_id or "")
            screen.print(f"    → {fix}", soft_wrap=True, markup=False)
    say("cli.file_rejected_next", language)
    if len(files) > FILES_SHOWN:
        say("cli.file_rejected_more", language, count=f"{len(files) - FILES_SHOWN:,}")


def _place(row: int, headers: Sequence[str], values: Sequence[str], language: str) -> str:
    comma = f"{messages.text('list.comma', language)} "
    if not headers:
        return messages.text("cli.place_row", language, row=f"{row:,}")
    shown = [value if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}…" for value in values]
    key = "cli.place_value" if any(shown) else "cli.place_column"
    return messages.text(key, language, row=f"{row:,}", column=comma.join(headers), value=comma.join(shown))

"""What becomes of files of which nothing can be used: they are told, and do not stay to fail at every load."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from kpi.ingest.held_back import HeldBack
from kpi.ingest.load_file import FileResult
from kpi.lake import Lake, LakeFile


def is_useless(file: LakeFile) -> bool:
    """Tell whether every row of a file was rejected."""
    return file.rows_rejected > 0 and not file.rows_accepted


def unusable_files(results: Sequence[FileResult], held: HeldBack) -> tuple[LakeFile, ...]:
    """Return the files of which no row, or none that counts, could be used, where nobody has decided about it."""
    too_many = {one.source_file for one in held.items if one.kind == "file_rejected_share"}
    decided = {one.source_file for one, _ in held.released if one.kind == "file_rejected_share"}
    read = (result.file.latest for result in results if result.status != "failed" and result.file)
    return tuple(
        file for file in read if file.source_file in too_many or (is_useless(file) and file.source_file not in decided)
    )


def take_out_again(
    inbox: Path, lake: Lake, results: Sequence[FileResult], before: Mapping[str, LakeFile | None]
) -> tuple[str, ...]:
    """Take what was copied into the inbox and refused out again: left there it would fail at every load.

    It still lies where it came from; what the lake knew of its name stays as it was.
    """
    refused = [result.source_file for result in results if result.status == "failed" and result.source_file in before]
    for name in refused:
        (inbox / name).unlink(missing_ok=True)
        earlier = before[name]
        if earlier is None:
            lake.forget(name)
        else:
            lake.commit(earlier)
    return tuple(refused)

"""Load many small files as one: most of what a small file costs is what any file costs, however few its rows are.

Only files that are read alike are put together, and each still gets its own rows, reasons and duplicates; a row's
place among them is its row number plus `FILE_STEP` for each file before its own.
"""

import stat
from collections.abc import Sequence

import polars as pl

from kpi.errors import SourceError
from kpi.ingest.chunks import FILE_STEP, ROW, UNNAMED_HEADER, Chunk
from kpi.ingest.lake_output import LakeOutput
from kpi.ingest.load_file import FileResult, Plan, Started, check_unchanged, commit, load_file, start
from kpi.ingest.read import kind_of, read_chunks
from kpi.ingest.validate import CheckedRows, Validator
from kpi.lake import Lake

TOGETHER_BYTES = 16 * 2**20
TOGETHER_FILES = 64
_WEIGHT = {"csv": 1, "tsv": 1, "ndjson": 1, "json": 1}  # of a byte when it is read
_WEIGHT_OF_BINARY = 5
_ZIPPED_WEIGHT = 8
FILE_COST_BYTES = 2**18  # what a file costs beside its rows, as if it were that much to read
_TOGETHER_KINDS = ("csv", "tsv", "parquet")  # the others are checked by themselves


class NotAlikeError(Exception):
    """Some files cannot be checked as one."""


def load_files(plan: Plan, names: Sequence[str]) -> list[FileResult]:
    """Bring the lake up to date with files of one bundle; at any fault each is loaded, and judged, by itself."""
    if len(names) > 1:
        lake = Lake(plan.workspace)
        try:
            found = [start(plan, name, lake.entry(name)) for name in names]
            committed = _committed(plan, lake, [item for item in found if isinstance(item, Started)])
        except (Exception, pl.exceptions.PanicException):  # noqa: BLE001 it comes again where it is told
            return [load_file(plan, name) for name in names]
        return [*committed, *(item for item in found if isinstance(item, FileResult))]
    return [load_file(plan, name) for name in names]


def _committed(plan: Plan, lake: Lake, files: Sequence[Started]) -> list[FileResult]:
    """Check files as one, write the rows of each aside and put all of them into the lake."""
    if not files:
        return []
    chunks = [_whole(plan, file) for file in files]
    names = [file.source_file for file in files]
    if any(file.source != files[0].source for file in files):
        raise NotAlikeError
    validator = Validator(names[0], files[0].source, plan.lookups, plan.clock, plan.pseudonyms, plan.number_pattern)
    checked = taken_apart(validator.check(put_together(chunks)), names, [len(chunk.frame) for chunk in chunks])
    outputs = [LakeOutput(lake, file.source, file.lake_key) for file in files]
    try:
        for file, output, rows in zip(files, outputs, checked, strict=True):
            output.add(rows)
            check_unchanged(plan, file)
        return commit(plan, lake, list(zip(files, outputs, strict=True)))
    except BaseException:
        for output in outputs:
            output.discard()
        raise


def _whole(plan: Plan, file: Started) -> Chunk:
    chunks = read_chunks(plan.inbox / file.source_file, file.source_file, file.source, plan.bounds)
    first = next(chunks, None)
    if first is None or next(chunks, None) is not None:  # no more of it is held than one slice
        raise NotAlikeError
    return first


def bundles(plan: Plan, tasks: Sequence[tuple[str, int]]) -> list[tuple[str, ...]]:
    """Put files (source file, bytes) together that are probably read alike; what takes longest comes first."""
    open_bundles: dict[str, tuple[list[str], int]] = {}
    found: list[tuple[list[str], int]] = []
    for name, size in sorted(tasks, key=lambda task: (-task[1], task[0])):
        alike, weight = _reading(plan, name, size)
        if alike is None or 2 * weight > TOGETHER_BYTES:
            found.append(([name], read_bytes(name, size)))
            continue
        names, filled = open_bundles.get(alike, ([], 0))
        if filled + weight > TOGETHER_BYTES or len(names) == TOGETHER_FILES:
            found.append((names, filled))
            names, filled = [], 0
        open_bundles[alike] = ([*names, name], filled + weight)
    found += open_bundles.values()
    return [tuple(names) for names, _ in sorted(found, key=lambda bundle: -_cost(*bundle))]


def _cost(names: Sequence[str], weight: int) -> int:
    return weight + FILE_COST_BYTES * len(names)


def _reading(plan: Plan, name: str, size: int) -> tuple[str | None, int]:
    """Return what a file is read as and its weight; None when it has to be checked by itself."""
    try:
        source = plan.sources.of_file(name)
        kind, zipped = kind_of(name)
        regular = stat.S_ISREG((plan.inbox / name).stat().st_mode)
    except (SourceError, OSError):
        return None, 0
    # Of several declared formats of dates the one that fits a file's first dates is tried first.
    if zipped or kind not in _TOGETHER_KINDS or not regular or not size or len(source.dates) > 1:
        return None, 0
    return f"{kind} {source}", size * _WEIGHT.get(kind, _WEIGHT_OF_BINARY)


def read_bytes(name: str, size: int) -> int:
    """Return about how many bytes there are to read in a file of some size: those of the text it would be."""
    try:
        kind, zipped = kind_of(name)
    except SourceError:
        return size
    return size * (_ZIPPED_WEIGHT if zipped else _WEIGHT.get(kind, _WEIGHT_OF_BINARY))


def put_together(chunks: Sequence[Chunk]) -> Chunk:
    """Return the rows of several files as one slice; raise `NotAlikeError` when their columns differ."""
    first = chunks[0]
    schema = first.frame.schema
    if any(chunk.sparse or chunk.frame.schema != schema for chunk in chunks):
        raise NotAlikeError
    if any(header.startswith(UNNAMED_HEADER) for header in first.headers):
        raise NotAlikeError
    frame = pl.concat([chunk.frame for chunk in chunks])
    steps = pl.concat(
        [pl.repeat(n * FILE_STEP, len(c.frame), dtype=pl.Int64, eager=True) for n, c in enumerate(chunks)]
    )
    return Chunk(frame.with_columns((frame[ROW] + steps).alias(ROW)))


def taken_apart(checked: CheckedRows, names: Sequence[str], rows_read: Sequence[int]) -> list[CheckedRows]:
    """Return what belongs to each of the files that were put together."""
    accepted = _by_file(checked.accepted, names)
    rejected = _by_file(checked.rejected.with_columns(_names(checked.rejected["source_row"], names)), names)
    return [
        CheckedRows(good, bad, rows, rows - len(good))
        for good, bad, rows in zip(accepted, rejected, rows_read, strict=True)
    ]


def _by_file(frame: pl.DataFrame, names: Sequence[str]) -> list[pl.DataFrame]:
    """Split rows, which are in the order of their files, and give them their own numbers."""
    places = frame["source_row"]
    starts = pl.Series([n * FILE_STEP for n in range(len(names) + 1)], dtype=pl.Int64)
    ends = places.search_sorted(starts, side="left").to_list()
    own = frame.with_columns((places % FILE_STEP).alias("source_row"))
    return [own.slice(start, end - start) for start, end in zip(ends, ends[1:], strict=False)]


def _names(places: pl.Series, names: Sequence[str]) -> pl.Series:
    return pl.Series(names, dtype=pl.String).gather(places // FILE_STEP).alias("source_file")

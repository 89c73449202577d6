"""Count every transaction once, whatever number of files it was sent in.

Files are taken in the order they were received (modification time, then path). For each entity and month:

* A newer file that brings again at least half of an older file's transactions is a corrected re-send: it replaces the
  older file's rows of that entity and month. Rows with an id are compared by id; rows without one (weighted totals) by
  what they total: day, service, governorate, channel, outcome and beneficiary. Either kind replaces its own kind only.
* A single id that is left in two files is a duplicate: the row received first counts, wherever its month is.

Nothing is removed: the sources and the accepted rows stay, and what does not count is listed in the lake. The ledger's
spans say which files can overlap; the others are not opened.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kpi.lake import Lake, LakeFile, settle

RULE_VERSION = "1"
ROWS_PER_PASS = 5_000_000  # compared at a time: bounds the memory
_CELL = ("submitted_at", "service_id", "governorate_id", "channel", "outcome", "beneficiary")
_GROUP = ("entity_id", "month", "months_covered", "has_ids")
_SPANS: dict[str, pl.DataType] = {
    "span": pl.UInt32(),
    "file": pl.UInt32(),
    "entity_id": pl.String(),
    "month": pl.Date(),
    "months_covered": pl.Int8(),
    "has_ids": pl.Boolean(),
    "rows": pl.Int64(),
    "first_id": pl.String(),
    "last_id": pl.String(),
}
REPLACED: dict[str, pl.DataType] = {
    "old_file": pl.String(),
    "new_file": pl.String(),
    "entity_id": pl.String(),
    "month": pl.Date(),
    "months_covered": pl.Int8(),
    "has_ids": pl.Boolean(),
    "rows": pl.Int64(),
}
DUPLICATES: dict[str, pl.DataType] = {
    "entity_id": pl.String(),
    "transaction_id": pl.String(),
    "kept_file": pl.String(),
    "kept_row": pl.Int64(),
    "other_file": pl.String(),
    "other_row": pl.Int64(),
}


@dataclass(frozen=True)
class Overlap:
    """What does not count: `replaced` (schema `REPLACED`, whole entity-months) and `duplicates` (single rows)."""

    replaced: pl.DataFrame
    duplicates: pl.DataFrame


def read_overlap(lake: Lake) -> Overlap:
    """Return the overlap of the lake's files as they are now; find it when it is not on record."""
    files = _in_order_received(lake)
    suspects = _suspects(_spans(files))
    if suspects.is_empty():
        return Overlap(pl.DataFrame(schema=REPLACED), pl.DataFrame(schema=DUPLICATES))
    paths = _paths(lake, files)
    try:
        return Overlap(pl.read_parquet(paths[0]).cast(REPLACED), pl.read_parquet(paths[1]).cast(DUPLICATES))  # ty: ignore[invalid-argument-type]
    except (OSError, pl.exceptions.PolarsError):
        pass
    overlap = _find(files, suspects)
    _keep(lake, paths, overlap)
    return overlap


def forget_stale_overlaps(lake: Lake) -> None:
    """Remove what was found for an earlier state of the lake; call only while holding the lock."""
    found = list((lake.root / "overlap").glob("*"))
    kept = _paths(lake, _in_order_received(lake)) if found else ()
    for path in found:
        if path not in kept:
            path.unlink(missing_ok=True)


def _in_order_received(lake: Lake) -> list[LakeFile]:
    files = [file for file in lake.files() if file.log == "transactions" and file.accepted_path and file.spans]
    return sorted(files, key=lambda file: (file.modified_ns, file.source_file))


def _paths(lake: Lake, files: list[LakeFile]) -> tuple[Path, Path]:
    state = [RULE_VERSION, [(file.source_file, file.lake_key) for file in files]]
    digest = hashlib.sha256(json.dumps(state).encode()).hexdigest()[:40]
    folder = lake.root / "overlap"
    return folder / f"{digest}.replaced.parquet", folder / f"{digest}.duplicates.parquet"


def _keep(lake: Lake, paths: tuple[Path, Path], overlap: Overlap) -> None:
    staging = lake.root / ".staging"
    for folder in (staging, paths[0].parent):
        folder.mkdir(parents=True, exist_ok=True)
    drafts = {staging / path.name: path for path in paths}
    for draft, frame in zip(drafts, (overlap.replaced, overlap.duplicates), strict=True):
        frame.write_parquet(draft, compression="zstd")
    settle(drafts)


def _find(files: list[LakeFile], spans: pl.DataFrame) -> Overlap:
    passes = -(-int(spans["rows"].sum()) // ROWS_PER_PASS)
    replaced_by = _replaced(files, spans, passes)
    left = spans.filter(pl.col("has_ids") & ~pl.col("span").is_in(list(replaced_by)))
    again = [_ids_again(files, left, number, passes) for number in range(passes)] if len(left) > 1 else []
    names = [file.source_file for file in files]
    rows = [
        (names[old["file"]], names[spans["file"][replaced_by[old["span"]]]], *(old[name] for name in (*_GROUP, "rows")))
        for old in spans.to_dicts()
        if old["span"] in replaced_by
    ]
    replaced = pl.DataFrame(rows, schema=REPLACED, orient="row").sort("entity_id", "month", "old_file", "has_ids")
    return Overlap(replaced, _duplicates(files, pl.concat(again) if again else None))


def _spans(files: list[LakeFile]) -> pl.DataFrame:
    rows = [
        (0, place, s.entity_id, s.month, s.months_covered, s.has_ids, s.rows, s.first_id, s.last_id)
        for place, file in enumerate(files)
        for s in file.spans
    ]
    frame = pl.DataFrame(rows, schema=_SPANS | {"month": pl.String()}, orient="row")
    return frame.with_columns(pl.col("month").str.to_date())


def _suspects(spans: pl.DataFrame) -> pl.DataFrame:
    """Return the spans that may share transactions with another file's, numbered."""
    with_ids = spans.filter("has_ids")
    ranges = with_ids.group_by("entity_id", "file").agg(pl.col("first_id").min(), pl.col("last_id").max())
    pairs = [(entity, file) for entity, file in _crossing(ranges.sort("entity_id", "first_id", "file").iter_rows())]
    crossing = pl.DataFrame(pairs, schema={"entity_id": pl.String, "file": pl.UInt32}, orient="row")
    totals = spans.filter(~pl.col("has_ids")).filter(pl.col("file").n_unique().over(_GROUP) > 1)
    found = pl.concat([with_ids.join(crossing, on=["entity_id", "file"], how="semi"), totals])
    found = found.sort("file", *_GROUP)
    return found.with_columns(pl.int_range(len(found), eager=True, dtype=pl.UInt32).alias("span"))


def _crossing(ranges: Iterable[tuple[str, int, str, str]]) -> Iterator[tuple[str, int]]:
    """Yield (entity, file) of the id ranges, sorted by entity and first id, that cross another file's."""
    cluster: list[int] = []
    at, reach = "", ""
    for entity, file, first, last in ranges:
        if cluster and (entity != at or first > reach):
            yield from ((at, member) for member in cluster if len(cluster) > 1)
            cluster = []
        reach = last if not cluster else max(reach, last)
        at = entity
        cluster.append(file)
    yield from ((at, member) for member in cluster if len(cluster) > 1)


def _keys(files: list[LakeFile], spans: pl.DataFrame, number: int, passes: int) -> pl.DataFrame:
    """Return span, key (UInt64) and source_row of the rows of some spans whose key falls to this pass."""
    id_key = pl.col("transaction_id").hash(1) ^ pl.col("entity_id").hash(2)
    cell_key = pl.col("entity_id").hash(3)
    for seed, name in enumerate(_CELL, start=4):
        cell_key = cell_key ^ pl.col(name).hash(seed)
    parts = []
    for (place, has_ids), wanted in spans.partition_by("file", "has_ids", as_dict=True).items():
        key = (id_key if has_ids else cell_key).alias("key")
        rows = _accepted(files[int(place)]).filter(pl.col("transaction_id").is_not_null() == pl.lit(has_ids))
        rows = rows.select(*_GROUP[:3], key, "source_row")
        rows = rows.filter(pl.col("key") % passes == number) if passes > 1 else rows
        named = rows.join(wanted.select("span", *_GROUP[:3]).lazy(), on=_GROUP[:3])
        parts.append(named.select("span", "key", "source_row").collect())
    return pl.concat(parts, rechunk=False)


def _accepted(file: LakeFile) -> pl.LazyFrame:
    return pl.scan_parquet(str(file.accepted_path))


def _replaced(files: list[LakeFile], spans: pl.DataFrame, passes: int) -> dict[int, int]:
    """Return replaced span → the span that replaces it."""
    several = spans.filter(pl.col("file").n_unique().over(_GROUP) > 1)
    if several.is_empty():
        return {}
    groups = several.select("span", "file", pl.struct(_GROUP).rank("dense").alias("group"))
    sizes: dict[int, int] = defaultdict(int)
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for number in range(passes):
        keys = _keys(files, several, number, passes).select("span", "key").unique()
        for span, size in keys.group_by("span").len().iter_rows():
            sizes[span] += size
        common = keys.filter(pl.col("key").is_duplicated()).join(groups, on="span")
        pairs = common.lazy().join(common.lazy(), on=["group", "key"], suffix="_newer")
        counted = pairs.filter(pl.col("file") < pl.col("file_newer")).group_by("span", "span_newer").len().collect()
        for older, newer, count in counted.iter_rows():
            shared[older, newer] += count
    replaced_by: dict[int, int] = {}
    for older, newer in sorted(shared, key=lambda pair: (pair[1], pair[0])):
        if older not in replaced_by and 2 * shared[older, newer] >= sizes[older]:
            replaced_by[older] = newer
    return replaced_by


def _ids_again(files: list[LakeFile], spans: pl.DataFrame, number: int, passes: int) -> pl.DataFrame:
    """Return file and source_row of the rows whose id another file has too."""
    keys = _keys(files, spans, number, passes)
    again = keys.filter(pl.col("key").is_duplicated())
    return again.join(spans.select("span", "file"), on="span").select("file", "source_row")


def _duplicates(files: list[LakeFile], again: pl.DataFrame | None) -> pl.DataFrame:
    """Compare the ids themselves, for two ids may share a key, and say which row of each counts."""
    if again is None or again.is_empty():
        return pl.DataFrame(schema=DUPLICATES)
    parts = []
    for (place,), rows in again.partition_by("file", as_dict=True).items():
        read = _accepted(files[int(place)]).select("entity_id", "transaction_id", "source_row")
        parts.append(
            read.join(rows.lazy(), on="source_row", how="semi").with_columns(pl.lit(place, pl.UInt32).alias("file"))
        )
    found = pl.concat(pl.collect_all(parts)).sort("entity_id", "transaction_id", "file", "source_row")
    same = ["entity_id", "transaction_id"]
    names = pl.Series([file.source_file for file in files])
    listed = found.with_columns(
        pl.col("file").first().over(same).alias("kept"),
        pl.col("source_row").first().over(same).alias("kept_row"),
        pl.int_range(pl.len()).over(same).alias("turn"),
    ).filter(pl.col("turn") > 0)
    return listed.select(
        *same,
        names.gather(listed["kept"]).alias("kept_file"),
        "kept_row",
        names.gather(listed["file"]).alias("other_file"),
        pl.col("source_row").alias("other_row"),
    ).cast(DUPLICATES)  # ty: ignore[invalid-argument-type]

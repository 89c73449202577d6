"""The files of the transactions log in the order they were received, and which of them can speak of the same."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from kpi.lake import Lake, LakeFile, Span

GROUP = ("entity_id", "month", "months_covered", "has_ids")
_SPANS: dict[str, pl.DataType] = {
    "file": pl.UInt32(),
    "entity_id": pl.String(),
    "month": pl.Date(),
    "months_covered": pl.Int8(),
    "has_ids": pl.Boolean(),
    "rows": pl.Int64(),
    "transactions": pl.Int64(),
    "first_id": pl.String(),
    "last_id": pl.String(),
}


@dataclass(frozen=True)
class Without:
    """What is held back: whole files, and months (first day) of an entity in a file (source_file, entity_id, month).

    What is held back does not count, and it replaces nothing. `answered` are the months of an entity in a file about
    which there is no question any more: what the file says of them counts.
    """

    files: frozenset[str] = frozenset()
    sender_months: frozenset[tuple[str, str, date]] = frozenset()
    answered: frozenset[tuple[str, str, date]] = frozenset()

    def holds(self, source_file: str, span: Span) -> bool:
        """Tell whether the rows of a span are held back."""
        where = (source_file, span.entity_id, date.fromisoformat(span.month))
        return source_file in self.files or where in self.sender_months


NOTHING_HELD = Without()


@dataclass(frozen=True)
class Received:
    """`files` in order; `spans`, numbered, of what is not held back: `file` is the place of a file in that order."""

    files: tuple[LakeFile, ...]
    spans: pl.DataFrame

    def names(self, places: pl.Series) -> pl.Series:
        """Return the source files at some places."""
        return pl.Series([file.source_file for file in self.files], dtype=pl.String).gather(places)

    def rows(self, spans: pl.DataFrame, *columns: pl.Expr) -> pl.DataFrame:
        """Return file, span and the given columns of the accepted rows of some spans."""
        parts = []
        for (place, has_ids), wanted in spans.partition_by("file", "has_ids", as_dict=True).items():
            rows = pl.scan_parquet(str(self.files[int(place)].accepted_path), glob=False)
            rows = rows.filter(pl.col("transaction_id").is_not_null() == pl.lit(has_ids))
            named = rows.join(wanted.select("file", "span", *GROUP[:3]).lazy(), on=GROUP[:3])
            parts.append(named.select("file", "span", *columns))
        return pl.concat(pl.collect_all(parts), rechunk=False)


def in_order_received(lake: Lake, log: str, without: Without) -> list[LakeFile]:
    """Return the files of a log that are not held back as a whole, each with the spans that are not."""
    files = [file for file in lake.files() if file.log == log and (file.accepted_path or file.is_complete)]
    files = [file for file in files if file.source_file not in without.files]
    if without.sender_months:
        files = [
            replace(file, spans=tuple(span for span in file.spans if not without.holds(file.source_file, span)))
            for file in files
        ]
    return sorted(files, key=lambda file: (file.modified_ns, file.source_file))


def received(lake: Lake, without: Without) -> Received:
    """Return the transactions log as it was received."""
    files = tuple(in_order_received(lake, "transactions", without))
    rows = [
        (place, s.entity_id, s.month, s.months_covered, s.has_ids, s.rows, s.transactions, s.first_id, s.last_id)
        for place, file in enumerate(files)
        for s in file.spans
    ]
    frame = pl.DataFrame(rows, schema=_SPANS | {"month": pl.String()}, orient="row")
    numbered = frame.with_columns(
        pl.col("month").str.to_date(), pl.int_range(len(frame), eager=True, dtype=pl.UInt32).alias("span")
    )
    until = pl.col("month").dt.offset_by(pl.format("{}mo", "months_covered")).alias("until")
    return Received(files, numbered.with_columns(until))


def may_share_ids(spans: pl.DataFrame) -> pl.DataFrame:
    """Return the spans whose ids may be in another file too."""
    with_ids = spans.filter("has_ids")
    ranges = with_ids.group_by("entity_id", "file").agg(pl.col("first_id").min(), pl.col("last_id").max())
    pairs = list(_crossing(ranges.sort("entity_id", "first_id", "file").iter_rows()))
    crossing = pl.DataFrame(pairs, schema={"entity_id": pl.String, "file": pl.UInt32}, orient="row")
    return with_ids.join(crossing, on=["entity_id", "file"], how="semi").sort("span")


def may_share_totals(spans: pl.DataFrame) -> pl.DataFrame:
    """Return the spans of the months for which an entity sent totals, and another file something too."""
    by_month = months_of(spans)
    shared = (
        by_month.group_by("entity_id", "covered_month")
        .agg(pl.col("file").n_unique().alias("files"), pl.col("has_ids").all().alias("ids_only"))
        .filter((pl.col("files") > 1) & ~pl.col("ids_only"))
    )
    found = by_month.join(shared, on=["entity_id", "covered_month"], how="semi")
    return spans.filter(pl.col("span").is_in(found["span"].unique().implode()))


def months_of(spans: pl.DataFrame) -> pl.DataFrame:
    """Return the spans once for each month that they cover, as `covered_month`."""
    last = pl.col("until").dt.offset_by("-1mo")
    return spans.with_columns(pl.date_ranges("month", last, "1mo").alias("covered_month")).explode("covered_month")


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

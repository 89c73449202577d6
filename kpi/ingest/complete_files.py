"""What a file replaces that says it is all there is of its months; also one without a row, which empties a month."""

import re
from datetime import date

import polars as pl

from kpi.ingest.questions import asked, no_question
from kpi.ingest.received import Received
from kpi.lake import LakeFile

_MONTH = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_. ]?(0[1-9]|1[0-2])(?!\d)")
_MONTHS_OF_PERIOD = {"quarter": 3, "year": 12, "fiscal_year": 12}
_SAID: dict[str, pl.DataType] = {
    "newer": pl.UInt32(),
    "entity_id": pl.String(),
    "month_said": pl.Date(),
    "until_said": pl.Date(),
}


def replaced_by_complete(log: Received) -> tuple[dict[int, int], pl.DataFrame]:
    """Return span → file that replaces it with all else of its month, and the files of which nobody knows the month."""
    complete = {place: file for place, file in enumerate(log.files) if file.is_complete}
    if not complete:
        return {}, no_question()
    said = log.spans.filter(pl.col("file").is_in(list(complete))).select(
        pl.col("file").alias("newer"), "entity_id", month_said="month", until_said="until"
    )
    entities = sorted({*log.spans["entity_id"]})
    empty = {place: _named(file, entities) for place, file in complete.items() if not file.rows_accepted}
    told = [(place, *named) for place, named in empty.items() if named]
    said = pl.concat([said.cast(_SAID), pl.DataFrame(told, schema=_SAID, orient="row")])  # ty: ignore[invalid-argument-type]
    inside = (pl.col("month") >= pl.col("month_said")) & (pl.col("until") <= pl.col("until_said"))
    pairs = log.spans.join(said.unique(), on="entity_id").filter((pl.col("file") < pl.col("newer")) & inside)
    replaced = pairs.group_by("span").agg(pl.col("newer").min())
    unnamed = pl.DataFrame({"file": [place for place, named in empty.items() if not named]}, schema={"file": pl.UInt32})
    return dict(replaced.iter_rows()), asked("empty_file", unnamed)


def _named(file: LakeFile, entities: list[str]) -> tuple[str, date, date] | None:
    """Return the entity and the month (first day, and the day after its last) that the name of a file tells."""
    months = _MONTH.findall(file.source_file)
    if file.rows_read or not months:
        return None
    words = [re.compile(rf"(?<![0-9a-z]){re.escape(name.lower())}(?![0-9a-z])") for name in entities]
    found = [name for name, word in zip(entities, words, strict=True) if word.search(file.source_file.lower())]
    entity = file.sender or max(found, key=len, default="")
    if not entity:
        return None
    first = date(int(months[-1][0]), int(months[-1][1]), 1)
    after = first.month - 1 + _MONTHS_OF_PERIOD.get(file.period, 1)
    return entity, first, date(first.year + after // 12, after % 12 + 1, 1)

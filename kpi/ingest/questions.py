"""Questions that a re-sent file leaves open: they are asked, and never answered by a guess.

`other_day`: totals without a declared period come again under another date: a correction, or a further week?
`part_of_period`: a total of a part of a period of which there is a total already.
`total_after_rows`: a total that differs from the sum of finer statements received before.
`few_rows`: finer statements that come to less than half of the total received before.
`other_part`: totals of the same service and period for other places, channels or beneficiaries than before.
`other_service`: the same figures under another service.
`empty_file`: a file without rows says that it is complete, and its name does not tell whose and which month.
"""

import polars as pl

QUESTIONS = (
    "other_day", "part_of_period", "total_after_rows", "few_rows", "other_part", "other_service", "empty_file",
)  # fmt: skip
STAYS = ("other_part", "other_service")
"""Questions about a file which, once it is released, counts beside the older one; else it replaces the older one."""
ASKED: dict[str, pl.DataType] = {
    "question": pl.String(),
    "file": pl.UInt32(),
    "old_file": pl.UInt32(),
    "entity_id": pl.String(),
    "month": pl.Date(),
    "months_covered": pl.Int8(),
    "service_id": pl.String(),
    "rows": pl.Int64(),
    "old_transactions": pl.Int64(),
    "new_transactions": pl.Int64(),
    "old_days": pl.List(pl.Date()),
    "new_days": pl.List(pl.Date()),
}


def asked(question: str, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return pairs of statements as questions; a column that they do not have is null."""
    columns = [
        pl.col(name).cast(dtype) if name in pairs.columns else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in ASKED.items()
        if name != "question"
    ]
    return pairs.select(pl.lit(question).alias("question"), *columns)


def no_question() -> pl.DataFrame:
    """Return questions of which there is none."""
    return pl.DataFrame(schema=ASKED)

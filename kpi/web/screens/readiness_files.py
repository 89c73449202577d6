"""The rows that the readiness screen offers as files."""

import polars as pl

from kpi.language import strip_isolates, t
from kpi.queries.readiness import Readiness

BODY_COLUMNS = (
    "kind", "id", "name", "governorate", "score", "base_score", "change", "level", "base_level", "assessed_on",
)  # fmt: skip
INDICATOR_COLUMNS = {
    "month": "month", "body_kind": "kind", "indicator_id": "id", "name": "indicator", "weight": "weight",
    "bodies": "bodies", "mean_score_pct": "mean", "lowest_score_pct": "lowest", "highest_score_pct": "highest",
}  # fmt: skip
"""Columns of `serve_readiness_indicator` and the messages that name them."""


def body_rows(readiness: Readiness, language: str) -> pl.DataFrame:
    """Return a row per body, scores in percent and changes in points as numbers."""
    levels = {level.id: level.label(language) for level in readiness.levels}
    base = f"{readiness.base.month:%Y-%m}" if readiness.base else t("readiness.file.earlier", language)
    headings = [strip_isolates(t(f"readiness.file.{name}", language, base=base)) for name in BODY_COLUMNS]
    rows = [
        (
            t(f"readiness.{'entities' if body.kind == 'entity' else 'governorates'}", language),
            body.entity.id, body.entity.label(language), body.governorate_id,
            body.score_pct, body.base_score_pct, body.change_points,
            levels.get(body.level_id), levels.get(body.base_level_id or ""), body.assessed_on,
        )
        for body in readiness.bodies
    ]  # fmt: skip
    kinds = [pl.String] * 4 + [pl.Float64] * 3 + [pl.String] * 2 + [pl.Date]
    return pl.DataFrame(rows, schema=dict(zip(headings, kinds, strict=True)), orient="row")


def indicator_rows(rows: pl.DataFrame, language: str) -> pl.DataFrame:
    """Return the rows of `serve_readiness_indicator` under headings of a language."""
    named = rows.with_columns(name=pl.col(f"name_{language}")).select(*INDICATOR_COLUMNS)
    return named.rename({name: t(f"readiness.file.{key}", language) for name, key in INDICATOR_COLUMNS.items()})

"""The rows that the register of published figures offers as a file."""

import polars as pl

from kpi.language import t


def register_rows(rows: pl.DataFrame, language: str) -> pl.DataFrame:
    """Return every column of `serve_claims` under headings of a language, values typed as they are."""
    return rows.rename({name: t(f"claims.file.{name}", language) for name in rows.columns})

"""The rows that the data-quality page offers as files: who sent which month, and the ledger of files."""

import polars as pl

from kpi.language import t
from kpi.queries.entity_months import CoverageMap
from kpi.queries.ledger import Ledger
from kpi.web.screens.ledger import error_words
from kpi.web.screens.rejections import log_words


def coverage_rows(coverage: CoverageMap, language: str) -> pl.DataFrame:
    """Return a row per entity and month, whatever months are shown, with whether it arrived and what it held."""
    data = [
        (
            one.entity.id,
            one.entity.label(language),
            month.month,
            t(f"quality.status.{month.status}", language),
            month.transactions,
        )
        for one in coverage.entities
        for month in one.months
    ]
    schema = {
        "entity_id": pl.String, t("quality.map.entity", language): pl.String,
        t("quality.builds.month", language): pl.Date, t("quality.ledger.state", language): pl.String,
        t("web.page.transactions", language): pl.Int64,
    }  # fmt: skip
    return pl.DataFrame(data, schema=schema, orient="row")


def ledger_rows(ledger: Ledger, language: str) -> pl.DataFrame:
    """Return a row per source file: what was read, accepted and rejected, and why one could not be read."""
    data = [
        (
            file.source_file,
            log_words(file.log, language),
            file.rows_read,
            file.rows_accepted,
            file.rows_rejected,
            t(f"quality.ledger.{'unreadable' if file.error else 'read_well'}", language),
            error_words(file, language) if file.error else None,
            file.loaded_at,
        )
        for file in ledger.files
    ]
    kinds = (pl.String, pl.String, pl.Int64, pl.Int64, pl.Int64, pl.String, pl.String, pl.Datetime)
    names = ("file", "log", "read", "accepted", "rejected", "state", "reason", "when")
    schema = {t(f"quality.ledger.{name}", language): kind for name, kind in zip(names, kinds, strict=True)}
    return pl.DataFrame(data, schema=schema, orient="row")

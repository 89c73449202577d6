"""Put the list of published builds into rows that a person reads."""

import polars as pl

from kpi import messages
from kpi.warehouse.builds import PublishedBuild


def builds_table(found: tuple[PublishedBuild, ...], asked_for: str | None, language: str) -> pl.DataFrame:
    """Return one row per build, last published first; `state` says in words what is served and what is damaged."""
    rows = [
        (
            build.manifest.build_id,
            build.manifest.built_at,
            build.manifest.size_bytes,
            sum(build.manifest.rows.values()),
            build.manifest.totals.get("transactions"),
            build.is_current,
            build.is_intact,
            _state(build, asked_for, language),
        )
        for build in found
    ]
    schema = {
        "build_id": pl.String, "built_at": pl.String, "size_bytes": pl.Int64, "rows": pl.Int64,
        "transactions": pl.Int64, "is_current": pl.Boolean, "is_intact": pl.Boolean, "state": pl.String,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _state(build: PublishedBuild, asked_for: str | None, language: str) -> str:
    if build.damage:
        return messages.text(f"builds.state.{build.damage}", language)
    if asked_for and build.manifest.build_id.startswith(asked_for):
        return messages.text("builds.state.asked_for", language)
    return messages.text("builds.state.current" if build.is_current else "builds.state.kept", language)

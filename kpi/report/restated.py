"""Put restated figures into rows: in words for a screen, exact for a file."""

from typing import TYPE_CHECKING

from kpi.language import strip_isolates
from kpi.report.changes import difference, files_named, finer_of, written
from kpi.report.check import CheckedSnapshots
from kpi.report.words import Writer

if TYPE_CHECKING:
    import polars as pl


def restated_rows(found: CheckedSnapshots, language: str) -> list[list[str]]:
    """Return one row per restated figure: scope, indicator, as issued, now, difference, files."""
    writer, rows = Writer(language), []
    for one in found.restated:
        kpi = found.kpis.get(one.kpi_id)
        if kpi is None:  # the indicator is no longer in the catalogue
            rows.append([one.scope, one.kpi_id, str(one.before.value), str(one.after.value), "", ""])
            continue
        values = [written(kpi, figure.value, language) for figure in (one.before, one.after)]
        moved = difference(kpi, one.before, one.after, language, finer_of(kpi))
        words = (one.scope, kpi.name(language), *values, moved, files_named(writer, one.causes))
        rows.append([strip_isolates(word) for word in words])
    return rows


def restated_frame(found: CheckedSnapshots) -> "pl.DataFrame":
    """Return one row per restated figure with exact parts and every file."""
    import polars as pl

    schema = {
        "scope": pl.String, "kpi_id": pl.String, "value_issued": pl.Float64, "value_now": pl.Float64,
        "difference": pl.Float64, "numerator_issued": pl.Int64, "numerator_now": pl.Int64,
        "denominator_issued": pl.Int64, "denominator_now": pl.Int64, "causes": pl.String,
    }  # fmt: skip
    rows = [
        (
            one.scope, one.kpi_id, one.before.value, one.after.value, one.difference, one.before.numerator,
            one.after.numerator, one.before.denominator, one.after.denominator, "; ".join(one.causes),
        )
        for one in found.restated
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")

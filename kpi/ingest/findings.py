"""Collect what is wrong with which row, and whether it costs the row or only a value of it."""

from dataclasses import dataclass, field

import polars as pl

_SEVERITY_OF = {"not_applicable": "note", "placeholder": "value"}
_NOTHING_READ = (
    "not_a_number", "not_a_date", "date_is_a_number", "date_order_unknown", "hijri_date", "period_mismatch",
    "time_zone_unknown", "bad_beneficiary_number", "value_too_long", "formula_without_value",
)  # fmt: skip
"""Reasons for which an optional value falls out alone. One that reads, and cannot be, casts doubt on its whole row."""
_SCHEMA: dict[str, pl.DataType] = {
    "place": pl.Int64(), "column": pl.String(), "reason": pl.String(), "severity": pl.String(),
}  # fmt: skip


@dataclass
class Findings:
    """Findings by place in the slice; a row with a structural flaw has no others."""

    whole: pl.Series
    found: list[pl.DataFrame] = field(default_factory=list)

    def add(self, wrong: pl.Series, column: str | None, reason: str | pl.Series, severity: str = "row") -> None:
        """Note rows (Boolean mask) as wrong for a reason, or for the reasons of a text column."""
        if not wrong.any():
            return
        where = (wrong.fill_null(value=False) & self.whole).arg_true()
        reasons = reason.gather(where) if isinstance(reason, pl.Series) else repeated(reason, len(where))
        self._note(where, column, reasons, severity)

    def add_flaws(self, flaws: pl.Series) -> None:
        """Note the structural flaws."""
        where = flaws.is_not_null().arg_true()
        self._note(where, None, flaws.gather(where), "row")

    def _note(self, where: pl.Series, column: str | None, reasons: pl.Series, severity: str) -> None:
        columns = {"place": where.cast(pl.Int64), "column": repeated(column, len(where)), "reason": reasons.rename("")}
        reasons = columns["reason"]
        severities = reasons.replace_strict(_SEVERITY_OF, default="row", return_dtype=pl.String)
        if severity == "value":
            severities = severities.set(reasons.is_in(_NOTHING_READ), "value")
        self.found.append(pl.DataFrame({**columns, "severity": severities}, schema_overrides={"reason": pl.String}))

    def rejected(self, rows: int) -> pl.Series:
        """Return which of the rows cannot be accepted."""
        wrong = pl.Series([False]).new_from_index(0, rows)
        for found in self.found:
            places = found["place"] if (found["severity"] != "value").all() else _places_of_rows(found)
            wrong = wrong.scatter(places, True)
        return wrong

    def all(self, wrong: pl.Series) -> pl.DataFrame:
        """Return one row per place and reason, its columns joined; in a rejected row no value falls out alone."""
        if not self.found:
            return pl.DataFrame(schema=_SCHEMA)
        together = pl.concat(self.found)
        cost_the_row = wrong.gather(together["place"]) & (together["severity"] == "value")
        if cost_the_row.any():
            together = together.with_columns(together["severity"].set(cost_the_row, "row"))
        joined = together.group_by("place", "reason", "severity").agg(pl.col("column").drop_nulls().unique().sort())
        return joined.with_columns(
            pl.when(pl.col("column").list.len() > 0).then(pl.col("column").list.join(", "))
        ).sort("place", "reason")


def _places_of_rows(found: pl.DataFrame) -> pl.Series:
    return found.filter(pl.col("severity") != "value")["place"]


def repeated(text: str | None, rows: int) -> pl.Series:
    """Return a text column that says the same in every row."""
    return pl.Series([text], dtype=pl.String).new_from_index(0, rows)

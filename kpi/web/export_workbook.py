"""Make the XLSX of a direct download: the rows, what they are, and what their columns mean."""

from collections.abc import Mapping

import polars as pl

from kpi.exports.about import Fact, about_sheet, build_facts, definition
from kpi.exports.workbook import workbook_bytes
from kpi.language import direction, format_moment, join_list, t
from kpi.queries.definitions import definitions
from kpi.queries.exports import Exportable, columns_of, withheld_names
from kpi.queries.freshness import freshness
from kpi.warehouse.connect import Warehouse


def export_workbook(
    warehouse: Warehouse, chosen: Exportable, rows: pl.DataFrame, total: int, asked: Mapping[str, str], language: str
) -> bytes:
    """Encode the rows of a table or view; further sheets give period, choices, build, definitions and columns."""
    fresh = freshness(warehouse)
    facts: list[Fact] = [
        ("title", chosen.name),
        ("definition", chosen.meaning(language)),
        ("workspace", fresh.programme_ar if language == "ar" else fresh.programme_en),
        ("period", asked.get("period")),
        ("selection", ", ".join(f"{name} = {value}" for name, value in asked.items() if name != "period")),
        ("rows", t("web.download.about.of", language, rows=rows.height, total=total)),
        *build_facts(fresh, format_moment(fresh.built_at, language), language),
    ]
    if "kpi" in asked:
        kpi = definitions(warehouse, (asked["kpi"],))[asked["kpi"]]
        facts.append((kpi.name(language), definition(kpi, language)))
    if withheld := withheld_names(warehouse, chosen, asked):
        names = join_list([one.label(language) for one in withheld], language)
        facts.append(("withheld", t("coverage.overlap", language, names=names)))
    sheets = {
        chosen.name[:31]: rows,
        t("web.download.about.sheet", language): about_sheet(facts, language),
        t("web.download.about.columns", language): _columns(warehouse, chosen.name, language),
    }
    header = " · ".join(filter(None, (chosen.name, asked.get("period"), fresh.build_id)))
    return workbook_bytes(sheets, right_to_left=direction(language) == "rtl", print_header=header)


def _columns(warehouse: Warehouse, name: str, language: str) -> pl.DataFrame:
    columns = columns_of(warehouse, name)
    headings = {key: t(f"web.download.about.{key}", language) for key in ("column", "type", "unit", "meaning")}
    return columns.select(
        pl.col("column_name").alias(headings["column"]), pl.col("data_type").alias(headings["type"]),
        pl.col("unit").alias(headings["unit"]), pl.col(language).alias(headings["meaning"]),
    )  # fmt: skip

"""Say in a sheet of its own what the rows of a file are: period, choices, build, definitions."""

from collections.abc import Iterable

import polars as pl

from kpi.catalogue import Kpi
from kpi.language import strip_isolates, t
from kpi.messages import catalogue
from kpi.queries.results import Freshness

Fact = tuple[str, object]
"""A key of `web.download.about`, or a name in the reader's language, and what is to be said of it."""


def about_sheet(facts: Iterable[Fact], language: str) -> pl.DataFrame:
    """Return facts as rows of two columns; those with nothing to say are left out."""
    heading = (t("web.download.about.fact", language), t("web.download.about.value", language))
    rows = [(_heading(key, language), strip_isolates(str(value))) for key, value in facts if value]
    return pl.DataFrame(rows, schema=dict.fromkeys(heading, pl.String), orient="row")


def build_facts(fresh: Freshness, published: str, language: str) -> list[Fact]:
    """Return when and as what the build was published, and its mark when the data are synthetic."""
    note = fresh.synthetic_note_ar if language == "ar" else fresh.synthetic_note_en
    return [("published", published), ("build", fresh.build_id), ("synthetic", note if fresh.synthetic else None)]


def definition_facts(title: str, rows: pl.DataFrame, kpis: Iterable[Kpi], language: str) -> list[Fact]:
    """Return the definition of every indicator that the title, a heading or a cell names."""
    text = rows.select(pl.col(pl.String))
    named = {title, *rows.columns, *(value for column in text for value in column.unique().to_list() if value)}
    return [(kpi.name(language), definition(kpi, language)) for kpi in kpis if _is_named(kpi.name(language), named)]


def definition(kpi: Kpi, language: str) -> str:
    """Return what an indicator is and how it is computed, in one text."""
    what, how = (kpi.definition_ar, kpi.formula_ar) if language == "ar" else (kpi.definition_en, kpi.formula_en)
    return f"{what} {how}"


def _heading(key: str, language: str) -> str:
    return catalogue(language).get(f"web.download.about.{key}", key)


def _is_named(name: str, texts: set[str]) -> bool:
    return any(text == name or text.startswith((f"{name} ", f"{name}:", f"{name}،", f"{name},")) for text in texts)

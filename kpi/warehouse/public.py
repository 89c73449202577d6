"""Make the public edition of a build: no rows of logs, no small cells, and the same macros over what is left."""

from collections import defaultdict
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from kpi.catalogue import SQL_FOLDER
from kpi.errors import QueryRefused, SettingsError
from kpi.examples import load_examples
from kpi.warehouse.dictionary import document
from kpi.warehouse.digest import make_digest_table, store_digests
from kpi.warehouse.faults import refusals_in_words
from kpi.warehouse.small_cells import (
    CHANNEL,
    DIMENSIONS,
    ENTITY,
    GOVERNORATE,
    PROGRAMME,
    SERVICE,
    MonthCounts,
    withheld_cells,
)
from kpi.warehouse.statements import register, sql_files
from kpi.warehouse.tables import value_claims

# Published as they are: registries, and what the file says of itself. All else is left out unless it is named here.
COPIED = ("dim_", "meta_kpi", "meta_overlap", "meta_check", "meta_code", "meta_example")
COVERAGE = """
select * exclude (log_rows, transactions, rejected_pct, rows_held, released_by, days_reported)
from full_edition.serve_coverage
"""
KNOWN = ("meta_known_id", "meta_refusal")
VIEWS = ("serve_claims", "serve_entity", "serve_platform_owner", "meta_unit", "meta_licence", "readme")
MACROS = (
    "month_start", "shown_value", "place_of", "coverage_months", "kpi_parts", "kpi_refusal", "kpi_coverage",
    "kpi_points", "kpi_series", "kpi_by_entity", "kpi_by_governorate", "kpi_by_channel", "kpi_by_service",
    "search_form", "search_words", "organisation_fault", "organisation_refusal", "changes_of_hands", "is_as_is",
    "serve_service_names", "serve_changes_of_hands",
)  # fmt: skip
# A KPI about people whose parts are classes of durations is left out: most classes are small cells by themselves.
CLAIMS_OF_ABSENT_KPIS = """
update fct_claim_value set reason = 'withheld'
where claim_id in (
    select claim_id from dim_claim where kpi_id is not null and kpi_id not in (select kpi_id from meta_kpi)
) and reason <> 'no_figure'
"""
BODIES = "select kpi_id from full_edition.meta_kpi where not about_people"
PEOPLE = "select kpi_id from full_edition.meta_kpi where about_people and kind <> 'percentile'"
GROUPS = {
    PROGRAMME: ("'programme'", "''"),
    ENTITY: ("entity_id", "''"),
    GOVERNORATE: (
        "coalesce(governorate_id, 'not_allocated')",
        "case when governorate_id is null then '' else 'allocated' end",
    ),
    CHANNEL: (
        "coalesce(cells.channel, 'unknown')",
        "case when digital then 'digital' when not digital then 'other' else 'unknown' end",
    ),
    SERVICE: ("service_id", "entity_id"),
}
COUNTS = """
select
    month, {group} as group_id, {family} as family, {entity} as entity_id,
    sum(transactions)::bigint as size,
    coalesce(sum(transactions) filter (where outcome = 'completed' and digital), 0)::bigint as digital_count,
    coalesce(sum(transactions) filter (where outcome = 'completed' and not digital), 0)::bigint as other_count,
    coalesce(sum(transactions) filter (where outcome = 'completed' and digital is null), 0)::bigint as unknown_count,
    coalesce(sum(transactions) filter (where outcome = 'rejected'), 0)::bigint as rejected_count,
    coalesce(sum(transactions) filter (where outcome = 'abandoned'), 0)::bigint as abandoned_count,
    coalesce(sum(ratings), 0)::bigint as rated_count,
    -- The programme tells this by the difference of two KPIs; below it, it is a cell of its own.
    coalesce(sum(transactions) filter (
        where {is_programme} and outcome = 'completed' and digital and governorate_id is null
    ), 0)::bigint as not_allocated_count
from full_edition.fct_transaction_service_month as cells
left join full_edition.dim_channel on cells.channel = dim_channel.channel
group by 1, 2, 3, 4
"""
MARGINS = """
select
    kpi_id, '{dimension}' as dimension, {group} as group_id, {entity} as entity_id, month,
    sum(numerator)::bigint as numerator, sum(denominator)::bigint as denominator
from full_edition.{source} as cells
where kpi_id in ({people})
group by 1, 2, 3, 4, 5
"""
MARGIN_TABLE = """
create table serve_kpi_margin as
select
    kpi_id, dimension, group_id, entity_id, month,
    case when not withheld then numerator end as numerator,
    case when not withheld then denominator end as denominator,
    withheld
from margins where group_id is not null
order by all
"""


def make_public(connection: duckdb.DuckDBPyConnection, build: Path, below: int, sql_folder: Path = SQL_FOLDER) -> None:
    """Fill an empty database with the public edition of a build, withholding cells of fewer than `below`.

    `kpi.warehouse.small_cells` says how cells are chosen. Raises `SettingsError` when the build is of an older form.
    """
    connection.execute(f"attach '{str(build).replace(chr(39), chr(39) * 2)}' as full_edition (read_only)").fetchall()
    try:
        _copy(connection, below)
        _make_margins(connection, below)
        _make_objects(connection, sql_folder)
        connection.execute("detach full_edition").fetchall()
        value_claims(connection)
        connection.execute(CLAIMS_OF_ABSENT_KPIS).fetchall()
        _keep_examples_that_run(connection, sql_folder)
        make_digest_table(connection)
        document(connection, sql_folder)
        store_digests(connection)
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise SettingsError("build_of_older_form", reason=str(error).partition("\n")[0]) from error
    connection.execute("checkpoint").fetchall()


def _copy(connection: duckdb.DuckDBPyConnection, below: int) -> None:
    found = connection.execute(
        "select table_name, comment from duckdb_tables() where database_name = 'full_edition' union all "
        "select view_name, comment from duckdb_views() where database_name = 'full_edition' and not internal"
    ).fetchall()
    comments = dict(found)
    tables = {name: f"select * from full_edition.{name}" for name in sorted(comments) if name.startswith(COPIED)}
    left_out = f"where kpi_id in ({BODIES} union all {PEOPLE})"
    for name in ("meta_kpi", "meta_kpi_version", "meta_kpi_place", "meta_kpi_sql", "meta_kpi_input"):
        tables[name] += f" {left_out} order by rowid"
    tables["meta_build"] = (
        f"select * replace ('public' as edition, {int(below)}::bigint as small_cell_below) from full_edition.meta_build"
    )
    tables |= {name: f"select * from full_edition.{name}" for name in ("serve_freshness", "meta_load")}
    tables["serve_coverage"] = COVERAGE
    tables["serve_kpi"] = f"select * from full_edition.serve_kpi where kpi_id in ({BODIES})"
    for name, rows in tables.items():
        comment = (comments.get(name) or "").replace("'", "''")
        connection.execute(f"create table {name} as {rows}").fetchall()
        connection.execute(f"comment on table {name} is '{comment}'").fetchall()


def _make_margins(connection: duckdb.DuckDBPyConnection, below: int) -> None:
    margins = pl.concat([_margin(connection, dimension) for dimension in DIMENSIONS])
    withheld = withheld_cells(_cells(connection, margins), below)
    keys = margins.select("month", "dimension", "group_id").rows()
    marked = margins.with_columns(pl.Series("withheld", [key in withheld for key in keys], dtype=pl.Boolean))
    register(connection, "margins", marked)
    connection.execute(MARGIN_TABLE).fetchall()
    connection.unregister("margins")


def _margin(connection: duckdb.DuckDBPyConnection, dimension: str) -> pl.DataFrame:
    group, family = GROUPS[dimension]
    entity = {ENTITY: group, SERVICE: family}.get(dimension, "null::varchar")
    source = "serve_kpi_service" if dimension == SERVICE else "serve_kpi"
    return connection.sql(
        MARGINS.format(dimension=dimension, group=group, entity=entity, source=source, people=PEOPLE)
    ).pl()


def _cells(connection: duckdb.DuckDBPyConnection, margins: pl.DataFrame) -> dict[date, list[MonthCounts]]:
    """Return each month's cells with the counts of the cube and the parts of the KPIs."""
    of_ratios = connection.execute("select kpi_id from meta_kpi where kind = 'ratio'").fetchall()
    parts = _parts(margins, {kpi_id for (kpi_id,) in of_ratios})
    width = max((len(counts) for counts in parts.values()), default=0)
    months: dict[date, list[MonthCounts]] = defaultdict(list)
    for dimension in DIMENSIONS:
        group, family = GROUPS[dimension]
        statement = COUNTS.format(
            group=group, family=family, entity="null", is_programme=str(dimension == PROGRAMME).lower()
        )
        for month, group_id, family_id, _, size, *counts in connection.execute(statement).fetchall():
            of_kpis = parts.get((month, dimension, group_id), (0,) * width)
            name = group_id if group_id is not None else f"\0{family_id}"
            months[month].append(
                MonthCounts(dimension, name, family_id or "", (*counts, *of_kpis), size, group_id is not None)
            )
    return months


def _parts(margins: pl.DataFrame, ratios: set[str]) -> dict[tuple[date, str, str], tuple[int, ...]]:
    """Return numerator, denominator and, of ratios, their difference, by cell; nil where a cell has none."""
    kpis = {name: place for place, name in enumerate(sorted(margins["kpi_id"].unique()))}
    found: dict[tuple[date, str, str], list[int]] = defaultdict(lambda: [0] * (3 * len(kpis)))
    columns = ("kpi_id", "month", "dimension", "group_id", "numerator", "denominator")
    for kpi_id, month, dimension, group_id, numerator, denominator in margins.select(columns).iter_rows():
        upper, lower = numerator or 0, denominator or 0
        place = 3 * kpis[kpi_id]
        rest = max(lower - upper, 0) if kpi_id in ratios else 0
        found[month, dimension, group_id][place : place + 3] = [upper, lower, rest]
    return {key: tuple(counts) for key, counts in found.items()}


def _make_objects(connection: duckdb.DuckDBPyConnection, sql_folder: Path) -> None:
    """Make the views and macros from the same texts as the full edition's, save those that it has of its own."""
    texts = {file.name: file.text for folder in ("core", "serve", "public") for file in sql_files(sql_folder, folder)}
    for name in ("fct_claim_value", "serve_kpi_month", *KNOWN, *MACROS, *VIEWS):
        connection.execute(texts[name]).fetchall()


def _keep_examples_that_run(connection: duckdb.DuckDBPyConnection, sql_folder: Path) -> None:
    """Leave out the saved queries that ask for what the public edition does not hold."""
    for example in load_examples(sql_folder).values():
        try:
            with refusals_in_words():
                connection.execute(example.sql, example.values({}) or None).fetchall()
        except (duckdb.CatalogException, duckdb.BinderException, QueryRefused):
            connection.execute("delete from meta_example where example = ?", [example.name]).fetchall()

"""What the file holds: its tables, views and macros with their columns and comments, for those who ask in SQL."""

from dataclasses import dataclass

from kpi.warehouse.connect import Warehouse

BETWEEN_LANGUAGES = " | "
FIRST_QUERY = "select * from serve_freshness"
GROUPS = ("serve", "kpi", "fct", "dim", "meta", "load")

_COLUMNS = """
select objects.kind, objects.name, objects.comment, columns.column_name, columns.data_type, columns.comment
from (
    select 'table' as kind, table_name as name, comment from duckdb_tables() where not internal
    union all
    select 'view', view_name, comment from duckdb_views() where not internal
) as objects
inner join duckdb_columns() as columns on objects.name = columns.table_name and not columns.internal
order by objects.name, columns.column_index
"""
_MACROS = """
select function_name, parameters
from duckdb_functions()
where function_type = 'table_macro' and not internal
order by function_name
"""


@dataclass(frozen=True)
class DescribedColumn:
    """Hold a column's name, type and what it means in both languages."""

    name: str
    kind: str
    comment: str

    def meaning(self, language: str) -> str:
        """Return what it means in a language."""
        return in_language(self.comment, language)


@dataclass(frozen=True)
class Object:
    """Hold a table, a view or a macro; the columns of a macro are its parameters."""

    kind: str
    name: str
    comment: str
    columns: tuple[DescribedColumn, ...]

    def meaning(self, language: str) -> str:
        """Return what it holds in a language."""
        return in_language(self.comment, language)


def schema(warehouse: Warehouse) -> tuple[Object, ...]:
    """List everything in the file that can stand after `from`."""
    found: dict[str, Object] = {}
    for kind, name, comment, column, data_type, meaning in warehouse.query(_COLUMNS).iter_rows():
        before = found.get(name, Object(kind, name, comment or "", ()))
        columns = (*before.columns, DescribedColumn(column, data_type.lower(), meaning or ""))
        found[name] = Object(kind, name, before.comment, columns)
    for name, parameters in warehouse.query(_MACROS).iter_rows():
        found[name] = Object("macro", name, "", tuple(DescribedColumn(one, "", "") for one in parameters))
    return tuple(found[name] for name in sorted(found))


def in_language(comment: str, language: str) -> str:
    """Return the part of a bilingual comment that is in a language; a comment in one language as it is."""
    english, mark, arabic = comment.partition(BETWEEN_LANGUAGES)
    return arabic if mark and language == "ar" else english

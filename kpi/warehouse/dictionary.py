"""Write down in the file what everything in it is: comments, and the same words as tables."""

import re
import tomllib
from pathlib import Path
from typing import Any

import duckdb

from kpi.errors import SettingsError
from kpi.warehouse.statements import insert_rows, sql_files, written_at_once

CODES = ("channel", "outcome", "beneficiary")
"""Keys that do not end in `_id`."""
FOLDERS = ("cube", "core", "kpi", "serve", "public")
_ARABIC = r"[\u0600-\u06ff]"
UNIT_ENDINGS = {
    "_pct": "percent", "_minutes": "minutes", "_omr": "omr", "_bytes": "bytes", "_km2": "km2", "_months": "months",
}  # fmt: skip
"""A unit ends a name; other columns name theirs in `sql/dictionary.toml`."""
TABLES = """
create table meta_object (object_name varchar, kind varchar, grain varchar, ar varchar, en varchar);
create table meta_column (
    object_name varchar, column_name varchar, position bigint, data_type varchar, unit varchar, refers_to varchar,
    ar varchar, en varchar
);
create table meta_macro (macro_name varchar, parameters varchar, example varchar, ar varchar, en varchar);
"""
OBJECTS = """
select table_name, 'table', comment from duckdb_tables()
where not internal and database_name = current_database() and schema_name = 'main'
union all
select view_name, 'view', comment from duckdb_views()
where not internal and database_name = current_database() and schema_name = 'main'
order by all
"""
COLUMNS = """
select table_name, column_name, column_index, data_type, comment from duckdb_columns()
where not internal and database_name = current_database() and schema_name = 'main'
order by table_name, column_index
"""
MACROS = """
select function_name, array_to_string(parameters, ', ') from duckdb_functions()
where not internal and database_name = current_database() and schema_name = 'main'
order by 1
"""

Meaning = dict[str, Any]


def document(connection: duckdb.DuckDBPyConnection, sql_folder: Path) -> None:
    """Comment on every object and column, and fill `meta_object`, `meta_column` and `meta_macro` with the same words.

    The words stand in `sql/dictionary.toml` and beside the objects and columns in `sql/`. Raises `SettingsError` for
    what has none.
    """
    dictionary = tomllib.loads((sql_folder / "dictionary.toml").read_text(encoding="utf-8"))
    for statement in filter(str.strip, TABLES.split(";")):
        connection.execute(statement).fetchall()
    macros = connection.execute(MACROS).fetchall()
    with written_at_once(connection):
        _describe(connection, dictionary, macros, sql_folder)


def _describe(
    connection: duckdb.DuckDBPyConnection, dictionary: Meaning, macros: list[tuple[str, str]], sql_folder: Path
) -> None:
    present = {name for name, *_ in connection.execute(OBJECTS).fetchall()} | {name for name, _ in macros}
    for name, meaning in dictionary["object"].items():
        if name in present:
            connection.execute(f"comment on {meaning['kind']} {name} is {_quoted(meaning)}").fetchall()
    _describe_columns(connection, dictionary)
    grains = {file.name: file.header for folder in FOLDERS for file in sql_files(sql_folder, folder)}
    objects = []
    for name, kind, comment in connection.execute(OBJECTS).fetchall():
        english, arabic = _both(name, comment)
        objects.append((name, kind, grains.get(name, dictionary["object"].get(name, {}).get("grain")), arabic, english))
    insert_rows(connection, "meta_object", objects)
    described = [_macro(dictionary, name, parameters) for name, parameters in macros]
    insert_rows(connection, "meta_macro", described)


def _describe_columns(connection: duckdb.DuckDBPyConnection, dictionary: Meaning) -> None:
    columns = connection.execute(COLUMNS).fetchall()
    keys = {(table, column) for table, column, *_ in columns}
    rows = []
    for table, column, position, data_type, comment in columns:
        beside = _beside(comment)
        meaning = dictionary.get("in", {}).get(table, {}).get(column) or beside or dictionary["column"].get(column)
        if meaning is None:
            raise SettingsError("column_undocumented", table=table, column=column)
        connection.execute(f'comment on column {table}."{column}" is {_quoted(meaning)}').fetchall()
        unit = meaning.get("unit") or next((u for end, u in UNIT_ENDINGS.items() if column.endswith(end)), None)
        refers_to = _target(table, column, keys)
        rows.append((table, column, position, data_type, unit, refers_to, meaning["ar"], meaning["en"]))
    insert_rows(connection, "meta_column", rows)


def _beside(comment: str | None) -> Meaning | None:
    """Return what the SQL of an object itself says of a column."""
    english, _, arabic = (comment or "").partition(" | ")
    return {"en": english, "ar": arabic} if re.search(_ARABIC, arabic) else None


def _target(table: str, column: str, keys: set[tuple[str, str]]) -> str | None:
    """Return the registry's column that a key points to; the registry of `x` or `x_id` is `dim_x`."""
    key = "entity_id" if column.endswith("_entity_id") else column
    if not key.endswith("_id") and key not in CODES:
        return None
    home = "meta_kpi" if key == "kpi_id" else f"dim_{key.removesuffix('_id')}"
    return f"{home}.{key}" if (home, key) in keys and home != table else None


def _macro(dictionary: Meaning, name: str, parameters: str) -> tuple[str | None, ...]:
    meaning = dictionary["object"].get(name)
    if meaning is None:
        raise SettingsError("object_undocumented", object=name)
    return name, parameters, meaning.get("example"), meaning["ar"], meaning["en"]


def _both(name: str, comment: str | None) -> tuple[str, str]:
    english, separator, arabic = (comment or "").partition(" | ")
    if not separator or not re.search(_ARABIC, arabic):
        raise SettingsError("object_undocumented", object=name)
    return english, arabic


def _quoted(meaning: Meaning) -> str:
    text = f"{meaning['en']} | {meaning['ar']}".replace("'", "''")
    return f"'{text}'"

"""Ask the published file: `kpi query`, `kpi examples`, `kpi sql`."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpi.commands.terminal import BuildOption, OutOption, WorkspaceOption, print_table, say
from kpi.errors import QueryRefused
from kpi.messages import text as message
from kpi.settings import Settings, settings_in_force

if TYPE_CHECKING:
    from kpi.examples import Value
    from kpi.warehouse.sandbox import QueryResult

STANDARD_INPUT = "-"
FORMATS = ("table", "csv", "json", "ndjson", "parquet", "xlsx")

ParameterOption = Annotated[
    list[str] | None,
    typer.Option("--param", help="name=value for $name in the query; put text that looks like a number in quotes."),
]


def query(
    sql: Annotated[str | None, typer.Argument(help="One select statement; - reads it from standard input.")] = None,
    workspace: WorkspaceOption = None,
    file: Annotated[Path | None, typer.Option("--file", help="File that holds the statement.")] = None,
    example: Annotated[str | None, typer.Option("--example", help="Saved query; `kpi examples` lists them.")] = None,
    param: ParameterOption = None,
    form: Annotated[str | None, typer.Option("--format", help=f"{', '.join(FORMATS)}; default: by --out.")] = None,
    out: OutOption = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Rows at most.")] = None,
    timeout: Annotated[float | None, typer.Option(min=0.1, help="Seconds at most.")] = None,
    build: BuildOption = None,
) -> None:
    """Ask the published file: one read-only statement, as a table, CSV, JSON, NDJSON, Parquet or XLSX."""
    from kpi.commands.rows_output import print_rows, say_rows
    from kpi.exports import rows_as_bytes, write_bytes

    settings = settings_in_force(workspace=workspace, build=build, query_timeout_seconds=timeout)
    written_as = _format(form, out)
    statement, parameters = _question(sql, file, example, _parameters(param or []))
    result = _recorded(settings, statement, parameters, limit or settings.query_row_limit)
    if written_as == "table":
        print_rows(result.rows)
    elif written_as == "xlsx":
        write_bytes(_workbook(result, statement, parameters, settings.language), written_as, out)
    else:
        write_bytes(rows_as_bytes(result.rows, written_as), written_as, out)
    say_rows(result, settings.language)


def _workbook(result: "QueryResult", sql: str, parameters: "Mapping[str, Value]", language: str) -> bytes:
    """Encode the rows with a sheet that says what was asked, of which build, and how many rows there are."""
    from kpi.exports.about import about_sheet
    from kpi.exports.workbook import workbook_bytes
    from kpi.language import direction, t

    total = result.total if result.total is not None else "?"
    facts = [
        ("query", sql.strip()),
        ("parameters", ", ".join(f"{name} = {value}" for name, value in parameters.items())),
        ("rows", t("web.download.about.of", language, rows=result.rows.height, total=total)),
        ("build", result.build_id),
    ]
    sheets = {
        t("web.download.sheet", language): result.rows,
        t("web.download.about.sheet", language): about_sheet(facts, language),
    }
    return workbook_bytes(sheets, right_to_left=direction(language) == "rtl", print_header=result.build_id)


def _recorded(settings: Settings, sql: str, parameters: "Mapping[str, Value]", row_limit: int) -> "QueryResult":
    """Ask in the sandbox, and record the question with what came of it."""
    from kpi.warehouse.sandbox import run_query

    facts = {
        "who": os.environ.get("USER") or str(os.getuid()),
        "through": "shell",
        "query": sql,
        "parameters": parameters,
    }
    try:
        result = run_query(
            settings.workspace,
            sql,
            row_limit=row_limit,
            timeout_seconds=settings.query_timeout_seconds,
            build_id=settings.build,
            parameters=parameters,
        )
    except QueryRefused as error:
        _record(settings, **facts, rows=0, outcome="refused", why=error.key)
        raise
    answered = {"build": result.build_id, "rows": result.rows.height, "seconds": round(result.seconds, 4)}
    _record(settings, **facts, **answered, outcome="answered")
    return result


def _record(settings: Settings, **facts: object) -> None:
    from kpi.audit import record

    folder = record(settings.workspace, **facts)
    if folder is None:
        say("audit.not_recorded", settings.language)
    elif folder != settings.workspace / "logs":
        say("audit.elsewhere", settings.language, folder=folder)


def examples(
    name: Annotated[str | None, typer.Argument(help="Saved query to show as SQL; default: list them all.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """List the saved queries with their parameters, or show the SQL of one."""
    from kpi.examples import AUDIENCES, find_example, load_examples

    settings = settings_in_force(workspace=workspace)
    if name is not None:
        typer.echo(find_example(name).sql.rstrip())
        return
    titles = [message(f"examples.{column}", settings.language) for column in ("name", "question", "parameters")]
    saved = sorted(load_examples().values(), key=lambda example: AUDIENCES.index(example.audience))
    print_table(titles, [(one.name, one.title(settings.language), one.call) for one in saved])
    say("examples.how", settings.language)


def sql(workspace: WorkspaceOption = None, build: BuildOption = None) -> None:
    """Open a shell on the published file, with completion and history; each statement runs walled in."""
    try:
        from kpi.commands.sql_shell import run_shell
    except ImportError as error:
        raise QueryRefused("sql_shell_missing", package=error.name) from error
    if not sys.stdin.isatty():
        raise QueryRefused("sql_shell_no_terminal")
    run_shell(settings_in_force(workspace=workspace, build=build))


def _question(
    sql: str | None, file: Path | None, example: str | None, parameters: "dict[str, Value]"
) -> "tuple[str, dict[str, Value]]":
    """Return the statement and its values from the one place where they are given."""
    if [sql, file, example].count(None) < 2:
        raise QueryRefused("query_given_twice")
    if example is not None:
        from kpi.examples import find_example

        saved = find_example(example)
        return saved.sql, saved.values(parameters)
    if file is not None:
        try:
            return file.read_text(encoding="utf-8-sig"), parameters
        except (OSError, UnicodeDecodeError) as error:
            raise QueryRefused("query_file_unreadable", file=file) from error
    if sql is None and sys.stdin.isatty():
        raise QueryRefused("query_missing")
    return (sys.stdin.read() if sql in (None, STANDARD_INPUT) else str(sql)), parameters


def _parameters(given: list[str]) -> "dict[str, Value]":
    from kpi.examples import parameter_value

    values: dict[str, Value] = {}
    for one in given:
        name, separator, value = one.partition("=")
        if not separator or not name.strip().isidentifier():
            raise QueryRefused("parameter_unreadable", given=one)
        values[name.strip()] = parameter_value(value)
    return values


def _format(form: str | None, out: Path | None) -> str:
    """Return the format asked for, or the one that the file's name ends with; a table where nothing is said."""
    ending = out.suffix.lstrip(".").lower() if out else "table"
    wanted = form or (ending if ending in FORMATS else "csv")
    if wanted not in FORMATS:
        raise QueryRefused("query_format_unknown", format=wanted, known=", ".join(FORMATS))
    return "csv" if wanted == "table" and out else wanted

"""The `kpi` command: thin, bilingual, with exit codes that scripts can rely on."""

import sys
from typing import Annotated

import typer

from kpi.commands import ask, builds, data, demo, held, report, retention, rows, serving
from kpi.commands.terminal import say_error
from kpi.durable import keep_private
from kpi.errors import KpiError, storage_error
from kpi.version import version

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Tahawul KPI: logs in, one immutable DuckDB file out, every number read from a view in it.",
)
for command in (
    data.load, held.release, held.withdraw, retention.archive,
    data.feedback, data.build, serving.serve, demo.demo, report.report,
    ask.query, ask.examples, ask.sql, rows.rows,
    builds.builds, builds.verify, builds.diff, builds.export_file, serving.doctor,
):  # fmt: skip
    app.command()(command)
# Half of all pseudonyms begin with a minus, which is no option here.
app.command(context_settings={"ignore_unknown_options": True})(retention.forget)


def _say_version(asked: bool) -> None:
    if asked:
        print(version())  # noqa: T201 - it is what was asked for
        raise typer.Exit


@app.callback()
def options(
    _: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say the version and the commit.")
    ] = False,
) -> None:
    """Tahawul KPI: logs in, one immutable DuckDB file out, every number read from a view in it."""


def main() -> None:
    """Run the command line; turn every known error into one bilingual message and its exit code."""
    keep_private()
    try:
        app(standalone_mode=True)
    except KpiError as error:
        say_error(error)
        sys.exit(error.exit_code)
    except OSError as fault:
        error = storage_error(fault, "")
        if error is None:
            raise
        say_error(error)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()

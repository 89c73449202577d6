"""The `kpi` command: thin, bilingual, with exit codes that scripts can rely on."""

import sys

import typer

from kpi.commands import ask, builds, data, report, serving
from kpi.commands.terminal import say_error
from kpi.errors import KpiError, storage_error

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Tahawul KPI: logs in, one immutable DuckDB file out, every number read from a view in it.",
)
for command in (
    data.load, data.feedback, data.build, serving.serve, data.demo, report.report,
    ask.query, ask.examples, ask.sql,
    builds.builds, builds.verify, builds.diff, builds.export_file, serving.doctor,
):  # fmt: skip
    app.command()(command)


def main() -> None:
    """Run the command line; turn every known error into one bilingual message and its exit code."""
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

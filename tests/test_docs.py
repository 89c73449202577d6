"""What the pages tell a reader to type works: every command is taken as written, every statement and setting is run."""

import re
import shlex
import tomllib
from pathlib import Path

import duckdb
import polars as pl
import pytest
from typer.main import get_command
from typer.testing import CliRunner

from kpi.cli import app
from kpi.ingest.sources import read_sources
from kpi.lake import Lake
from kpi.workspace import read_workspace
from tests.documents import SAID

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
IN_LINE = re.compile(r"`(?:\.venv/bin/)?kpi ([a-z][^`\n]*)`")
IN_BLOCK = re.compile(r"(?:^|[/\s])kpi ([a-z][^#\n]*?)(?=\s*(?:&&|#|$))", re.MULTILINE)


def blocks(kind: str) -> list[tuple[str, str]]:
    """Return (page, text) of every block of a kind."""
    return [(page, text) for page, said in SAID.items() for found, text in BLOCK.findall(said) if found == kind]


COMMANDS = sorted(
    {(page, line) for page, said in SAID.items() for line in IN_LINE.findall(said)}
    | {(page, line) for page, text in blocks("") for line in IN_BLOCK.findall(text)}
)
STATEMENTS = [
    (page, statement.strip())
    for page, text in blocks("sql")
    for statement in re.sub(r"^--.*\n", "", text, flags=re.MULTILINE).split(";")
    if statement.strip()
]
SETTINGS = blocks("toml")


@pytest.mark.parametrize(("page", "line"), COMMANDS)
def test_every_command_that_a_page_shows_is_taken_as_it_is_written(page: str, line: str) -> None:
    name, *arguments = shlex.split(re.sub(r"[][]", "", line.replace("…", "x")))
    command = get_command(app).commands[name]  # type: ignore[attr-defined]
    if arguments:  # what is merely named may lack what it needs
        command.make_context(name, arguments)


@pytest.mark.parametrize(("page", "statement"), STATEMENTS)
def test_every_statement_that_a_page_shows_answers_with_rows(
    page: str, statement: str, analyst_file: Path, demo_workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pl.scan_parquet(Lake(demo_workspace).accepted_paths("transactions")[0]).sink_parquet(tmp_path / "rows.parquet")
    with duckdb.connect(str(analyst_file), read_only=True) as connection:
        found = connection.execute(statement)
        assert found.description
        # The demo's numbers overlap nowhere: what asks for overlaps answers with nothing, which is right.
        assert found.fetchall() or "meta_overlap" in statement


@pytest.mark.parametrize(("page", "text"), SETTINGS)
def test_every_setting_that_a_page_shows_is_read_as_it_is_written(page: str, text: str, tmp_path: Path) -> None:
    if "source" not in tomllib.loads(text):
        (tmp_path / "workspace.toml").write_text(f'name_ar = "ب"\nname_en = "T"\n{text}', encoding="utf-8")
        read_workspace(tmp_path)
        return
    whole = text if text.startswith("[[") else f'[[source]]\nname = "T"\nlog = "transactions"\nfiles = "*"\n{text}'
    (tmp_path / "sources.toml").write_text(whole, encoding="utf-8")
    assert len(read_sources(tmp_path).logs) == 1


def test_the_commands_for_an_analyst_answer(
    demo_workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KPI_WORKSPACE", str(demo_workspace))
    shown = [line for page, line in COMMANDS if page == "analyst.md" and re.match(r"(query|examples)\b", line)]
    assert len(shown) >= 3
    for line in shown:
        if "…" not in line:
            done = CliRunner().invoke(app, shlex.split(line))
            assert done.exit_code == 0, (line, done.output)

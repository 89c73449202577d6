"""`kpi sql` in a real pseudo-terminal, and what it offers while one types."""

import os
import pty
import select
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kpi.settings import REPOSITORY

pytest.importorskip("prompt_toolkit", reason="the extra `sql` is not installed")
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from kpi.commands.sql_shell import SqlCompleter

WORDS = [
    ("dim_entity", "table", "Entities.", None),
    ("entity_id", "column", "Entity.", "dim_entity"),
    ("name_ar", "column", "Name.", "dim_entity"),
    ("name_ar", "column", "Name.", "dim_channel"),
    ("kpi_series", "macro", "Values.", None),
    ("sum", "function", "", None),
    ("select", "keyword", "", None),
]


class Terminal:
    """Type into a program and read what it shows."""

    def __init__(self, process: subprocess.Popen[bytes], descriptor: int) -> None:
        self.process, self._descriptor, self.shown = process, descriptor, ""

    def type(self, keys: str) -> None:
        self.shown = ""
        os.write(self._descriptor, keys.encode())

    def wait_for(self, text: str, seconds: float = 30) -> bool:
        end = time.monotonic() + seconds
        while text not in self.shown and time.monotonic() < end:
            if select.select([self._descriptor], [], [], 0.1)[0]:
                try:
                    self.shown += os.read(self._descriptor, 65_536).decode(errors="replace")
                except OSError:
                    break
        return text in self.shown

    def leaves_when_told(self) -> bool:
        # The end of input is only heard at the prompt, which may not be there yet.
        for _ in range(10):
            self.type("\x04")
            try:
                return self.process.wait(timeout=2) == 0
            except subprocess.TimeoutExpired:
                self.wait_for("never shown", seconds=0.1)
        return False


@pytest.fixture
def shell(demo_workspace: Path, tmp_path: Path) -> Iterator[Terminal]:
    ours, theirs = pty.openpty()
    environment = os.environ | {
        "KPI_WORKSPACE": str(demo_workspace), "KPI_LANGUAGE": "en", "XDG_STATE_HOME": str(tmp_path), "TERM": "xterm",
        "PROMPT_TOOLKIT_NO_CPR": "1", "COLUMNS": "100",
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "kpi", "sql"], stdin=theirs, stdout=theirs, stderr=theirs, env=environment,
        cwd=REPOSITORY, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    terminal = Terminal(process, ours)
    assert terminal.wait_for("kpi>"), terminal.shown
    yield terminal
    process.kill()
    process.wait()
    os.close(ours)


def test_it_answers_a_statement_over_two_lines_and_leaves_at_the_end_of_input(shell: Terminal, tmp_path: Path) -> None:
    assert "synthetic" in shell.shown.lower() or "Demonstration data" in shell.shown
    shell.type("select count(*) as n\rfrom dim_governorate;\r")
    assert shell.wait_for(" 11 ")
    history = tmp_path / "kpi" / "sql_history"
    assert "dim_governorate" in history.read_text(encoding="utf-8")
    assert stat.S_IMODE(history.stat().st_mode) == 0o600
    assert shell.leaves_when_told(), (shell.process.poll(), shell.shown)


def test_a_wrong_statement_is_explained_and_the_next_one_answered(shell: Terminal) -> None:
    shell.type("select * from read_csv('/etc/passwd');\r")
    assert shell.wait_for("→")
    assert "root:" not in shell.shown
    shell.type(".run indicator_by_month to=2025-01\r")
    assert shell.wait_for("1 row in")


def test_its_commands_list_and_describe(shell: Terminal) -> None:
    shell.type(".schema dim_governorate\r")
    assert shell.wait_for("Seat of the governorate")
    shell.type(".examples\r")
    assert shell.wait_for("indicator_by_entity")
    shell.type(".nothing\r")
    assert shell.wait_for("no command .nothing")


def offered(text: str) -> list[str]:
    return [one.text for one in SqlCompleter(WORDS).get_completions(Document(text), CompleteEvent())]


def test_it_offers_what_may_stand_there() -> None:
    assert offered("select * from ") == ["dim_entity", "kpi_series"]
    assert offered("select na") == ["name_ar"]
    assert offered("select dim_entity.") == ["entity_id", "name_ar"]
    assert offered("SE") == ["select"]
    assert offered(".ta") == [".tables"]
    assert offered("select ") == []


def test_without_a_terminal_it_names_the_command_for_scripts(demo_workspace: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kpi", "sql"], input="select 1;", capture_output=True, text=True, check=False,
        cwd=REPOSITORY, env=os.environ | {"KPI_WORKSPACE": str(demo_workspace)}, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert "kpi query" in done.stderr


def test_without_the_extra_it_says_what_to_install(demo_workspace: Path) -> None:
    hide = "import sys; sys.modules['prompt_toolkit'] = None; sys.argv = ['kpi', 'sql']; import kpi.cli; kpi.cli.main()"
    done = subprocess.run(
        [sys.executable, "-c", hide], capture_output=True, text=True, check=False, cwd=REPOSITORY,
        env=os.environ | {"KPI_WORKSPACE": str(demo_workspace)}, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert "tahawul-kpi[sql]" in done.stderr
    assert "Traceback" not in done.stderr

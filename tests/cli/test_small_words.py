"""Small things that a command says or makes: brackets, addresses, folders, widths, counts."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kpi import messages
from kpi.commands.serving import serve_dashboard
from kpi.settings import REPOSITORY, Settings
from kpi.version import version
from tests.warehouse.smalltown import make_smalltown


def kpi(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kpi", *arguments]
    settings = {**os.environ, "KPI_LANGUAGE": "en", **environment}
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, env=settings)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_smalltown(tmp_path_factory.mktemp("town")).workspace


def test_doctor_shows_what_stands_in_brackets(town: Path) -> None:
    done = kpi("doctor", "--workspace", str(town), COLUMNS="300")
    assert "[spark]" in done.stdout
    assert "``" not in done.stdout


def test_an_address_of_many_colons_stands_in_brackets(capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0))
    with pytest.raises(SystemExit):
        serve_dashboard(Settings(host="::1", port=8600, language="en", build=None))
    assert "http://[::1]:8600" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["load", "build", "query", "examples", "doctor", "demo", "feedback", "builds"])
def test_a_slip_in_the_workspace_makes_no_folder_and_names_what_is_there(town: Path, command: str) -> None:
    wrong = town.with_name(f"{town.name[:-1]}x")
    done = kpi(command, *(["select 1"] if command == "query" else []), "--workspace", str(wrong))
    assert done.returncode == 2
    assert str(town) in done.stderr
    assert not wrong.exists()


@pytest.mark.parametrize("command", ["load", "build", "query", "builds", "doctor", "feedback", "serve"])
def test_a_setting_that_is_misspelt_is_refused_with_the_nearest_one(town: Path, command: str) -> None:
    asked = [command, *(["select 1"] if command == "query" else []), "--workspace", str(town)]
    done = kpi(*asked, KPI_WORKSAPCE="/nowhere", COLUMNS="300")
    assert done.returncode == 2
    assert "KPI_WORKSAPCE" in done.stderr
    assert "KPI_WORKSPACE" in done.stderr
    assert "/nowhere" not in done.stderr


def test_the_beginning_of_a_setting_is_no_setting_and_what_others_set_is_not_ours(town: Path) -> None:
    done = kpi("query", "select 1", "--workspace", str(town), KPI_QUERY_TIMEOUT="3", COLUMNS="300")
    assert (done.returncode, "KPI_QUERY_TIMEOUT_SECONDS" in done.stderr) == (2, True)
    done = kpi("builds", "--workspace", str(town), KPI_SERVICE_HOST="10.0.0.1", KPI_SHARED="/shared")
    assert "no such setting" not in done.stderr
    assert "KPI_SHARED" not in done.stderr


def test_a_slip_in_the_environment_makes_no_folder(town: Path) -> None:
    wrong = town / "nowhere" / "below"
    for command in (["build"], ["load"], ["query", "select 1"], ["report", "--month", "2024-02"], ["feedback"]):
        done = kpi(*command, KPI_WORKSPACE=str(wrong))
        assert done.returncode != 0
        assert "Traceback" not in done.stderr
        assert not wrong.parent.exists(), command


def test_examples_take_a_workspace_and_fit_the_width_that_is_told(town: Path) -> None:
    done = kpi("examples", "--workspace", str(town), COLUMNS="80")
    assert done.returncode == 0
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_no_count_of_one_stands_before_a_word_in_the_plural(town: Path) -> None:
    (town / "inbox" / "services" / "events.csv").touch()
    done = kpi("load", "--workspace", str(town))
    assert done.returncode == 0, done.stderr
    for language in messages.LANGUAGES:
        said = messages.text("cli.load_done", language, files=1, seconds=1, accepted=1, rejected=1, unchanged=1)
        assert not any(wrong in said for wrong in ("1 files", "1 rows", "1 ملفات", "1 صفوف"))


def test_the_version_names_the_state_of_the_code() -> None:
    said = kpi("--version").stdout.strip()
    assert said == version()
    assert re.fullmatch(r"\d+\.\d+\.\d+(\+[0-9a-f]{7,}(\.dirty)?)?", said)

"""Every client an analyst may have answers the saved queries alike; opt-in, because it installs the clients.

Run with `make test-clients`. A client that cannot be had is skipped with the reason; the installed ones stay in
`KPI_CLIENTS` (default: the user's cache folder).
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kpi.examples import load_examples

pytestmark = pytest.mark.skipif(not os.environ.get("KPI_TEST_CLIENTS"), reason="opt-in: run `make test-clients`")
HERE = Path(__file__).parent
CACHE = Path(os.environ.get("KPI_CLIENTS", Path.home() / ".cache" / "tahawul-kpi" / "clients"))
PYTHON_CLIENTS = ("1.2.2", "1.3.2", "1.4.5", "1.5.6", "2.0.0")
NODE_CLIENT = "@duckdb/node-api"


@pytest.fixture(scope="session")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clients") / "questions.json"
    asked = [(one.name, one.sql, one.values({})) for one in load_examples().values()]
    calls = [(call, f"select * from {call} order by all", {}) for call in (
        "kpi_series('digital_take_up', '2025-01', '2025-05')", "readme", "meta_column", "serve_claims",
        "kpi_by_entity('processing_time_median', '2025-01', '2025-05')",
    )]  # fmt: skip
    path.write_text(json.dumps(asked + calls, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def file(demo_workspace: Path) -> Path:
    return (demo_workspace / "warehouse" / "current.duckdb").resolve()


@pytest.fixture(scope="session")
def expected(file: Path, questions: Path) -> dict[str, list]:
    return answers([sys.executable, str(HERE / "ask.py"), "duckdb", str(file), str(questions)])


def answers(command: list[str], **environment: str) -> dict[str, list]:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=300, env=os.environ | environment
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(line) for line in done.stdout.splitlines())


def python_with(name: str, *requirements: str) -> str:
    """Return an interpreter of its own that has the requirements; skip with the reason when they cannot be had."""
    python = CACHE / name / "bin" / "python"
    if not (CACHE / name / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(CACHE / name)], check=True)
        done = subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements],
            capture_output=True, text=True, check=False, timeout=600,
        )  # fmt: skip
        if done.returncode:
            pytest.skip(f"{', '.join(requirements)} cannot be installed: {done.stderr.strip().splitlines()[-1]}")
        (CACHE / name / "ready").touch()
    return str(python)


@pytest.mark.parametrize("version", PYTHON_CLIENTS)
def test_duckdb_for_python_answers_alike(version: str, file: Path, questions: Path, expected: dict) -> None:
    python = python_with(f"python-{version}", f"duckdb=={version}")
    assert answers([python, str(HERE / "ask.py"), "duckdb", str(file), str(questions)]) == expected


def test_sqlalchemy_answers_alike(file: Path, questions: Path, expected: dict) -> None:
    python = python_with("sqlalchemy", "duckdb==1.5.6", "duckdb_engine", "sqlalchemy", "pytz")
    assert answers([python, str(HERE / "ask.py"), "sqlalchemy", str(file), str(questions)]) == expected


def test_the_node_client_answers_alike(file: Path, questions: Path, expected: dict) -> None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        pytest.skip("node or npm is not installed")
    folder = CACHE / "node"
    if not (folder / "ready").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
        done = subprocess.run(
            [npm, "install", "--silent", "--no-audit", "--no-fund", NODE_CLIENT],
            cwd=folder, capture_output=True, text=True, check=False, timeout=600,
        )  # fmt: skip
        if done.returncode:
            pytest.skip(f"{NODE_CLIENT} cannot be installed: {done.stderr.strip()[-200:]}")
        (folder / "ready").touch()
    shutil.copy(HERE / "ask.mjs", folder / "ask.mjs")
    assert answers([node, str(folder / "ask.mjs"), str(file), str(questions)]) == expected


def test_jdbc_answers_alike(file: Path, questions: Path, expected: dict) -> None:
    drivers = sorted(CACHE.glob("duckdb_jdbc*.jar"))
    if not drivers:
        pytest.skip(f"no driver: the JDBC driver is published on Maven only; put duckdb_jdbc.jar into {CACHE}")
    if not shutil.which("java"):
        pytest.skip("java is not installed")
    python = python_with("jdbc", "jaydebeapi", "jpype1")
    connected = (
        "import jaydebeapi, sys; c = jaydebeapi.connect('org.duckdb.DuckDBDriver', 'jdbc:duckdb:' + sys.argv[1], "
        "{'duckdb.read_only': 'true'}, sys.argv[2]).cursor(); "
        "c.execute(\"select count(*) from kpi_by_entity('transactions', '2025-01', '2025-05')\"); print(c.fetchall())"
    )
    done = subprocess.run(
        [python, "-c", connected, str(file), str(drivers[-1])], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert f"({len(expected['indicator_by_entity'])},)" in done.stdout

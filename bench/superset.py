"""Ask Superset and this dashboard's queries the same twelve questions of the same published file.

Superset is installed aside, into a virtual environment in the scratch folder, with the DuckDB driver that reads the
file; its metadata are in SQLite, its caches off, and gunicorn serves it on loopback as its manual says. It is asked
over `/api/v1/chart/data` with `force`. Ours are asked through `kpi.queries` of a warehouse that has answered nothing
yet. Both must give the same numbers. The ratio holds the price of HTTP and JSON on one side: each chart of a Superset
page pays it, while a page here asks within the server's process.
"""

import json
import os
import secrets
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bench.measure_table import Measure, NeedMissingError, Options
from bench.workspaces import built_demo
from kpi.periods import Period
from kpi.queries.filters import Filters
from kpi.queries.points import By, Request, fetch
from kpi.warehouse.connect import Warehouse
from tests.browser.conftest import free_port

PACKAGES = ("apache-superset==6.1.0", "rich", "cachetools", "flask-caching<2.4", "duckdb-engine", "duckdb<1.5")
"""6.1 imports rich and cachetools without naming them, and its cache does not take what a later flask-caching passes.
The file is of DuckDB's storage version 1.2, which this driver reads."""
PERIOD = Period(date(2025, 1, 1), date(2025, 5, 1))
MARKS = (0.2, 0.05)
INSTALL_SECONDS, COMMAND_SECONDS, START_SECONDS = 1200, 300, 120
CONFIG = """
SECRET_KEY = {key!r}
SQLALCHEMY_DATABASE_URI = "sqlite:///{folder}/superset.db"
WTF_CSRF_ENABLED = False
TALISMAN_ENABLED = False
PREVENT_UNSAFE_DB_CONNECTIONS = False
RATELIMIT_ENABLED = False
"""

LIMITS = """
Each of Superset's answers is a request of its own: it reads the chart's dataset and rights from its metadata, writes
SQL with Jinja and SQLAlchemy, opens the file, and turns the rows into JSON by way of pandas. Ours is one statement on
an open file, most of it the plan of `kpi_points`; a page asks several in one statement and keeps what it was told.
"""


@dataclass(frozen=True)
class Question:
    """Ask for a KPI in the period: in all, by month, or by entity or governorate."""

    kpi_id: str
    by: By | None = "programme"

    def request(self) -> Request:
        """Return the question in the words of `kpi.queries`."""
        if self.by is None:
            return Request(self.kpi_id, PERIOD, months_per_point=1)
        return Request(self.kpi_id, PERIOD, by=self.by)

    def chart(self, dataset: int) -> dict[str, object]:
        """Return the question as Superset's chart API takes it."""
        ratio = "100.0 * sum(numerator) / sum(denominator)"
        value = ratio if self.kpi_id in RATIOS else "sum(numerator)"
        columns = {"programme": [], None: ["month"], "entity": ["entity_id"], "governorate": ["governorate_id"]}[
            self.by
        ]
        query = {
            "columns": columns,
            "metrics": [{"expressionType": "SQL", "sqlExpression": value, "label": "value"}],
            "filters": [
                {"col": "kpi_id", "op": "==", "val": self.kpi_id},
                {"col": "month", "op": ">=", "val": str(PERIOD.start)},
                {"col": "month", "op": "<=", "val": str(PERIOD.end)},
            ],
            "row_limit": 1000,
        }
        return {
            "datasource": {"id": dataset, "type": "table"},
            "force": True,
            "queries": [query],
            "result_format": "json",
            "result_type": "full",
        }


RATIOS = ("digital_take_up", "completion_rate")
QUESTIONS = (
    *(
        Question(kpi, by)
        for kpi in ("digital_transactions", "transactions")
        for by in ("programme", None, "entity", "governorate")
    ),
    *(Question(kpi, by) for kpi in RATIOS for by in ("programme", None)),
)


def measures(options: Options) -> list[Measure]:
    """Return both sides' seconds for the twelve questions, and the ratio."""
    workspace = built_demo(options)
    folder = options.scratch / "superset"
    folder.mkdir()
    binaries = _installed(folder)
    theirs, ours = [], []
    with _served(binaries, folder) as address:
        superset = Superset(address, workspace)
        for _ in range(options.runs + 1):  # the first run of each side is not counted
            warehouse = Warehouse.open(workspace)
            seconds, answers = _timed(lambda question, one=warehouse: _our_values(one, question))
            warehouse.close()
            their_seconds, their_answers = _timed(superset.values)
            _compare(answers, their_answers)
            ours.append(seconds)
            theirs.append(their_seconds)
    mine, peer = statistics.median(ours[1:]), statistics.median(theirs[1:])
    note = f"{len(QUESTIONS)} questions one after the other, uncached; ours {mine:.3f} s, Superset {peer:.2f} s"
    return [
        Measure("ours ÷ Superset 6", mine / peer, "ratio", *MARKS, note),
        Measure("ours", mine, "s", note="in the process"),
        Measure("Superset 6", peer, "s", note=f"over HTTP; {', '.join(PACKAGES)}; gunicorn, 2 workers"),
    ]


class Superset:
    """Hold a served Superset that knows the published file, and ask it."""

    def __init__(self, address: str, workspace: Path) -> None:
        self._address, self._headers = address, {"Content-Type": "application/json"}
        login = {"username": "admin", "password": "admin", "provider": "db", "refresh": False}
        self._headers["Authorization"] = f"Bearer {self._ask('security/login', login)['access_token']}"
        path = Warehouse.open(workspace).path.resolve()
        uri = f"duckdb:///{path}?access_mode=read_only"
        database = self._ask("database/", {"database_name": "kpi", "sqlalchemy_uri": uri, "expose_in_sqllab": False})
        table = {"database": database["id"], "schema": "main", "table_name": "serve_kpi"}
        self._dataset = self._ask("dataset/", table)["id"]

    def values(self, question: Question) -> list[float]:
        """Return the values that answer a question, in ascending order."""
        rows = self._ask("chart/data", question.chart(self._dataset))["result"][0]["data"]
        return sorted(row["value"] for row in rows if row["value"] is not None)

    def _ask(self, path: str, body: dict) -> dict:
        request = urllib.request.Request(  # noqa: S310 loopback
            f"{self._address}/api/v1/{path}", json.dumps(body).encode(), self._headers, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path}: {error.read().decode()[:500]}") from error


def _our_values(warehouse: Warehouse, question: Question) -> list[float]:
    request = question.request()
    groups = fetch(warehouse, [request], Filters(PERIOD))[request]
    return sorted(cell.value for cells in groups.values() for cell in cells if cell.value is not None)


def _timed(ask: Callable[[Question], list[float]]) -> tuple[float, list[list[float]]]:
    started = time.perf_counter()
    answers = [ask(question) for question in QUESTIONS]
    return time.perf_counter() - started, answers


def _compare(ours: list[list[float]], theirs: list[list[float]]) -> None:
    for question, mine, peer in zip(QUESTIONS, ours, theirs, strict=True):
        if len(mine) != len(peer) or any(abs(a - b) > 1e-6 * max(1, abs(a)) for a, b in zip(mine, peer, strict=True)):
            raise RuntimeError(f"{question}: {mine[:3]}… here and {peer[:3]}… in Superset")


def _installed(folder: Path) -> Path:
    """Install Superset into a virtual environment of its own; return the folder of its commands."""
    given = os.environ.get("KPI_BENCH_SUPERSET")
    if given:
        return Path(given)
    environment = folder / "venv"
    try:
        for command in (
            [sys.executable, "-m", "venv", str(environment)],
            [str(environment / "bin" / "pip"), "install", "--quiet", *PACKAGES],
        ):
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS)  # noqa: S603
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        last = str(getattr(error, "stderr", "") or error).strip().splitlines()[-1:]
        raise NeedMissingError(f"{PACKAGES[0]}, which could not be installed: {' '.join(last)}") from error
    return environment / "bin"


@contextmanager
def _served(binaries: Path, folder: Path) -> Generator[str]:
    """Set Superset up and serve it on loopback; end it afterwards."""
    config = folder / "superset_config.py"
    config.write_text(CONFIG.format(key=secrets.token_hex(24), folder=folder), "utf-8")
    environment = os.environ | {
        "SUPERSET_CONFIG_PATH": str(config), "FLASK_APP": "superset.app:create_app()", "SUPERSET_HOME": str(folder),
    }  # fmt: skip
    admin = ("--username", "admin", "--password", "admin", "--firstname", "a", "--lastname", "b", "--email", "a@b.om")
    for arguments in (("db", "upgrade"), ("fab", "create-admin", *admin), ("init",)):
        done = subprocess.run(  # noqa: S603
            [str(binaries / "superset"), *arguments], env=environment, check=False, capture_output=True, text=True,
            timeout=COMMAND_SECONDS,
        )  # fmt: skip
        if done.returncode:
            last = " ".join(done.stderr.strip().splitlines()[-1:])
            raise NeedMissingError(f"a Superset that can be set up; `superset {arguments[0]}` said: {last}")
    address = f"127.0.0.1:{free_port()}"
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(  # noqa: S603
            [str(binaries / "gunicorn"), "-w", "2", "-b", address,
             "--timeout", "120", "superset.app:create_app()"],
            env=environment, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        _wait(f"http://{address}/health")
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)

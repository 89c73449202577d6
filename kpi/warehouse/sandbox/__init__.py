"""Run ad-hoc queries of analysts: each in a process of its own that is walled in, bounded and can be killed."""

import contextlib
import io
import json
import re
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kpi.background import Child
from kpi.errors import QueryRefused, question_refused
from kpi.warehouse.builds import open_first_good

WORKER = Path(__file__).parent / "worker.py"
MEMORY_BYTES = 2**30
"""Address space a query may take beyond what the libraries reserve."""
RESULT_BYTES = 32 * 2**20
GRACE_SECONDS = 1.0
"""Given to the query to stop by itself at its limit; then the process is killed."""
START_SECONDS = 30.0
_PATHS = re.compile(r"(?:/[\w.\-]+){2,}")


@dataclass(frozen=True)
class QueryResult:
    """Hold the rows of an ad-hoc query.

    `is_cut` says that there were more than the limit; `total` is then the count of all, None where counting took too
    long.
    """

    rows: pl.DataFrame
    is_cut: bool
    seconds: float
    build_id: str
    total: int | None = None


class RunningQuery:
    """Hold a query while it runs; any thread may wait for it or kill it."""

    def __init__(
        self, worker: "DisposableProcess", question: Mapping[str, object], build_id: str, folder: Path
    ) -> None:
        self._worker, self._build_id, self._folder = worker, build_id, folder
        self._timeout_seconds = float(str(question["timeout_ms"])) / 1000
        self._killed = threading.Event()
        worker.ask(question)

    def result(self) -> QueryResult:
        """Wait for the answer; raise `QueryRefused` with the reason when there is none."""
        allowed = self._timeout_seconds + GRACE_SECONDS + START_SECONDS
        answer = self._worker.answer(allowed, self._timeout_seconds + GRACE_SECONDS)
        if self._killed.is_set():
            raise QueryRefused("query_cancelled")
        if answer is None:
            raise QueryRefused("query_timeout", seconds=self._timeout_seconds)
        facts, rows = answer
        if "refused" in facts:
            reasons = {name: _without_paths(value) for name, value in facts["facts"].items()}
            if (refused := question_refused(str(reasons.get("reason", "")))) is not None:
                raise refused
            raise QueryRefused(facts["refused"], **reasons)
        try:
            frame = pl.read_ipc(io.BytesIO(rows))
        except (pl.exceptions.PolarsError, OSError) as error:  # it ended while it sent them
            raise QueryRefused("query_worker_ended") from error
        # DuckDB tells where the file lies; that is nobody's business.
        frame = frame.with_columns(pl.col(pl.String).str.replace_all(str(self._folder), "…", literal=True))
        return QueryResult(frame, facts["is_cut"], facts["seconds"], self._build_id, facts["total"])

    def kill(self) -> None:
        """End the query now."""
        self._killed.set()
        self._worker.kill()


class DisposableProcess:
    """Hold one disposable process that has opened a file and waits for its only question."""

    def __init__(self, path: Path, *, walls_demanded: bool, cpu_seconds: int) -> None:
        arguments = (path.resolve(), int(walls_demanded), MEMORY_BYTES, RESULT_BYTES, cpu_seconds)
        environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}
        try:
            self._process = Child(
                [sys.executable, "-I", str(WORKER), *map(str, arguments)],
                cwd="/", env=environment, is_silent=True, own_group=True,
            )  # fmt: skip
        except OSError as error:
            raise QueryRefused("query_not_started", reason=error.strerror or str(error)) from error
        self._question = b""

    def ask(self, question: Mapping[str, object]) -> None:
        """Keep the question until the answer is waited for."""
        self._question = json.dumps(question).encode() + b"\n"

    def answer(self, allowed_seconds: float, after_start_seconds: float) -> tuple[dict, bytes] | None:
        """Send the question and return the answer; None when the process had to be killed for its time."""
        stdout, stdin = self._process.stdout, self._process.stdin
        try:
            with self._process.within(allowed_seconds):
                first = json.loads(stdout.readline() or b"{}")
            if "refused" in first:
                return first, b""
            with self._process.within(after_start_seconds):
                stdin.write(self._question)
                stdin.close()
                facts = json.loads(stdout.readline() or b"{}")
                rows = stdout.read()
        except (OSError, json.JSONDecodeError):
            facts, rows = {}, b""
        finally:
            self.kill()
        if self._process.is_late:
            return None
        return (facts, rows) if facts else ({"refused": "query_worker_ended", "facts": {}}, b"")

    def kill(self) -> None:
        """End the process and its children."""
        self._process.kill()


class Sandbox:
    """Answer queries on one published file; a worker is always ready, and each answers once."""

    def __init__(
        self, workspace: Path, build_id: str | None = None, *, timeout_seconds: float, walls_demanded: bool, spare: bool
    ) -> None:
        self._path, manifest, _ = open_first_good(workspace, build_id, lambda path: path.stat())
        self.build_id = manifest.build_id
        self._timeout_seconds, self._walls_demanded, self._keeps_spare = timeout_seconds, walls_demanded, spare
        self._lock = threading.Lock()
        self._spare = self._spare_one() if spare else None

    def start(self, sql: str, *, row_limit: int, parameters: Mapping[str, object] | None = None) -> RunningQuery:
        """Begin a query; `RunningQuery.result` waits for it."""
        with self._lock:
            worker = self._spare or self._started()
            self._spare = self._spare_one() if self._keeps_spare else None
        question = {
            "sql": sql,
            "parameters": dict(parameters or {}),
            "row_limit": row_limit,
            "timeout_ms": int(self._timeout_seconds * 1000),
        }
        return RunningQuery(worker, question, self.build_id, self._path.resolve().parent)

    def close(self) -> None:
        """End the waiting worker."""
        with self._lock:
            if self._spare is not None:
                self._spare.kill()
            self._spare, self._keeps_spare = None, False

    def _spare_one(self) -> DisposableProcess | None:
        with contextlib.suppress(QueryRefused):  # whoever asks is told, should there still be none then
            return self._started()
        return None

    def _started(self) -> DisposableProcess:
        cpu_seconds = int(self._timeout_seconds + GRACE_SECONDS) + 5
        return DisposableProcess(self._path, walls_demanded=self._walls_demanded, cpu_seconds=cpu_seconds)


def run_query(
    workspace: Path,
    sql: str,
    *,
    row_limit: int,
    timeout_seconds: float,
    build_id: str | None = None,
    parameters: Mapping[str, object] | None = None,
    walls_demanded: bool = False,
) -> QueryResult:
    """Run one select statement on the build in service, or on the one asked for.

    Raises `QueryRefused` for anything but one select or explain, for a failing query, past a limit of time, memory or
    size, and, with `walls_demanded`, where the kernel cannot wall the process in; `NothingPublished` when there is no
    build, `BuildUnavailable` when the one asked for cannot be opened.
    """
    sandbox = Sandbox(workspace, build_id, timeout_seconds=timeout_seconds, walls_demanded=walls_demanded, spare=False)
    return sandbox.start(sql, row_limit=row_limit, parameters=parameters).result()


def _without_paths(value: object) -> object:
    return _PATHS.sub("…", value) if isinstance(value, str) else value

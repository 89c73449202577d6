"""Run the SQL page's queries beside the page: few at a time, each can be cancelled, every one is recorded."""

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from kpi.audit import record
from kpi.background import Work
from kpi.errors import QueryRefused
from kpi.examples import parameter_value
from kpi.warehouse.sandbox import QueryResult, RunningQuery, Sandbox

AT_ONCE = 2
WAIT_FOR_PLACE_SECONDS = 15.0
ANSWERS_KEPT = 24
REFUSAL_KEPT_SECONDS = 5.0


@dataclass(frozen=True)
class Question:
    """Hold a query with its parameters."""

    sql: str
    parameters: tuple[tuple[str, str], ...] = ()


class AskedQuestion(Work[QueryResult]):
    """Hold one question while it is answered and after."""

    def __init__(self, question: Question, sandbox: Sandbox, row_limit: int, places: threading.Semaphore) -> None:
        self.question = question
        self.started = self._ended = time.monotonic()
        self._sandbox, self._row_limit, self._places = sandbox, row_limit, places
        self._running: RunningQuery | None = None
        super().__init__(self._answer, lambda _: QueryRefused("query_worker_ended"))
        self.when_ended(self._note_the_end)

    def is_stale(self) -> bool:
        """Tell whether a refusal is old enough to ask again: the page that shows it is drawn more than once."""
        return self.error is not None and time.monotonic() - self._ended > REFUSAL_KEPT_SECONDS

    def cancel(self) -> None:
        """End the query now."""
        if self._running is not None:
            self._running.kill()

    def _answer(self) -> QueryResult:
        if not self._places.acquire(timeout=WAIT_FOR_PLACE_SECONDS):
            raise QueryRefused("query_busy", seconds=int(WAIT_FOR_PLACE_SECONDS))
        try:
            parameters = {name: parameter_value(text) for name, text in self.question.parameters}
            self._running = self._sandbox.start(self.question.sql, row_limit=self._row_limit, parameters=parameters)
            return self._running.result()
        finally:
            self._places.release()

    def _note_the_end(self) -> None:
        self._ended = time.monotonic()


class Console:
    """Answer questions about one build; the last answers are kept, so that a link opened again costs nothing."""

    def __init__(
        self, workspace: Path, build_id: str, *, timeout_seconds: float, row_limit: int, walls_demanded: bool
    ) -> None:
        self._workspace, self._build_id, self._row_limit = workspace, build_id, row_limit
        self._sandbox = Sandbox(
            workspace, build_id, timeout_seconds=timeout_seconds, walls_demanded=walls_demanded, spare=True
        )
        self._places = threading.Semaphore(AT_ONCE)
        self._jobs: OrderedDict[Question, AskedQuestion] = OrderedDict()
        self._lock = threading.Lock()

    def ask(self, question: Question, who: str | None) -> AskedQuestion:
        """Return the job of a question: the one that runs or has answered, else a new one."""
        with self._lock:
            job = self._jobs.get(question)
            if job is None or job.is_stale():
                job = self._jobs[question] = AskedQuestion(question, self._sandbox, self._row_limit, self._places)
                job.when_ended(partial(self._record, job, who))
            self._jobs.move_to_end(question)
            while len(self._jobs) > ANSWERS_KEPT:
                self._jobs.popitem(last=False)
        return job

    def close(self) -> None:
        """End the worker that waits."""
        self._sandbox.close()

    def _record(self, job: AskedQuestion, who: str | None) -> None:
        record(self._workspace, who=who, through="page", build=self._build_id, **outcome(job))


def outcome(job: AskedQuestion) -> Mapping[str, object]:
    """Say for the record what was asked and what came of it."""
    facts: dict[str, object] = {"query": job.question.sql, "parameters": dict(job.question.parameters)}
    if job.result is not None:
        return facts | {"rows": job.result.rows.height, "seconds": round(job.result.seconds, 4), "outcome": "answered"}
    reason = job.error.key if job.error else "unknown"
    return facts | {"rows": 0, "seconds": round(time.monotonic() - job.started, 4), "outcome": "refused", "why": reason}

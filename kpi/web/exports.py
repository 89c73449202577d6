"""Direct downloads: every view and table of the file at `/export/<name>.<form>`, for scripts and spreadsheets."""

import hashlib
import itertools
import math
import threading
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import polars as pl
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from kpi.errors import BuildUnavailable, KpiError, NothingPublished, QueryRefused
from kpi.exports import rows_as_bytes
from kpi.messages import DEFAULT_LANGUAGE, LANGUAGES
from kpi.queries.exports import (
    Exportable,
    batches,
    check_values,
    count,
    coverage_of,
    exportables,
    extract,
    withheld_names,
)
from kpi.settings import Settings, settings_in_force
from kpi.warehouse.builds import nothing_to_read
from kpi.warehouse.connect import Warehouse, current_build_id
from kpi.web.export_workbook import export_workbook
from kpi.web.openapi import description
from kpi.web.rate_limit import RateLimit

MIME = {
    "csv": "text/csv; charset=utf-8",
    "ndjson": "application/x-ndjson",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
STREAMED = ("csv", "ndjson", "json")
WHOLE_AT_ONCE = 1
"""Answers that are made in memory before the first byte goes out; the next one waits its turn."""
LONGEST_WAIT_SECONDS = 30
WORKBOOK_ROWS = 100_000
"""More would keep a processor from the pages for long; the other formats bring them all."""
STATUS = {"export_unknown": 404, "export_too_often": 429, "export_too_busy": 503}
OF_THE_ANSWER = ("lang", "limit")
"""Parameters that say how rows are answered, not which."""


class Exports:
    """Answer the export addresses from the build in service."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._limit = RateLimit(settings.export_requests_per_minute)
        self._lock, self._turns = threading.Lock(), threading.Semaphore(WHOLE_AT_ONCE)
        self._open: tuple[Warehouse, dict[str, Exportable]] | None = None

    @property
    def routes(self) -> list[Route]:
        """Return the addresses; whatever else is asked for below them is answered in words too."""
        return [
            Route("/export", self.describe),
            Route("/export/openapi.json", self.describe),
            Route("/export/{file:path}", self.fetch),
        ]

    async def describe(self, request: Request) -> Response:
        """Answer with the OpenAPI description."""
        try:
            warehouse, known = await run_in_threadpool(self._in_service)
        except KpiError as error:
            return _refused(error, request)
        return JSONResponse(description(known.values(), tuple(MIME), warehouse.build_id))

    async def fetch(self, request: Request) -> Response:
        """Answer with the rows of one view or table."""
        client = request.client.host if request.client else ""
        if not self._limit.allows(client, time.monotonic()):
            return _refused(QueryRefused("export_too_often", seconds=self._seconds_to_wait), request)
        try:
            return await run_in_threadpool(self._answer_from_an_intact_build, request)
        except KpiError as error:
            return _refused(error, request)

    def _answer_from_an_intact_build(self, request: Request) -> Response:
        try:
            return self._answer(request)
        except BuildUnavailable:
            # Its bytes have just been found damaged: the last intact build answers, or nothing is in service.
            with self._lock:
                self._open = None
            return self._answer(request)

    def _answer(self, request: Request) -> Response:
        warehouse, known = self._in_service()
        name, _, form = request.path_params["file"].rpartition(".")
        if name not in known or form not in MIME:
            raise QueryRefused("export_unknown", name=request.path_params["file"], forms=", ".join(MIME))
        language = language_of(request)
        asked = _asked(request)
        wanted = extract(known[name], asked, self._row_limit(request.query_params.get("limit"), form))
        check_values(warehouse, known[name], asked)
        tag = self._tag(warehouse.build_id, str(request.url.query), form, language)
        headers = {
            "etag": tag,
            "vary": "accept-language",
            "cache-control": "no-cache",
            "x-build-id": warehouse.build_id,
            "content-disposition": f'attachment; filename="{name}.{form}"',
        }
        if _has(request.headers.get("if-none-match", ""), tag):
            return Response(status_code=304, headers=headers)
        total = count(warehouse, wanted)
        headers |= {"x-rows": str(min(total, wanted.row_limit)), "x-rows-total": str(total)}
        headers |= coverage_of(warehouse, known[name], asked)
        if withheld := withheld_names(warehouse, known[name], asked):
            # An empty value beside it is a total that is not made.
            headers["x-no-total"] = "figures overlap: " + quote(", ".join(one.id for one in withheld), safe=" ,")
        parts = batches(warehouse, wanted)
        if form in STREAMED:
            parts = _begun(parts)
            return StreamingResponse(_encoded(parts, form), media_type=MIME[form], headers=headers)
        with self._turn():
            rows = pl.concat(parts)
            if form == "xlsx":
                content = export_workbook(warehouse, known[name], rows, total, asked, language)
            else:
                content = rows_as_bytes(rows, form)
        return Response(content, media_type=MIME[form], headers=headers)

    @contextmanager
    def _turn(self) -> Generator[None]:
        if not self._turns.acquire(timeout=LONGEST_WAIT_SECONDS):
            raise QueryRefused("export_too_busy", seconds=LONGEST_WAIT_SECONDS)
        try:
            yield
        finally:
            self._turns.release()

    def _row_limit(self, wanted: str | None, form: str) -> int:
        highest = min(
            self._settings.export_row_limit, WORKBOOK_ROWS if form == "xlsx" else self._settings.export_row_limit
        )
        if wanted is None:
            return highest
        if not (wanted.isascii() and wanted.isdigit() and int(wanted[:20])):
            raise QueryRefused("export_limit_unreadable", value=wanted)
        return min(highest, int(wanted[:20]))

    @property
    def _seconds_to_wait(self) -> int:
        return math.ceil(60 / self._settings.export_requests_per_minute)

    def _in_service(self) -> tuple[Warehouse, dict[str, Exportable]]:
        settings = self._settings
        build_id = current_build_id(Path(settings.workspace), settings.build)
        if build_id is None:
            raise nothing_to_read(Path(settings.workspace))
        with self._lock:
            if self._open is None or self._open[0].build_id != build_id:
                warehouse = Warehouse.open(Path(settings.workspace), build_id)
                # The one before is closed when its last answer lets go of it.
                self._open = (warehouse, exportables(warehouse))
            return self._open

    @staticmethod
    def _tag(build_id: str, query: str, form: str, language: str) -> str:
        return f'"{build_id}-{hashlib.sha256(f"{form}?{query}#{language}".encode()).hexdigest()[:12]}"'


def exports_in_force() -> Exports:
    """Return the exports of the workspace that the settings name."""
    return Exports(settings_in_force())


def language_of(request: Request) -> str:
    """Return the language of an answer: the address's, else the first that the client accepts, else Arabic."""
    accepted = request.headers.get("accept-language", "")[:2].lower()
    return next((one for one in (request.query_params.get("lang"), accepted) if one in LANGUAGES), DEFAULT_LANGUAGE)


def _asked(request: Request) -> Mapping[str, str]:
    asked: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name in asked:
            raise QueryRefused("export_parameter_twice", name=name)
        asked[name] = value
    return {name: value for name, value in asked.items() if name not in OF_THE_ANSWER}


def _has(tags: str, tag: str) -> bool:
    """Tell whether a list of tags holds one; a proxy that compresses makes it a weak one."""
    given = {one.strip().removeprefix("W/") for one in tags.split(",")}
    return "*" in given or tag in given


def _begun(parts: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Take the first rows before anything is answered: what stands against them can still be said in words."""
    first = list(itertools.islice(parts, 2))
    return itertools.chain(first, parts)


def _encoded(parts: Iterator[pl.DataFrame], form: str) -> Iterator[bytes]:
    if form == "json":
        yield from json_array(parts)
        return
    for number, rows in enumerate(parts):
        yield rows_as_bytes(rows, form, is_first=number == 0)


def json_array(parts: Iterator[pl.DataFrame]) -> Iterator[bytes]:
    """Encode parts of rows as one JSON array, a part at a time."""
    start = b"["
    for rows in parts:
        if len(rows):
            yield start + rows_as_bytes(rows, "json")[1:-1]
            start = b","
    yield b"]" if start == b"," else b"[]"


def _refused(error: KpiError, request: Request) -> Response:
    language = language_of(request)
    headers = {"content-language": language, "cache-control": "no-store"}
    status = 503 if isinstance(error, NothingPublished | BuildUnavailable) else STATUS.get(error.key, 400)
    if "seconds" in error.facts:
        headers["retry-after"] = str(error.facts["seconds"])
    words = {"error": error.what(language), "next": error.next_step(language)}
    return JSONResponse(words, status_code=status, headers=headers)

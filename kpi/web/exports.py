"""Direct downloads: every view and table of the file at `/export/<name>.<form>`, for scripts and spreadsheets."""

import hashlib
import io
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

import polars as pl
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from kpi.errors import KpiError, NothingPublished, QueryRefused
from kpi.exports import rows_as_bytes, without_formulas
from kpi.messages import DEFAULT_LANGUAGE, LANGUAGES
from kpi.queries.exports import Exportable, batches, exportables, extract
from kpi.settings import Settings, settings_in_force
from kpi.warehouse.connect import Warehouse, current_build_id
from kpi.web.openapi import description

MIME = {
    "csv": "text/csv; charset=utf-8",
    "ndjson": "application/x-ndjson",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
STREAMED = ("csv", "ndjson")
SPREADSHEET_ROWS = 1_048_575
CLIENTS_REMEMBERED = 1_000


class RateLimit:
    """Allow a client so many requests a minute: a bucket that refills, for the last clients seen."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def allows(self, client: str, now: float) -> bool:
        """Take one request of a client; tell whether it may be answered."""
        with self._lock:
            level, seen = self._buckets.pop(client, (float(self._per_minute), now))
            level = min(self._per_minute, level + (now - seen) * self._per_minute / 60)
            allowed = level >= 1
            self._buckets[client] = (level - allowed, now)
            while len(self._buckets) > CLIENTS_REMEMBERED:
                self._buckets.popitem(last=False)
        return allowed


class Exports:
    """Answer the export addresses from the build in service."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._limit = RateLimit(settings.export_requests_per_minute)
        self._lock = threading.Lock()
        self._open: tuple[Warehouse, dict[str, Exportable]] | None = None

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
            return Response("Too many requests; try again in a minute.\n", 429, {"retry-after": "60"})
        try:
            return await run_in_threadpool(self._answer, request)
        except KpiError as error:
            return _refused(error, request)

    def _answer(self, request: Request) -> Response:
        warehouse, known = self._in_service()
        name, _, form = request.path_params["file"].rpartition(".")
        if name not in known or form not in MIME:
            raise QueryRefused("export_unknown", name=request.path_params["file"], forms=", ".join(MIME))
        tag = self._tag(warehouse.build_id, str(request.url.query), form)
        headers = {
            "etag": tag,
            "cache-control": "no-cache",
            "x-build-id": warehouse.build_id,
            "content-disposition": f'attachment; filename="{name}.{form}"',
        }
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        limit = self._settings.export_row_limit
        asked = {key: value for key, value in request.query_params.items() if key not in ("lang", "limit")}
        wanted = request.query_params.get("limit", "")
        limit = min(limit, int(wanted)) if wanted.isascii() and wanted.isdigit() and int(wanted) > 0 else limit
        limit = min(limit, SPREADSHEET_ROWS) if form == "xlsx" else limit
        parts = batches(warehouse, extract(known[name], asked, limit))
        first = next(parts)
        if form in STREAMED:
            return StreamingResponse(_encoded(first, parts, form), media_type=MIME[form], headers=headers)
        rows = pl.concat([first, *parts])
        return Response(rows_as_bytes(rows, form), media_type=MIME[form], headers=headers)

    def _in_service(self) -> tuple[Warehouse, dict[str, Exportable]]:
        settings = self._settings
        build_id = current_build_id(Path(settings.workspace), settings.build)
        if build_id is None:
            raise NothingPublished("nothing_published", workspace=settings.workspace)
        with self._lock:
            if self._open is None or self._open[0].build_id != build_id:
                warehouse = Warehouse.open(Path(settings.workspace), build_id)
                # The one before is closed when its last answer lets go of it.
                self._open = (warehouse, exportables(warehouse))
            return self._open

    @staticmethod
    def _tag(build_id: str, query: str, form: str) -> str:
        return f'"{build_id}-{hashlib.sha256(f"{form}?{query}".encode()).hexdigest()[:12]}"'


def exports_in_force() -> Exports:
    """Return the exports of the workspace that the settings name."""
    return Exports(settings_in_force())


def _encoded(first: pl.DataFrame, others: Iterator[pl.DataFrame], form: str) -> Iterator[bytes]:
    if form == "csv":
        yield "\ufeff".encode()
    yield _part(first, form, with_header=True)
    for rows in others:
        yield _part(rows, form, with_header=False)


def _part(rows: pl.DataFrame, form: str, *, with_header: bool) -> bytes:
    buffer = io.BytesIO()
    if form == "ndjson":
        rows.write_ndjson(buffer)
    else:
        lists = [name for name, kind in rows.schema.items() if isinstance(kind, pl.List)]
        flat = rows.with_columns(pl.col(lists).cast(pl.List(pl.String)).list.join(", ")) if lists else rows
        without_formulas(flat).write_csv(buffer, include_header=with_header, line_terminator="\r\n")
    return buffer.getvalue()


def _refused(error: KpiError, request: Request) -> Response:
    language = request.query_params.get("lang", DEFAULT_LANGUAGE)
    language = language if language in LANGUAGES else DEFAULT_LANGUAGE
    status = 503 if isinstance(error, NothingPublished) else 404 if error.key == "export_unknown" else 400
    return JSONResponse({"error": error.what(language), "next": error.next_step(language)}, status_code=status)

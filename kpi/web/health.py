"""Answer probes with what is in service."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from kpi.errors import KpiError
from kpi.settings import settings_in_force
from kpi.warehouse.connect import current_build_id


async def healthz(request: Request) -> JSONResponse:
    """Tell the build in service.

    The status is 200 as long as the server can show a page, also the page that says nothing is published yet;
    a probe that needs data reads `status`.
    """
    try:
        settings = settings_in_force()
        build_id = current_build_id(settings.workspace, settings.build)
    except KpiError as error:
        return JSONResponse({"status": "error", "build_id": None, "message": str(error)}, status_code=500)
    return JSONResponse({"status": "ok" if build_id else "nothing_published", "build_id": build_id})

"""Describe the export addresses in OpenAPI, written from the file's own catalogue."""

from collections.abc import Iterable

from kpi.queries.exports import Exportable

PARAMETERS = {
    "period": ("Months, such as 2025-01..2025-05, 2025-05 or 2024", "2025-01..2025-05"),
    "entity": ("Entity id", "rop"),
    "governorate": ("Governorate id, or not_allocated for kpi_points", "OM-MA"),
    "channel": ("Channel id", "web"),
    "kpi": ("KPI id", "digital_transactions"),
    "by": ("programme, entity, governorate or channel", "entity"),
    "months_per_point": ("Months that make one point; all of the period unless given", "1"),
}
LIMIT = {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1}, "description": "Rows at most"}


def description(known: Iterable[Exportable], forms: tuple[str, ...], build_id: str) -> dict[str, object]:
    """Return an OpenAPI 3.1 document with one path per table or view."""
    paths = {f"/export/{one.name}.{{form}}": {"get": _operation(one, forms)} for one in known}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Export",
            "version": build_id,
            "description": "Every table and view of the published file. The ETag changes with the build.",
        },
        "paths": paths,
    }


def _operation(one: Exportable, forms: tuple[str, ...]) -> dict[str, object]:
    form = {"name": "form", "in": "path", "required": True, "schema": {"type": "string", "enum": list(forms)}}
    return {
        "summary": one.comment.partition(" | ")[0],
        "operationId": one.name,
        "parameters": [form, *(_parameter(name) for name in one.parameters), LIMIT],
        "responses": {
            "200": {"description": f"Rows with {', '.join(one.columns)}"},
            "304": {"description": "The build has not changed since the ETag was given"},
            "400": {"description": "A parameter is wrong; the answer says which and what to do"},
            "404": {"description": "No such table, view or format"},
            "429": {"description": "Too many requests"},
            "503": {"description": "Nothing is published yet"},
        },
    }


def _parameter(name: str) -> dict[str, object]:
    words, example = PARAMETERS[name]
    return {"name": name, "in": "query", "description": words, "example": example, "schema": {"type": "string"}}

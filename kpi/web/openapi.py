"""Describe the export addresses in OpenAPI, written from the file's own catalogue."""

from collections.abc import Iterable

from kpi.queries.exports import Exportable

PARAMETERS = {
    "period": ("Months, such as 2025-01..2025-05, 2025-05 or 2024", "2025-01..2025-05"),
    "entity": ("Entity id", "rop"),
    "governorate": ("Governorate id, or not_allocated for kpi_points", "OM-MA"),
    "channel": ("Channel id", "web"),
    "service": ("Service id", "rop-001"),
    "kpi": ("KPI id", "digital_transactions"),
    "by": ("programme, entity, governorate, channel, service or level", "entity"),
    "organisation": (
        "as_was: each body with what it answered for then; as_is: with what it answers for today", "as_is",
    ),
    "months_per_point": ("Months that make one point; all of the period unless given", "1"),
}  # fmt: skip
LIMIT = {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1}, "description": "Rows at most"}
LANGUAGE = {
    "name": "lang", "in": "query", "schema": {"type": "string", "enum": ["ar", "en"]},
    "description": "Language of refusals and of what an XLSX says of its rows",
}  # fmt: skip


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
        "summary": one.meaning("en"),
        "description": one.meaning("ar"),
        "operationId": one.name,
        "parameters": [form, *(_parameter(name) for name in one.parameters), LIMIT, LANGUAGE],
        "responses": {
            "200": {
                "description": f"Rows with {', '.join(one.columns)}",
                "headers": {
                    "ETag": _header("Changes with the build and the parameters; give it back as If-None-Match"),
                    "X-Build-Id": _header("The build that answered"),
                    "X-Rows": _header("Rows in this answer"),
                    "X-Rows-Total": _header("Rows that fit the parameters, whatever the limit"),
                },
            },
            "304": {"description": "The build has not changed since the ETag was given"},
            "400": {"description": "A parameter is wrong; the answer says which and what to do"},
            "404": {"description": "No such table, view or format"},
            "429": {"description": "Too many requests; Retry-After says in how many seconds to ask again"},
            "503": {"description": "Nothing is published yet"},
        },
    }


def _header(words: str) -> dict[str, object]:
    return {"description": words, "schema": {"type": "string"}}


def _parameter(name: str) -> dict[str, object]:
    words, example = PARAMETERS[name]
    return {"name": name, "in": "query", "description": words, "example": example, "schema": {"type": "string"}}

"""Markup as templates: a screen gives plain data, and every text is escaped where it is written."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, **view: object) -> str:
    """Return a template of `kpi/web/templates` filled with a view; what the view lacks is an error, not an empty text.

    Only what a template marks as `safe` is taken as markup: fragments that other templates made.
    """
    return _environment().get_template(template).render(view)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )

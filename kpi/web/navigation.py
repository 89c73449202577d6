"""The screens of the dashboard, in the order of the navigation, and the links between them."""

from dataclasses import dataclass
from html import escape

import streamlit as st

from kpi.language import t
from kpi.settings import REPOSITORY
from kpi.web.links import FIRST_SCREEN, href


@dataclass(frozen=True)
class Screen:
    """Name a screen; its script is `pages/<name>.py`.

    `offered` are the filters beside the period that apply to it (None: not even the period); the others wait unseen.
    A screen with a `parent` is reached from there and not listed. Those `on_wall` take turns on a wall display.
    """

    name: str
    offered: tuple[str, ...] | None = None
    parent: str | None = None
    on_wall: bool = False


SCREENS = (
    Screen("overview", ("compare", "entity", "service", "governorate", "channel", "organisation"), on_wall=True),
    Screen("transactions", ("compare", "entity", "service", "governorate", "channel", "organisation"), on_wall=True),
    Screen("entities", ("compare", "governorate", "channel", "organisation"), on_wall=True),
    Screen("entity", ("compare", "entity", "organisation"), parent="entities"),
    Screen("governorates", ("compare", "entity", "service", "channel", "organisation"), on_wall=True),
    Screen("governorate", ("compare", "governorate", "organisation"), parent="governorates"),
    Screen("services", ("compare", "entity", "governorate", "organisation"), on_wall=True),
    Screen("service", ("compare", "organisation"), parent="services"),
    Screen("journeys", (), on_wall=True),
    Screen("projects", ("compare", "entity"), on_wall=True),
    Screen("project", (), parent="projects"),
    Screen("platforms", ("entity",)),
    Screen("readiness", ("compare",), on_wall=True),
    Screen("change", ("entity",)),
    Screen("claims", on_wall=True),
    Screen("quality", ("entity",), on_wall=True),
    Screen("reports"),
    Screen("method"),
    Screen("sql"),
)


def streamlit_page(screen: Screen, language: str) -> st.Page:
    """Return the screen as Streamlit knows it; the first one answers at the root."""
    return st.Page(
        REPOSITORY / "pages" / f"{screen.name}.py",
        title=t(f"web.page.{screen.name}", language),
        url_path=screen.name,
        default=screen.name == FIRST_SCREEN,
    )


def navigation_html(current: Screen, language: str) -> str:
    """Link the listed screens, language and filters kept."""
    here = current.parent or current.name
    links = "".join(_link(screen, screen.name == here, language) for screen in SCREENS if screen.parent is None)
    return f'<nav class="kpi-nav" aria-label="{escape(t("web.frame.screens", language))}"><ul>{links}</ul></nav>'


def _link(screen: Screen, is_here: bool, language: str) -> str:
    mark = ' aria-current="page"' if is_here else ""
    name = escape(t(f"web.page.{screen.name}", language))
    return f'<li><a href="{escape(href(screen.name))}"{mark}>{name}</a></li>'

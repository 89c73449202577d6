"""Addresses of the dashboard's screens, language and filters kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

import streamlit as st

from kpi.web.filters import address_parameters

FIRST_SCREEN = "overview"
"""The screen that answers at the root; under its own name the server would add a step to the history, and Back hang."""


@dataclass(frozen=True)
class Leads:
    """Give the addresses of a screen about many things, from one look at the address of this view; equal by value."""

    screen: str
    parameter: str
    kept: tuple[tuple[str, str], ...]

    def __call__(self, identifier: str) -> str:
        """Return the address of the screen about one thing."""
        return _address(self.screen, dict(self.kept), {self.parameter: identifier})


def leads_to(screen: str, parameter: str) -> Leads:
    """Return what leads to a screen, language and filters kept, with `parameter` naming what it is about."""
    return Leads(screen, parameter, tuple(address_parameters().items()))


def here(screen: str) -> str:
    """Return the address of a screen with everything that the address of this view says, in the order of the names."""
    return _address(screen, dict(sorted(st.query_params.to_dict().items())), {})


def href(screen: str, **changes: str | None) -> str:
    """Return the address of a screen from here: the filters of the address with some changed, or dropped by None.

    A change of the entity drops the service, and one of the service the entity, unless both are given: they belong
    together. The address is relative, so that it holds behind any proxy path, and begins with `./`, by which the page
    knows its own links.
    """
    return _address(screen, address_parameters(), changes)


def _address(screen: str, kept: dict[str, str], changes: Mapping[str, str | None]) -> str:
    if "entity" in changes or "service" in changes:
        kept = {name: value for name, value in kept.items() if name not in ("entity", "service")}
    query = urlencode({name: value for name, value in {**kept, **changes}.items() if value is not None})
    path = "./" if screen == FIRST_SCREEN else f"./{screen}"
    return f"{path}?{query}" if query else path


def link_html(words: str, screen: str, **changes: str | None) -> str:
    """Return a link to a screen; the words are escaped."""
    return f'<a class="kpi-link" href="{escape(href(screen, **changes))}">{escape(words)}</a>'

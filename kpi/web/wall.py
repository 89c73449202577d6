"""The wall display: `?wall=1` on any address lets the screens take turns, without controls and in larger type."""

from html import escape

import streamlit as st

from kpi.language import t
from kpi.web.links import href, link_html
from kpi.web.navigation import SCREENS, Screen

SECONDS_PER_VIEW = 15
"""How long one screenful stands still before the page moves on, or the next screen comes."""


def is_wall() -> bool:
    """Tell whether the address asks for the wall display."""
    return st.query_params.get("wall") == "1"


def wall_html(current: Screen, language: str) -> str:
    """Return the line that stands in place of the navigation; the page's script reads from it where to go next."""
    turn = [screen for screen in SCREENS if screen.on_wall]
    place = turn.index(current) if current in turn else -1
    following = turn[(place + 1) % len(turn)]
    says = t("web.wall.place", language, place=place + 1, pages=len(turn)) if place >= 0 else ""
    leave = link_html(t("web.wall.leave", language), current.name, wall=None)
    return (
        f'<p class="kpi-wall" data-next="{escape(href(following.name))}" data-seconds="{SECONDS_PER_VIEW}">'
        f"<span>{escape(says)}</span><span>{escape(t('web.wall.pause', language))}</span>"
        f"{leave}</p>"
    )

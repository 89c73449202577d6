"""Main script of the dashboard: language, frame and navigation around one screen."""

from html import escape
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kpi.language import arabic_digits, t
from kpi.web import frame
from kpi.web.cache import is_older_build
from kpi.web.filters import asks_as_is, filter_bar, language_of_address, language_switch
from kpi.web.links import here
from kpi.web.navigation import SCREENS, Screen, navigation_html, streamlit_page
from kpi.web.wall import is_wall, wall_html

ICON = Path(__file__).parent / "static" / "icon.png"


def main() -> None:
    """Draw the frame, then the screen that the address asks for."""
    language = language_of_address()
    st.set_page_config(page_title=t("web.frame.title", language), page_icon=str(ICON), layout="wide")
    frame.apply_styles(language, frame.current_mode())
    pages = {streamlit_page(screen, language): screen for screen in SCREENS}
    page = st.navigation(list(pages), position="hidden")
    screen = pages[page]
    header = st.container(key="header", horizontal=True)
    with frame.calm_errors(language), arabic_digits(frame.digits_in_force()):
        visit = _visit_or_bare_header(header, screen, language)
        st.html(wall_html(screen, language) if is_wall() else navigation_html(screen, language))
        st.html(frame.freshness_html(visit.freshness, language, older=is_older_build(visit.build)))
        if visit.filters is not None and screen.offered is not None and not is_wall():
            filter_bar(visit.options, visit.filters, language, offered=screen.offered)
            if visit.options.changed_hands and asks_as_is() and "organisation" not in screen.offered:
                st.html(f'<p class="kpi-note">{escape(t("hands.always_as_was", language))}</p>')
        page.run()
        st.html(frame.footer_html(visit.freshness, language))


def _visit_or_bare_header(header: DeltaGenerator, screen: Screen, language: str) -> frame.Visit:
    """Return the visit; the header, with its language switch, is drawn also when there is none."""
    freshness = None
    try:
        visit = frame.current_visit(organisation="organisation" in (screen.offered or ()))
        freshness = visit.freshness
        return visit
    finally:
        with header:
            st.html(frame.brand_html(language, freshness, here(screen.name)))
            if not is_wall():
                language_switch(language)


main()

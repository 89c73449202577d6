"""Main script of the dashboard: language, frame and navigation around one screen."""

from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kpi.language import t
from kpi.settings import REPOSITORY
from kpi.web import frame
from kpi.web.cache import is_older_build
from kpi.web.filters import filter_bar, language_of_address, language_switch

PAGES = (
    ("overview", "pages/overview.py", ("entity", "governorate", "channel")),
    ("quality", "pages/quality.py", ("entity",)),
    ("method", "pages/method.py", None),
)
"""Name, script, and the filters beside the period that apply (None: not even the period); the others wait unseen."""
ICON = Path(__file__).parent / "static" / "icon.png"


def main() -> None:
    """Draw the frame, then the screen that the address asks for."""
    language = language_of_address()
    st.set_page_config(page_title=t("web.frame.title", language), page_icon=str(ICON), layout="wide")
    frame.apply_styles(language, frame.current_mode())
    pages = [
        st.Page(REPOSITORY / path, title=t(f"web.page.{name}", language), url_path=name, default=name == PAGES[0][0])
        for name, path, _ in PAGES
    ]
    screen = st.navigation(pages, position="hidden")
    header = st.container(key="header", horizontal=True)
    with frame.calm_errors(language):
        visit = _visit_or_bare_header(header, language)
        frame.navigation(pages, screen)
        st.html(frame.freshness_html(visit.freshness, language, older=is_older_build(visit.build)))
        if visit.filters is not None:
            applicable = next(names for page, (*_, names) in zip(pages, PAGES, strict=True) if page == screen)
            if applicable is not None:
                filter_bar(visit.options, visit.filters, language, offered=applicable)
        screen.run()
        st.html(frame.footer_html(visit.freshness, language))


def _visit_or_bare_header(header: DeltaGenerator, language: str) -> frame.Visit:
    """Return the visit; the header, with its language switch, is drawn also when there is none."""
    freshness = None
    try:
        visit = frame.current_visit()
        freshness = visit.freshness
        return visit
    finally:
        with header:
            st.html(frame.brand_html(language, freshness))
            language_switch(language)


main()

"""Show a chart with its notes and its table, or say why there is nothing to show."""

from collections.abc import Generator
from contextlib import contextmanager
from html import escape

import streamlit as st

from kpi.charts.chart import Chart
from kpi.charts.coverage import Drawing
from kpi.charts.theme import plotly_config
from kpi.language import t
from kpi.web.tables import folded_table_html


@contextmanager
def panel(name: str, title: str) -> Generator[None]:
    """Frame what is shown inside as one part of the page under its title."""
    with st.container(key=f"panel_{name}"):
        st.html(f'<h2 class="kpi-heading">{escape(title)}</h2>')
        yield


def chart_panel(name: str, title: str, chart: Chart, language: str) -> None:
    """Show a chart under its title; its notes are text, and its figures a table one click away."""
    with panel(name, title):
        st.plotly_chart(
            chart.figure, theme=None, key=f"chart_{name}", config=plotly_config(language), alt=chart.alt or title
        )
        st.html(_notes_and_table(chart, language))


def drawing_panel(name: str, title: str, drawing: Drawing, language: str) -> None:
    """Show an HTML drawing under its title, with its notes and its table."""
    with panel(name, title):
        st.html(drawing.html + _notes_and_table(drawing, language))


def stack(*blocks: str) -> None:
    """Show blocks of HTML below each other; empty ones take no room."""
    filled = "".join(blocks)
    if filled:
        st.html(f'<div class="kpi-stack">{filled}</div>')


def message_box(what: str, next_step: str, *, kind: str = "calm") -> str:
    """Return a quiet box that says what is the case and what to do."""
    steps = "".join(f"<code>{escape(part)}</code>" if index % 2 else escape(part)
                    for index, part in enumerate(next_step.split("`")))  # fmt: skip
    return f'<div class="kpi-box kpi-{kind}" role="status"><p><strong>{escape(what)}</strong></p><p>{steps}</p></div>'


def empty_box(language: str) -> str:
    """Return the box of a slice without data."""
    return message_box(t("web.state.empty_what", language), t("web.state.empty_next", language))


def heading(title: str) -> None:
    """Begin a section of a page."""
    st.html(f'<h2 class="kpi-heading kpi-section">{escape(title)}</h2>')


def _notes_and_table(shown: Chart | Drawing, language: str) -> str:
    notes = "".join(f'<p class="kpi-note">{escape(note)}</p>' for note in shown.notes)
    return notes + folded_table_html(shown.table, t("web.chart.show_table", language))

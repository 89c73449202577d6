"""Show a chart with its notes and its table, or say why there is nothing to show."""

from html import escape

import streamlit as st

from kpi.charts.chart import Chart
from kpi.charts.theme import plotly_config
from kpi.language import t
from kpi.web.tables import folded_table_html


def chart_panel(name: str, title: str, chart: Chart, language: str) -> None:
    """Show a chart under its title; its notes are text, and its figures a table one click away."""
    with st.container(key=f"panel_{name}"):
        st.html(f'<h2 class="kpi-heading">{escape(title)}</h2>')
        st.plotly_chart(
            chart.figure, theme=None, key=f"chart_{name}", config=plotly_config(language), alt=chart.alt or title
        )
        notes = "".join(f'<p class="kpi-note">{escape(note)}</p>' for note in chart.notes)
        st.html(notes + folded_table_html(chart.table, t("web.chart.show_table", language)))


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

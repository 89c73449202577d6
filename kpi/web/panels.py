"""Show a chart with its notes and its table, or say why there is nothing to show."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from html import escape

import streamlit as st

from kpi.charts.chart import Chart
from kpi.charts.coverage import Drawing
from kpi.charts.theme import plotly_config
from kpi.language import isolate, t
from kpi.web.cache.charts import shown_again
from kpi.web.tables import folded_table_html

_PATH = re.compile(r"(?<!\S)/[\w./-]*\w")


@contextmanager
def panel(name: str, title: str) -> Generator[None]:
    """Frame what is shown inside as one part of the page under its title."""
    with st.container(key=f"panel_{name}"):
        st.html(f'<h2 class="kpi-heading">{escape(title)}</h2>')
        yield


def chart_panel(name: str, title: str, chart: Chart, language: str, *, caption: str = "", above: str = "") -> None:
    """Show a chart under its title; its notes are text, its figures a table one click away, and it can be saved.

    `caption` is written below a saved picture: the period and where the figures come from. `above` is HTML between the
    title and the drawing: what chooses or explains its parts.
    """

    def show() -> None:
        _chart_panel(name, title, chart, language, caption, above)

    if chart.is_kept:
        shown_again(chart, name, (title, language, caption, above), show)
    else:
        show()


def _chart_panel(name: str, title: str, chart: Chart, language: str, caption: str, above: str) -> None:
    with panel(name, title):
        stack(above)
        st.plotly_chart(
            chart.figure, theme=None, key=f"chart_{name}", config=plotly_config(language), alt=chart.alt or title
        )
        st.html(_notes_and_table(chart, language) + _pictures(name, title, caption, language))


def drawing_panel(name: str, title: str, drawing: Drawing, language: str) -> None:
    """Show an HTML drawing under its title, with its notes and its table."""
    with panel(name, title):
        st.html(drawing_html(drawing, language))


def drawing_html(drawing: Drawing, language: str) -> str:
    """Return an HTML drawing with its notes and its table, for a panel that holds more than that."""
    return drawing.html + _notes_and_table(drawing, language)


def answer_box(question: str, sentence: str) -> str:
    """Return the question of a screen as its title and the answer below it, large."""
    return f'<div class="kpi-answer"><h1>{escape(question)}</h1><p>{escape(sentence)}</p></div>'


def stack(*blocks: str) -> None:
    """Show blocks of HTML below each other; empty ones take no room."""
    filled = "".join(blocks)
    if filled:
        st.html(f'<div class="kpi-stack">{filled}</div>')


def coded(text: str) -> str:
    """Return a text as HTML in which what stands between backticks is code."""
    return "".join(
        f"<code>{escape(part)}</code>" if index % 2 else escape(part) for index, part in enumerate(text.split("`"))
    )


def message_box(what: str, next_step: str, *, kind: str = "calm") -> str:
    """Return a quiet box that says what is the case and what to do."""
    # A path keeps its slashes on their side in Arabic.
    words = _PATH.sub(lambda path: isolate(path[0], "ar"), escape(what))
    steps = coded(next_step)
    return f'<div class="kpi-box kpi-{kind}" role="status"><p><strong>{words}</strong></p><p>{steps}</p></div>'


def empty_box(language: str) -> str:
    """Return the box of a slice without data."""
    return message_box(t("web.state.empty_what", language), t("web.state.empty_next", language))


def nothing_received_box(language: str) -> str:
    """Return the box of a workspace that is published and has received no transactions: no filter hides any."""
    return message_box(t("web.state.nothing_received_what", language), t("web.state.nothing_received_next", language))


def heading(title: str) -> None:
    """Begin a section of a page."""
    st.html(f'<h2 class="kpi-heading kpi-section">{escape(title)}</h2>')


def _pictures(name: str, title: str, caption: str, language: str) -> str:
    facts = f'data-name="{escape(name)}" data-title="{escape(title)}" data-caption="{escape(caption)}"'
    buttons = "".join(
        f'<button type="button" data-picture="{form}" {facts}>{escape(t(f"web.download.{form}", language))}</button>'
        for form in ("png", "svg")
    )
    return f'<p class="kpi-pictures">{escape(t("web.download.picture", language))} {buttons}</p>'


def _notes_and_table(shown: Chart | Drawing, language: str) -> str:
    notes = "".join(f'<p class="kpi-note">{escape(note)}</p>' for note in shown.notes)
    return notes + folded_table_html(shown.table, t("web.chart.show_table", language))

"""The question of the SQL page: written in the editor, kept in the address, answered beside the page."""

import time

import streamlit as st

from kpi.language import t
from kpi.queries.schema import FIRST_QUERY
from kpi.settings import settings_in_force
from kpi.web import cache
from kpi.web.console import AskedQuestion, Question
from kpi.web.frame import Visit
from kpi.web.screens.sql import parameters_of

QUERY, PREFIX = "q", "p_"
POLL_SECONDS = 0.7
EDITOR_PX = 220


def question_of_address() -> Question | None:
    """Return the query and the parameters that the address holds; None where it holds no query."""
    sql = st.query_params.get(QUERY)
    if not sql:
        return None
    return Question(sql, tuple((name, st.query_params.get(f"{PREFIX}{name}", "")) for name in parameters_of(sql)))


def editor(question: Question | None, visit: Visit) -> None:
    """Offer the editor, a field for each parameter of the query, and the button that writes them to the address."""
    language, settings = visit.language, settings_in_force()
    shown = question.sql if question else FIRST_QUERY
    with st.container(key="editor"), st.form(key=f"ask={hash(shown)}", border=False):
        sql = st.text_area(t("sql.editor", language), shown, height=EDITOR_PX, max_chars=20_000)
        st.html('<div class="kpi-offered" aria-live="polite"></div>')
        given = {
            name: st.text_input(t("sql.parameter", language, name=name), value, key=f"{name}={value}")
            for name, value in (question.parameters if question else ())
        }
        pressed = st.form_submit_button(t("sql.run", language), type="primary")
        st.html(f'<p class="kpi-note">{t("sql.walls", language, seconds=int(settings.query_timeout_seconds))}</p>')
    if pressed and sql.strip():
        _write(sql, given)


def ask(question: Question, visit: Visit) -> AskedQuestion:
    """Ask beside the page; the same question is asked once."""
    return cache.console(visit.build).ask(question, _who())


def cancel_while_running(job: AskedQuestion, language: str) -> None:
    """Say how long the query has been running and offer to cancel it; the page is drawn anew when it has ended."""

    @st.fragment(run_every=POLL_SECONDS)
    def waiting() -> None:
        if job.wait(0):
            st.rerun()
        st.html(f'<p class="kpi-lead" role="status">{t("sql.running", language, seconds=_seconds(job))}</p>')
        if st.button(t("sql.cancel", language), key="cancel_query"):
            job.cancel()
            job.wait(2.0)
            st.rerun()

    waiting()


def _write(sql: str, given: dict[str, str]) -> None:
    for name in [name for name in st.query_params if name.startswith(PREFIX)]:
        del st.query_params[name]
    st.query_params[QUERY] = sql
    for name in parameters_of(sql):
        st.query_params[f"{PREFIX}{name}"] = given.get(name, "")
    st.rerun()


def _who() -> str | None:
    email = st.user.get("email") if st.user else None
    return str(email) if email else None


def _seconds(job: AskedQuestion) -> int:
    return int(time.monotonic() - job.started)

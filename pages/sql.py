"""SQL: ask the published file anything, walled in, with the query in the address."""

import streamlit as st

from kpi.charts import quick
from kpi.examples import load_examples
from kpi.language import t
from kpi.web import cache
from kpi.web.asking import ask, cancel_while_running, editor, question_of_address
from kpi.web.downloads import downloads, source_line
from kpi.web.frame import current_visit
from kpi.web.panels import answer_box, chart_panel, message_box, panel
from kpi.web.screens.sql import (
    answer_table_html,
    examples_html,
    refusal_html,
    rows_words,
    schema_html,
    sentence,
)

visit = current_visit()
language = visit.language
objects = cache.cached_schema(visit.build)

st.html(answer_box(t("sql.title", language), sentence(objects, language)))

left, right = st.columns([8, 4], gap="medium")
with right, panel("schema", t("sql.schema", language)):
    st.html(schema_html(objects, language))

with left:
    question = question_of_address()
    editor(question, visit)
    st.html(examples_html(tuple(load_examples().values()), language))
    job = ask(question, visit) if question is not None else None

    if job is not None and not job.wait(1.0):
        cancel_while_running(job, language)
    elif question is not None and job is not None and job.error is not None:
        st.html(refusal_html(job.error, question.sql, language))
    elif question is not None and job is not None and job.result is not None:
        result = job.result
        with panel("result", t("sql.result", language)):
            st.html(f'<p class="kpi-note" role="status">{rows_words(result, language)}</p>')
            st.html(answer_table_html(result, language))
            downloads("query", question.sql[:200], lambda: result.rows, visit)
        chart = quick.figure(result.rows, language=language, mode=visit.mode)
        if chart is not None:
            chart_panel("quick", chart.alt or t("sql.chart", language), chart, language, caption=source_line(visit))
        elif result.rows.height:
            st.html(message_box(t("sql.chart", language), t("sql.no_chart", language)))

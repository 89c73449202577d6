"""The parts of the Reports page: the pages of a snapshot, its PDF, and all documents of the month as one archive."""

import base64
import io
import zipfile
from collections.abc import Callable
from datetime import date
from html import escape

import streamlit as st

from kpi.errors import ReportError
from kpi.language import format_number, join_list, plural, t
from kpi.periods import point_label
from kpi.report.batch import Outcome
from kpi.web.beside import Job
from kpi.web.cache import Build
from kpi.web.cache import snapshots as cache
from kpi.web.frame import Visit
from kpi.web.panels import message_box
from kpi.web.screens.report_choice import Choice

POLL_SECONDS = 0.7
_FAILED_NAMED = 5


def pages_and_download(choice: Choice, mark: str, visit: Visit) -> None:
    """Offer the PDF of the snapshot and show its pages; say calmly why, where they cannot be made."""
    language = visit.language
    wanted = cache.WantedSnapshot(visit.build, choice.month, choice.scope.key, choice.document, mark)
    job = cache.pages_beside(wanted)
    if not job.wait(0):
        _wait_for(job, lambda: t("reports.pages_running", language))
    elif job.error is not None or job.result is None:
        st.html(_error_box(job, language))
    else:
        st.download_button(
            t("reports.download_one", language),
            lambda: cache.cached_pdf(wanted),
            file_name=choice.file,
            mime="application/pdf",
            key="download_report",
            type="primary",
            on_click="ignore",
        )
        note = escape(t("reports.pages_note", language))
        st.html(f'<p class="kpi-note">{note}</p>{pages_html(job.result, language)}')


def pages_html(pictures: tuple[bytes, ...], language: str) -> str:
    """Return the pages side by side; a press opens one to its full width."""
    pages = "".join(
        f'<li><details><summary><img src="data:image/png;base64,{base64.b64encode(picture).decode()}" '
        f'alt="{escape(t("reports.page_of", language, page=number, pages=len(pictures)))}"></summary></details></li>'
        for number, picture in enumerate(pictures, start=1)
    )
    return f'<ul class="kpi-leaves">{pages}</ul>'


def all_documents(choice: Choice, mark: str, count: int, visit: Visit) -> None:
    """Offer all documents of the month as one archive; it is made beside the page when asked for."""
    language, asked = visit.language, (visit.build, choice.month, mark)
    job = cache.archive_beside(*asked)
    if job is None:
        month = point_label(choice.month, 1, language)
        words = plural("reports.archive_lead", count, language, month=month)
        st.html(f'<p class="kpi-note">{escape(words)}</p>')
        _begin_button(t("reports.archive_make", language), asked)
    elif not job.wait(0):
        _wait_for(job, lambda: _archive_words(job, language), t("reports.archive_progress", language))
    elif job.error is not None or job.result is None:
        st.html(_error_box(job, language))
        _begin_button(t("reports.archive_again", language), asked)
    else:
        _finished(*job.result, choice, language)


def _begin_button(words: str, asked: tuple[Build, date, str]) -> None:
    if st.button(words, key="make_archive"):
        cache.begin_archive(*asked)
        st.rerun()


def _wait_for(job: Job, words: Callable[[], str], label: str = "") -> None:
    """Say how far the work is until it has ended; the page is drawn anew then."""

    @st.fragment(run_every=POLL_SECONDS)
    def waiting() -> None:
        if job.wait(0):
            st.rerun()
        value = f' value="{job.done}" max="{job.wanted}"' if job.wanted else ""
        bar = f'<progress aria-label="{escape(label)}"{value}></progress>' if label else ""
        st.html(f'<div class="kpi-progress">{bar}<p class="kpi-lead" role="status">{escape(words())}</p></div>')

    waiting()


def _archive_words(job: Job, language: str) -> str:
    if not job.wanted:
        return t("reports.archive_begins", language)
    facts = {"done": format_number(job.done, language), "wanted": format_number(job.wanted, language)}
    return t("reports.archive_running", language, **facts)


def _error_box(job: Job, language: str) -> str:
    error = job.error or ReportError("report_not_made", reason="")
    return message_box(error.what(language), error.next_step(language))


def _finished(content: bytes, failed: tuple[Outcome, ...], choice: Choice, language: str) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        count = len(bundle.namelist())
    made = plural("reports.archive_made", count, language, size=_megabytes(content, language))
    st.html(f'<p class="kpi-note" role="status">{escape(made)}</p>')
    if failed:
        named = join_list([one.wanted.file for one in failed[:_FAILED_NAMED]], language)
        what = plural("reports.archive_failed", len(failed), language, names=named)
        error = failed[0].error
        st.html(message_box(what, error.what(language) if error else ""))
    st.download_button(
        t("reports.download_all", language),
        content,
        file_name=f"{choice.month:%Y-%m}-reports.zip",
        mime="application/zip",
        key="download_archive",
        on_click="ignore",
    )


def _megabytes(content: bytes, language: str) -> str:
    return t("reports.megabytes", language, size=format_number(len(content) / 1e6, language, decimals=1))

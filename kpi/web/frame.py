"""What surrounds every screen: direction, styles, header, freshness, the synthetic mark, navigation and footer."""

import functools
import logging
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from pathlib import Path

import streamlit as st

from kpi.charts.theme import Mode, css_variables, palette
from kpi.errors import KpiError, SlipsError
from kpi.language import Digits, direction, format_moment, format_number, prose, t
from kpi.periods import point_label
from kpi.queries.filters import Filters
from kpi.queries.options import FilterOptions
from kpi.queries.results import Freshness
from kpi.settings import settings_in_force
from kpi.slips import say_slips
from kpi.web import cache
from kpi.web.document import script
from kpi.web.filters import filters_of_address, language_of_address
from kpi.web.panels import message_box

LOG = logging.getLogger(__name__)
STYLES = Path(__file__).parent / "styles"


@dataclass(frozen=True)
class Visit:
    """Hold what a screen needs to know about this view of it: the address and the build, nothing remembered."""

    language: str
    mode: Mode
    build: cache.Build
    freshness: Freshness
    options: FilterOptions
    filters: Filters | None


def current_visit(*, organisation: bool = False) -> Visit:
    """Read the address and the build in service; raise `NothingPublished` when there is none.

    A screen that can show bodies as they are today says so by `organisation`; the others show them as they were.
    """
    build = cache.current_build()
    options = cache.cached_options(build)
    filters = filters_of_address(options, partial(cache.cached_service, build))
    if filters is not None and not organisation:
        filters = replace(filters, organisation="as_was")
    if filters is not None and filters.entity_id is not None:
        options = replace(options, services=cache.cached_services(build, filters.entity_id))
    return Visit(
        language=language_of_address(),
        mode=current_mode(),
        build=build,
        freshness=cache.cached_freshness(build),
        options=options,
        filters=filters,
    )


def current_mode() -> Mode:
    """Return light or dark, as the reader's browser asks for."""
    return "dark" if st.context.theme.type == "dark" else "light"


def digits_in_force() -> Digits:
    """Return the digits of Arabic pages that the installation asks for."""
    return "arab" if settings_in_force().digits == "arab" else "latn"


def apply_styles(language: str, mode: Mode) -> None:
    """Give the document its language, direction, colours and layout."""
    # Paper is light; a drawing made for the dark keeps its own ground.
    paper = f"{css_variables('light')}:root{{--drawn-on:{palette(mode).surface}}}"
    colours = f"{css_variables(mode)}@media print{{{paper}}}"
    st.html(f"<style>{colours}{_style_sheets(direction(language))}</style>")
    st.html(f"<script>{script(language)}</script>", unsafe_allow_javascript=True)


@functools.cache
def _style_sheets(text_direction: str) -> str:
    """Join the sheets: the general ones first, each screen's own, and last what turns Streamlit round."""
    general, last = ("layout", "components"), "rtl"
    screens = sorted({path.stem for path in STYLES.glob("*.css")} - {*general, last})
    names = (*general, *screens, *((last,) if text_direction == "rtl" else ()))
    sheets = "".join((STYLES / f"{name}.css").read_text(encoding="utf-8") for name in names)
    # On one line: Streamlit looks at the indentation of every line, in every run.
    return " ".join(line.strip() for line in sheets.splitlines())


def brand_html(language: str, freshness: Freshness | None, address: str) -> str:
    """Return the emblem, the dashboard's name and whose it is.

    The element says for which address the screen was drawn: whoever watches the page from outside (a monitor, a test)
    knows by it that the screen asked for has come.
    """
    owner = ""
    if freshness is not None:
        names = (freshness.programme_ar, freshness.workspace_name_ar)
        if language == "en":
            names = (freshness.programme_en, freshness.workspace_name_en)
        owner = " · ".join(dict.fromkeys(name for name in names if name))
    return (
        f'<div class="kpi-brand" data-address="{escape(address)}">'
        '<span class="kpi-emblem" aria-hidden="true"><i></i><i></i><i></i></span>'
        f'<div><p class="kpi-product">{escape(t("web.frame.title", language))}</p>'
        f'<p class="kpi-owner">{escape(owner)}</p></div></div>'
    )


def freshness_html(freshness: Freshness, language: str, *, older: bool = False) -> str:
    """Return the synthetic mark, where it applies, and the line that says how fresh the numbers are."""
    marks = []
    if freshness.last_month is not None:
        last = point_label(freshness.last_month, 1, language)
        marks.append(t("web.frame.as_of", language, month=last))
    marks.append(t("web.frame.built", language, moment=format_moment(freshness.built_at, language)))
    key = "web.frame.older_build" if older else "web.frame.build"
    marks.append(t(key, language, build=freshness.build_id))
    if freshness.rows_rejected:
        marks.append(t("web.frame.rejected", language, rows=freshness.rows_rejected))
    line = "".join(f"<li>{escape(mark)}</li>" for mark in marks)
    return f'{_synthetic(freshness, language)}<ul class="kpi-fresh">{line}</ul>'


def _synthetic(freshness: Freshness, language: str) -> str:
    if not freshness.synthetic:
        return ""
    note = prose((freshness.synthetic_note_ar if language == "ar" else freshness.synthetic_note_en) or "", language)
    label, colon, rest = note.partition(":")
    if not colon:
        label, rest = t("web.frame.synthetic", language), note
    return f'<p class="kpi-synthetic" role="note"><strong>{escape(label)}:</strong> {escape(rest.strip())}</p>'


def footer_html(freshness: Freshness, language: str) -> str:
    """Return the promise that every number can be traced, and how much was read."""
    files = format_number(freshness.source_files, language)
    words = f"{t('web.frame.footer', language)} {t('web.frame.sources', language, files=files)}"
    return f'<footer class="kpi-footer">{escape(words)}</footer>'


@contextmanager
def calm_errors(language: str) -> Generator[None]:
    """Turn an error into what is wrong and what to do next; nobody reads a traceback here."""
    try:
        yield
    except KpiError as error:
        # Both languages: whoever has to act may not be the one who reads.
        others = [code for code in ("ar", "en") if code != language]
        for code in (language, *others):
            st.html(f'<div lang="{code}" dir="{direction(code)}">{_error_box(error, code)}</div>')
    except Exception:  # noqa: BLE001  the last line of defence; the log has the traceback, the reader a code for it
        code = secrets.token_hex(4)
        LOG.exception("Page failed, code %s", code)
        st.html(
            message_box(
                t("web.state.unexpected_what", language),
                t("web.state.unexpected_next", language, code=code),
                kind="alarm",
            )
        )


def _error_box(error: KpiError, language: str) -> str:
    # As the error says it, with paths and commands held together among Arabic words.
    what, following = (
        t(f"errors.{error.key}.{part}", language, **error.facts_in(language)) for part in ("what", "next")
    )
    if isinstance(error, SlipsError):
        what = f"{what} {say_slips(error.slips, language)}"
    return message_box(what, following)

"""What the Reports page keeps: pages and PDFs of snapshots, archives, and how issued snapshots stand now.

A `mark` is a key: it changes when anything of a month is issued, altered or taken away. The documents of a month speak
of the snapshot before, so theirs is that of the month before.
"""

from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import streamlit as st

from kpi.messages import LANGUAGES
from kpi.report import desk
from kpi.report.batch import Outcome
from kpi.report.check import CheckedSnapshots, check_with
from kpi.report.scope import Scope
from kpi.settings import settings_in_force
from kpi.web.beside import Beside, Job, Tell
from kpi.web.cache.build import warehouse_of
from kpi.web.cache.store import Build, kept

Pages = tuple[bytes, ...]
Archive = tuple[bytes, tuple[Outcome, ...]]


@dataclass(frozen=True)
class WantedSnapshot:
    """Name a snapshot of a build: month, scope, the language it is written in, and the mark of the month before."""

    build: Build
    month: date
    scope: str
    document: str
    mark: str


@kept
def cached_scopes(build: Build) -> tuple[Scope, ...]:
    """Return what a snapshot can be about."""
    return desk.every_scope(warehouse_of(build))


@kept
def cached_check(build: Build, month: date, mark: str) -> CheckedSnapshots:
    """Compare what was issued of a month with the build; `mark` is that of the month."""
    return check_with(warehouse_of(build), Path(build.workspace), month)


@kept
def cached_pdf(wanted: WantedSnapshot) -> bytes:
    """Return a snapshot as PDF, from the data now."""
    return desk.pdf_of(_snapshot(wanted.build, wanted.month, wanted.scope, wanted.mark), wanted.document)[1]


def pages_beside(wanted: WantedSnapshot) -> Job[Pages]:
    """Return the work that makes a PNG of each page of a snapshot: begun now, going on, or done."""
    return _pages().found(wanted) or _pages().start(wanted, lambda _: _pictures(wanted))


def archive_beside(build: Build, month: date, mark: str) -> Job[Archive] | None:
    """Return the work that makes all documents of a month; None when nobody has asked for them."""
    return _archives().found((build, month, mark))


def begin_archive(build: Build, month: date, mark: str) -> None:
    """Begin to make all documents of a month."""
    _archives().start((build, month, mark), partial(_archive, build, month))


@st.cache_resource(show_spinner=False)
def _pages() -> Beside[Pages]:
    return Beside(at_once=2, kept=12)  # some 1.5 MB each


@st.cache_resource(show_spinner=False)
def _archives() -> Beside[Archive]:
    return Beside(at_once=1, kept=2)  # some 40 MB each


@kept
def _snapshot(build: Build, month: date, scope: str, mark: str) -> desk.Ready:
    return desk.ready(warehouse_of(build), Path(build.workspace), month, scope)


def _pictures(wanted: WantedSnapshot) -> Pages:
    return desk.pictures_of(_snapshot(wanted.build, wanted.month, wanted.scope, wanted.mark), wanted.document)


def _archive(build: Build, month: date, tell: Tell) -> Archive:
    workspace, workers = Path(build.workspace), settings_in_force().threads
    return desk.archive(warehouse_of(build), workspace, month, LANGUAGES, workers=workers, on_document=tell)

"""As many outcomes as documents were wanted, whatever happens to the processes and threads that make them."""

import ctypes
import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from kpi.errors import ReportError
from kpi.report import typesetter
from kpi.report.batch import WantedDocument, make_all
from kpi.report.content import Content
from kpi.report.font import FONTS
from kpi.report.scope import Scope

WANTED_LANGUAGES = ("ar", "en")
# Like a typesetter whose fork never comes to an end: both hold the pipe of the answer open.
ENDLESS = "import os, sys, time; sys.stdin.buffer.read(8); os.fork(); time.sleep(3600)"


@pytest.fixture
def wanted(scopes: tuple[Scope, ...]) -> list[WantedDocument]:
    return [WantedDocument(scope, language) for scope in scopes for language in WANTED_LANGUAGES]


def children() -> list[int]:
    found = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return [int(pid) for path in found for pid in path.read_text().split()]


def typesetters() -> list[int]:
    lines = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children() if Path(f"/proc/{pid}").exists()}
    return [pid for pid, line in lines.items() if b"kpi.report.typesetter" in line]


def test_a_typesetter_that_cannot_start_costs_no_document_its_name(content, wanted, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    outcomes = list(make_all(content, wanted, {}, workers=2))
    assert {outcome.wanted for outcome in outcomes} == set(wanted)
    assert [outcome.error.key for outcome in outcomes] == ["report_not_made"] * len(wanted)


def test_a_typesetter_that_is_killed_costs_its_document_and_another_makes_the_rest(content, wanted):
    making = make_all(content, wanted, {}, workers=2)
    outcomes = [next(making)]
    for pid in typesetters():
        os.kill(pid, signal.SIGKILL)
    outcomes += making
    assert sorted(map(repr, (one.wanted for one in outcomes))) == sorted(map(repr, wanted))
    failed = [outcome for outcome in outcomes if outcome.pdf is None]
    assert len(failed) <= 2
    assert all(outcome.error is not None for outcome in failed)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # threads are ended on purpose
def test_a_thread_that_ends_leaves_no_document_without_a_word(content: Content, wanted: list[WantedDocument]):
    before = set(threading.enumerate())
    making = make_all(content, wanted, {}, workers=2)
    outcomes = [next(making)]
    for thread in set(threading.enumerate()) - before:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit))
    outcomes += making
    assert sorted(map(repr, (one.wanted for one in outcomes))) == sorted(map(repr, wanted))
    assert any(outcome.error for outcome in outcomes)
    assert all(outcome.pdf or outcome.error for outcome in outcomes)


def test_a_document_that_never_ends_is_given_up_with_the_fork_that_sets_it(monkeypatch):
    monkeypatch.setattr(typesetter, "LONGEST_SECONDS", 0.2)
    endless = typesetter.Typesetter(0, FONTS)
    monkeypatch.setattr(endless, "_command", [sys.executable, "-c", ENDLESS])
    with endless, pytest.raises(ReportError) as told:
        endless.pdf({})
    assert told.value.key == "report_not_made"

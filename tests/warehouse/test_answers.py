"""Kept answers: bounded in bytes, asked once however many wait, gone with their build."""

import threading

import polars as pl
import pytest

from kpi.warehouse.answers import Answers, bytes_of
from kpi.web.cache.store import Build, SharedAnswers

KIB = 2**10


def test_the_answers_stay_within_their_bytes_and_those_asked_for_last_stay() -> None:
    answers, asked = Answers(10 * KIB), []

    def ask(name: str) -> bytes:
        return answers.get(name, lambda: asked.append(name) or bytes(KIB))

    for number in range(1000):
        ask("the usual")
        ask(f"address {number}")
        assert answers.held_bytes <= 10 * KIB
    assert asked.count("the usual") == 1
    ask("address 999")
    ask("address 0")
    assert (asked.count("address 999"), asked.count("address 0")) == (1, 2)


def test_an_answer_that_is_too_large_is_asked_for_anew_and_drives_nothing_out() -> None:
    answers = Answers(10 * KIB, KIB)
    answers.get("small", lambda: bytes(KIB))
    asked = []
    for _ in range(2):
        answers.get("large", lambda: asked.append(1) or bytes(2 * KIB))
    assert len(asked) == 2
    assert answers.held_bytes == KIB


def test_a_question_is_asked_once_however_many_wait_for_it() -> None:
    answers, asked, found = Answers(KIB), [], []
    begun, go_on = threading.Event(), threading.Event()

    def ask() -> str:
        asked.append(1)
        begun.set()
        go_on.wait()
        return "answer"

    threads = [threading.Thread(target=lambda: found.append(answers.get("question", ask))) for _ in range(8)]
    for thread in threads:
        thread.start()
    begun.wait()
    go_on.set()
    for thread in threads:
        thread.join()
    assert (len(asked), found) == (1, ["answer"] * 8)


def test_a_question_without_an_answer_is_asked_anew() -> None:
    answers = Answers(KIB)
    with pytest.raises(ZeroDivisionError):
        answers.get("question", lambda: 1 // 0)
    assert answers.get("question", lambda: "answer") == "answer"


def test_answers_of_a_build_go_when_another_is_in_service_and_those_of_other_workspaces_stay() -> None:
    shared, asked = SharedAnswers(100 * KIB), []
    first, second, elsewhere = Build("here", "1"), Build("here", "2"), Build("there", "1")

    def ask(build: Build) -> None:
        shared.get("question", (build, "filters"), lambda: asked.append(build) or bytes(KIB))

    for build in (first, elsewhere):
        shared.see(build)
        ask(build)
    shared.see(second)
    assert shared.held_bytes == KIB
    for build in (elsewhere, second, first):
        ask(build)
    assert asked == [first, elsewhere, second, first]


def test_a_frame_weighs_its_values_and_what_cannot_be_weighed_weighs_a_mebibyte() -> None:
    assert bytes_of(pl.DataFrame({"a": range(1000)})) == 8000
    assert bytes_of(lambda: None) == 2**20

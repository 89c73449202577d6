"""A number is rounded once; what is said of it follows the number that is read."""

from datetime import date

import pytest

from kpi.catalogue import load_catalogue
from kpi.language import format_percent, strip_isolates
from kpi.messages import LANGUAGES
from kpi.queries.targets import Target, status
from kpi.rounding import sign_of

RATE = load_catalogue()["completion_rate"]


@pytest.mark.parametrize(
    ("value", "written"),
    [(99.9998, ">99.9%"), (100, "100.0%"), (0.0002, "<0.1%"), (0, "0.0%"), (99.94, "99.9%"), (0.05, "0.1%")],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_all_or_nothing_is_never_written_so(value: float, written: str, language: str) -> None:
    assert strip_isolates(format_percent(value, language)) == written


@pytest.mark.parametrize(
    ("value", "target", "judged"),
    [(79.96, 80, "met"), (79.94, 80, "near"), (75.0, 80, "near"), (74.96, 80, "near"), (74.94, 80, "missed"),
     (99.97, 100, "near"), (100, 100, "met")],
)  # fmt: skip
def test_a_value_is_judged_as_it_is_read(value: float, target: float, judged: str) -> None:
    assert status(RATE, value, Target(target, date(2025, 1, 1), None)) == judged


@pytest.mark.parametrize(("value", "sign"), [(0.04, 0), (-0.04, 0), (0.05, 1), (-0.06, -1)])
def test_a_change_that_reads_zero_is_neither_up_nor_down(value: float, sign: int) -> None:
    assert sign_of(value) == sign

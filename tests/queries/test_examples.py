"""The saved queries answer real questions, in the file as it is published."""

import re
from pathlib import Path

import pytest

from kpi.errors import QueryRefused
from kpi.examples import AUDIENCES, Example, find_example, load_examples, parameter_value
from kpi.messages import LANGUAGES
from kpi.warehouse.connect import Warehouse
from kpi.warehouse.sandbox import run_query

EXAMPLES = load_examples()
MAY_BE_EMPTY = {
    "missing_reports": "everybody reported",
    "late_reports": "everybody reported in time",
}


def test_there_are_at_least_25_and_each_kind_of_user_has_some() -> None:
    assert len(EXAMPLES) >= 25
    assert {one.audience for one in EXAMPLES.values()} == set(AUDIENCES)


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=list(EXAMPLES))
def test_a_saved_query_answers_with_its_defaults(demo_workspace: Path, example: Example) -> None:
    rows = Warehouse.open(demo_workspace).query(example.sql, example.values({}))
    assert rows.width > 1
    assert rows.height > 0 or example.name in MAY_BE_EMPTY


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=list(EXAMPLES))
def test_a_saved_query_asks_a_question_in_both_languages_and_declares_what_it_uses(example: Example) -> None:
    assert example.title_en.endswith("?")
    assert example.title_ar.endswith("؟")
    assert set(re.findall(r"\$(\w+)", example.sql)) == set(example.parameters)


def test_no_two_saved_queries_ask_the_same() -> None:
    for language in LANGUAGES:
        assert len({one.title(language) for one in EXAMPLES.values()}) == len(EXAMPLES)


def test_the_file_lists_them_as_they_are(demo_workspace: Path) -> None:
    rows = Warehouse.open(demo_workspace).query("select example, title_ar, query from meta_example").rows()
    assert sorted(rows) == sorted((one.name, one.title_ar, one.sql) for one in EXAMPLES.values())


def test_a_saved_query_runs_walled_in_with_other_values(demo_workspace: Path) -> None:
    example = find_example("indicator_by_month")
    given = example.values({"entity": "rop", "to": "2025-03"})
    result = run_query(demo_workspace, example.sql, row_limit=10, timeout_seconds=20, parameters=given)
    assert result.rows.height == 3


def test_an_unknown_query_or_parameter_is_named() -> None:
    with pytest.raises(QueryRefused, match="no_such"):
        find_example("no_such")
    with pytest.raises(QueryRefused, match="town"):
        find_example("targets").values({"town": "x"})


@pytest.mark.parametrize(
    ("typed", "value"),
    [("7", 7), ("-2.5", -2.5), ("007", "007"), ("2025-01", "2025-01"), ('"7"', "7"), ("", None), ("true", True)],
)
def test_a_parameter_is_read_as_it_is_typed(typed: str, value: object) -> None:
    assert parameter_value(typed) == value

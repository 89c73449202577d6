"""The SQL page: the address asks, the answer is a table, a wrong query is told where it is wrong, all is recorded."""

import json
import shutil
import time

import pytest

from kpi.language import strip_isolates
from kpi.messages import LANGUAGES, text
from kpi.web.screens.sql import parameters_of


@pytest.fixture
def workspace(demo_workspace, tmp_path):
    without = shutil.ignore_patterns("inbox", "lake", "logs")
    return shutil.copytree(demo_workspace, tmp_path / "copy", ignore=without, symlinks=True)


def answered(screen, workspace, **parameters) -> str:
    """Open the page until the query has been answered."""
    for _ in range(40):
        html = strip_isolates(screen(workspace, "sql", **parameters).html)
        if "kpi-answer-grid" in html or 'role="alert"' in html:
            return html
        time.sleep(0.5)
    raise TimeoutError


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_address_with_a_query_shows_its_answer(screen, workspace, language) -> None:
    html = answered(screen, workspace, lang=language, q="select count(*) as entities from dim_entity")
    assert ">49<" in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_parameter_of_the_address_is_bound(screen, workspace, language) -> None:
    query = "select entity_id from dim_entity where entity_id = $entity"
    assert ">rop<" in answered(screen, workspace, lang=language, q=query, p_entity="rop")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_name_is_placed_and_a_right_one_suggested(screen, workspace, language) -> None:
    html = answered(screen, workspace, lang=language, q="select *\nfrom dim_entit")
    assert text("sql.suggested", language, name="dim_entity") in html
    assert text("sql.place", language, line=2, column=6) in html
    assert str(workspace) not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_fractions_are_shortened_for_the_eye_and_said_to_be(screen, workspace, language) -> None:
    html = answered(screen, workspace, lang=language, q="select 2.0::double / 3 as part, 0.00001::double as small")
    assert ">0.6667<" in html
    assert "1e-05" in html
    assert text("sql.rounded", language) in html
    whole = answered(screen, workspace, lang=language, q="select 0.25::double as part")
    assert text("sql.rounded", language) not in whole


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_no_question_is_refused_in_words(screen, workspace, language) -> None:
    html = answered(screen, workspace, lang=language, q="drop table dim_entity")
    assert text("errors.query_not_select.what", language) in html


def test_markup_in_an_answer_stays_text(screen, workspace) -> None:
    shown = screen(workspace, "sql", lang="en", q="select '<script>alert(1)</script>' as x, 1 as y")
    bodies = [block.proto.body for block in shown.app.get("html")]
    assert not any("<script>alert" in body for body in bodies)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_and_view_is_listed_with_its_meaning(screen, workspace, language) -> None:
    html = screen(workspace, "sql", lang=language).html
    for name in ("serve_claims", "dim_entity", "kpi_points", "meta_kpi"):
        assert f'data-insert="{name}"' in html
    assert ("الأرقام المنشورة" in html) == (language == "ar")


def test_each_query_is_recorded_with_its_outcome(screen, workspace) -> None:
    answered(screen, workspace, lang="en", q="select 1 as answer")
    answered(screen, workspace, lang="en", q="copy (select 1) to 'x.csv'")
    for _ in range(40):
        log = workspace / "logs" / "queries.jsonl"
        lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []
        if len(lines) == 2:
            break
        time.sleep(0.1)
    assert [(line["query"], line["outcome"]) for line in lines] == [
        ("select 1 as answer", "answered"),
        ("copy (select 1) to 'x.csv'", "refused"),
    ]
    assert lines[1]["why"] == "query_not_select"


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("select $a, $b, $a", ("a", "b")),
        ("select '$no' as x -- $neither\n, $yes", ("yes",)),
        ('select "$no"', ()),
        ("select 'it''s $no', $yes", ("yes",)),
        ("select 1", ()),
    ],
)
def test_parameters_are_those_outside_texts_and_comments(sql, names) -> None:
    assert parameters_of(sql) == names

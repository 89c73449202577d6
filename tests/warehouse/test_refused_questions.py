"""A question that has no answer is refused in words, by the file itself and by every way to ask it."""

import json
import re

import duckdb
import pytest
from starlette.applications import Starlette

from kpi.errors import QuestionRefused
from kpi.settings import Settings
from kpi.warehouse.connect import Warehouse
from kpi.web.exports import Exports
from tests.cli.test_query import kpi
from tests.web.serving import served

MONTHS = "'2025-01', '2025-05'"
DAYS = "'2025-01-01', '2025-05-01'"
REFUSED = {
    "unknown KPI": (f"kpi_points('digital_transaction', {DAYS})", "no KPI 'digital_transaction'.*digital_transactions"),
    "no KPI": (f"kpi_points(null, {DAYS})", "no KPI"),
    "unknown entity": (f"kpi_series('transactions', {MONTHS}, entity := 'rops')", "no entity 'rops'.*'rop'"),
    "unknown governorate": (f"kpi_by_entity('transactions', {MONTHS}, governorate := 'OM-XX')", "no governorate"),
    "unknown channel": (f"kpi_by_entity('transactions', {MONTHS}, via := 'fax')", "no channel 'fax'"),
    "unknown service": (f"kpi_points('transactions', {DAYS}, service := 'rop-99999')", "no service.*'rop-"),
    "unknown group": (f"kpi_points('transactions', {DAYS}, by := 'town')", "names no group; give one of programme,"),
    "take-up by channel": (f"kpi_by_channel('digital_take_up', {MONTHS})", "no values by channel.*entity, governorate"),
    "readiness by governorate": (f"kpi_by_governorate('entity_readiness', {MONTHS})", "no values by governorate"),
    "reporting by governorate": (f"kpi_by_governorate('entities_reporting', {MONTHS})", "no values by governorate"),
    "digitised by service": (f"kpi_by_service('services_digitised', {MONTHS})", "no values by service"),
    "take-up by level": (f"kpi_points('digital_take_up', {DAYS}, by := 'level')", "no values by level"),
    "take-up via web": (f"kpi_points('digital_take_up', {DAYS}, via := 'web')", "no values by channel"),
    "readiness in a place": (f"kpi_points('entity_readiness', {DAYS}, governorate := 'OM-MA')", "no values by gover"),
    "journeys of a body": (f"kpi_points('journeys_designed', {DAYS}, entity := 'rop')", "no values by entity"),
    "density of the whole": (f"kpi_points('transactions_per_1000', {DAYS})", "no values by programme"),
    "reversed period": ("kpi_by_entity('transactions', '2025-05', '2025-01')", "ends before it begins"),
    "no period": ("kpi_points('transactions', null, '2025-05-01')", "no beginning"),
    "no month": ("kpi_series('transactions', '2025-13', '2025-14')", "'2025-13' is no month"),
    "step back": (f"kpi_points('transactions', {DAYS}, months_per_point := -1)", "-1 is no number of months"),
    "step of nothing": (f"kpi_points('transactions', {DAYS}, months_per_point := 0)", "0 is no number of months"),
}  # fmt: skip


@pytest.fixture(scope="module")
def warehouse(demo_workspace) -> Warehouse:
    return Warehouse.open(demo_workspace)


@pytest.mark.parametrize("columns", ["*", "count(*)", "sum(value)", "1"])
@pytest.mark.parametrize("case", REFUSED)
def test_the_file_itself_says_in_two_languages_why_a_question_has_no_answer(analyst_file, case, columns) -> None:
    question, words = REFUSED[case]
    with duckdb.connect(str(analyst_file), read_only=True) as analyst, pytest.raises(duckdb.Error) as refused:
        analyst.execute(f"select {columns} from {question} where value > 0").fetchall()
    english, _, arabic = str(refused.value).partition(" | ")
    assert re.search(words, english), english
    assert re.search("[\u0600-\u06ff]{3}", arabic)


def test_no_refusal_leaves_out_a_word_that_it_promises(warehouse: Warehouse) -> None:
    for question, _ in REFUSED.values():
        with pytest.raises(QuestionRefused) as refused:
            warehouse.query(f"select * from {question}")
        for language in ("ar", "en"):
            assert not re.search(r"[{}]|–|\|", refused.value.what(language)), refused.value.what(language)


def test_a_refusal_is_no_more_than_the_answer_of_one_among_several_questions(warehouse: Warehouse) -> None:
    asked = f"""
        with asked (kpi) as (values ('transactions'), ('nothing'))
        select * from asked, lateral (select * from kpi_points(asked.kpi, {DAYS}))
    """
    with pytest.raises(QuestionRefused, match="no KPI 'nothing'"):
        warehouse.query(asked)


def test_what_names_no_place_or_channel_may_be_asked_for(warehouse: Warehouse) -> None:
    for slice_ in ("governorate := 'not_allocated'", "via := 'unknown'"):
        assert warehouse.query(f"select value from kpi_points('transactions', {DAYS}, {slice_})").item() > 0


@pytest.mark.parametrize(("language", "words"), [("en", "has no values by channel"), ("ar", "ليس مفصّلًا بحسب")])
def test_every_way_to_ask_gives_the_same_words(demo_workspace, language, words) -> None:
    question = f"select * from {REFUSED['take-up by channel'][0]}"
    done = kpi("query", question, workspace=demo_workspace, KPI_LANGUAGE=language)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert words in " ".join(done.stderr.split())
    with served(Starlette(routes=Exports(Settings(workspace=demo_workspace)).routes)) as client:
        address = f"/export/kpi_points.csv?kpi=digital_take_up&period=2025&by=channel&lang={language}"
        answer = client.get(address)
    assert answer.status == 400 and words in json.loads(answer.body)["error"]


def test_the_public_edition_refuses_alike_and_says_what_it_cannot_cross(public_edition) -> None:
    with duckdb.connect(str(public_edition(5)), read_only=True) as analyst:
        for question, words in REFUSED.values():
            with pytest.raises(duckdb.Error, match=words):
                analyst.execute(f"select * from {question}").fetchall()
        with pytest.raises(duckdb.Error, match="by one of entity or service, governorate, channel"):
            analyst.execute(f"select * from kpi_by_entity('transactions', {MONTHS}, governorate := 'OM-MA')").fetchall()

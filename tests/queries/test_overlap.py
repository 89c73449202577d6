"""Figures that overlap: no surface makes a total of them, and each says why; stocks are not taken for what happened."""

import io
import shutil
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from starlette.applications import Starlette

from kpi.catalogue import SQL_FOLDER
from kpi.errors import SlipsError
from kpi.ingest.sources import read_sources
from kpi.periods import Period
from kpi.queries.filters import Filters
from kpi.queries.governorates import governorate_map
from kpi.queries.headline import headline, headlines
from kpi.queries.movers import movers
from kpi.queries.ranking import ranking
from kpi.queries.series import series
from kpi.queries.snapshot_book import read_book
from kpi.queries.transaction_days import days
from kpi.queries.transactions import SPLITS, split
from kpi.report.words import Writer
from kpi.say.answer import counted, overlap_words
from kpi.settings import Settings
from kpi.warehouse.build import build
from kpi.warehouse.connect import Warehouse
from kpi.web.cards import card_html
from kpi.web.exports import Exports
from kpi.web.screens.governorates import answer as answer_of_places
from kpi.web.screens.transactions import answer as answer_of_transactions
from tests.queries.conftest import CLAIMS, ENTITIES, GOVERNORATES, POPULATION, SERVICES, open_workspace, transaction
from tests.web.serving import served

SOURCE = '[[source]]\nname = "transactions"\nlog = "transactions"\nfiles = "transactions/*"\n'
MONTHS = Period.parse("2024-01..2025-03")
WHOLE = Filters(Period.parse("2025-01..2025-03"))
FIGURES = (
    "transactions", "digital_transactions", "digital_take_up", "completion_rate", "satisfaction",
    "processing_time_median", "transactions_per_1000",
)  # fmt: skip


def overlapping() -> Iterable[dict]:
    """Count the same people at two bodies."""
    for month in MONTHS:
        yield transaction(month, "health", "h1", 100, governorate="G-A", rating=4, minutes=30)
        yield transaction(month, "health", "h1", 5, outcome="rejected", governorate="G-A")
        yield transaction(month, "police", "p1", 90, governorate="G-A", rating=5, minutes=60)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    folder = tmp_path_factory.mktemp("overlap") / "workspace"
    folder.mkdir()
    (folder / "sources.toml").write_text(f"{SOURCE}additive = false\n", encoding="utf-8")
    figure = "C3,transactions,معاملات,Transactions,programme,2025-01-01,2025-03-01,570,transactions,1,exact,570,570\n"
    registries = {
        "claims": CLAIMS + figure, "entities": ENTITIES, "services": SERVICES, "governorates": GOVERNORATES,
        "governorate_population": POPULATION,
    }  # fmt: skip
    opened = open_workspace(folder, registries, {"transactions": overlapping()})
    yield opened
    opened.close()


@pytest.mark.parametrize("kpi_id", FIGURES)
@pytest.mark.parametrize("by", ["programme", "governorate", "channel"])
def test_a_total_of_figures_that_overlap_is_null_in_every_group_of_several_entities(
    warehouse: Warehouse, kpi_id: str, by: str
) -> None:
    groups = warehouse.query("select list_contains(kpi_groups, $asked) from meta_known_id", asked=f"{kpi_id} {by}")
    if not groups.item():
        pytest.skip("the KPI does not have the group")
    points = 'select numerator, denominator, value from kpi_points($kpi, $first, $last, "by" := $by)'
    rows = warehouse.query(points, kpi=kpi_id, by=by, first=WHOLE.period.start, last=WHOLE.period.end).rows()
    assert rows and set(rows) == {(None, None, None)}


def test_each_entity_and_each_service_keeps_its_own_figure(warehouse: Warehouse) -> None:
    for by, wanted in (("entity", {"health": 300, "police": 270}), ("service", {"h1": 300, "p1": 270})):
        rows = warehouse.query(
            'select group_id, value from kpi_points($kpi, $first, $last, "by" := $by)',
            kpi="transactions", by=by, first=WHOLE.period.start, last=WHOLE.period.end,
        )  # fmt: skip
        assert dict(rows.iter_rows()) == wanted
    own = headline(warehouse, kpi_id="transactions", filters=Filters(WHOLE.period, entity_id="health"))
    assert (own.value, own.nothing, own.overlapping) == (300, None, ())


def test_the_file_says_whose_figures_overlap_and_why(warehouse: Warehouse) -> None:
    rows = warehouse.query(
        "select distinct entity_id, reason from meta_overlap where kpi_id = 'transactions' order by 1"
    )
    assert rows.rows() == [("health", "source"), ("police", "source")]
    assert warehouse.query("select count(*) from meta_overlap where kpi_id = 'entities_reporting'").item() == 0
    assert headline(warehouse, kpi_id="entities_reporting", filters=WHOLE).nothing != "not_shown"


def test_a_published_figure_is_not_compared_with_a_total_of_figures_that_overlap(warehouse: Warehouse) -> None:
    rows = warehouse.query("select verdict, why_en, why_ar from serve_claims where claim_id = 'C3'").rows()
    assert [(verdict, "overlap" in english, "تتداخل" in arabic) for verdict, english, arabic in rows] == [
        ("not_computable", True, True)
    ]


@pytest.mark.parametrize(
    ("asked", "is_said"),
    [("", True), ("&by=channel", True), ("&by=entity", False), ("&entity=health", False), ("&by=service", False)],
)
def test_an_export_says_why_a_total_is_empty(warehouse: Warehouse, asked: str, is_said: bool) -> None:
    workspace = next(one for one in warehouse.path.parents if (one / "workspace.toml").exists())
    address = f"/export/kpi_points.{{}}?kpi=transactions&period=2025-01..2025-03{asked}&lang=en"
    with served(Starlette(routes=Exports(Settings(workspace=workspace)).routes)) as client:
        answer, book = client.get(address.format("csv")), client.get(address.format("xlsx"))
    assert answer.headers.get("x-no-total") == ("figures overlap: health, police" if is_said else None)
    about = pl.read_excel(io.BytesIO(book.body), sheet_name="About")
    assert ("Without a value" in about["Fact"].to_list()) is is_said


@pytest.mark.parametrize(("language", "word"), [("en", "overlap"), ("ar", "تتداخل")])
def test_page_and_document_say_why_there_is_no_total(warehouse: Warehouse, language: str, word: str) -> None:
    shown, take_up = headlines(warehouse, kpi_ids=("transactions", "digital_take_up"), filters=WHOLE)
    assert (shown.value, shown.nothing) == (None, "not_shown")
    assert {one.id for one in shown.overlapping} == {"health", "police"}
    texts = [
        counted(shown, language, whole=True),
        card_html(shown, language=language, mode="light"),
        answer_of_transactions(shown, take_up, movers(warehouse, filters=WHOLE), language),
        answer_of_places(governorate_map(warehouse, kpi_id="digital_transactions", filters=WHOLE), language),
        overlap_words(read_book(warehouse, date(2025, 3, 1)).headline("transactions", "programme"), language),
    ]
    assert all(word in text for text in texts), texts
    assert Writer(language).value(shown) in ("not shown", "لا يُعرض")


def test_no_drawing_and_no_share_is_made_of_figures_that_overlap(warehouse: Warehouse) -> None:
    assert series(warehouse, kpi_id="transactions", filters=WHOLE).nothing == "not_shown"
    assert days(warehouse, filters=WHOLE).nothing == "not_shown"
    assert movers(warehouse, filters=WHOLE).nothing == "not_shown"
    for by in SPLITS:
        assert not any(value for part in split(warehouse, by=by, filters=WHOLE).parts for value in part.values)
    rows = ranking(warehouse, kpi_id="transactions", filters=WHOLE).rows
    assert {row.entity.id: (row.value, row.share_pct) for row in rows if row.value} == {
        "health": (300, None), "police": (270, None),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "log", "words"),
    [
        ('flow = "stock"', "transactions", "stock"),
        ('flow = "stock"', "assessments", "stock"),
        ("additive = false", "projects", "transactions only"),
    ],
)
def test_a_declaration_that_would_have_no_effect_is_refused_in_words(
    tmp_path: Path, line: str, log: str, words: str
) -> None:
    text = SOURCE.replace('log = "transactions"', f'log = "{log}"')
    (tmp_path / "sources.toml").write_text(f"{text}{line}\n", encoding="utf-8")
    with pytest.raises(SlipsError) as raised:
        read_sources(tmp_path)
    assert words in raised.value.what("en") and "transactions" in raised.value.what("en")


def test_a_kpi_can_be_declared_not_to_add_up_over_entities(tmp_path: Path) -> None:
    sql = tmp_path / "sql"
    shutil.copytree(SQL_FOLDER, sql)
    text = (sql / "kpis.toml").read_text(encoding="utf-8")
    text = text.replace("[satisfaction]\n", "[satisfaction]\nadditive = false\n", 1)
    (sql / "kpis.toml").write_text(text, encoding="utf-8")
    registries = {"entities": ENTITIES, "services": SERVICES, "governorates": GOVERNORATES}
    folder = tmp_path / "workspace"
    open_workspace(folder, registries, {"transactions": overlapping()}).close()
    build(Settings(workspace=folder), sql_folder=sql)
    warehouse = Warehouse.open(folder)
    asked = "select value from kpi_points($kpi, '2025-01-01', '2025-03-01', entity := $entity)"
    assert warehouse.query(asked, kpi="satisfaction", entity=None).rows() == [(None,)]
    assert warehouse.query(asked, kpi="satisfaction", entity="police").rows() == [(100.0,)]
    assert warehouse.query(asked, kpi="transactions", entity=None).rows() == [(570.0,)]
    assert warehouse.query("select distinct kpi_id, reason from meta_overlap").rows() == [("satisfaction", "kpi")]
    warehouse.close()

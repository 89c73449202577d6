"""Zero, not logged, not provided and not applicable differ in drawings too, and are alike on pages and in the PDF."""

import base64
import re
from collections.abc import Iterator
from datetime import date

import pytest

from kpi.language import t
from kpi.messages import LANGUAGES
from kpi.periods import Period
from kpi.queries.entity import entity_profile
from kpi.queries.filters import Filters
from kpi.queries.headline import headlines
from kpi.queries.service import service_volumes
from kpi.queries.snapshot_book import read_book
from kpi.report.content import read_content
from kpi.report.document import document
from kpi.report.scope import Scope
from kpi.warehouse.connect import Warehouse
from kpi.web.screens.service import channels_html
from tests.queries.conftest import ENTITIES, GOVERNORATES, POPULATION, PROJECTS, SERVICES, open_workspace, transaction

SPRING = Period.parse("2025-01..2025-05")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    rows = [transaction(month, "health", "h1", 10) for month in Period.parse("2024-01..2025-05")]
    rows += [transaction(month, "health", "h1", 4, channel="counter") for month in Period.parse("2024-01..2024-03")]
    rows += [transaction(month, "police", "p1", 7) for month in Period.parse("2024-01..2024-12")]
    office = ENTITIES + "office,مكتب,Office,governorate_office,false,\n"
    registries = {
        "entities": office, "governorates": GOVERNORATES, "governorate_population": POPULATION, "services": SERVICES,
        "projects": PROJECTS, "indicators": "indicator_id,name_ar,name_en,weight\nI1,أول,First,1\n",
    }  # fmt: skip
    assessments = [
        {"entity_id": entity, "indicator_id": "I1", "assessed_on": date(2025, 2, 1), "score_pct": 50}
        for entity in ("health", "office")
    ]
    logs = {"transactions": rows, "assessments": assessments}
    warehouse = open_workspace(tmp_path_factory.mktemp("nothing") / "w", registries, logs)
    yield warehouse
    warehouse.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_channel_that_was_not_logged_is_a_gap_with_words_and_no_line_at_zero(town, language) -> None:
    volumes = service_volumes(town, service_id="h1", entity_id="health", filters=Filters(SPRING))
    counter = next(one for one in volumes.channels if one.channel and one.channel.id == "counter")
    assert [point.value for point in counter.points] == [4.0] * 3 + [None] * 14
    assert (counter.total, counter.base_total) == (None, 12)
    html = channels_html(volumes, language, "light")
    row = next(row for row in html.split("<tr>") if counter.channel and counter.channel.label(language) in row)
    assert t("service.use.none", language) in row
    drawn = base64.b64decode(re.search(r"base64,([^\"]+)", row)[1]).decode()  # ty: ignore[not-subscriptable]
    assert len(re.findall(r"points=\"([^\"]+)\"", drawn)[0].split()) == 3
    assert t("service.use.gap", language) in html


def test_what_an_entity_cannot_have_is_not_applicable_on_its_page_and_in_the_pdf_alike(town) -> None:
    entities = town.query("select entity_id from dim_entity")["entity_id"].to_list()
    book = read_book(town, date(2025, 5, 1), ("programme", "entity"), entities)
    for entity in entities:
        on_page = headlines(town, kpi_ids=tuple(book.kpis), filters=Filters(book.period, entity_id=entity))
        assert {one.kpi.id: one.nothing for one in on_page} == {
            one: book.headline(one, "entity", entity).nothing for one in book.kpis
        }, entity


def test_the_entity_page_lists_no_indicator_that_the_entity_cannot_have(town) -> None:
    applies = set(town.query("select entity_id, kpi_id from serve_kpi_applies where applies").rows())
    for entity in ("health", "police", "trade", "archive", "office"):
        profile = entity_profile(town, entity_id=entity, period=SPRING)
        assert profile is not None
        listed = {(entity, one) for one in profile.kpi_ids}
        assert listed <= applies
    assert ("office", "governorate_readiness") in applies
    assert ("office", "entity_readiness") not in applies
    assert ("health", "governorate_readiness") not in applies
    assert ("police", "digital_transactions") in applies, "what it did not send is not provided"
    assert ("archive", "digital_transactions") not in applies
    assert ("trade", "programme_performance") not in applies


def test_the_pdf_does_not_call_missing_what_cannot_be(town) -> None:
    trade = Scope("entity", entity_profile(town, entity_id="trade", period=SPRING).entity)  # ty: ignore[unresolved-attribute]
    made = document(read_content(town, date(2025, 5, 1), (trade,)), trade, "en", None)
    table = next(part for part in made["parts"] if part["kind"] == "table")  # ty: ignore[not-iterable]
    rows = {row[0]["text"]: row[1]["text"] for row in table["rows"]}
    assert rows["Digital transactions"] == "not provided"
    assert "Programme performance" not in rows

"""A period, or a base, that is not whole says so: in sentences, on cards, in governorates, documents and exports."""

import csv
import io
import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path

import pytest
from starlette.applications import Starlette

from kpi.language import strip_isolates
from kpi.messages import LANGUAGES
from kpi.periods import Period
from kpi.queries.snapshot_scopes import scope_names
from kpi.report.content import read_content
from kpi.report.document import document
from kpi.report.scope import scopes_asked
from kpi.settings import Settings
from kpi.warehouse.connect import Warehouse
from kpi.web.exports import Exports
from tests.queries.conftest import ENTITIES, GOVERNORATES, POPULATION, SERVICES, open_workspace, transaction
from tests.web.serving import served

REGISTRIES = {
    "entities": "".join(ENTITIES.splitlines(keepends=True)[place] for place in (0, 1, 2)),
    "services": SERVICES.partition("t1,")[0],
    "governorates": GOVERNORATES, "governorate_population": POPULATION,
}  # fmt: skip
BROKEN_OFF = date(2025, 3, 1)
SCOPES = ("programme", "entity:health", "entity:police", "governorate:G-A")
MONTHS_SAID = {"en": "(data for 3 of 5 months", "ar": "(أشهر لها بيانات 3 من 5"}
DAYS_SAID = {"en": "days are missing in March 2025", "ar": "أيام ناقصة في مارس 2025"}
BASE_SAID = {"en": "March 2024 (data for 2 of 3 months)", "ar": "(أشهر لها بيانات 2 من 3)"}
PAGES = (
    "overview", "transactions", "entities", "governorates", "governorate?governorate=G-A", "entity?entity=health",
    "service?service=h1",
)  # fmt: skip


def broken_off() -> Iterable[dict]:
    """Have health leave February 2024 out, and everybody break off after ten days of March 2025, the last month."""
    for month in Period.parse("2024-01..2025-02"):
        if month != date(2024, 2, 1):
            yield transaction(month, "health", "h1", 100, channel="web", governorate="G-A")
        yield transaction(month, "police", "p1", 90, channel="web", governorate="G-B")
    for day in range(1, 11):
        for entity, service, place in (("health", "h1", "G-A"), ("police", "p1", "G-B")):
            row = transaction(BROKEN_OFF, entity, service, 9, channel="web", governorate=place)
            yield row | {"submitted_at": datetime(2025, 3, day, 8), "transaction_id": f"{service}-{day}"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("how_complete") / "workspace"
    open_workspace(made, REGISTRIES, {"transactions": broken_off()}).close()
    return made


def shown(screen: Callable, folder: Path, page: str, language: str, period: str) -> str:
    name, _, given = page.partition("?")
    parameters = dict(one.split("=") for one in given.split("&")) if given else {}
    return strip_isolates(screen(folder, name, lang=language, period=period, **parameters).html)


def documents(folder: Path, language: str) -> dict[str, str]:
    warehouse = Warehouse.open(folder)
    scopes = scopes_asked(SCOPES, scope_names(warehouse))
    content = read_content(warehouse, BROKEN_OFF, scopes)
    made = {scope.key: document(content, scope, language, None) for scope in scopes}
    warehouse.close()
    return {key: strip_isolates(json.dumps(one, ensure_ascii=False)) for key, one in made.items()}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_the_sentence_of_a_page_says_how_much_of_the_period_there_is(
    screen: Callable, folder: Path, page: str, language: str
) -> None:
    html = shown(screen, folder, page, language, "2025-01..2025-05")
    sentence = html.partition('class="kpi-answer"')[2].partition("</p>")[0]
    assert MONTHS_SAID[language] in sentence and DAYS_SAID[language] in sentence
    whole = shown(screen, folder, page, language, "2025-01..2025-02")
    assert DAYS_SAID[language] not in whole and MONTHS_SAID[language] not in whole


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_within_a_governorate_says_it_too(screen: Callable, folder: Path, language: str) -> None:
    html = shown(screen, folder, "governorate?governorate=G-A", language, "2025-01..2025-05")
    when = html.partition('data-kpi="digital_transactions"')[2].partition('class="kpi-when"')[2].partition("</p>")[0]
    assert MONTHS_SAID[language].strip("(") in when and DAYS_SAID[language] in when


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_base_that_is_not_whole_is_named_as_such_on_page_and_in_the_document(
    screen: Callable, folder: Path, language: str
) -> None:
    html = shown(screen, folder, "entity?entity=health", language, "2025-01..2025-03")
    made = documents(folder, language)
    assert BASE_SAID[language] in html
    assert BASE_SAID[language] in made["entity:health"] and BASE_SAID[language] in made["governorate:G-A"]
    short = {"en": "200\\n2 of 3 months", "ar": "200\\nأشهر 2 من 3"}[language]
    assert short in made["entity:health"]
    assert "2 of 3" not in made["entity:police"] and "2 من 3" not in made["entity:police"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scope", SCOPES)
def test_the_summary_of_a_document_says_of_which_month_days_are_missing(
    folder: Path, language: str, scope: str
) -> None:
    made = documents(folder, language)[scope]
    assert f"({DAYS_SAID[language]})" in made
    complete = {"en": "Every expected report has arrived", "ar": "وقد وصلت جميع البيانات المتوقعة"}[language]
    assert complete not in made


def test_an_export_of_points_says_of_each_point_how_complete_it_is(folder: Path) -> None:
    address = "/export/kpi_points.csv?kpi=transactions&period=2024-01..2025-05&months_per_point=3"
    with served(Starlette(routes=Exports(Settings(workspace=folder)).routes)) as client:
        programme, health = client.get(address), client.get(f"{address}&by=entity")
        stock = client.get("/export/kpi_points.csv?kpi=services_digitised&period=2025-01..2025-03")
    assert (programme.headers["x-months-partial"], programme.headers["x-complete"]) == ("1", "false")
    columns = ("months_reported", "months_expected", "months_partial", "is_complete")
    points = [tuple(row[name] for name in columns) for row in rows(programme)]
    assert points == [("3", "3", "0", "false"), *[("3", "3", "0", "true")] * 3, ("3", "3", "1", "false")]
    own = [tuple(row[name] for name in columns) for row in rows(health) if row["group_id"] == "health"]
    assert own[0] == ("2", "3", "0", "false") and own[1] == ("3", "3", "0", "true")
    assert all(row["is_complete"] == "" for row in rows(stock))


def rows(answer: object) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))

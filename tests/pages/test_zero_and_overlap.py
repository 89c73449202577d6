"""A certain zero is no gap on pages and in documents; where figures overlap they say why no total is shown."""

import json
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import pytest

from kpi.catalogue import load_catalogue
from kpi.language import strip_isolates
from kpi.messages import LANGUAGES, catalogue
from kpi.periods import Period
from kpi.queries.snapshot_scopes import scope_names
from kpi.report.content import read_content
from kpi.report.document import document
from kpi.report.scope import scopes_asked
from kpi.settings import REPOSITORY
from kpi.warehouse.connect import Warehouse
from tests.queries.conftest import ENTITIES, GOVERNORATES, POPULATION, SERVICES, open_workspace, transaction

MONTHS = Period.parse("2024-01..2025-03")
LAST = date(2025, 3, 1)
PERIOD = "2025-01..2025-03"
REGISTRIES = {
    "entities": ENTITIES, "services": SERVICES, "governorates": GOVERNORATES, "governorate_population": POPULATION,
}  # fmt: skip
OVERLAP = '[[source]]\nname = "transactions"\nlog = "transactions"\nfiles = "transactions/*"\nadditive = false\n'
PAGES = tuple(sorted(path.stem for path in (REPOSITORY / "pages").glob("*.py")))
SCOPES = ("programme", "entity:health", "entity:police", "governorate:G-A")


def counters_and_screens() -> Iterable[dict]:
    """Let health have counters alone, in Alpha, and police the web, in Beta."""
    for month in MONTHS:
        yield transaction(month, "health", "h1", 100, channel="counter", governorate="G-A")
        yield transaction(month, "police", "p1", 90, channel="web", governorate="G-B")


@pytest.fixture(scope="module")
def zero(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("zero") / "workspace"
    open_workspace(folder, REGISTRIES, {"transactions": counters_and_screens()}).close()
    return folder


@pytest.fixture(scope="module")
def overlap(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("overlap") / "workspace"
    folder.mkdir()
    (folder / "sources.toml").write_text(OVERLAP, encoding="utf-8")
    open_workspace(folder, REGISTRIES, {"transactions": counters_and_screens()}).close()
    return folder


def beginning(key: str, language: str) -> str:
    return catalogue(language)[key].partition("{")[0].strip()


def documents(folder: Path, language: str) -> dict[str, str]:
    warehouse = Warehouse.open(folder)
    scopes = scopes_asked(SCOPES, scope_names(warehouse))
    content = read_content(warehouse, LAST, scopes)
    made = {scope.key: json.dumps(document(content, scope, language, None), ensure_ascii=False) for scope in scopes}
    warehouse.close()
    return {key: strip_isolates(words) for key, words in made.items()}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("page", "asked"),
    [
        ("entity", {"entity": "health"}),
        ("governorate", {"governorate": "G-A"}),
        ("service", {"service": "h1"}),
        ("overview", {"entity": "health"}),
    ],
)
def test_no_page_takes_a_certain_zero_for_a_gap(
    screen: Callable, zero: Path, page: str, asked: dict[str, str], language: str
) -> None:
    shown = strip_isolates(screen(zero, page, period=PERIOD, lang=language, **asked).html)
    for key in ("say.answer.nothing", "coverage.silent", "service.no_volumes"):
        assert beginning(key, language) not in shown, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_document_takes_a_certain_zero_for_a_gap(zero: Path, language: str) -> None:
    found = documents(zero, language)
    for scope in ("entity:health", "governorate:G-A"):
        for key in ("report.summary.own_silent", "say.answer.nothing"):
            assert beginning(key, language) not in found[scope], (scope, key)
        # The name of the topic opens the list of what is without data, where it is in it.
        topic = load_catalogue()["digital_transactions"].name(language)
        assert f"{beginning('say.nothing.not_provided', language)} {topic}" not in found[scope], scope


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_figures_that_overlap_opens(screen: Callable, overlap: Path, page: str) -> None:
    asked = {"project": "P1"} if page == "project" else {}
    screen(overlap, page, period=PERIOD, **asked)


@pytest.mark.parametrize(("language", "word"), [("en", "may not be added up"), ("ar", "فلا يصح جمعها")])
def test_pages_and_documents_say_why_no_total_is_shown(
    screen: Callable, overlap: Path, language: str, word: str
) -> None:
    for page in ("overview", "transactions", "governorates"):
        assert word in strip_isolates(screen(overlap, page, period=PERIOD, lang=language).html), page
    found = documents(overlap, language)
    assert word in found["programme"]
    assert word not in found["entity:police"]

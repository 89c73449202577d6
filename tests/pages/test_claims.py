"""The register of published figures in both languages: each figure once, contradictions side by side."""

import re
from collections import Counter
from pathlib import Path

import pytest

from kpi.language import strip_isolates
from kpi.messages import LANGUAGES, text
from kpi.queries.claims import claim_rows, claims
from kpi.warehouse.connect import Warehouse
from kpi.web.claims import VERDICTS
from kpi.web.screens.claims_file import register_rows

PLACE = re.compile(r'id="claim-([\w-]+)"')


@pytest.fixture(scope="module")
def verdicts(demo_workspace: Path) -> dict[str, str]:
    warehouse = Warehouse.open(demo_workspace)
    found = {claim.claim_id: claim.verdict for claim in claims(warehouse)}
    warehouse.close()
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_stands_once_in_the_register(screen, demo_workspace, verdicts, language) -> None:
    html = screen(demo_workspace, "claims", lang=language).html
    assert sorted(PLACE.findall(html)) == sorted(verdicts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_data_contradict_comes_first(screen, demo_workspace, language) -> None:
    html = screen(demo_workspace, "claims", lang=language).html
    order = [html.index(f"{text(f'claims.section.{verdict}', language)}</h2>")
             for verdict in ("differs", "conflicting", "agrees", "not_computable")]  # fmt: skip
    assert order == sorted(order)


@pytest.mark.parametrize("verdict", VERDICTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_chip_counts_its_verdict_and_shows_every_figure_of_it(
    screen, demo_workspace, verdicts, language, verdict
) -> None:
    html = strip_isolates(screen(demo_workspace, "claims", lang=language, verdict=verdict).html)
    wanted = {claim_id for claim_id, found in verdicts.items() if found == verdict}
    assert wanted <= set(PLACE.findall(html))
    chip = re.search(rf'class="kpi-chip-{verdict}"[^>]*aria-current="true">.*?<bdi>(\d+)</bdi>', html)
    assert chip is not None
    assert int(chip[1]) == len(wanted) == Counter(verdicts.values())[verdict]


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_that_contradict_each_other_share_a_table_with_a_column_each(screen, demo_workspace, language) -> None:
    html = screen(demo_workspace, "claims", lang=language).html
    tables = re.findall(r'<table class="kpi-beside.*?</table>', html, re.DOTALL)
    table = next(table for table in tables if 'id="claim-O02"' in table)
    assert {"O01", "O02", "O03"} == set(PLACE.findall(table))
    for row in re.findall(r"<tr class=.*?</tr>", table, re.DOTALL):
        assert row.count("<td>") == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_sources_are_named_in_the_language_of_the_page(screen, demo_workspace, language) -> None:
    html = screen(demo_workspace, "claims", lang=language).html
    names = {"ar": "وكالة الأنباء العُمانية", "en": "Oman News Agency"}
    assert names[language] in html
    assert names["en" if language == "ar" else "ar"] not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_workspace_without_claims_says_so(screen, uk_workspace, language) -> None:
    html = screen(uk_workspace, "claims", lang=language).html
    assert text("claims.none_what", language) in html
    assert "kpi-verdicts" not in html


@pytest.mark.parametrize("nonsense", ["true", "<b>", ""])
def test_an_unknown_verdict_in_the_address_shows_all(screen, demo_workspace, verdicts, nonsense) -> None:
    html = screen(demo_workspace, "claims", lang="en", verdict=nonsense).html
    assert len(PLACE.findall(html)) == len(verdicts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_has_a_heading_for_every_column(demo_workspace, language) -> None:
    warehouse = Warehouse.open(demo_workspace)
    rows = claim_rows(warehouse)
    warehouse.close()
    named = register_rows(rows, language)
    assert len(set(named.columns)) == len(rows.columns)
    assert named.height == rows.height

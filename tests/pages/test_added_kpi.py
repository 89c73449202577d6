"""An indicator is two files: its view and its entry. It is then on every surface that the entry names."""

import io
import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pypdfium2
import pytest
from starlette.applications import Starlette

from kpi.language import format_value, strip_isolates, t
from kpi.messages import LANGUAGES
from kpi.periods import Period
from kpi.queries.definitions import definition
from kpi.queries.filters import Filters
from kpi.queries.headline import headline
from kpi.queries.snapshot_scopes import scope_names
from kpi.report.content import read_content
from kpi.report.document import document
from kpi.report.render import Renderer
from kpi.report.scope import scopes_asked
from kpi.settings import REPOSITORY, Settings
from kpi.surfaces import Shown
from kpi.warehouse.build import build
from kpi.warehouse.connect import Warehouse
from kpi.web.exports import Exports
from tests.web.serving import served

KPI = "counter_share"
NAMES = {"ar": "نصيب مكاتب الخدمة", "en": "Counter share"}
PERIOD, MONTH = "2025-01..2025-05", date(2025, 5, 1)
VIEW = """-- one row per month, entity, service and governorate
create view kpi_counter_share as
select
    month, entity_id, service_id, governorate_id,
    coalesce(sum(transactions) filter (where channel = 'counter'), 0)::bigint as numerator,
    sum(transactions)::bigint as denominator
from fct_transaction_service_month
where outcome = 'completed'
group by month, entity_id, service_id, governorate_id;
comment on view kpi_counter_share is 'Counter share. | نصيب المكاتب.';
"""
SCREENS = {
    "overview": ("overview", {}),
    "entity": ("entity", {"entity": "rop"}),
    "governorate": ("governorate", {"governorate": "OM-MA"}),
    "not_allocated": ("governorate", {"governorate": "not_allocated"}),
    "transactions": ("transactions", {}),
    "services": ("services", {}),
    "service": ("service", {"service": "rop-001"}),
    "projects": ("projects", {}),
}
ELSEWHERE = {"league", "league_phone", "transactions_trends"}
DOCUMENTS = {"programme": "programme", "entity": "entity:rop", "governorate": "governorate:OM-MA"}


def entry() -> str:
    """Return an entry with every field that is required, and a place on every surface there is."""
    words = "".join(
        f'{field}_ar = "تجربة {field}"\n{field}_en = "trial of {field}"\n'
        for field in ("definition", "formula", "owner", "source")
    )
    shown = ", ".join(f"{surface} = 2" for surface in Shown.model_fields)
    return (
        f'\n[{KPI}]\nname_ar = "{NAMES["ar"]}"\nname_en = "{NAMES["en"]}"\nunit = "percent"\nkind = "ratio"\n'
        f'flow = "flow"\ndirection = "down"\ndecimals = 1\nscale = 100\ndimensions = ["service_id"]\n'
        f"shown = {{ {shown} }}\n{words}"
        f'[[{KPI}.versions]]\nvalid_from = 2021-01-01\nnote_ar = "أول"\nnote_en = "first"\n'
    )


@pytest.fixture(scope="module")
def workspace(demo_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("added")
    sql = Path(shutil.copytree(REPOSITORY / "sql", folder / "sql"))
    (sql / "kpi" / f"kpi_{KPI}.sql").write_text(VIEW, encoding="utf-8")
    with (sql / "kpis.toml").open("a", encoding="utf-8") as catalogue:
        catalogue.write(entry())
    copy = Path(shutil.copytree(demo_workspace, folder / "workspace", symlinks=True))
    build(Settings(workspace=copy), sql_folder=sql)
    return copy


@pytest.fixture(scope="module")
def warehouse(workspace: Path) -> Warehouse:
    return Warehouse.open(workspace)


def written(warehouse: Warehouse, language: str, **scope: str) -> str:
    """Return the value as every surface writes it."""
    filters = Filters(Period(date(2025, 1, 1), MONTH), **scope)  # ty: ignore[invalid-argument-type]
    found = headline(warehouse, kpi_id=KPI, filters=filters)
    assert found.value
    return strip_isolates(format_value(found.value, "percent", language, 1))


def test_every_surface_that_there_is_is_looked_at() -> None:
    documents = {f"snapshot_{kind}{part}" for kind in DOCUMENTS for part in ("", "_trends")}
    assert set(SCREENS) | ELSEWHERE | documents == set(Shown.model_fields)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("surface", SCREENS)
def test_its_card_stands_on_the_screen(screen, workspace, surface, language) -> None:
    page, address = SCREENS[surface]
    html = screen(workspace, page, lang=language, period=PERIOD, **address).html
    card = html.partition(f'data-kpi="{KPI}"')[2].partition("</details>")[0]
    assert NAMES[language] in card
    assert definition(Warehouse.open(workspace), KPI).definition_en in card or language == "ar"


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_a_column_of_the_league_and_sorts_it(screen, workspace, warehouse, language) -> None:
    html = strip_isolates(screen(workspace, "entities", lang=language, period=PERIOD, sort=KPI).html)
    assert f'<td class="kpi-digits kpi-main" data-label="{NAMES[language]}">' in html
    assert written(warehouse, language, entity_id="rop") in html
    by_topic = strip_isolates(screen(workspace, "entities", lang=language, period=PERIOD).html)
    assert f'<td class="kpi-digits kpi-main" data-label="{NAMES[language]}">' in by_topic


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_trend_its_map_and_its_definition_are_on_their_screens(screen, workspace, language) -> None:
    trends = screen(workspace, "transactions", lang=language, period=PERIOD).html
    assert f'<figure class="kpi-small" data-kpi="{KPI}">' in trends
    method = screen(workspace, "method", lang=language).html
    assert f'id="{KPI}"' in method
    assert {"ar": "تجربة definition", "en": "trial of definition"}[language] in method
    assert "fct_transaction_service_month" in method.partition(f'id="{KPI}"')[2]
    title = t("governorates.map.title", language, kpi=NAMES[language])
    shown = screen(workspace, "governorates", lang=language, period=PERIOD, kpi=KPI)
    assert strip_isolates(title) in strip_isolates(shown.html + " ".join(one.value for one in shown.app.markdown))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", DOCUMENTS)
def test_its_card_its_trend_and_its_definition_are_in_the_document(warehouse, kind, language, tmp_path) -> None:
    scopes = scopes_asked((DOCUMENTS[kind],), scope_names(warehouse))
    made = document(read_content(warehouse, MONTH, scopes), scopes[0], language, None)
    for part, name in (("cards", "name"), ("charts", "title")):
        drawn = [one[name] for found in made["parts"] if found["kind"] == part for one in found[part]]
        assert NAMES[language] in map(strip_isolates, drawn), part
    (tmp_path / "document.pdf").write_bytes(Renderer().pdf(made, 0))
    with pypdfium2.PdfDocument(tmp_path / "document.pdf") as opened:
        text = " ".join(page.get_textpage().get_text_range() for page in opened)
    group = {} if kind == "programme" else {f"{kind}_id": scopes[0].group}
    value = written(warehouse, language, **group)
    assert strip_isolates(text).count(value) >= 2, "a card and the table of all indicators"


def test_it_is_exported_described_and_answered_for(workspace, warehouse) -> None:
    with served(Starlette(routes=Exports(Settings(workspace=workspace)).routes)) as client:
        answer = client.get(f"/export/kpi_points.csv?kpi={KPI}&period={PERIOD}")
        value = pl.read_csv(io.BytesIO(answer.body))["value"].item()
        assert f"/export/kpi_{KPI}.{{form}}" in json.loads(client.get("/export/openapi.json").body)["paths"]
    sql = f"select value from kpi_points('{KPI}', '2025-01-01', '2025-05-01')"
    run = [sys.executable, "-m", "kpi", "query", sql, "--format", "json"]
    environment = os.environ | {"KPI_WORKSPACE": str(workspace), "KPI_LANGUAGE": "en"}
    done = subprocess.run(run, env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=True)  # noqa: S603
    assert json.loads(done.stdout)[0]["value"] == value
    places = dict(warehouse.query(f"select surface, position from meta_kpi_place where kpi_id = '{KPI}'").rows())
    assert places == dict.fromkeys(Shown.model_fields, 2)

"""What changed hands is said on the page, in both languages, with the way to the other view."""

import json

import pytest

from kpi.ingest.load import load
from kpi.language import strip_isolates
from kpi.messages import LANGUAGES, text
from kpi.periods import Period
from kpi.queries.entity import entity_profile
from kpi.queries.filters import Filters
from kpi.queries.headline import headline
from kpi.queries.snapshot_scopes import scope_names
from kpi.report.content import read_content
from kpi.report.document import document
from kpi.report.scope import all_scopes
from kpi.settings import Settings
from kpi.warehouse.build import build
from kpi.warehouse.connect import Warehouse

PERIOD = "2025-01..2025-05"
REGISTRIES = {
    "entities": "entity_id,name_ar,name_en,valid_to,successor_id\nmoh,وزارة الصحة,Health,,\nmol,وزارة العمل,Labour,,\n"
    "old,هيئة النقل,Transport Authority,2025-02-28,new\nnew,وزارة النقل,Transport,,\n",
    "governorates": "governorate_id,name_ar,name_en,tile_row,tile_col,sort_order\nG-A,ألف,Alpha,1,1,1\n",
    "services": "service_id,entity_id,name_ar,name_en,valid_from,valid_to\nmoh-1,moh,موعد,Appointment,,2025-03-31\n"
    "moh-1,mol,موعد,Appointment,2025-04-01,\nmoh-2,moh,تقرير,Report,,\nmol-1,mol,تصريح,Permit,,\n"
    "old-1,old,ترخيص,Licence,,2025-02-28\nold-1,new,ترخيص,Licence,2025-03-01,\n",
}
TRANSACTIONS = {"moh-1": 6, "moh-2": 25, "mol-1": 30, "old-1": 20}
MONTHS = [f"{year}-{month:02}" for year in (2024, 2025) for month in range(1, 13) if (year, month) <= (2025, 5)]


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hands") / "workspace"
    (folder / "reference").mkdir(parents=True)
    (folder / "inbox" / "transactions").mkdir(parents=True)
    (folder / "workspace.toml").write_text('name_ar = "بلدة"\nname_en = "Town"\n', encoding="utf-8")
    for name, rows in REGISTRIES.items():
        (folder / "reference" / f"{name}.csv").write_text(rows, encoding="utf-8")
    lines = ["transaction_id,submitted_at,completed_at,service_id,channel,outcome,transactions,governorate_id"]
    for month in MONTHS:
        for service, count in TRANSACTIONS.items():
            place = "G-A" if service == "moh-2" else ""
            times = f"{month}-05 10:00:00,{month}-05 11:00:00"
            lines.append(f"{service}-{month},{times},{service},web,completed,{count},{place}")
    (folder / "inbox" / "transactions" / "a.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    settings = Settings(workspace=folder)
    load(settings)
    build(settings)
    return folder


@pytest.fixture(scope="module")
def warehouse(town):
    opened = Warehouse.open(town)
    yield opened
    opened.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("organisation", "other"), [("as_was", "as_is"), ("as_is", "as_was")])
def test_the_overview_says_what_moved_and_leads_to_the_other_view(screen, town, language, organisation, other) -> None:
    seen = screen(town, lang=language, period=PERIOD, organisation=organisation)
    html = strip_isolates(seen.html)
    day = {"en": "1 April 2025", "ar": "1 أبريل 2025"}[language]
    names = {"en": ("Appointment", "Health", "Labour"), "ar": ("موعد", "وزارة الصحة", "وزارة العمل")}[language]
    facts = dict(zip(("service", "before", "after"), names, strict=True))
    assert text("hands.service_moved", language, day=day, **facts) in html
    assert text(f"hands.{organisation}", language) in html
    assert text(f"hands.show_{other}", language) in html
    assert ("organisation=as_is" in html.split("kpi-hands")[1].split("</div>")[0]) is (other == "as_is")
    assert text("web.filter.organisation", language) in {box.label for box in seen.app.selectbox}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_service_says_who_answered_for_it_and_that_its_figures_are_its_own(screen, town, language) -> None:
    html = strip_isolates(screen(town, "service", lang=language, period=PERIOD, service="moh-1").html)
    assert text("hands.own_figures_service", language) in html
    assert "kpi-hands" not in screen(town, "service", lang=language, period=PERIOD, service="moh-2").html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_screen_that_knows_bodies_as_they_were_only_says_so(screen, town, language) -> None:
    shown = [
        text("hands.always_as_was", language) in screen(town, "projects", lang=language, **asked).html
        for asked in ({"organisation": "as_is"}, {})
    ]
    assert shown == [True, False]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("organisation", "other"), [("as_was", "as_is"), ("as_is", "as_was")])
@pytest.mark.parametrize("name", ["entities", "transactions", "governorates", "services"])
def test_a_screen_of_many_bodies_honours_the_address_and_leads_to_the_other_view(
    screen, town, language, organisation, other, name
) -> None:
    seen = screen(town, name, lang=language, period=PERIOD, organisation=organisation)
    html = strip_isolates(seen.html)
    assert text(f"hands.{organisation}", language) in html
    box = html.split("kpi-hands")[1].split("</div>")[0]
    assert text(f"hands.show_{other}", language) in box
    assert ("organisation=as_is" in box) is (other == "as_is")
    assert text("hands.always_as_was", language) not in html
    assert text("web.filter.organisation", language) in {box.label for box in seen.app.selectbox}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("organisation", ["as_was", "as_is"])
def test_a_governorate_says_that_its_figures_are_its_own(screen, town, language, organisation) -> None:
    seen = screen(town, "governorate", lang=language, period=PERIOD, governorate="G-A", organisation=organisation)
    html = strip_isolates(seen.html)
    assert text("hands.own_figures_place", language) in html
    assert text(f"hands.named_{organisation}", language) in html
    seen = screen(
        town, "governorate", lang=language, period=PERIOD, governorate="not_allocated", organisation=organisation
    )
    assert text(f"hands.{organisation}", language) in strip_isolates(seen.html)


def test_days_that_cannot_follow_a_service_that_moved_say_so(screen, town) -> None:
    asked = {"lang": "en", "period": PERIOD, "organisation": "as_is"}
    told = {
        entity: text("transactions.days.moved_what", "en")
        in strip_isolates(screen(town, "transactions", entity=entity, **asked).html)
        for entity in ("moh", "mol", "new")
    }
    assert told == {"moh": True, "mol": True, "new": False}


def test_the_catalogue_lists_a_service_with_the_body_of_the_view(screen, town) -> None:
    asked = {"lang": "en", "period": "2025-01", "entity": "mol"}
    listed = {
        organisation: "service=moh-1" in screen(town, "services", organisation=organisation, **asked).html
        for organisation in ("as_was", "as_is")
    }
    assert listed == {"as_was": False, "as_is": True}


def test_an_entity_is_told_of_its_own_changes_only_and_has_the_values_of_either_view(screen, town, warehouse) -> None:
    html = strip_isolates(screen(town, "entity", lang="en", period=PERIOD, entity="mol").html)
    assert "Appointment moved" in html and "Transport" not in html.split("kpi-hands")[1].split("</div>")[0]
    period = Period.parse(PERIOD)
    for organisation, entity, value in (
        ("as_was", "mol", 30 * 5 + 6 * 2), ("as_is", "mol", 36 * 5), ("as_was", "moh", 25 * 5 + 6 * 3),
        ("as_is", "moh", 25 * 5), ("as_was", "new", 20 * 3), ("as_is", "new", 20 * 5),
    ):  # fmt: skip
        asked = Filters(period, entity_id=entity, organisation=organisation)
        found = headline(warehouse, kpi_id="transactions", filters=asked)
        assert found.value == value
        if organisation == "as_is":
            assert found.change is not None and (found.change.raw, found.change.like_for_like) == (0, None)
            assert found.reported is not None and found.reported.expected == 1
    as_was = entity_profile(warehouse, entity_id="moh", period=period)
    as_is = entity_profile(warehouse, entity_id="moh", period=period, organisation="as_is")
    named = [{one.service.id for one in profile.top_services} for profile in (as_was, as_is) if profile]
    assert named == [{"moh-1", "moh-2"}, {"moh-2"}]


def test_a_service_has_all_its_transactions_whoever_answered_for_them(warehouse) -> None:
    asked = Filters(Period.parse(PERIOD), entity_id="mol", service_id="moh-1")
    assert headline(warehouse, kpi_id="transactions", filters=asked).value == 6 * 5


def test_where_nothing_ever_moved_nothing_is_offered_or_said(screen, demo_workspace) -> None:
    seen = screen(demo_workspace, lang="en", organisation="as_is")
    assert "kpi-hands" not in seen.html
    assert text("web.filter.organisation", "en") not in {box.label for box in seen.app.selectbox}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_document_says_what_moved_and_shows_it_as_it_was(warehouse, language) -> None:
    scopes = all_scopes(scope_names(warehouse))
    content = read_content(warehouse, Period.parse(PERIOD).end, scopes)
    # What a document says carries no vowel signs.
    said = text("report.hands.in_document", language).replace("؛", ";").split(";")[0]
    for scope in scopes:
        written = strip_isolates(json.dumps(document(content, scope, language, None), ensure_ascii=False))
        concerned = scope.kind in ("programme", "governorate") or scope.group in ("moh", "mol", "old", "new")
        assert (said in written) is concerned

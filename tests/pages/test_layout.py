"""Which indicators stand where: every screen, list and document of the demo as it is laid out, in order."""

import re
from datetime import date
from pathlib import Path

import pytest

from kpi.language import strip_isolates
from kpi.queries.definitions import definitions
from kpi.queries.snapshot_scopes import scope_names
from kpi.report.content import read_content
from kpi.report.document import document
from kpi.report.scope import scopes_asked
from kpi.warehouse.connect import Warehouse

PERIOD = "2025-01..2025-05"
QUALITY = "digital_take_up completion_rate satisfaction processing_time_median"
SERVICES = "services_digitised priority_services_simplified"
CARDS = [
    ("overview", "", f"digital_transactions {SERVICES} programme_performance digital_take_up projects_completed "
     "completion_rate satisfaction processing_time_median entity_readiness journeys_designed"),
    ("overview", "entity=rop", f"digital_transactions {SERVICES} digital_take_up completion_rate satisfaction "
     "processing_time_median entity_readiness / Programme performance, Projects completed and Journeys designed"),
    ("entity", "entity=rop", f"digital_transactions entity_readiness services_digitised {QUALITY} "
     "priority_services_simplified"),
    ("entity", "entity=mtcit", "digital_transactions entity_readiness services_digitised digital_take_up "
     "completion_rate processing_time_median priority_services_simplified programme_performance projects_completed "
     "/ Satisfaction"),
    ("entity", "entity=tra", "digital_transactions entity_readiness services_digitised digital_take_up completion_rate "
     "processing_time_median priority_services_simplified / Satisfaction"),
    ("entity", "entity=gov-wusta", "digital_transactions governorate_readiness services_digitised digital_take_up "
     "processing_time_median priority_services_simplified / Completion rate and Satisfaction"),
    ("governorate", "governorate=OM-MA", f"digital_transactions transactions_per_1000 {QUALITY} {SERVICES} "
     "governorate_readiness"),
    ("governorate", "governorate=not_allocated", "digital_transactions digital_take_up completion_rate satisfaction"),
    ("services", "", f"{SERVICES} simplification_steps_saved simplification_time_saved"),
    ("service", "service=rop-001", "transactions digital_take_up completion_rate satisfaction"),
    ("projects", "", "programme_performance projects_completed"),
    ("transactions", "", f"transactions digital_transactions {QUALITY} {QUALITY}"),
    ("readiness", "", "entity_readiness governorate_readiness"),
]  # fmt: skip
LEAGUE = "digital_transactions digital_take_up completion_rate satisfaction services_digitised"
PHONE = "digital_transactions digital_take_up satisfaction"
COLUMNS = [
    ("", f"{LEAGUE} readiness", f"{PHONE} readiness"),
    ("sort=completion_rate", f"{LEAGUE} readiness", "digital_transactions digital_take_up completion_rate readiness"),
    ("governorate=OM-MA", LEAGUE, PHONE),
]
TABLE = (
    f"digital_transactions transactions {QUALITY} {SERVICES} services_simplified_manjam simplification_steps_saved "
    "simplification_time_saved"
)
OF_ENTITY = f"{TABLE} entity_readiness data_completeness change_teams_active"
OF_OFFICE = f"{TABLE} governorate_readiness data_completeness change_teams_active"
OF_GOVERNORATE = f"{TABLE} governorate_readiness transactions_per_1000"
PLACE_CARDS = f"digital_transactions transactions_per_1000 {QUALITY} {SERVICES} governorate_readiness"
DOCUMENTS = {
    "programme": (
        f"digital_transactions {SERVICES} programme_performance digital_take_up projects_completed completion_rate "
        "satisfaction processing_time_median entity_readiness journeys_designed data_completeness",
        "digital_transactions digital_take_up services_digitised completion_rate satisfaction processing_time_median "
        "programme_performance entity_readiness data_completeness",
        f"{TABLE} journeys_designed programme_performance projects_completed entity_readiness governorate_readiness "
        "entities_reporting data_completeness change_teams_active",
    ),
    "entity:rop": (
        f"digital_transactions {QUALITY} {SERVICES} entity_readiness data_completeness",
        f"digital_transactions {QUALITY} services_digitised entity_readiness",
        OF_ENTITY,
    ),
    "entity:tra": (
        f"digital_transactions digital_take_up completion_rate processing_time_median {SERVICES} entity_readiness "
        "data_completeness simplification_steps_saved",
        "digital_transactions digital_take_up completion_rate processing_time_median services_digitised",
        OF_ENTITY,
    ),
    "entity:gov-wusta": (
        f"digital_transactions digital_take_up processing_time_median {SERVICES} data_completeness "
        "simplification_steps_saved simplification_time_saved transactions",
        "digital_transactions digital_take_up processing_time_median",
        OF_OFFICE,
    ),
    "governorate:OM-MA": (
        PLACE_CARDS,
        f"digital_transactions {QUALITY} services_digitised governorate_readiness",
        OF_GOVERNORATE,
    ),
    "governorate:OM-WU": (
        PLACE_CARDS,
        "digital_transactions digital_take_up completion_rate processing_time_median services_digitised",
        OF_GOVERNORATE,
    ),
}


@pytest.mark.parametrize(("page", "address", "expected"), CARDS)
def test_the_cards_of_a_screen_stand_in_their_order(screen, demo_workspace: Path, page, address, expected) -> None:
    parameters = dict(part.split("=") for part in address.split("&") if part)
    html = strip_isolates(screen(demo_workspace, page, lang="en", period=PERIOD, **parameters).html)
    cards, *without = expected.split(" / ")
    assert re.findall(r'data-kpi="(\w+)"', html) == cards.split()
    assert re.findall(r"this selection: ([^<]*)\.</p>", html) == without


@pytest.mark.parametrize(("address", "expected", "on_phone"), COLUMNS)
def test_the_columns_of_the_league_stand_in_their_order(screen, demo_workspace, address, expected, on_phone) -> None:
    parameters = dict(part.split("=") for part in address.split("&") if part)
    html = strip_isolates(screen(demo_workspace, "entities", lang="en", period=PERIOD, **parameters).html)
    ids = _ids(demo_workspace) | {"Readiness": "readiness"}
    row = re.search(r'<tr><th scope="row"><span class="kpi-rank">.*?</tr>', html).group()  # ty: ignore
    cells = re.findall(r'<td class="kpi-digits( kpi-main)?" data-label="([^"]*)"', row)
    assert [ids[name] for _, name in cells] == expected.split()
    assert [ids[name] for main, name in cells if main] == on_phone.split()


@pytest.mark.parametrize("asked", DOCUMENTS)
def test_the_cards_and_trends_of_a_document_stand_in_their_order(demo_workspace: Path, asked: str) -> None:
    warehouse = Warehouse.open(demo_workspace)
    scopes = scopes_asked((asked,), scope_names(warehouse))
    made = document(read_content(warehouse, date(2025, 5, 1), scopes), scopes[0], "en", None)
    ids = _ids(demo_workspace)
    found = []
    for kind in ("cards", "charts"):
        drawn = [one for part in made["parts"] if part["kind"] == kind for one in part[kind]]
        found.append(" ".join(ids[strip_isolates(one.get("name") or one["title"])] for one in drawn))
    heading = next(i for i, part in enumerate(made["parts"]) if part.get("text") == "All indicators")
    table = made["parts"][heading + 1]
    found.append(" ".join(ids[strip_isolates(row[0]["text"]).partition("\n")[0]] for row in table["rows"]))
    assert tuple(found) == DOCUMENTS[asked]


def _ids(workspace: Path) -> dict[str, str]:
    return {strip_isolates(kpi.name("en")): kpi.id for kpi in definitions(Warehouse.open(workspace)).values()}

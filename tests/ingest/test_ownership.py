"""A row is judged by the owner of its own day; a service that moved without a day stops the load."""

import io

import polars as pl
import pytest
from starlette.applications import Starlette

from kpi.errors import SettingsError
from kpi.ingest.advice import Adviser
from kpi.settings import Settings
from kpi.warehouse.build import build
from kpi.warehouse.connect import Warehouse
from kpi.web.exports import Exports
from tests.ingest.conftest import csv_text, make_office
from tests.web.serving import served

MOVED = (
    "service_id,entity_id,name_ar,name_en,valid_from,valid_to\nmoh-1,moh,موعد,Appointment,,2025-03-31\n"
    "moh-1,mol,موعد طبي,Medical appointment,2025-04-01,\nmoh-2,moh,تقرير,Report,,\nmol-1,mol,تصريح,Permit,,\n"
)
DAY = "2025-{} 10:00:00"


def rows(csv, *cells: tuple[str, str, str]) -> str:
    """Return a log of (month-day, service, entity)."""
    return csv(
        *({"submitted_at": DAY.format(day), "completed_at": "", "service_id": service, "entity_id": entity}
          for day, service, entity in cells)
    )  # fmt: skip


def declare(office, name: str, text: str) -> None:
    (office.folder / "reference" / f"{name}.csv").write_text(text, encoding="utf-8")


def test_a_row_belongs_to_the_owner_of_its_day(office, csv):
    declare(office, "services", MOVED)
    days = ("03-31", "04-01")
    cells = [(day, "moh-1", entity) for day in days for entity in ("moh", "mol", "")] + [("04-01", "moh-2", "")]
    office.load_one("transactions/a.csv", rows(csv, *cells))
    accepted = office.accepted().sort("source_row").select("source_row", "entity_id").rows()
    assert accepted == [(1, "moh"), (3, "moh"), (5, "mol"), (6, "mol"), (7, "moh")]
    assert office.findings() == [
        (2, "entity_id", "service_of_other_entity"),
        (4, "entity_id", "service_of_other_entity"),
    ]


def test_a_day_on_which_nobody_owned_the_service_is_a_reason_of_its_own(office, csv):
    declare(office, "services", MOVED.replace("2025-04-01,", "2025-05-01,"))
    office.load_one("transactions/a.csv", rows(csv, ("04-15", "moh-1", ""), ("05-15", "moh-1", "")))
    assert office.findings() == [(1, "service_id", "service_not_valid")]


def test_a_merged_body_counts_as_itself_until_its_end_and_is_told_so_afterwards(office, csv):
    declare(
        office,
        "entities",
        "entity_id,name_ar,name_en,valid_from,valid_to,successor_id\nmoh,الصحة,Health,2025-03-01,,\nmol,العمل,Labour,,,\n"
        "moh-old,الصحة القديمة,Old Health,,2025-02-28,moh\n",
    )
    declare(
        office,
        "services",
        "service_id,entity_id,name_ar,name_en,valid_from,valid_to\nmoh-1,moh-old,موعد,Appointment,,2025-02-28\n"
        "moh-1,moh,موعد,Appointment,2025-03-01,\n",
    )
    office.load_one(
        "transactions/a.csv",
        rows(csv, ("02-28", "moh-1", "moh-old"), ("03-01", "moh-1", "moh-old"), ("03-02", "moh-1", "")),
    )
    assert office.accepted().sort("source_row")["entity_id"].to_list() == ["moh-old", "moh"]
    assert (2, "entity_id", "entity_not_valid") in office.findings()


def test_a_move_without_a_day_stops_the_load_and_the_past_stays_where_it_was(office, csv):
    (office.folder / "workspace.toml").write_text('name_ar = "ب"\nname_en = "T"\n', encoding="utf-8")
    name = "transactions/a.csv"
    office.load_one(name, rows(csv, ("01-05", "moh-1", "moh"), ("02-05", "moh-1", "")))
    services = (office.folder / "reference" / "services.csv").read_text(encoding="utf-8")
    declare(office, "services", services.replace("moh-1,moh", "moh-1,mol"))
    with pytest.raises(SettingsError) as caught:
        office.load()
    for language in ("ar", "en"):
        assert all(word in caught.value.what(language) for word in ("moh-1", "moh", "mol", "valid_from", "1900-01-01"))
    settings = Settings(workspace=office.folder)
    build(settings)
    assert sums(settings) == [("moh", 2)]
    declare(office, "services", MOVED)
    office.load()
    build(settings)
    assert sums(settings) == [("moh", 2)]
    declare(
        office,
        "services",
        "service_id,entity_id,name_ar,name_en,valid_from\nmoh-1,mol,موعد,Appointment,1900-01-01\n",
    )
    office.put(name, rows(csv, ("01-05", "moh-1", ""), ("02-05", "moh-1", "")))
    assert not office.load().failures, "who owned it ever since may be said in so many words"


def sums(settings: Settings) -> list[tuple[str, int]]:
    """Return the transactions per body of the published file."""
    warehouse = Warehouse.open(settings.workspace)
    found = warehouse.query(
        "select entity_id, sum(transactions)::bigint from fct_transaction_month group by 1 order by 1"
    )
    warehouse.close()
    return found.rows()


def test_the_file_keeps_who_owned_what_when_and_who_stands_for_whom_today(office, csv):
    (office.folder / "workspace.toml").write_text('name_ar = "ب"\nname_en = "T"\n', encoding="utf-8")
    declare(office, "services", MOVED)
    declare(
        office,
        "entities",
        "entity_id,name_ar,name_en,valid_to,successor_id\nmoh,الصحة,Health,2026-01-31,mol\nmol,العمل,Labour,2027-01-31,new\n"
        "new,جديدة,New,,\n",
    )
    office.load_one("transactions/a.csv", rows(csv, ("03-05", "moh-1", ""), ("04-05", "moh-1", "")))
    office.put(
        "services/e.csv", "service_id,event,event_on\nmoh-1,registered,2025-03-01\nmoh-2,registered,2025-04-30\n"
    )
    office.load()
    build(Settings(workspace=office.folder))
    warehouse = Warehouse.open(office.folder)
    owners = warehouse.query(
        "select entity_id, owned_to::varchar from dim_service_owner where service_id = 'moh-1'"
    ).rows()
    assert owners == [("moh", "2025-03-31"), ("mol", "2199-12-31")]
    assert warehouse.query("select entity_id, name_en from dim_service where service_id = 'moh-1'").rows() == [
        ("mol", "Medical appointment")
    ]
    today = {("moh", "new"), ("mol", "new"), ("new", "new")}
    assert set(warehouse.query("select * from dim_entity_successor").rows()) == today
    months = warehouse.query(
        "select month::varchar, entity_id, registered from fct_service_month where registered > 0 order by 1, 2"
    ).rows()
    assert months == [("2025-03-01", "moh", 1), ("2025-04-01", "moh", 1), ("2025-04-01", "mol", 1)]
    warehouse.close()


@pytest.mark.parametrize(
    ("entities", "said"),
    [
        ("moh,ص,H,,,mol\nmol,ع,L,,,\n", "“mol” succeeds a row that has no valid_to"),
        ("moh,ص,H,,2025-01-31,mol\nmol,ع,L,,2025-01-31,moh\n", "the successors of “mol” lead back"),
        ("moh,ص,H,,2025-01-31,mho\nmol,ع,L,,,\n", "“mho” is not in the registry entities"),
        ("moh,ص,H,2025-02-01,2025-01-31,\nmol,ع,L,,,\n", "2025-01-31 lies before valid_from"),
    ],
)
def test_a_succession_that_cannot_be_is_refused(office, entities, said):
    declare(office, "entities", "entity_id,name_ar,name_en,valid_from,valid_to,successor_id\n" + entities)
    with pytest.raises(SettingsError) as caught:
        office.load()
    assert said in caught.value.what("en")


def test_two_owners_on_one_day_are_refused(office):
    declare(office, "services", MOVED.replace("2025-04-01,", "2025-03-31,"))
    with pytest.raises(SettingsError) as caught:
        office.load()
    assert "“moh-1” has row 1 for 2025-03-31 already" in caught.value.what("en")


@pytest.fixture(scope="module")
def reorganised_office(tmp_path_factory):
    """Return a published workspace in which a service moved and a body was renamed; it is only asked."""
    office = make_office(tmp_path_factory.mktemp("reorganised"))
    (office.folder / "workspace.toml").write_text('name_ar = "ب"\nname_en = "T"\n', encoding="utf-8")
    declare(office, "services", MOVED)
    declare(
        office,
        "entities",
        "entity_id,name_ar,name_en,valid_to,successor_id\nmoh,الصحة,Health,2025-12-31,new\nmol,العمل,Labour,,\n"
        "new,جديدة,New,,\n",
    )
    cells = [("03-05", "moh-1", ""), ("03-06", "moh-2", ""), ("04-05", "moh-1", ""), ("04-05", "moh-2", "")]
    office.load_one("transactions/a.csv", rows(csv_text, *cells))
    assessed = "entity_id,indicator_id,assessed_on,score_pct\nmoh,i1,2025-03-31,70\nmol,i1,2025-03-31,80\n"
    office.put("assessments/a.csv", assessed)
    office.load()
    build(Settings(workspace=office.folder))
    return office


@pytest.fixture
def reorganised(reorganised_office):
    """Return its published file."""
    warehouse = Warehouse.open(reorganised_office.folder)
    yield warehouse
    warehouse.close()


@pytest.mark.parametrize(
    ("organisation", "kpi", "values"),
    [
        ("as_was", "transactions", {"moh": 3, "mol": 1}),
        ("as_is", "transactions", {"new": 2, "mol": 2}),
        ("as_was", "entity_readiness", {"moh": 70, "mol": 80}),
        ("as_is", "entity_readiness", {"new": 70, "mol": 80}),
    ],
)
def test_every_question_can_be_asked_as_it_was_and_as_it_is(reorganised, organisation, kpi, values):
    asked = f"'{kpi}', '2025-03', '2025-04'"
    found = reorganised.query(
        f"select entity_id, value from kpi_by_entity({asked}, organisation := '{organisation}')"  # noqa: S608
    )
    assert dict(found.rows()) == values
    if organisation == "as_was":
        assert dict(reorganised.query(f"select entity_id, value from kpi_by_entity({asked})").rows()) == values  # noqa: S608
    for entity, value in values.items():
        told = reorganised.query(
            f"select value from kpi_points('{kpi}', '2025-03-01', '2025-04-01', entity := '{entity}', "  # noqa: S608
            f"organisation := '{organisation}')"
        )
        assert told.item() == value


def test_the_programme_is_the_same_whoever_answers_for_it(reorganised):
    for by in ("programme", "service", "channel", "governorate"):
        answers = [
            sorted(
                reorganised.query(
                    "select group_id, value from kpi_points('transactions', '2025-03-01', '2025-04-01', "  # noqa: S608
                    f"by := '{by}', organisation := '{organisation}')"
                ).rows()
            )
            for organisation in ("as_was", "as_is")
        ]
        assert answers[0] == answers[1]
        assert answers[0]


def test_an_organisation_that_is_neither_is_refused_in_words(reorganised):
    with pytest.raises(Exception, match="'as_was'.*'as_is'"):
        reorganised.query("select * from kpi_points('transactions', '2025-03-01', '2025-04-01', organisation := 'now')")


@pytest.mark.parametrize(
    ("asked", "values"),
    [("", {"moh": 3, "mol": 1}), ("as_was", {"moh": 3, "mol": 1}), ("as_is", {"new": 2, "mol": 2})],
)
def test_an_export_can_be_asked_for_as_it_is_today(reorganised_office, asked, values):
    address = "/export/kpi_points.csv?kpi=transactions&period=2025-03..2025-04&by=entity"
    with served(Starlette(routes=Exports(Settings(workspace=reorganised_office.folder)).routes)) as client:
        answer = client.get(address + (f"&organisation={asked}" if asked else ""))
        refused = client.get(f"{address}&organisation=now&lang=en")
    rows = pl.read_csv(io.BytesIO(answer.body))
    assert dict(rows.select("group_id", "value").rows()) == values
    assert refused.status == 400
    assert "as_is" in refused.body.decode()


@pytest.mark.parametrize(
    ("organisation", "entity", "rows"),
    [
        ("as_was", "moh", [("moh-1", "left"), ("moh-2", "both")]),
        ("as_was", "mol", [("moh-1", "entered")]),
        ("as_is", "new", [("moh-2", "both")]),
        ("as_is", "mol", [("moh-1", "both")]),
        ("as_is", "moh", []),
    ],
)
def test_like_for_like_follows_a_service_that_moved(reorganised, organisation, entity, rows):
    found = reorganised.query(
        "select service_id, state from like_for_like('transactions', '2025-04-01', '2025-04-01', '2025-03-01', "  # noqa: S608
        f"'2025-03-01', entity := '{entity}', organisation := '{organisation}') order by 1"
    )
    assert found.rows() == rows
    with pytest.raises(Exception, match="'as_was'.*'as_is'"):
        reorganised.query(
            "select * from like_for_like('transactions', '2025-04-01', '2025-04-01', '2025-03-01', '2025-03-01', "
            "organisation := 'now')"
        )


@pytest.mark.parametrize(
    ("arguments", "rows"),
    [
        ("'2025-03', '2026-01'", [("2025-04-01", "moh-1", "moh", "mol"), ("2026-01-01", None, "moh", "new")]),
        ("'2025-04', '2025-12'", []),
        ("'2025-03', '2026-01', entity := 'mol'", [("2025-04-01", "moh-1", "moh", "mol")]),
        ("'2025-03', '2026-01', entity := 'new'", [("2026-01-01", None, "moh", "new")]),
        ("'2025-03', '2026-01', service := 'moh-1'", [("2025-04-01", "moh-1", "moh", "mol")]),
        ("'2025-03', '2026-01', service := 'moh-2'", []),
    ],
)
def test_the_changes_of_hands_within_a_period_can_be_asked_for(reorganised, arguments, rows):
    assert (
        reorganised.query(
            f"select changed_on::varchar, * exclude (changed_on) from changes_of_hands({arguments})"
        ).rows()
        == rows
    )  # noqa: S608


def test_an_old_code_stands_for_its_successor_from_the_day_of_succession_on(office, csv):
    declare(
        office,
        "services",
        "service_id,entity_id,name_ar,name_en,valid_to,successor_id\nmoh-1,moh,موعد,Appointment,2025-03-31,moh-2\n"
        "moh-2,moh,تقرير,Report,2025-05-31,mol-1\nmol-1,mol,تصريح,Permit,,\n",
    )
    days = ("03-31", "04-01", "06-01")
    office.load_one("transactions/a.csv", rows(csv, *((day, "moh-1", "") for day in days)))
    accepted = office.accepted().sort("source_row").select("service_id", "entity_id").rows()
    assert accepted == [("moh-1", "moh"), ("moh-2", "moh"), ("mol-1", "mol")]


def test_an_assessment_after_the_end_of_its_body_is_told_who_took_over(office):
    declare(
        office,
        "entities",
        "entity_id,name_ar,name_en,valid_to,successor_id\nmoh,الصحة,Health,2025-03-31,mol\nmol,العمل,Labour,,\n",
    )
    assessed = "entity_id,indicator_id,assessed_on,score_pct\nmoh,i1,2025-03-31,70\nHealth,i1,2025-04-01,80\n"
    office.load_one("assessments/a.csv", assessed)
    assert office.findings() == [(2, "entity_id", "entity_not_valid")]
    adviser = Adviser.of(office.folder)
    for language, names in (("en", ("moh (Health)", "mol (Labour)")), ("ar", ("moh (الصحة)", "mol (العمل)"))):
        told = adviser.fix("assessments", "assessments/a.csv", "entity_not_valid", {"entity_id": "Health"}, language)
        assert all(word in told for word in (*names, "2025-03-31"))

"""What `sources.toml` states is checked before any file is read: codes, constants, what headers say."""

import json

import polars as pl
import pytest

from kpi.doctor import examine
from kpi.errors import CheckFailed, SettingsError
from kpi.ingest.load import load
from kpi.lake import Lake, sha256_of
from kpi.settings import Settings
from kpi.warehouse.build import build
from kpi.warehouse.connect import Warehouse

WRONG = """
[[source]]
name = "clinics"
log = "transactions"
files = "**/clinics*.csv"
constants = { outcome = "complete", entity_id = "mho", fee_omr = "much", beneficiary = "citizen" }
[source.codes.channel]
"Internet" = "wep"
"Desk" = "counter"
"Unknown" = ""
[source.codes.entities]
"12" = "moh"
"13" = "mohh"
[source.unpivot]
into = ["channel"]
headers = { "Online" = "onlin", "Desk" = "counter" }
total = "All"
rest = "conter"
"""


def test_every_stated_value_that_is_in_no_list_stops_the_load_with_the_nearest_and_the_list(office, csv):
    office.put("transactions/a.csv", csv({}))
    office.declare(WRONG)
    with pytest.raises(SettingsError) as caught:
        office.load()
    assert caught.value.exit_code == 3
    told = caught.value.what("en").splitlines()[1:]
    for place, value, hint in (
        ("codes.channel.internet", "wep", "Nearest: web"),
        ("codes.entities.13", "mohh", "Nearest: moh"),
        ("constants.outcome", "complete", "Nearest: completed"),
        ("constants.entity_id", "mho", "Known: moh, mol"),
        ("constants.fee_omr", "much", "cannot stand in the column fee_omr"),
        ("unpivot.headers.Online", "onlin", "Nearest: online"),
        ("unpivot.rest", "conter", "Nearest: counter"),
    ):
        line = next(line for line in told if f"[[source]] clinics: {place}:" in line)
        assert f"“{value}”" in line
        assert hint in line or place == "constants.entity_id", line
    assert len(told) == 7
    assert office.lake.files() == ()
    assert len(caught.value.what("ar").splitlines()) == 8


def test_doctor_lists_what_is_wrong_in_everything_that_is_declared(office):
    (office.folder / "workspace.toml").write_text('name_ar = "ب"\nname_en = "T"\n', encoding="utf-8")
    office.declare(WRONG)
    findings = [finding.what("en") for finding in examine(Settings(workspace=office.folder))]
    assert sum("“wep” is not in the list" in finding for finding in findings) == 1
    (office.folder / "reference" / "targets.csv").write_text("kpi_id,valid_from,value\nnope,2025-01-01,1\n", "utf-8")
    (office.folder / "workspace.toml").write_text('name_ar = "ب"\nname_en = "T"\nsythetic = 1\n', encoding="utf-8")
    findings = [finding.what("en") for finding in examine(Settings(workspace=office.folder))]
    assert sum("sythetic" in finding for finding in findings) == 1
    assert sum("targets.csv, row 1, kpi_id" in finding for finding in findings) == 1


@pytest.fixture
def built(office, csv):
    """Return a workspace with transactions and a project's status, loaded."""
    (office.folder / "workspace.toml").write_text('name_ar = "ب"\nname_en = "T"\n', encoding="utf-8")
    office.put("transactions/a.csv", csv({}, {"channel": "counter"}))
    office.put("projects/p.csv", "project_id,reported_on,progress_pct,status\np1,2025-01-31,40,delayed\n")
    load(Settings(workspace=office.folder))
    return office


def test_the_file_names_every_code_column_and_the_list_that_it_resolves_in(built):
    settings = Settings(workspace=built.folder)
    build(settings)
    warehouse = Warehouse.open(built.folder)
    used = set(warehouse.query("select log, code_column, code_list, code from load_code").rows())
    warehouse.close()
    assert ("transactions", "channel", "channel", "counter") in used
    assert ("transactions", "outcome", "outcome", "completed") in used
    assert ("transactions", "beneficiary", "beneficiary", "citizen") in used
    assert ("projects", "status", "project_status", "delayed") in used


@pytest.mark.parametrize(("log", "column"), [("transactions", "channel"), ("projects", "status")])
def test_a_code_that_no_list_holds_keeps_the_build_from_being_published(built, log, column):
    lake = Lake(built.folder)
    [path] = lake.accepted_paths(log)
    pl.read_parquet(path).with_columns(pl.lit("wep").alias(column)).write_parquet(path)
    for entry in (lake.root / "files").glob("*.json"):
        record = json.loads(entry.read_text(encoding="utf-8"))
        if record["log"] == log:
            record["accepted_sha256"] = sha256_of(path)
            entry.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(CheckFailed) as caught:
        build(Settings(workspace=built.folder))
    assert "codes_resolve" in caught.value.what("en")

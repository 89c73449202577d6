"""What a workspace says of itself: the week of its country, and what it says wrongly."""

import shutil
from pathlib import Path

import pytest

from kpi.catalogue import SQL_FOLDER, codes, load_catalogue
from kpi.errors import SettingsError
from kpi.settings import REPOSITORY, settings_in_force
from kpi.workspace import Workspace, read_workspace

NAMES = 'name_ar = "مساحة"\nname_en = "Workspace"\n'


def workspace(folder: Path, week: str) -> Path:
    """Write a workspace with a week and return its folder."""
    (folder / "workspace.toml").write_text(f"{NAMES}{week}", encoding="utf-8")
    return folder


def test_the_demo_workspace_has_the_week_of_oman() -> None:
    week = read_workspace(REPOSITORY / "data").week
    assert (week.first_day, week.weekend) == ("sunday", ("friday", "saturday"))


def test_a_workspace_says_its_week_and_the_file_keeps_it(tmp_path) -> None:
    told = read_workspace(workspace(tmp_path, '[week]\nfirst_day = "saturday"\nweekend = ["thursday", "friday"]\n'))
    meta = told.as_meta()
    assert (meta["week_first_day"], meta["weekend"]) == ("saturday", "thursday, friday")
    plain = read_workspace(workspace(tmp_path, "")).as_meta()
    assert (plain["week_first_day"], plain["weekend"]) == ("monday", "saturday, sunday")
    assert read_workspace(workspace(tmp_path, "[week]\nweekend = []\n")).as_meta()["weekend"] == ""


@pytest.mark.parametrize(
    ("week", "names"),
    [
        ('first_day = "Sun"', "week.first_day"),
        ('weekend = ["friday", "someday"]', "week.weekend.1"),
        ('weekend = ["friday", "friday"]', "week.weekend"),
        ('weekend = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]', "week.weekend"),
        ("first = 1", "week.first"),
    ],
)
def test_a_wrong_week_is_named_with_its_place(tmp_path, week, names) -> None:
    with pytest.raises(SettingsError) as raised:
        read_workspace(workspace(tmp_path, f"[week]\n{week}\n"))
    assert names in raised.value.what("en")


def refused(folder: Path, text: str) -> SettingsError:
    """Return the error that reading a workspace with this text raises."""
    with pytest.raises(SettingsError) as raised:
        read_workspace(workspace(folder, text))
    return raised.value


def test_every_key_that_is_not_known_is_named_with_the_nearest_and_the_list(tmp_path) -> None:
    error = refused(tmp_path, 'sythetic = true\ncurrncy = "OMR"\n[reporting]\ndue_days = 3\n')
    for language in ("ar", "en"):
        lines = error.what(language).splitlines()
        assert [line.split(":")[0].strip(" •") for line in lines[1:]] == ["reporting.due_days", "sythetic", "currncy"]
        assert "due_day" in lines[1].replace("due_days", "")
        assert "synthetic" in lines[2]
        assert all(name in error.what(language) for name in Workspace.model_fields)
    assert error.exit_code == 2


def test_everything_that_is_wrong_in_a_workspace_is_said_at_once(tmp_path) -> None:
    text = 'synthetic = "perhaps"\ntimezone = "Asia/Mascat"\ncountry = "Oman"\n[week]\nfirst_day = "sonday"\n'
    said = refused(tmp_path, text).what("en")
    assert all(f"• {name}:" in said for name in ("synthetic", "timezone", "country", "week.first_day"))
    assert "Nearest: Asia/Muscat" in said
    assert "Nearest: sunday, monday" in said


def test_a_key_below_a_table_that_belongs_above_it_is_told_so(tmp_path) -> None:
    assert "above the first table" in refused(tmp_path, "[week]\nsynthetic = true\n").what("en")


def test_a_workspace_keeps_its_country_and_currency(tmp_path) -> None:
    meta = read_workspace(workspace(tmp_path, 'country = "OM"\ncurrency = "OMR"\n')).as_meta()
    assert (meta["country"], meta["currency"]) == ("OM", "OMR")
    assert read_workspace(workspace(tmp_path, "")).as_meta()["country"] is None


def test_all_faults_of_the_catalogue_and_of_the_code_lists_are_said_at_once(tmp_path) -> None:
    for name in ("kpis.toml", "codes.toml"):
        shutil.copy(SQL_FOLDER / name, tmp_path / name)
    with (tmp_path / "kpis.toml").open("a", encoding="utf-8") as kpis:
        kpis.write('[twin]\nname_ar = "توأم"\nunit = "percents"\nflow = "flow"\n[other]\nkolour = 1\n')
    with (tmp_path / "codes.toml").open("a", encoding="utf-8") as lists:
        lists.write('[[flag]]\nid = "a"\n')
    with pytest.raises(SettingsError) as raised:
        load_catalogue(tmp_path)
    said = raised.value.what("en")
    assert "twin.unit: “percents” is not in the list. Nearest: percent" in said
    assert "twin.name_en: this key is missing" in said
    assert "other.kolour: this key is not known" in said
    with pytest.raises(SettingsError) as raised:
        codes(tmp_path)
    assert "flag.0.name_ar: this key is missing" in raised.value.what("en")


def test_all_settings_that_are_wrong_are_named_as_variables_at_once(monkeypatch) -> None:
    monkeypatch.setenv("KPI_PORT", "eighty")
    monkeypatch.setenv("KPI_ENGINE", "duck")
    with pytest.raises(SettingsError) as raised:
        settings_in_force()
    said = raised.value.what("en")
    assert "KPI_PORT: “eighty” is no whole number" in said
    assert "KPI_ENGINE: “duck” is not in the list. Nearest: duckdb. Known: duckdb, spark." in said

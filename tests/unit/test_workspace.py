"""What a workspace says of itself: the week of its country, and what it says wrongly."""

from pathlib import Path

import pytest

from kpi.errors import SettingsError
from kpi.settings import REPOSITORY
from kpi.workspace import read_workspace

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

"""Today is the day it is where the workspace is, wherever its server stands."""

import os
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kpi.moment import day_of, today, today_in, zone_of


@pytest.fixture
def far_server(monkeypatch):
    """Put the machine fifteen hours behind UTC: a day behind the workspace most of the time."""
    monkeypatch.setenv("TZ", "XXX15")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()
    assert os.environ.get("TZ") != "XXX15"


def test_today_is_the_day_of_the_zone_and_not_of_the_machine(far_server):
    here = datetime.now(ZoneInfo("Pacific/Kiritimati")).date()
    assert today("Pacific/Kiritimati") - here <= timedelta(days=1)
    assert today("Pacific/Kiritimati") > today(None)


def test_a_workspace_says_where_it_is(tmp_path, far_server):
    assert zone_of(tmp_path) is None
    (tmp_path / "workspace.toml").write_text('name_ar = "أ"\nname_en = "A"\ntimezone = "Pacific/Kiritimati"\n')
    assert zone_of(tmp_path) == "Pacific/Kiritimati"
    assert today_in(tmp_path) == today("Pacific/Kiritimati")


def test_a_moment_near_midnight_belongs_to_the_day_of_the_zone():
    assert str(day_of("2025-01-31T21:30:00+00:00", "Asia/Muscat")) == "2025-02-01"
    assert str(day_of("2025-01-31T21:30:00", "Asia/Muscat")) == "2025-02-01"
    assert str(day_of("2025-01-31T19:30:00+00:00", "Asia/Muscat")) == "2025-01-31"

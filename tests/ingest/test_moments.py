"""The forms in which days and moments come, in every zone and both calendars' month names."""

from datetime import datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.ingest.contracts import TRANSACTIONS
from kpi.ingest.date_forms import MONTH_NAMES
from kpi.ingest.moments import Clock, parse_moments
from kpi.ingest.sources import Source

COLUMN = TRANSACTIONS.by_name["submitted_at"]
CLOCK = Clock(datetime(2026, 1, 1).date(), "Asia/Muscat")


def read(text, clock=CLOCK, **declared):
    """Return the moment that a text says, and the reason why it says none."""
    source = Source(log="transactions", name="a", **declared)
    parsed = parse_moments(pl.Series([text]), COLUMN, source, clock)
    return parsed.values[0], parsed.reasons[0] if parsed.reasons is not None else None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-02-01 00:30:00+04", datetime(2025, 2, 1, 0, 30)),
        ("2025-01-31 20:30:00+00", datetime(2025, 2, 1, 0, 30)),
        ("2025-01-31T20:30Z", datetime(2025, 2, 1, 0, 30)),
        ("2025-01-31t20:30:00z", datetime(2025, 2, 1, 0, 30)),
        ("2025-01-31 20:30:00 UTC", datetime(2025, 2, 1, 0, 30)),
        ("2025-01-31 20:30:00.250+0000", datetime(2025, 2, 1, 0, 30, 0, 250_000)),
        ("2025-01-31T18:30:00-02:00", datetime(2025, 2, 1, 0, 30)),
        ("31 يناير 2025", datetime(2025, 1, 31)),
        ("31 كانون الثاني 2025", datetime(2025, 1, 31)),
        ("٣١ يناير ٢٠٢٥", datetime(2025, 1, 31)),
        ("الجمعة، 31 يناير 2025", datetime(2025, 1, 31)),
        ("1 تشرين الأول 2025 14:05", datetime(2025, 10, 1, 14, 5)),
        ("31-Jan-2025", datetime(2025, 1, 31)),
        ("January 31, 2025", datetime(2025, 1, 31)),
        ("31 آب 2025 02:30 م", datetime(2025, 8, 31, 14, 30)),
        ("2025-01-31 02:30 م", datetime(2025, 1, 31, 14, 30)),
        ("2025-01-31 12:05:00 ص", datetime(2025, 1, 31, 0, 5)),
        ("2025-01-31 02:30:00 PM", datetime(2025, 1, 31, 14, 30)),
        ("2025/01/31م", datetime(2025, 1, 31)),
        ("2025-01", datetime(2025, 1, 1)),
        ("يناير 2025", datetime(2025, 1, 1)),
    ],
)
def test_a_moment_is_read_in_the_zone_of_the_workspace_however_it_is_written(text, moment):
    assert read(text) == (moment, None)


@pytest.mark.parametrize(
    ("text", "declared", "moment"),
    [
        ("01/02/2025 00:30 +0400", {"dates": ("%d/%m/%Y %H:%M %z",)}, datetime(2025, 2, 1, 0, 30)),
        ("31/01/2025 20:30 +00", {"dates": ("%d/%m/%Y %H:%M %z",)}, datetime(2025, 2, 1, 0, 30)),
        ("2025-01-31 20:30:00", {"timezone": "UTC"}, datetime(2025, 2, 1, 0, 30)),
        ("2025-01-31", {"timezone": "UTC"}, datetime(2025, 1, 31)),
        ("31/01/2025 20:30", {"dates": ("dd/mm/yyyy HH:MM",), "timezone": "UTC"}, datetime(2025, 2, 1, 0, 30)),
        ("1738355400", {"dates": ("epoch",)}, datetime(2025, 2, 1, 0, 30)),
        ("1738355400000", {"dates": ("epoch_ms",)}, datetime(2025, 2, 1, 0, 30)),
        ("31/01/2025 02:30 م", {"dates": ("dd/mm/yyyy hh:MM tt",)}, datetime(2025, 1, 31, 14, 30)),
        ("31 يناير 2025", {"dates": ("dd MMMM yyyy",)}, datetime(2025, 1, 31)),
        ("2025-Q2", {"period": "quarter"}, datetime(2025, 4, 1)),
        ("Q2 2025", {"period": "quarter"}, datetime(2025, 4, 1)),
        ("2025", {"period": "year"}, datetime(2025, 1, 1)),
        ("2023-2024", {"period": "fiscal_year", "fiscal_year_starts": 4}, datetime(2023, 4, 1)),
        ("2023/24", {"period": "fiscal_year", "fiscal_year_starts": 4}, datetime(2023, 4, 1)),
        ("2025-W05", {"period": "week"}, datetime(2025, 1, 27)),
    ],
)
def test_what_a_source_declares_decides(text, declared, moment):
    assert read(text, **declared) == (moment, None)


@pytest.mark.parametrize(
    ("text", "declared", "reason"),
    [
        ("1738355400", {}, "date_is_a_number"),
        ("2025-Q2", {}, "period_mismatch"),
        ("2023-2024", {}, "period_mismatch"),
        ("2023-2025", {"period": "fiscal_year", "fiscal_year_starts": 4}, "period_mismatch"),
        ("2023-2024", {"period": "fiscal_year"}, "period_mismatch"),
        ("2025-01", {"period": "day"}, "period_mismatch"),
        ("2025", {}, "date_is_a_number"),
        ("2025-01-31", {"dates": ("dd/mm/yyyy",)}, "not_a_date"),
        ("02/01/2025", {}, "date_order_unknown"),
        ("1446-07-02", {}, "hijri_date"),
        ("31 رجب 1446", {}, "hijri_date"),
        ("2025-01-3¹", {}, "not_a_date"),
        ("31 ينابر 2025", {}, "not_a_date"),
    ],
)
def test_what_is_not_certain_is_named_and_never_guessed(text, declared, reason):
    assert read(text, **declared) == (None, reason)


def test_a_zone_is_unknown_where_nobody_declares_one():
    assert read("2025-01-31T20:30Z", clock=Clock(CLOCK.today)) == (None, "time_zone_unknown")
    typed = pl.Series([datetime(2025, 1, 31, 20, 30)]).dt.replace_time_zone("UTC")
    assert read(typed[0], clock=Clock(CLOCK.today)) == (None, "time_zone_unknown")


def test_the_epoch_of_a_typed_column_is_read_where_it_is_declared():
    assert read(1738355400, dates=("epoch",)) == (datetime(2025, 2, 1, 0, 30), None)
    assert read(1738355400) == (None, "date_is_a_number")


@settings(deadline=None)
@given(st.datetimes(datetime(1990, 1, 1), datetime(2025, 12, 30)), st.integers(-12, 14), st.sampled_from(["", ":00"]))
def test_every_offset_says_the_same_moment(moment, hours, minutes):
    moment = moment.replace(microsecond=0)
    there = pl.Series([moment]).dt.offset_by(f"{hours - 4}h")[0]
    assert read(f"{there:%Y-%m-%d %H:%M:%S}{hours:+03d}{minutes}") == (moment, None)


@settings(deadline=None)
@given(st.dates(datetime(1990, 1, 1).date(), datetime(2025, 12, 30).date()), st.sampled_from(sorted(MONTH_NAMES)))
def test_every_name_of_a_month_is_read(day, name):
    if day.day > 28:
        day = day.replace(day=28)
    assert read(f"{day.day} {name} {day.year}") == (datetime(day.year, MONTH_NAMES[name], day.day), None)

"""The files of the demo arrive when their senders would deliver them."""

from datetime import UTC, date, datetime
from pathlib import Path

from kpi.warehouse.connect import Warehouse


def test_three_entity_months_are_late_and_everything_else_is_in_time(demo_workspace: Path) -> None:
    warehouse = Warehouse.open(demo_workspace)
    late = warehouse.query("select month, received_on, due_on from serve_coverage where status = 'late' order by month")
    assert late["month"].to_list() == [date(2025, 2, 1), date(2025, 3, 1), date(2025, 4, 1)]
    assert (late["received_on"] > late["due_on"]).all()
    days = warehouse.query(
        "select min(day(received_on)), max(day(received_on)) from serve_coverage where status = 'reported'"
    ).row(0)
    assert 2 <= days[0] <= days[1] <= 9


def test_every_file_arrives_after_the_last_month_it_holds(demo_workspace: Path) -> None:
    inbox = demo_workspace / "inbox" / "transactions"
    for path in inbox.rglob("*2025*"):
        if path.is_file():
            received = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            assert received.year == 2025, path
            assert 2 <= received.day <= 20, path

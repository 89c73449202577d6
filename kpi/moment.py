"""Now and today: the one place that asks the clock, in the zone of the workspace and not of the machine."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from kpi.workspace import read_workspace


def now() -> datetime:
    """Return this moment in UTC."""
    return datetime.now(UTC)


def today(time_zone: str | None) -> date:
    """Return the day it is in a zone; without one, in that of the machine."""
    return now().astimezone(ZoneInfo(time_zone) if time_zone else None).date()


def day_of(moment: str, time_zone: str | None) -> date:
    """Return the day of a moment (ISO text with its zone, or UTC) in a zone; without one, in that of the machine."""
    read = datetime.fromisoformat(moment)
    known = read if read.tzinfo else read.replace(tzinfo=UTC)
    return known.astimezone(ZoneInfo(time_zone) if time_zone else None).date()


def zone_of(workspace: Path) -> str | None:
    """Return the zone that a workspace declares; None when it declares none."""
    if not (workspace / "workspace.toml").exists():
        return None
    declared = read_workspace(workspace)
    return declared.timezone if "timezone" in declared.model_fields_set else None


def today_in(workspace: Path) -> date:
    """Return the day it is where the workspace is."""
    return today(zone_of(workspace))

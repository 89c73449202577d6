"""Give every file the time at which its sender would have delivered it: days after the end of its last month."""

import json
import os
import re
import zlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from kpi.demo.schedule import months, stream
from kpi.demo.volumes import EntityMonthPlan

LATE_2025 = {6: date(2025, 2, 1), 14: date(2025, 3, 1), 27: date(2025, 4, 1)}
IN_TIME_DAYS = (1, 9)
LATE_DAYS = (13, 20)
OFFICE_HOURS_SECONDS = 6 * 3600
OPENING_UTC = timedelta(hours=4)
_PERIOD = re.compile(r"(20\d{2})(?:-(\d{2}))?(?!\d)")


def set_times(inbox: Path, files: Iterable[str], plans: Iterable[EntityMonthPlan], stamp: dict) -> None:
    """Set the modification time of every file; a file of another seed, scale or generator gets another second."""
    late = late_paths(plans)
    version = zlib.crc32(json.dumps(stamp, sort_keys=True).encode())
    for file in files:
        at = received_at(file, stamp["seed"], is_late=file in late, version=version).timestamp()
        os.utime(inbox / file, (at, at))


def late_paths(plans: Iterable[EntityMonthPlan]) -> set[str]:
    """Return the files of the three entity-months that arrive after the due day, by their place in the month's list."""
    by_month: dict[date, list[EntityMonthPlan]] = {}
    for plan in plans:
        by_month.setdefault(plan.month, []).append(plan)
    return {sorted(by_month[month], key=lambda plan: plan.path)[rank].path for rank, month in LATE_2025.items()}


def received_at(file: str, seed: int, *, is_late: bool, version: int) -> datetime:
    """Return when a file arrives (UTC), read off the last year or month its name carries."""
    year, month = _PERIOD.findall(Path(file).name)[-1]
    last = date(int(year), int(month or 12), 1)
    *_, after = months(last, last + timedelta(days=31))
    days = int(stream(seed, "received", file).integers(*(LATE_DAYS if is_late else IN_TIME_DAYS)))
    second = (zlib.crc32(file.encode()) + version) % OFFICE_HOURS_SECONDS
    return datetime(after.year, after.month, 1, tzinfo=UTC) + timedelta(days=days, seconds=second) + OPENING_UTC

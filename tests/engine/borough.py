"""A small lake in which everything occurs that an engine could take differently from another.

Rows replaced and rows sent twice, totals without ids, seconds on both sides of a minute, fees of three decimals, absent
places, people who come back and people at two entities.
"""

import os
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from kpi.ingest.load import load
from kpi.settings import Settings

WORKSPACE = 'name_ar = "حيّ"\nname_en = "Borough"\nsynthetic = true\ntimezone = "Asia/Muscat"\n'
REFERENCE = {
    "entities": "entity_id,name_ar,name_en\nbaths,الحمّامات,Baths\nparks,الحدائق,Parks\nports,الموانئ,Ports\n",
    "services": "service_id,entity_id,name_ar,name_en\nswim,baths,سباحة,Swim\npicnic,parks,نزهة,Picnic\n"
    "berth,ports,مرسى,Berth\n",
    "governorates": "governorate_id,name_ar,name_en\nN,الشمال,North\nS,الجنوب,South\n",
}
HEADER = (
    "transaction_id,submitted_at,completed_at,entity_id,service_id,governorate_id,channel,outcome,beneficiary,"
    "beneficiary_number,fee_omr,rating,transactions\n"
)
DURATIONS = (
    "00:00", "00:59", "01:00", "01:10", "59:59", "63:59", "64:00", "71:30", "128:00", "1439:59", "2880:01", "131073:00",
)  # fmt: skip


def make_borough(folder: Path) -> Settings:
    """Write registries and logs, and load them."""
    (folder / "reference").mkdir(parents=True)
    (folder / "workspace.toml").write_text(WORKSPACE, encoding="utf-8")
    for name, text in REFERENCE.items():
        (folder / "reference" / f"{name}.csv").write_text(text, encoding="utf-8")
    _put(folder, "baths-03.csv", _rows("baths", "swim", 3, range(400)), day=1)
    _put(folder, "baths-04.csv", _rows("baths", "swim", 4, range(395, 700)), day=2)
    _put(folder, "baths-04-corrected.csv", _rows("baths", "swim", 4, range(398, 720), outcome="rejected"), day=3)
    _put(folder, "parks-04.csv", _rows("parks", "picnic", 4, range(300)), day=4)
    _put(folder, "ports-totals.csv", _totals(), day=5)
    settings = Settings(workspace=folder)
    load(settings)
    return settings


def _put(folder: Path, name: str, text: str, day: int) -> None:
    path = folder / "inbox" / "transactions" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + text, encoding="utf-8")
    received = datetime(2024, 6, day, tzinfo=UTC).timestamp()
    os.utime(path, (received, received))


def _rows(entity: str, service: str, month: int, numbers: range, outcome: str = "completed") -> str:
    lines = []
    for number in numbers:
        minutes, seconds = (int(part) for part in DURATIONS[number % len(DURATIONS)].split(":"))
        submitted = datetime(2024, month, 1 + number % 28, 23, 30 + number % 29, number % 60)  # noqa: DTZ001
        completed = datetime.fromtimestamp(submitted.timestamp() + 60 * minutes + seconds)  # noqa: DTZ006
        lines.append(
            f"{entity}-{number},{submitted:%Y-%m-%d %H:%M:%S},{completed:%Y-%m-%d %H:%M:%S},{entity},{service},"
            f"{('N', 'S', '')[number % 3]},{('web', 'counter', '')[number % 3]},"
            f"{outcome if number % 5 else 'abandoned'},citizen,{10_000_000 + number % 91},"
            f"{number % 7}.{number % 1000:03},{'' if number % 2 else 1 + number % 5},{1 + number % 3}"
        )
    return "\n".join(lines) + "\n"


def _totals() -> str:
    numbers = count(1)
    return "".join(
        f",2024-0{month}-02,,ports,berth,{place},web,completed,citizen,,1.125,,{100_000_007 * next(numbers)}\n"
        for month in (1, 2, 3)
        for place in ("N", "S", "")
    )

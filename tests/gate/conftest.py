"""A workspace of three bodies that have reported for a year and a half, published, into which things then go wrong."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kpi.ingest.load import LoadReport, load
from kpi.settings import Settings
from kpi.warehouse.build import BuildReport, build
from kpi.warehouse.connect import Warehouse

HEADER = "submitted_at,service_id,channel,outcome,transactions\n"
SERVICES = {"moh": ("moh-1", "moh-2"), "mol": ("mol-1",), "mot": ("mot-1", "mot-2")}
USUAL = {"moh-1": 1000, "moh-2": 300, "mol-1": 600, "mot-1": 2000, "mot-2": 80}
MONTHS = tuple(date(2024 + number // 12, number % 12 + 1, 1) for number in range(18))
FILES = {
    "workspace.toml": 'name_ar = "مساحة"\nname_en = "Workspace"\ntimezone = "Asia/Muscat"\n',
    "reference/entities.csv": "entity_id,name_ar,name_en\nmoh,وزارة الصحة,Ministry of Health\n"
    "mol,وزارة العمل,Ministry of Labour\nmot,وزارة النقل,Ministry of Transport\n",
    "reference/governorates.csv": "governorate_id,name_ar,name_en\nOM-MA,مسقط,Muscat\n",
    "reference/projects.csv": "project_id,name_ar,name_en\np1,أ,A\np2,ب,B\np3,ج,C\n",
    "reference/services.csv": "service_id,entity_id,name_ar,name_en\n"
    + "".join(f"{one},{entity},خدمة {one[-1]},Service {one}\n" for entity, ones in SERVICES.items() for one in ones),
}


def month_text(entity: str, month: date, factor: float = 1.0, **changed: int) -> str:
    """Return a month's totals of a body as it usually sends them, a little different from month to month."""
    wave = 1 + 0.05 * ((month.month * 7) % 5 - 2)
    counts = {one: round(USUAL[one] * wave * factor) for one in SERVICES[entity]} | {
        name.replace("_", "-"): count for name, count in changed.items()
    }
    return HEADER + "".join(f"{month},{one},web,completed,{count}\n" for one, count in counts.items())


def name_of(entity: str, month: date) -> str:
    """Return how a body names its file of a month."""
    return f"transactions/{entity}-{month:%Y-%m}.csv"


@dataclass(frozen=True)
class Office:
    """A workspace, and what a clerk does with it."""

    folder: Path

    def put(self, name: str, text: str | bytes, received: date | None = None) -> Path:
        """Write a file below the workspace; a file of the inbox comes as a whole on a day."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        if received:
            moment = datetime(received.year, received.month, received.day, 9, tzinfo=UTC).timestamp()
            os.utime(path, (moment, moment))
        return path

    def send(self, name: str, text: str | bytes, received: date = date(2025, 8, 1)) -> Path:
        """Put a file into the inbox."""
        return self.put(f"inbox/{name}", text, received)

    def send_month(self, entity: str, month: date, factor: float = 1.0, **changed: int) -> Path:
        """Put a body's month into the inbox, on the fifth of the following one."""
        after = date(month.year + month.month // 12, month.month % 12 + 1, 5)
        return self.send(name_of(entity, month), month_text(entity, month, factor, **changed), after)

    def load(self) -> LoadReport:
        """Load the inbox."""
        return load(Settings(workspace=self.folder))

    def build(self) -> BuildReport:
        """Build and publish."""
        return build(Settings(workspace=self.folder))

    def ask(self, sql: str) -> list[tuple]:
        """Ask the build in service."""
        warehouse = Warehouse.open(self.folder)
        try:
            return warehouse.query(sql).rows()
        finally:
            warehouse.close()

    def months(self, entity: str | None = None) -> dict[date, int]:
        """Return the transactions in service by month, of a body or of all."""
        where = f"where entity_id = '{entity}'" if entity else ""
        sql = (
            f"select month, sum(transactions)::bigint from fct_transaction_month {where} group by month order by month"
        )
        return dict(self.ask(sql))

    def set_gate(self, **bounds: float) -> None:
        """Declare bounds."""
        lines = "".join(f"{name} = {bound}\n" for name, bound in bounds.items())
        self.put("workspace.toml", f"{FILES['workspace.toml']}[gate]\n{lines}")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return a workspace without any log."""
    made = Office(tmp_path)
    for name, text in FILES.items():
        made.put(name, text)
    (tmp_path / "inbox" / "transactions").mkdir(parents=True)
    return made


@pytest.fixture
def published(office: Office) -> Iterator[Office]:
    """Return the workspace with all months loaded and published."""
    for entity in SERVICES:
        for month in MONTHS:
            office.send_month(entity, month)
    assert office.load().exit_code == 0
    office.build()
    yield office

"""A small workspace with registries of its own, into whose inbox the tests put real files."""

import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from kpi.ingest.load import LoadReport, load
from kpi.lake import Lake, LakeFile
from kpi.settings import Settings

REGISTRIES = {
    "entities": "entity_id,name_ar,name_en\nmoh,وزارة الصحة,Ministry of Health\nmol,وزارة العمل,Ministry of Labour\n",
    "governorates": "governorate_id,name_ar,name_en\nOM-MA,مسقط,Muscat\nOM-ZU,ظفار,Dhofar\n",
    "services": "service_id,entity_id,name_ar,name_en\nmoh-1,moh,موعد,Appointment\nmoh-2,moh,تقرير,Report\n"
    "mol-1,mol,تصريح,Permit\n",
    "projects": "project_id,name_ar,name_en\np1,مشروع,Project\n",
    "indicators": "indicator_id,name_ar,name_en\ni1,مؤشر,Indicator\n",
}
HEADER = "transaction_id,submitted_at,completed_at,entity_id,service_id,governorate_id,channel,outcome,beneficiary,"
HEADER += "beneficiary_number,fee_omr,rating,transactions"
GOOD = {
    "transaction_id": "T-1",
    "submitted_at": "2025-01-02 10:00:00",
    "completed_at": "2025-01-02 11:30:00",
    "entity_id": "moh",
    "service_id": "moh-1",
    "governorate_id": "OM-MA",
    "channel": "web",
    "outcome": "completed",
    "beneficiary": "citizen",
    "beneficiary_number": "71234567",
    "fee_omr": "1.500",
    "rating": "5",
    "transactions": "1",
}


@dataclass(frozen=True)
class Office:
    """One workspace and what a test does with it."""

    folder: Path

    def put(self, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        """Write a file into the inbox."""
        path = self.folder / "inbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return path

    def declare(self, toml: str) -> None:
        """Write sources.toml."""
        (self.folder / "sources.toml").write_text(toml, encoding="utf-8")

    def load(self, *paths: Path, **settings: object) -> LoadReport:
        """Load the inbox."""
        return load(Settings(workspace=self.folder, **settings), paths)

    def load_one(self, name: str, content: str | bytes, encoding: str = "utf-8") -> LakeFile:
        """Put one file, load, and return its ledger entry."""
        self.put(name, content, encoding)
        self.load()
        entry = self.lake.entry(name)
        assert entry is not None
        return entry

    @property
    def lake(self) -> Lake:
        """Return the lake."""
        return Lake(self.folder)

    def accepted(self, log: str = "transactions") -> pl.DataFrame:
        """Return every accepted row of a log."""
        paths = self.lake.accepted_paths(log)
        return pl.concat([pl.read_parquet(path) for path in paths]) if paths else pl.DataFrame()

    def rejected(self) -> pl.DataFrame:
        """Return every rejected row, raw values parsed."""
        paths = [file.rejected_path for file in self.lake.files() if file.rejected_path]
        return pl.concat([pl.read_parquet(path) for path in paths]) if paths else pl.DataFrame()

    def findings(self) -> list[tuple[int, str | None, str]]:
        """Return (row, column, reason) of every rejected row."""
        frame = self.rejected()
        return [] if frame.is_empty() else frame.select("source_row", "column", "reason").rows()

    def raw(self) -> list[dict[str, str]]:
        """Return the raw values of every rejected row."""
        return [json.loads(text) for text in self.rejected()["raw"]]


def csv_text(*rows: dict[str, str], separator: str = ",") -> str:
    """Return a CSV of transactions; what a row does not say is taken from a good one, with an id of its own."""
    header = list(GOOD)
    lines = [separator.join(header)]
    for number, row in enumerate(rows, start=1):
        values = {**GOOD, "transaction_id": f"T-{number}", **row}
        lines.append(separator.join(values[name] for name in header))
    return "\n".join(lines) + "\n"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return a workspace with small registries and an empty inbox."""
    return make_office(tmp_path)


def make_office(folder: Path) -> Office:
    """Write small registries and an empty inbox."""
    (folder / "reference").mkdir()
    (folder / "inbox").mkdir()
    for name, text in REGISTRIES.items():
        (folder / "reference" / f"{name}.csv").write_text(text, encoding="utf-8")
    return Office(folder)


@pytest.fixture
def csv():
    """Return the builder of CSV texts."""
    return csv_text

"""Whoever asks is recorded: by many processes at once, past a rotation, and where the workspace is closed to him."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kpi import audit
from kpi.audit import record
from kpi.settings import REPOSITORY

WRITER = """
import sys
from pathlib import Path
from kpi import audit
audit.ROTATE_BYTES = 20_000
for number in range(200):
    assert audit.record(Path(sys.argv[1]), who=sys.argv[2], number=number, query="س" * 40)
"""


def lines(folder: Path) -> list[dict]:
    return [json.loads(line) for path in sorted(folder.glob("queries.jsonl*")) for line in path.open(encoding="utf-8")]


def test_several_processes_lose_and_tear_no_line_while_the_log_rotates(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    writers = [subprocess.Popen([*command, str(who)], cwd=REPOSITORY) for who in range(4)]
    assert [writer.wait() for writer in writers] == [0] * 4
    found = lines(tmp_path / "logs")
    assert sorted((line["who"], line["number"]) for line in found) == sorted(
        (str(who), number) for who in range(4) for number in range(200)
    )
    assert len(list((tmp_path / "logs").glob("queries.jsonl*"))) > 2


def test_no_number_of_a_person_is_in_the_record_of_a_question(tmp_path: Path) -> None:
    asked = "select * from t where number in ('12345678', '١٢٣٤٥٦٧٨', '1234-5678') and day > '2025-01-31' limit 10000"
    record(tmp_path, who="a", build="20250601T101112-ab", query=asked, parameters={"n": 12345678, "m": "2025-01"})
    (line,) = lines(tmp_path / "logs")
    assert line["query"] == "select * from t where number in ('•••', '•••', '•••') and day > '2025-01-31' limit 10000"
    assert line["parameters"] == {"n": "•••", "m": "2025-01"}
    assert line["build"] == "20250601T101112-ab"


def test_no_more_logs_are_kept_than_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "ROTATE_BYTES", 100)
    for number in range(30):
        record(tmp_path, number=number)
    kept = sorted(line["number"] for line in lines(tmp_path / "logs"))
    assert kept == list(range(30 - len(kept), 30))
    assert len(list((tmp_path / "logs").glob("queries.jsonl*"))) == audit.FILES_KEPT + 1


def test_where_the_workspace_is_closed_the_line_goes_to_a_folder_of_the_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "logs").write_text("no folder", encoding="utf-8")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "home"))
    folder = record(tmp_path, query="select 1")
    assert folder is not None
    assert folder.is_relative_to(tmp_path / "home")
    assert [line["query"] for line in lines(folder)] == ["select 1"]
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "logs" / "below a file"))
    assert record(tmp_path, query="select 1") is None


def test_a_line_is_one_line_to_every_reader(tmp_path: Path) -> None:
    record(tmp_path, query="a\u2028b\u2029c\x85d\ne")
    text = (tmp_path / "logs" / "queries.jsonl").read_text(encoding="utf-8")
    assert len(text.splitlines()) == 1
    assert json.loads(text)["query"] == "a\u2028b\u2029c\x85d\ne"

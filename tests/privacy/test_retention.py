"""Raw files leave the inbox and their rows stay; one person leaves the lake and the figures stay."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from kpi import messages
from kpi.decisions import decisions
from kpi.doctor import examine
from kpi.errors import SettingsError
from kpi.ingest.archive import archive
from kpi.ingest.forget import forget, pseudonym_of
from kpi.lake import Lake
from kpi.settings import REPOSITORY, Settings
from kpi.warehouse.build import build
from kpi.warehouse.verify import verify
from tests.ingest.conftest import REGISTRIES, Office, csv_text

SEAL = f'{sys.executable} -c "import sys; sys.stdout.buffer.write(bytes(b ^ 90 for b in sys.stdin.buffer.read()))"'
PERSON, OTHER = "71234567", "79999999"
FIGURES = "select sum(transactions), count(*) from fct_transaction_month"
SIGNED = {"by": "Amal", "why": "retention"}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return a workspace with one person in two files, and another in one of them."""
    (tmp_path / "reference").mkdir()
    for name, text in REGISTRIES.items():
        (tmp_path / "reference" / f"{name}.csv").write_text(text, encoding="utf-8")
    (tmp_path / "workspace.toml").write_text('name_ar = "بلدة"\nname_en = "Town"\n', encoding="utf-8")
    office = Office(tmp_path)
    office.put("transactions/a.csv", csv_text({"beneficiary_number": PERSON}, {"beneficiary_number": OTHER}))
    second = {"beneficiary_number": "٧١٢٣٤٥٦٧", "submitted_at": "2025-02-02", "completed_at": "2025-02-03"}
    office.put("transactions/b.csv", csv_text({**second, "transaction_id": "U-1"}))
    office.load()
    return office


def in_force(office: Office, **more: object) -> Settings:
    return Settings(workspace=office.folder, threads=1, build=None, **more)


def seal_all(office: Office, seal: str | None = SEAL, **more: object):
    return archive(office.folder, older_than_days=0, seal=seal, **SIGNED, **more)


def kpi(office: Office, *arguments: str, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kpi", *arguments, "--workspace", str(office.folder)]
    settings = {**os.environ, **environment}
    return subprocess.run(
        command, cwd=REPOSITORY, input=given, capture_output=True, text=True, check=False, env=settings
    )


def figures(office: Office) -> list[tuple]:
    with duckdb.connect(str(office.folder / "warehouse" / "current.duckdb"), read_only=True) as file:
        return file.execute(FIGURES).fetchall()


def test_sealed_files_are_gone_from_the_inbox_and_their_rows_stay(office: Office) -> None:
    before, raw = office.accepted(), (office.folder / "inbox/transactions/a.csv").read_bytes()
    done = seal_all(office)
    assert done.files == ("transactions/a.csv", "transactions/b.csv")
    assert not list((office.folder / "inbox").rglob("*.csv"))
    report = office.load()
    assert (report.exit_code, report.missing, report.held) == (0, 0, ())
    assert office.accepted().equals(before)
    entry = office.lake.entry("transactions/a.csv")
    assert entry is not None
    sealed = (office.folder / "archive" / entry.archived_as).read_bytes()
    assert PERSON.encode() not in sealed
    assert bytes(byte ^ 90 for byte in sealed) == raw


def test_a_build_after_sealing_has_the_figures_before_and_proves_itself(office: Office) -> None:
    build(in_force(office))
    before = figures(office)
    seal_all(office, seal=None)
    office.load()
    build(in_force(office))
    assert figures(office) == before
    assert verify(in_force(office), None, progress=lambda step: None).is_same


def test_a_file_of_a_sealed_name_with_another_content_is_read_as_new(office: Office) -> None:
    raw = (office.folder / "inbox/transactions/a.csv").read_bytes()
    seal_all(office)
    office.put("transactions/a.csv", raw)
    assert [result.status for result in office.load().results] == ["unchanged"]
    office.put("transactions/a.csv", csv_text({"beneficiary_number": OTHER}))
    assert [result.status for result in office.load().results] == ["loaded"]
    entry = office.lake.entry("transactions/a.csv")
    assert entry is not None
    assert (entry.latest.rows_accepted, entry.latest.archived) == (1, False)


def test_only_what_is_old_enough_and_loaded_as_it_lies_is_sealed(office: Office) -> None:
    assert archive(office.folder, older_than_days=1, seal=SEAL, **SIGNED).files == ()
    changed = office.put("transactions/a.csv", csv_text({"fee_omr": "2"}))
    assert seal_all(office).files == ("transactions/b.csv",)
    assert changed.exists()
    done = archive(office.folder, older_than_days=None, names=["transactions/a.csv"], seal=SEAL, **SIGNED)
    assert (done.files, done.kept) == ((), (("transactions/a.csv", "unread"),))
    with pytest.raises(SettingsError) as caught:
        archive(office.folder, older_than_days=None, names=["transactions/z.csv"], seal=SEAL, **SIGNED)
    assert caught.value.key == "archive_unknown"


def test_an_old_load_is_due_and_doctor_says_so(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    later = datetime.now(UTC) + timedelta(days=40)
    monkeypatch.setattr("kpi.ingest.archive.now", lambda: later)
    settings = in_force(office, archive_after_days=30)
    assert {finding.key for finding in examine(settings)} >= {"archive_due"}
    assert len(archive(office.folder, older_than_days=30, seal=SEAL, **SIGNED).files) == 2
    found = {finding.key for finding in examine(settings)}
    assert "archived" in found
    assert "archive_due" not in found
    next((office.folder / "archive").rglob("*.sealed")).unlink()
    assert "sealed_missing" in {finding.key for finding in examine(settings)}


@pytest.mark.parametrize("seal", ["false", "no-such-program", "true", "cat"])
def test_a_seal_that_does_not_seal_leaves_the_raw_file(office: Office, seal: str) -> None:
    with pytest.raises(SettingsError) as caught:
        seal_all(office, seal=seal)
    assert caught.value.key == "archive_seal_failed"
    assert len(list((office.folder / "inbox").rglob("*.csv"))) == 2
    assert not any(file.archived for file in office.lake.files())


def test_the_command_seals_or_deletes_only_when_it_is_told_how_and_by_whom(office: Office) -> None:
    assert kpi(office, "archive", "--older-than", "0", "--by", "x", "--why", "y").returncode == 2
    assert kpi(office, "archive", "--delete", "--by", "x", "--why", "y").returncode == 2
    assert kpi(office, "archive", "--older-than", "0", "--delete").returncode == 2
    assert len(list((office.folder / "inbox").rglob("*.csv"))) == 2
    done = kpi(office, "archive", "--by", "x", "--why", "y", KPI_ARCHIVE_SEAL=SEAL, KPI_ARCHIVE_AFTER_DAYS="0")
    assert done.returncode == 0, done.stderr
    (decision,) = decisions(office.folder)
    assert (decision.action, decision.subject["files"], decision.subject["how"]) == ("archive", "2", "sealed")


def test_a_person_is_forgotten_and_every_count_stays(office: Office) -> None:
    build(in_force(office))
    before = figures(office)
    seal_all(office, seal=None)
    done = kpi(office, "forget", "--number", "-", "--by", "Amal", "--why", "asked", given=f"{PERSON}\n")
    assert done.returncode == 0, done.stderr
    assert figures(office) == before
    keys = office.accepted()["beneficiary_key"]
    assert keys.to_list().count(None) == 2
    assert keys.drop_nulls().to_list() == [pseudonym_of(in_force(office), OTHER)]
    told = (office.folder / "decisions.jsonl").read_text(encoding="utf-8") + done.stderr + done.stdout
    gone = pseudonym_of(in_force(office), PERSON)
    assert str(gone) not in told
    assert PERSON not in told
    assert decisions(office.folder)[-1].subject == {"rows": "2", "files": "2"}
    assert office.load().exit_code == 0
    assert verify(in_force(office), None, progress=lambda step: None).is_same
    for path in (office.folder / "lake").rglob("*.parquet"):
        frame = pl.read_parquet(path)
        assert "beneficiary_key" not in frame.columns or gone not in frame["beneficiary_key"].to_list()


def test_a_person_whom_a_raw_file_still_names_is_not_half_forgotten(office: Office) -> None:
    before = office.accepted()
    person = pseudonym_of(in_force(office), PERSON)
    archive(office.folder, older_than_days=None, names=["transactions/a.csv"], seal=None, **SIGNED)
    with pytest.raises(SettingsError) as caught:
        forget(office.folder, person, **SIGNED)
    assert caught.value.key == "forget_raw_left"
    assert "transactions/b.csv" in caught.value.what("ar")
    assert office.accepted().equals(before)
    assert [decision.action for decision in decisions(office.folder)] == ["archive"]


def test_a_sealed_copy_that_names_the_person_is_told(office: Office) -> None:
    seal_all(office)
    done = kpi(office, "forget", str(pseudonym_of(in_force(office), PERSON)), "--by", "Amal", "--why", "asked")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count(".sealed") == 2


@pytest.mark.parametrize("pseudonym", ["-8878131000690197974", "8878131000690197974"])
def test_a_pseudonym_is_taken_as_it_stands_in_the_lake_whatever_its_sign(office: Office, pseudonym: str) -> None:
    done = kpi(office, "forget", pseudonym, "--by", "Amal", "--why", "asked")
    assert messages.text("errors.forget_nobody.what", "en") in done.stderr


@pytest.mark.parametrize(
    ("arguments", "given", "key"),
    [
        ((), "", "forget_whom"),
        (("--not-an-option",), "", "forget_whom"),
        (("123", "--number", "-"), PERSON, "forget_whom"),
        (("abc",), "", "forget_whom"),
        (("--number", PERSON), "", "forget_number_in_command"),
        (("--number", "-"), "no number", "forget_number_unreadable"),
        (("--number", "-"), "70000001", "forget_nobody"),
    ],
)
def test_what_cannot_be_forgotten_is_refused_in_words(
    office: Office, arguments: tuple[str, ...], given: str, key: str
) -> None:
    done = kpi(office, "forget", *arguments, "--by", "Amal", "--why", "asked", given=given)
    assert done.returncode == 2
    for language in messages.LANGUAGES:
        assert messages.text(f"errors.{key}.what", language) in done.stderr


def test_what_was_set_aside_as_damaged_goes_with_the_person(office: Office) -> None:
    lake = Lake(office.folder)
    aside = lake.root / ".damaged" / "old.accepted.parquet"
    aside.parent.mkdir()
    office.accepted().write_parquet(aside)
    seal_all(office, seal=None)
    forget(office.folder, pseudonym_of(in_force(office), PERSON), **SIGNED)
    assert not aside.exists()

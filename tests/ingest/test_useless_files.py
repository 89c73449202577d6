"""A file of which nothing can be used says why on the screen, and does not stay to fail again."""

import os
import subprocess
import sys

import pytest

from kpi import messages
from kpi.settings import REPOSITORY

SOURCE = '[[source]]\nname="moh"\nlog="transactions"\nfiles="transactions/moh*"\ndates=["dd/mm/yyyy HH:MM"]\n'
GATE_OFF = 'name_ar = "مساحة"\nname_en = "Workspace"\n[gate]\nrejected_share_pct = 100\n'


def kpi_load(office, language: str, *paths) -> tuple[int, str]:
    """Run `kpi load` as a person does; return its exit code and what it says."""
    environment = os.environ | {"KPI_WORKSPACE": str(office.folder), "KPI_LANGUAGE": language, "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, "-m", "kpi", "load", *map(str, paths)],
        env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    return done.returncode, done.stderr


@pytest.mark.parametrize("language", messages.LANGUAGES)
@pytest.mark.parametrize(("is_held", "code"), [(True, 7), (False, 3)])
def test_a_file_without_a_usable_row_says_its_reasons_with_a_place_and_a_remedy(office, csv, language, is_held, code):
    if not is_held:
        (office.folder / "workspace.toml").write_text(GATE_OFF, encoding="utf-8")
    rows = [{"channel": "weeb"}, {"channel": "weeb"}, {"service_id": "moh-11", "outcome": "compleeted"}]
    office.put("transactions/a.csv", csv(*rows).replace("channel,", "القناة,"))
    for _ in range(2):  # also when the file has not changed since
        returned, said = kpi_load(office, language)
        assert returned == code, said
        assert "transactions/a.csv: " in said
        for reason in ("unknown_code", "unknown_service"):
            assert messages.text(f"reasons.{reason}", language) in said
            assert messages.text(f"fixes.{reason}", language) in said
        value = messages.text("cli.place_value", language, row=1, column="القناة", value="weeb")
        assert value in said
        assert "web (" in said
        assert "moh-1 (" in said


def test_a_file_held_for_its_rejected_share_says_its_reasons_too(office, csv):
    office.put("transactions/a.csv", csv({}, {}, {}, {"outcome": "x"}, {"outcome": "x"}, {"outcome": ""}))
    code, said = kpi_load(office, "en")
    assert code == 7
    assert "transactions/a.csv: rows rejected: 3 of 6." in said
    assert messages.text("reasons.unknown_code", "en") + " Rows: 2, for example row 4, column outcome: “x”." in said
    assert messages.text("reasons.missing_value", "en") + " Rows: 1, for example row 6, column outcome." in said


def test_a_remedy_names_the_declared_form_of_the_date(office, csv):
    office.declare(SOURCE)
    office.put("transactions/moh.csv", csv({"completed_at": ""}))
    code, said = kpi_load(office, "en")
    assert code == 7
    assert "31/01/2025 14:30" in said
    assert "2025-01-31" not in said


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 torn", b"colour,shape\nred,round\n"])
def test_a_refused_file_given_by_path_is_not_left_to_fail_again(office, csv, tmp_path_factory, content):
    office.load_one("transactions/good.csv", csv({}))
    path = tmp_path_factory.mktemp("elsewhere") / "transactions" / "x.csv"
    path.parent.mkdir()
    path.write_bytes(content)
    code, said = kpi_load(office, "en", path)
    assert code == 3
    assert "not kept in the inbox" in said
    assert path.read_bytes() == content
    assert not (office.folder / "inbox/transactions/x.csv").exists()
    assert office.lake.entry("transactions/x.csv") is None
    assert office.load().exit_code == 0
    path.write_text(csv({"transaction_id": "T-2"}), encoding="utf-8")
    assert office.load(path).exit_code == 0
    assert len(office.accepted()) == 2


def test_a_refused_file_given_by_path_does_not_touch_an_earlier_one_of_its_name(office, csv, tmp_path_factory):
    office.load_one("transactions/x.csv", csv({}))
    path = tmp_path_factory.mktemp("elsewhere") / "transactions" / "x.csv"
    path.parent.mkdir()
    path.write_bytes(b"")
    report = office.load(path)
    assert (report.exit_code, report.not_kept) == (3, ())
    assert office.lake.entry("transactions/x.csv").problem is None
    assert office.load().exit_code == 0
    assert len(office.accepted()) == 1


def test_a_refused_file_in_the_inbox_stays_there_and_is_told_at_every_load(office):
    place = office.put("transactions/x.csv", b"")
    assert office.load(place).not_kept == ()
    assert place.exists()
    assert office.load().exit_code == 3


def test_a_file_without_a_usable_row_is_corrected_by_giving_its_path_again(office, csv, tmp_path_factory):
    path = tmp_path_factory.mktemp("elsewhere") / "transactions" / "x.csv"
    path.parent.mkdir()
    path.write_text(csv({"channel": "fax"}), encoding="utf-8")
    assert office.load(path).exit_code == 7
    path.write_text(csv({}), encoding="utf-8")
    assert office.load(path).exit_code == 0
    assert len(office.accepted()) == 1

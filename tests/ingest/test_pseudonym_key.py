"""The key of the pseudonyms is made once, closed to others, and never exchanged without a word."""

import stat
from pathlib import Path

import pytest

from kpi import messages
from kpi.doctor import examine
from kpi.errors import SettingsError
from kpi.ingest.pseudonym_key import FINGERPRINT, read_key
from kpi.ingest.withdraw import withdraw
from kpi.settings import Settings

OTHER_KEY = "ab" * 32


def key_of(office) -> Path:
    return office.folder / ".pseudonym.key"


def refused(office) -> str:
    with pytest.raises(SettingsError) as caught:
        office.load()
    for language in messages.LANGUAGES:
        assert str(key_of(office)) in caught.value.what(language)
        assert caught.value.next_step(language)
    return caught.value.key


def exchange(office, key: str = OTHER_KEY) -> None:
    key_of(office).write_text(key, encoding="ascii")
    key_of(office).chmod(0o600)


def test_the_key_is_made_once_readable_by_its_owner_only(office, csv):
    office.load_one("transactions/a.csv", csv({}))
    path = key_of(office)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = read_key(path)
    assert len(before) == 32
    office.load()
    assert read_key(path) == before
    assert list(office.folder.glob(".pseudonym.key.*")) == []


def test_a_missing_key_is_refused_where_pseudonyms_exist_and_none_is_made(office, csv):
    office.load_one("transactions/a.csv", csv({}))
    before = office.accepted()["beneficiary_key"].to_list()
    whole = key_of(office).read_text()
    key_of(office).unlink()
    assert refused(office) == "pseudonym_key_missing"
    assert not key_of(office).exists()
    exchange(office, whole)
    assert [result.status for result in office.load().results] == ["unchanged"]
    assert office.accepted()["beneficiary_key"].to_list() == before


def test_another_key_is_refused_where_pseudonyms_exist_and_nothing_is_read_again(office, csv):
    office.load_one("transactions/a.csv", csv({}))
    before = office.accepted()["beneficiary_key"].to_list()
    exchange(office)
    assert refused(office) == "pseudonym_key_changed"
    assert office.accepted()["beneficiary_key"].to_list() == before


def test_a_lake_without_a_fingerprint_takes_the_key_that_is_there_and_keeps_to_it(office, csv):
    office.load_one("transactions/a.csv", csv({}))
    (office.lake.root / FINGERPRINT).unlink()
    office.load()
    exchange(office)
    assert refused(office) == "pseudonym_key_changed"


def test_a_key_may_change_while_nobody_has_a_pseudonym(office, csv):
    office.load_one("transactions/a.csv", csv({"beneficiary_number": ""}))
    key_of(office).unlink()
    office.load()
    exchange(office)
    office.load_one("transactions/a.csv", csv({}))
    key_of(office).unlink()
    assert refused(office) == "pseudonym_key_missing"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_refused_with_the_command_that_closes_it(office, csv, mode):
    office.load_one("transactions/a.csv", csv({}))
    key_of(office).chmod(mode)
    assert refused(office) == "pseudonym_key_open"
    assert "chmod 600" in SettingsError("pseudonym_key_open", file="x", mode="0644").next_step("ar")


def test_a_damaged_key_stops_the_load_instead_of_making_new_people(office):
    key_of(office).write_text("not a key", encoding="ascii")
    assert refused(office) == "pseudonym_key_unreadable"


def test_doctor_tells_of_a_key_that_is_missing(office, csv):
    office.load_one("transactions/a.csv", csv({}))
    key_of(office).unlink()
    keys = [finding.error.key for finding in examine(Settings(workspace=office.folder)) if finding.error]
    assert "pseudonym_key_missing" in keys


def test_a_key_that_is_lost_for_good_is_given_up_by_withdrawing_whom_it_named(office, csv):
    office.load_one("transactions/a.csv", csv({}))
    before = office.accepted()["beneficiary_key"].to_list()
    key_of(office).unlink()
    assert refused(office) == "pseudonym_key_missing"
    withdraw(office.folder, ["transactions/a.csv"], by="Amal", why="the key is lost")
    office.load(office.folder / "inbox" / "transactions" / "a.csv")
    assert office.accepted()["beneficiary_key"].to_list() != before
    assert len(office.accepted()) == 1

"""The registry of decisions: it only grows, it says who and why, and what was changed in it afterwards shows."""

import json
import multiprocessing
import stat
from pathlib import Path

import pytest

from kpi.decisions import FILE_NAME, decisions, record
from kpi.errors import SettingsError, StorageError


def taken(workspace: Path, why: str = "checked with the sender", by: str = "amal") -> None:
    record(workspace, "release", by=by, why=why, subject={"held_id": "ab12", "source_file": "transactions/ا.csv"})


def test_a_decision_says_who_when_why_and_about_what(tmp_path):
    taken(tmp_path)
    record(tmp_path, "withdraw", by="  badr\n", why="sent by\tmistake", subject={"source_file": "transactions/b.csv"})
    first, second = decisions(tmp_path)
    assert (first.number, first.action, first.by, first.why) == (1, "release", "amal", "checked with the sender")
    assert first.subject == {"held_id": "ab12", "source_file": "transactions/ا.csv"}
    assert (second.number, second.by, second.why) == (2, "badr", "sent by mistake")
    assert first.at <= second.at
    assert first.at.endswith("+00:00")


def test_a_workspace_without_decisions_has_none(tmp_path):
    assert decisions(tmp_path) == ()
    assert list(tmp_path.iterdir()) == []


def test_what_was_written_is_never_written_again(tmp_path):
    taken(tmp_path)
    before = (tmp_path / FILE_NAME).read_bytes()
    taken(tmp_path, "again")
    assert (tmp_path / FILE_NAME).read_bytes().startswith(before)


def test_the_registry_is_not_readable_by_everybody(tmp_path):
    taken(tmp_path)
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) & 0o137 == 0


@pytest.mark.parametrize("option", ["by", "why"])
def test_a_decision_without_a_name_or_a_reason_is_refused_in_both_languages(tmp_path, option):
    with pytest.raises(SettingsError) as caught:
        taken(tmp_path, **{option: " \n"})
    assert f"--{option}" in caught.value.what("en")
    assert f"--{option}" in caught.value.what("ar")
    assert decisions(tmp_path) == ()


def changed_word(lines: list[bytes]) -> list[bytes]:
    return [lines[0].replace(b"reason 0", b"reason 9"), *lines[1:]]


def reordered_keys(lines: list[bytes]) -> list[bytes]:
    return [lines[0], json.dumps(dict(reversed(json.loads(lines[1]).items()))).encode() + b"\n", lines[2]]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (changed_word, 2),
        (lambda lines: lines[1:], 1),
        (lambda lines: [lines[0], lines[2]], 2),
        (lambda lines: [lines[1], lines[0], lines[2]], 1),
        (lambda lines: [*lines, lines[2]], 4),
        (lambda lines: [*lines, b"not a decision\n"], 4),
        (lambda lines: [*lines, b"[" * 100_000 + b"\n"], 4),
        (lambda lines: [*lines, b"{}\n"], 4),
        (lambda lines: [lines[0], b"\n", *lines[1:]], 2),
        (reordered_keys, 2),
    ],
)
def test_a_registry_that_was_changed_by_hand_is_not_believed(tmp_path, change, line):
    for number in range(3):
        taken(tmp_path, f"reason {number}")
    path = tmp_path / FILE_NAME
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))
    with pytest.raises(SettingsError) as caught:
        decisions(tmp_path)
    assert (caught.value.key, caught.value.facts["line"]) == ("decisions_broken", line)
    assert f"line {line} " in caught.value.what("en")
    assert f"السطر {line} " in caught.value.what("ar")
    before = path.read_bytes()
    with pytest.raises(SettingsError):
        taken(tmp_path, "on top of what nobody can trust")
    assert path.read_bytes() == before


def test_a_last_line_that_was_not_written_to_its_end_is_told_and_heals_without_it(tmp_path):
    taken(tmp_path, "first")
    taken(tmp_path, "second")
    path = tmp_path / FILE_NAME
    whole = path.read_bytes()
    path.write_bytes(whole[:-7])
    with pytest.raises(SettingsError) as caught:
        decisions(tmp_path)
    assert (caught.value.key, caught.value.facts["line"]) == ("decisions_torn", 2)
    assert "never taken" in caught.value.what("en")
    path.write_bytes(whole.splitlines(keepends=True)[0])
    taken(tmp_path, "second, again")
    assert [decision.why for decision in decisions(tmp_path)] == ["first", "second, again"]


def test_a_disk_without_room_leaves_the_registry_as_it_was(tmp_path, monkeypatch):
    taken(tmp_path)
    before = (tmp_path / FILE_NAME).read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device", str(tmp_path / FILE_NAME))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StorageError):
        taken(tmp_path, "there is no room for it")
    assert (tmp_path / FILE_NAME).read_bytes() == before


def _take_many(workspace: Path, who: int) -> None:
    for number in range(25):
        record(workspace, "release", by=f"person {who}", why=f"reason {number}", subject={})


def test_several_people_decide_at_once_and_no_decision_is_lost(tmp_path):
    context = multiprocessing.get_context("spawn")
    people = [context.Process(target=_take_many, args=(tmp_path, who)) for who in range(4)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    found = decisions(tmp_path)
    assert [decision.number for decision in found] == list(range(1, 101))
    for who in range(4):
        assert [decision.why for decision in found if decision.by == f"person {who}"] == [
            f"reason {number}" for number in range(25)
        ]

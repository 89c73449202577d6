"""What becomes of a file that is sent again worse than before, of a withdrawal by name, and of a release."""

from datetime import date

import pytest

from kpi.decisions import decisions
from kpi.errors import SettingsError
from kpi.ingest.release import everything_held, release
from kpi.ingest.withdraw import withdraw
from kpi.lake import Lake
from tests.gate.conftest import HEADER, month_text, name_of

JANUARY, FEBRUARY = date(2024, 1, 1), date(2024, 2, 1)
NAME = name_of("moh", JANUARY)
BAD_ROW = f"{JANUARY},moh-9,web,completed,5\n"


def counted(office) -> int:
    """Return the transactions that would count now."""
    from kpi.ingest.held_back import held_back

    held = held_back(office.folder)
    spans = [
        (file, span)
        for file in held.lake.files()
        for span in file.spans
        if not held.without.holds(file.source_file, span)
    ]
    return sum(span.transactions or 0 for _, span in spans)


def kinds(report) -> list[tuple[str, str, bool]]:
    return [(one.kind, one.reason, one.keeps_earlier) for one in report.held]


def test_a_file_that_comes_again_mostly_rejected_leaves_the_earlier_content_in_force(office):
    office.send(NAME, month_text("moh", JANUARY))
    office.load()
    before = counted(office)
    office.send(NAME, month_text("moh", JANUARY) + 3 * BAD_ROW)
    report = office.load()
    assert report.exit_code == 7
    assert kinds(report) == [("file_rejected_share", "file_rejected_share", True)]
    assert counted(office) == before
    assert kinds(office.load()) == kinds(report)
    office.send(NAME, month_text("moh", JANUARY, 1.01))
    assert office.load().held == ()
    assert counted(office) != before
    assert len(list((office.folder / "lake" / "transactions").glob("*.accepted.parquet"))) == 1


def test_a_first_file_that_is_mostly_rejected_counts_nothing(office):
    office.send(NAME, month_text("moh", JANUARY) + 3 * BAD_ROW)
    assert kinds(office.load()) == [("file_rejected_share", "file_rejected_share", False)]
    assert counted(office) == 0


def test_few_rejected_rows_of_a_small_file_are_not_held(office):
    office.send(NAME, month_text("moh", JANUARY) + 2 * BAD_ROW)
    report = office.load()
    assert (report.exit_code, report.rejected_by_reason) == (0, {"unknown_service": 2})


@pytest.mark.parametrize("rows", [1, 40])
def test_a_file_of_which_all_rows_are_rejected_is_told_with_its_reason(office, rows):
    office.send(NAME, HEADER + rows * BAD_ROW)
    report = office.load()
    assert report.exit_code == 7
    assert kinds(report) == [("file_rejected_share", "file_all_rejected", False)]
    assert report.rejected_by_reason == {"unknown_service": rows}


@pytest.mark.parametrize("text", [HEADER, f"{HEADER}{JANUARY},moh-1,web,completed,10\n", month_text("moh", FEBRUARY)])
def test_a_file_that_lost_most_of_what_it_brought_keeps_what_it_brought(office, text):
    office.send(NAME, month_text("moh", JANUARY))
    office.load()
    before = counted(office)
    office.send(NAME, text, date(2025, 8, 2))
    report = office.load()
    assert kinds(report) == [("withdrawal", "content_lost", True)]
    assert counted(office) == before
    release(office.folder, [report.held[0].held_id], by="amal", why="the first one was wrong")
    assert office.load().exit_code == 0
    assert counted(office) < before or text == month_text("moh", FEBRUARY)


def test_a_file_put_back_as_it_was_is_no_question_any_more(office):
    office.send(NAME, month_text("moh", JANUARY))
    office.load()
    office.send(NAME, HEADER)
    assert office.load().exit_code == 7
    office.send(NAME, month_text("moh", JANUARY))
    assert office.load().exit_code == 0
    assert Lake(office.folder).entry(NAME).pending is None


def test_an_emptied_sources_toml_or_a_registry_edit_takes_no_rows_away(office):
    office.put(
        "sources.toml",
        '[[source]]\nname="a"\nlog="transactions"\nfiles="transactions/*"\n[source.codes.channel]\nPortal="web"\n',
    )
    office.send(NAME, month_text("moh", JANUARY).replace(",web,", ",Portal,"))
    assert office.load().exit_code == 0
    before = counted(office)
    office.put("sources.toml", "")
    report = office.load()
    assert kinds(report) == [("file_rejected_share", "file_all_rejected", True)]
    assert counted(office) == before > 0


def test_two_held_things_of_one_file_need_two_decisions(office):
    for month in range(12):
        office.send_month("moh", date(2024, month + 1, 1))
        office.send_month("mol", date(2024, month + 1, 1))
    office.load()
    both = "transactions/both.csv"
    text = HEADER + "2025-01-01,moh-1,web,completed,9000\n2025-01-01,mol-1,web,completed,9000\n"
    office.send(both, text)
    first = office.load().held
    assert sorted(one.entity_id for one in first if one.source_file == both) == ["moh", "mol"]
    one, other = (one.held_id for one in first)
    before = counted(office)
    release(office.folder, [one], by="amal", why="right")
    assert [left.held_id for left in office.load().held] == [other]
    assert counted(office) == before + 9000


def test_a_withdrawal_by_name_is_recorded_and_the_file_does_not_come_back_by_itself(office):
    path = office.send(NAME, month_text("moh", JANUARY))
    office.load()
    assert withdraw(office.folder, [str(path)], by="amal", why="sent by mistake") == (NAME,)
    assert counted(office) == 0
    (decision,) = decisions(office.folder)
    assert (decision.action, decision.by, decision.subject["source_file"]) == ("withdraw", "amal", NAME)
    office.load()
    assert counted(office) == 0
    office.send(NAME, month_text("moh", JANUARY, 1.1))
    office.load()
    assert counted(office) > 0


def test_a_name_that_is_not_known_withdraws_nothing_and_names_the_nearest(office):
    office.send(NAME, month_text("moh", JANUARY))
    office.load()
    for names in ([NAME, NAME.replace("moh", "mho")], ["transactions/*.csv"]):
        with pytest.raises(SettingsError) as caught:
            withdraw(office.folder, names, by="amal", why="sent by mistake")
        assert caught.value.key == "withdraw_unknown"
    assert counted(office) > 0
    assert decisions(office.folder) == ()


def test_an_id_that_is_not_held_back_releases_nothing(office):
    with pytest.raises(SettingsError) as caught:
        release(office.folder, ["0123456789"], by="amal", why="right")
    assert caught.value.key == "release_unknown"
    assert decisions(office.folder) == ()


def test_files_moved_away_on_purpose_are_answered_once(office):
    path = office.send(NAME, month_text("moh", JANUARY))
    office.load()
    path.unlink()
    report = office.load()
    assert kinds(report) == [("withdrawal", "inbox_missing", False)]
    release(office.folder, [one.held_id for one in everything_held(office.folder)], by="amal", why="on tape")
    assert office.load().exit_code == 0
    assert counted(office) > 0


def test_a_folder_that_is_no_workspace_is_refused(tmp_path):
    from kpi.ingest.load import load
    from kpi.settings import Settings

    with pytest.raises(SettingsError):
        load(Settings(workspace=tmp_path))

"""What several files say of the same transactions counts once, and the ledger shows both."""

import os
from datetime import date
from pathlib import Path

import pytest

from kpi.ingest.overlap import Overlap, read_overlap
from kpi.ingest.received import Without
from kpi.ingest.withdraw import withdraw

TOTALS = "submitted_at,entity_id,service_id,channel,outcome,transactions\n"


def put(office, name: str, text: str, day: int) -> Path:
    """Put a file that was received on a day of February 2025."""
    path = office.put(f"transactions/{name}.csv", text)
    received = 1_738_368_000 + (day - 1) * 86_400
    os.utime(path, (received, received))
    return path


def ids(csv, *numbers: int, **more: str) -> str:
    return csv(*({"transaction_id": f"T-{number:04}", **more} for number in numbers))


def found(office) -> Overlap:
    office.load()
    return read_overlap(office.lake)


def replaced(office) -> list[tuple]:
    rows = found(office).replaced.select("old_file", "new_file", "entity_id", "month", "rows").rows()
    return [(Path(old).stem, Path(new).stem, entity, month, count) for old, new, entity, month, count in rows]


def duplicates(office) -> list[tuple]:
    rows = found(office).duplicates.rows()
    return [(key, Path(kept).stem, row, Path(other).stem, place) for _, _, key, _, kept, row, other, place in rows]


JANUARY = date(2025, 1, 1)


def test_files_without_anything_in_common_are_left_alone(office, csv):
    put(office, "a", ids(csv, 1, 2), 3)
    put(office, "b", ids(csv, 3, 4), 4)
    assert replaced(office) == []
    assert duplicates(office) == []


def test_a_corrected_month_replaces_the_older_one_whatever_its_name(office, csv):
    put(office, "z_first", ids(csv, *range(10)), 3)
    put(office, "a_second", ids(csv, *range(1, 12), outcome="rejected"), 9)
    assert replaced(office) == [("z_first", "a_second", "moh", JANUARY, 10)]
    assert duplicates(office) == []


def test_of_a_few_shared_ids_the_row_received_last_counts(office, csv):
    put(office, "a", ids(csv, *range(10)), 9)
    put(office, "b", ids(csv, 8, 9, *range(20, 30)), 3)
    assert replaced(office) == []
    assert duplicates(office) == [("T-0008", "a", 9, "b", 1), ("T-0009", "a", 10, "b", 2)]


def test_a_small_file_of_known_ids_does_not_wipe_out_the_month(office, csv):
    put(office, "all", ids(csv, *range(10)), 3)
    put(office, "few", ids(csv, 4), 9)
    assert replaced(office) == []
    assert duplicates(office) == [("T-0004", "few", 1, "all", 5)]


def test_an_id_counts_in_the_month_that_its_newest_row_names(office, csv):
    put(office, "a", ids(csv, 1, 2, 3, 4), 3)
    february = {"submitted_at": "2025-02-01", "completed_at": ""}
    put(office, "b", ids(csv, 4, 5, 6, **february), 9)
    assert duplicates(office) == [("T-0004", "b", 1, "a", 4)]


def test_the_same_id_of_another_entity_is_another_transaction(office, csv):
    put(office, "a", ids(csv, 1, 2), 3)
    put(office, "b", ids(csv, 1, 2, entity_id="mol", service_id="mol-1"), 9)
    assert replaced(office) == []
    assert duplicates(office) == []


def test_two_entities_in_one_file_may_number_alike(office, csv):
    entry = office.load_one(
        "transactions/a.csv",
        csv({"transaction_id": "1"}, {"transaction_id": "1", "entity_id": "mol", "service_id": "mol-1"}),
    )
    assert (entry.rows_accepted, entry.rows_rejected) == (2, 0)


def test_of_three_sendings_the_last_one_counts_and_each_replacement_is_listed(office, csv):
    for day, name in enumerate("abc", start=3):
        put(office, name, ids(csv, *range(day * 2 + 4)), day)
    assert replaced(office) == [("a", "b", "moh", JANUARY, 10), ("b", "c", "moh", JANUARY, 12)]
    assert duplicates(office) == []


def test_a_re_sent_month_leaves_the_other_months_of_the_older_file(office, csv):
    text = csv(
        *({"transaction_id": f"T-{n}"} for n in range(4)),
        *({"transaction_id": f"U-{n}", "submitted_at": "2025-02-02", "completed_at": ""} for n in range(3)),
    )
    put(office, "both", text, 3)
    put(office, "january", csv(*({"transaction_id": f"T-{n}"} for n in range(4))), 9)
    assert replaced(office) == [("both", "january", "moh", JANUARY, 4)]


def test_totals_sent_again_replace_and_those_of_another_channel_only_are_asked_about(office):
    put(office, "a", f"{TOTALS}2025-01-01,moh,moh-1,web,completed,100\n2025-01-01,moh,moh-2,web,completed,5\n", 3)
    put(office, "b", f"{TOTALS}2025-01-01,moh,moh-1,web,completed,110\n2025-01-01,moh,moh-2,web,completed,5\n", 9)
    put(office, "c", f"{TOTALS}2025-01-01,moh,moh-1,counter,completed,7\n", 9)
    assert replaced(office) == [("a", "b", "moh", JANUARY, 1), ("a", "b", "moh", JANUARY, 1)]
    overlap = found(office)
    assert overlap.replaced.select("service_id", "old_transactions", "new_transactions").rows() == [
        ("moh-1", 100, 110),
        ("moh-2", 5, 5),
    ]
    assert overlap.questions.select("question", "source_file", "old_file", "services").rows() == [
        ("other_part", "transactions/c.csv", "transactions/b.csv", ["moh-1"])
    ]


def test_re_sent_totals_leave_the_rows_with_ids_beside_them(office, csv):
    both = csv({"transaction_id": "T-1"}, {"transaction_id": "", "channel": "counter", "transactions": "40"})
    put(office, "a", both, 3)
    put(office, "b", csv({"transaction_id": "", "channel": "counter", "transactions": "44"}), 9)
    assert found(office).replaced.select("old_file", "has_ids", "rows").rows() == [("transactions/a.csv", False, 1)]


def test_which_file_was_received_first_and_not_which_was_loaded_first_decides(office, csv):
    put(office, "late", ids(csv, *range(10)), 9)
    office.load()
    put(office, "early", ids(csv, *range(10)), 3)
    assert replaced(office) == [("early", "late", "moh", JANUARY, 10)]


def test_when_the_newer_file_is_withdrawn_the_older_one_counts_again(office, csv):
    put(office, "a", ids(csv, *range(10)), 3)
    put(office, "b", ids(csv, *range(10)), 9)
    assert len(replaced(office)) == 1
    withdraw(office.folder, ["transactions/b.csv"], by="amal", why="sent for a test")
    assert replaced(office) == []


def test_what_is_held_back_replaces_nothing_and_is_replaced_by_nothing(office, csv):
    put(office, "a", ids(csv, *range(10)), 3)
    put(office, "b", ids(csv, *range(10)), 9)
    assert len(found(office).replaced) == 1
    newer, older = "transactions/b.csv", "transactions/a.csv"
    for without in (
        Without(files=frozenset({newer})),
        Without(files=frozenset({older})),
        Without(sender_months=frozenset({(newer, "moh", JANUARY)})),
    ):
        overlap = read_overlap(office.lake, without)
        assert (len(overlap.replaced), len(overlap.duplicates)) == (0, 0)
    assert len(read_overlap(office.lake, Without(sender_months=frozenset({(newer, "mol", JANUARY)}))).replaced) == 1


def test_work_split_into_passes_finds_the_same(office, csv, monkeypatch):
    put(office, "a", ids(csv, *range(60)), 3)
    put(office, "b", ids(csv, *range(30, 90)), 4)
    put(office, "c", ids(csv, *range(88, 120)), 5)
    whole = replaced(office), duplicates(office)
    for path in (office.folder / "lake" / "overlap").iterdir():
        path.unlink()
    monkeypatch.setattr("kpi.ingest.overlap.ROWS_PER_PASS", 20)
    assert (replaced(office), duplicates(office)) == whole
    assert whole[0] == [("a", "b", "moh", JANUARY, 60)]
    assert [row[0] for row in whole[1]] == ["T-0088", "T-0089"]


def test_only_files_whose_ids_can_overlap_are_opened(office, csv, monkeypatch):
    for name, start in (("a", 0), ("b", 100), ("c", 200)):
        put(office, name, ids(csv, *range(start, start + 5)), 3)
    monkeypatch.setattr("kpi.ingest.same_ids._keys", lambda *_: pytest.fail("opened"))
    assert replaced(office) == []


def test_a_damaged_list_is_found_again(office, csv):
    put(office, "a", ids(csv, *range(10)), 3)
    put(office, "b", ids(csv, *range(10)), 9)
    before = replaced(office)
    for path in (office.folder / "lake" / "overlap").iterdir():
        path.write_bytes(b"PAR1 torn")
    assert replaced(office) == before


def test_a_file_that_is_overwritten_keeps_its_earlier_content_on_record(office, csv):
    put(office, "a", csv({}, {"channel": "fax"}), 3)
    office.load()
    first = office.lake.entry("transactions/a.csv")
    put(office, "a", csv({}, {}, {}), 9)
    office.load()
    entry = office.lake.entry("transactions/a.csv")
    (earlier,) = entry.earlier
    assert (earlier.sha256, earlier.rows_read, earlier.rows_rejected) == (first.sha256, 2, 1)
    assert (earlier.received_at[:10], entry.received_at[:10]) == ("2025-02-03", "2025-02-09")
    assert [span.received_at[:10] for span in entry.spans] == ["2025-02-03"]

"""Every bad row goes to the rejected ones with its row, column and reason, and never stops its file."""

from datetime import UTC, datetime, timedelta

import pytest

from kpi import messages
from kpi.ingest.contracts import CONTRACTS
from kpi.ingest.lookups import UNKNOWN

TOMORROW = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()

CASES = [
    ({"outcome": ""}, "outcome", "missing_value"),
    ({"submitted_at": " "}, "submitted_at", "missing_value"),
    ({"transactions": "1000000000001"}, "transactions", "out_of_range"),
    ({"transactions": "1000000001"}, "transactions", "out_of_range"),
    ({"transactions": "-3"}, "transactions", "out_of_range"),
    ({"transactions": "9999999999999"}, "transactions", "out_of_range"),
    ({"submitted_at": "2025-02-31"}, "submitted_at", "not_a_date"),
    ({"submitted_at": "02/01/2025"}, "submitted_at", "date_order_unknown"),
    ({"submitted_at": "45659"}, "submitted_at", "date_is_a_number"),
    ({"submitted_at": "1446-07-02", "completed_at": ""}, "submitted_at", "hijri_date"),
    ({"submitted_at": TOMORROW, "completed_at": ""}, "submitted_at", "future_date"),
    ({"completed_at": "2025-01-02 09:59:59"}, "completed_at", "completed_before_submitted"),
    ({"channel": "fax"}, "channel", "unknown_code"),
    ({"outcome": "done"}, "outcome", "unknown_code"),
    ({"entity_id": "nobody"}, "entity_id", "unknown_entity"),
    ({"service_id": "moh-99"}, "service_id", "unknown_service"),
    ({"service_id": "mol-1"}, "entity_id", "service_of_other_entity"),
    ({"governorate_id": "OM-XX"}, "governorate_id", "unknown_governorate"),
    ({"transaction_id": "T-1"}, "transaction_id", "duplicate_id"),
    ({"transactions": ""}, "transactions", "count_missing"),
    ({"transactions": " "}, "transactions", "count_missing"),
    ({"transactions": "00"}, "transactions", "leading_zeros"),
    ({"transactions": "006949158900"}, "transactions", "leading_zeros"),
    ({"transactions": "1200²"}, "transactions", "not_a_number"),
    ({"transactions": "1200*"}, "transactions", "not_a_number"),
    ({"transactions": "①"}, "transactions", "not_a_number"),
    ({"transactions": "Ⅷ"}, "transactions", "not_a_number"),
    ({"transactions": "1½"}, "transactions", "not_a_number"),
    ({"transactions": "12₃"}, "transactions", "not_a_number"),
    ({"transactions": "१२"}, "transactions", "not_a_number"),
    ({"transactions": "2.000"}, "transactions", "ambiguous_number"),
    ({"transaction_id": "2.02501E+11"}, "transaction_id", "rounded_id"),
    ({"transaction_id": '"2,02501E+11"'}, "transaction_id", "rounded_id"),
    ({"transaction_id": "-"}, "transaction_id", "placeholder_id"),
    ({"transaction_id": "0"}, "transaction_id", "placeholder_id"),
    ({"transaction_id": "NULL"}, "transaction_id", "placeholder_id"),
    ({"transaction_id": "N/A"}, "transaction_id", "placeholder_id"),
    ({"transaction_id": "لا يوجد"}, "transaction_id", "placeholder_id"),
    ({"submitted_at": "2025-01-0²"}, "submitted_at", "not_a_date"),
    ({"fee_omr": "9" * 60}, "fee_omr", "out_of_range"),
    ({"fee_omr": "12345678901234"}, "fee_omr", "out_of_range"),
    ({"fee_omr": "71234567"}, "fee_omr", "out_of_range"),
    ({"fee_omr": "1.2345"}, "fee_omr", "too_many_decimals"),
    ({"fee_omr": "-1"}, "fee_omr", "out_of_range"),
    ({"rating": "7"}, "rating", "out_of_range"),
    ({"completed_at": TOMORROW}, "completed_at", "future_date"),
    ({"fee_omr": '"1,500"'}, "fee_omr", "ambiguous_number"),
    ({"fee_omr": '"0,250"'}, "fee_omr", "ambiguous_number"),
    ({"fee_omr": '"1,5"'}, "fee_omr", "ambiguous_number"),
    ({"rating": "0"}, "rating", "out_of_range"),
]
VALUES = [
    ({"fee_omr": "free"}, "fee_omr", "not_a_number"),
    ({"fee_omr": "1;5"}, "fee_omr", "not_a_number"),
    ({"fee_omr": "1e308"}, "fee_omr", "not_a_number"),
    ({"fee_omr": "NaN"}, "fee_omr", "not_a_number"),
    ({"rating": "4.5"}, "rating", "not_a_number"),
    ({"beneficiary_number": "12"}, "beneficiary_number", "bad_beneficiary_number"),
    ({"beneficiary_number": "A7123456"}, "beneficiary_number", "bad_beneficiary_number"),
    ({"rating": "-"}, "rating", "not_a_number"),
    ({"channel": "-"}, "channel", "placeholder"),
    ({"governorate_id": "N/A"}, "governorate_id", "placeholder"),
]


@pytest.mark.parametrize(("change", "column", "reason"), CASES, ids=[f"{n}-{case[2]}" for n, case in enumerate(CASES)])
def test_a_bad_value_rejects_its_row_only(office, csv, change, column, reason):
    entry = office.load_one("transactions/a.csv", csv({}, change, {}))
    assert office.findings() == [(2, column, reason)]
    assert (entry.rows_read, entry.rows_accepted, entry.rows_rejected) == (3, 2, 1)
    assert entry.rejected_by_reason == {reason: 1}
    assert office.accepted()["source_row"].to_list() == [1, 3]


@pytest.mark.parametrize(("change", "column", "reason"), VALUES, ids=[f"{n}-{c[2]}" for n, c in enumerate(VALUES)])
def test_a_bad_value_that_nothing_is_counted_by_falls_out_alone(office, csv, change, column, reason):
    entry = office.load_one("transactions/a.csv", csv({}, change, {}))
    assert office.findings() == [(2, column, reason)]
    assert (entry.rows_read, entry.rows_accepted, entry.rows_rejected) == (3, 3, 0)
    assert (entry.rejected_by_reason, entry.dropped_by_reason) == ({}, {reason: 1})
    stored = {"beneficiary_number": "beneficiary_key"}.get(column, column)
    assert [value is None for value in office.accepted()[stored]] == [False, True, False]


def test_a_value_of_a_rejected_row_does_not_fall_out_of_it(office, csv):
    entry = office.load_one("transactions/a.csv", csv({"rating": "-", "channel": "fax"}))
    assert (entry.rows_rejected, entry.rejected_by_reason) == (1, {"not_a_number": 1, "unknown_code": 1})
    assert entry.dropped_by_reason == {}


def test_the_same_faults_are_found_in_a_typed_parquet(office):
    import polars as pl

    moments = [datetime(2025, 1, 2), datetime(2025, 1, 2), datetime(2999, 1, 1), datetime(2025, 1, 2), None]
    frame = pl.DataFrame(
        {
            "submitted_at": moments,
            "service_id": ["moh-1", "nope", "moh-1", "moh-1", "moh-1"],
            "outcome": ["completed"] * 5,
            "fee_omr": [1.5, 2.0, 2.0, float("nan"), 0.0],
            "rating": [5, 5, 5, 9, 1],
        }
    )
    path = office.put("transactions/a.parquet", b"")
    frame.write_parquet(path)
    office.load()
    assert office.findings() == [
        (2, "service_id", "unknown_service"),
        (3, "submitted_at", "future_date"),
        (4, "fee_omr", "not_a_number"),
        (4, "rating", "out_of_range"),
        (5, "submitted_at", "missing_value"),
    ]
    assert office.accepted()["source_row"].to_list() == [1]


def test_a_row_with_two_faults_is_listed_once_per_reason_and_counted_once(office, csv):
    entry = office.load_one("transactions/a.csv", csv({"channel": "fax", "outcome": "", "fee_omr": "x", "rating": "y"}))
    assert office.findings() == [
        (1, "outcome", "missing_value"),
        (1, "fee_omr, rating", "not_a_number"),
        (1, "channel", "unknown_code"),
    ]
    assert (entry.rows_read, entry.rows_rejected) == (1, 1)


def test_the_raw_values_are_kept_under_the_senders_headers(office, csv):
    office.load_one("transactions/a.csv", csv({"channel": " fax "}).replace("channel,", "القناة,"))
    assert office.raw()[0]["القناة"] == " fax "
    assert office.raw()[0]["beneficiary_number"] == "•••"


def test_short_and_long_rows_are_told_from_whole_ones(office, csv):
    lines = csv({}, {}, {}, {}).splitlines()
    lines[2] = lines[2].rsplit(",", 2)[0]
    lines[3] += ",surplus"
    lines.insert(5, lines[4] + ",")
    office.load_one("transactions/a.csv", "\n".join(lines) + "\n")
    assert office.findings() == [
        (2, None, "too_few_fields"),
        (3, None, "too_many_fields"),
        (5, None, "too_many_fields"),
    ]
    assert office.accepted()["source_row"].to_list() == [1, 4]


def test_a_short_row_between_quoted_ones_is_found(office):
    text = 'project_id,reported_on,progress_pct,note\np1,2025-01-31,5,"a\nb"\np1,2025-02-28\n"p1",2025-03-31,7,"c"\n'
    office.load_one("projects/p.csv", text)
    assert office.findings() == [(2, None, "too_few_fields")]
    assert office.accepted("projects")["note"].to_list() == ["a b", "c"]


def test_an_unclosed_quote_costs_one_row(office):
    text = 'project_id,reported_on,progress_pct,note\np1,2025-01-31,5,"torn\np1,2025-02-28,6,x\np1,2025-03-31,7,"y"\n'
    office.load_one("projects/p.csv", text)
    assert office.findings() == [(1, None, "broken_quotes")]
    assert office.accepted("projects")["source_row"].to_list() == [2, 3]


def test_a_line_that_is_no_object_costs_one_row(office):
    good = '{"project_id": "p1", "reported_on": "2025-0%d-28", "progress_pct": %d.50, "note": null}'
    lines = [good % (1, 1), "{broken", "[1, 2]", "", good % (2, 2), '"text"']
    entry = office.load_one("projects/p.ndjson", "\n".join(lines) + "\n")
    assert office.findings() == [(row, None, "not_a_json_object") for row in (2, 3, 6)]
    assert office.accepted("projects")["source_row"].to_list() == [1, 5]
    assert entry.rows_read == 5


def test_undecodable_bytes_cost_one_row_when_the_encoding_is_declared(office, csv):
    office.declare('[[source]]\nname="a"\nlog="transactions"\nfiles="transactions/*.csv"\nencoding="utf-8"\n')
    content = csv({}, {"channel": "@"}, {}).encode().replace(b"@", b"\xff\xfe")
    office.load_one("transactions/a.csv", content)
    assert office.findings() == [(2, None, "bad_encoding")]


def test_unknown_projects_and_indicators_are_rejected(office):
    office.put("projects/p.csv", "project_id,reported_on,progress_pct\np9,2025-01-31,50\np1,2025-01-31,101\n")
    office.put("assessments/a.csv", "entity_id,indicator_id,assessed_on,score_pct\nmoh,i9,2025-01-31,50\n")
    office.load()
    assert sorted(office.findings(), key=str) == [
        (1, "indicator_id", "unknown_indicator"),
        (1, "project_id", "unknown_project"),
        (2, "progress_pct", "out_of_range"),
    ]


def test_of_rows_with_one_id_the_first_good_one_is_kept(office, csv):
    rows = ({"transaction_id": "A", "channel": "fax"}, {"transaction_id": "A"}, {"transaction_id": "A"})
    office.load_one("transactions/a.csv", csv(*rows))
    assert office.findings() == [(1, "channel", "unknown_code"), (3, "transaction_id", "duplicate_id")]


def test_weighted_rows_need_no_id_and_no_entity(office):
    office.load_one(
        "transactions/a.csv", 'submitted_at,service_id,outcome,transactions\n2025-01-01,mol-1,completed,"1,234"\n' * 1
    )
    row = office.accepted().select("transaction_id", "entity_id", "transactions").row(0)
    assert row == (None, "mol", 1234)


def test_every_reason_has_words_in_both_languages():
    reasons = {reason for _, _, reason in CASES} | set(UNKNOWN.values())
    reasons |= {"too_few_fields", "too_many_fields", "broken_quotes", "not_a_json_object", "bad_encoding"}
    for language in messages.LANGUAGES:
        words = {key.removeprefix("reasons.") for key in messages.catalogue(language) if key.startswith("reasons.")}
        assert reasons <= words


def test_every_contract_declares_each_column_of_the_lake():
    assert [len(contract.lake_schema) for contract in CONTRACTS.values()] == [16, 7, 13, 5]

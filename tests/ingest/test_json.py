"""JSON is read as other systems write it: one array, objects in objects, numbers with exponents."""

import gzip
import json

import pytest

from kpi.ingest.bounds import Bounds
from kpi.ingest.json_array import elements

DOTTED = """
[[source]]
name = "a"
log = "transactions"
files = "transactions/**"
columns = { "service.id" = "service_id", "who.kind.code" = "beneficiary", id = "transaction_id" }
"""
FLAT = {"submitted_at": "2025-01-02", "service_id": "moh-1", "outcome": "completed"}


def record(number: int, service: object, **more: object) -> dict:
    return {"id": f"J-{number}", "submitted_at": "2025-01-02", "service": service, "outcome": "completed"} | more


def lines(*records: dict) -> str:
    return "".join(json.dumps(item) + "\n" for item in records)


def test_what_lies_inside_an_object_has_a_header_with_points(office):
    office.declare(DOTTED)
    who = {"kind": {"code": "citizen"}}
    office.load_one("transactions/a.ndjson", lines(record(1, {"id": "moh-1"}, who=who), record(2, {"id": "moh-2"})))
    assert office.accepted().select("service_id", "beneficiary").rows() == [("moh-1", "citizen"), ("moh-2", None)]


def test_an_object_that_is_null_in_some_records_is_missing_there_alone(office):
    office.declare(DOTTED)
    office.load_one("transactions/a.ndjson", lines(record(1, {"id": "moh-1"}), record(2, None)))
    assert office.findings() == [(2, "service_id", "missing_value")]


def test_a_name_with_a_point_beside_an_object_that_says_it_too_is_a_key_twice(office):
    office.declare(DOTTED)
    twice = record(2, {"id": "moh-2"}) | {"service.id": "moh-1"}
    office.load_one("transactions/a.ndjson", lines(record(1, {"id": "moh-1"}), twice))
    assert office.findings() == [(2, None, "key_twice")]


def test_what_lies_inside_and_nobody_declared_is_named_with_its_way(office):
    office.declare(DOTTED)
    entry = office.load_one("transactions/a.ndjson", lines(record(1, {"id": "moh-1", "name": "x"})))
    assert entry.error_key == "columns_unknown"
    assert "service.name" in entry.problem.what("en")


ARRAYS = [
    (name, form) for name in ("a.json", "a.json.gz") for form in ("[{}]", '{{"data": [{}]}}', "\ufeff \n[\n{}]\n")
]
ARRAYS += [("a.ndjson", "[{}]"), ("a.jsonl.gz", "\n[{}]")]


@pytest.mark.parametrize(("name", "form"), ARRAYS)
def test_one_array_of_records_is_read_and_may_be_the_only_member_of_an_object(office, name, form):
    rows = [FLAT | {"transaction_id": f"T-{number}"} for number in range(3)]
    text = form.format(",\n  ".join(json.dumps(row, indent=2) for row in rows)).encode()
    entry = office.load_one(f"transactions/{name}", gzip.compress(text) if name.endswith(".gz") else text)
    assert (entry.error, entry.rows_read, entry.rows_accepted) == (None, 3, 3)
    assert office.accepted()["source_row"].to_list() == [1, 2, 3]


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 100])
def test_an_array_is_cut_at_the_same_places_whatever_pieces_it_comes_in(piece):
    start, text = '{"data": [', ' {"a": "x,]}[\\"", "b": [1, {"c": 2}]} , 12, 3.5e2,null , "]" ,{} ] } '
    parts = [text[place : place + piece] for place in range(0, len(text), piece)]
    wanted = ['{"a": "x,]}[\\"", "b": [1, {"c": 2}]}', "12", "3.5e2", "null", '"]"', "{}"]
    assert list(elements(iter([start, *parts]), "a", Bounds())) == wanted


def test_an_array_of_several_slices_is_numbered_through(office, monkeypatch):
    monkeypatch.setattr("kpi.ingest.objects._TEXT_PER_CHUNK", 500)
    rows = [FLAT | {"transaction_id": f"T-{number}", "service_id": "moh-1" if number % 9 else "x"}
            for number in range(100)]  # fmt: skip
    entry = office.load_one("transactions/a.json", json.dumps(rows))
    assert (entry.rows_read, entry.rows_accepted) == (100, 88)
    assert [row for row, *_ in office.findings()] == list(range(1, 101, 9))


@pytest.mark.parametrize("name", ["a.ndjson", "a.json"])
def test_an_id_that_json_writes_with_an_exponent_is_rounded_and_a_count_is_not(office, name):
    good, bad = (json.dumps(FLAT | {"transaction_id": "X", "transactions": "Y"}) for _ in range(2))
    good = good.replace('"X"', "202501000001").replace('"Y"', "1e3")
    bad = bad.replace('"X"', "2.02501E+11").replace('"Y"', "1")
    office.load_one(f"transactions/{name}", f"[{good},{bad}]" if name == "a.json" else f"{good}\n{bad}\n")
    assert office.accepted().select("transaction_id", "transactions").rows() == [("202501000001", 1000)]
    assert office.findings() == [(2, "transaction_id", "rounded_id")]

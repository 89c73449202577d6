"""Beneficiary numbers become keyed pseudonyms, and the raw numbers are written nowhere."""

import gzip
import hashlib
import hmac
import io
import random

import polars as pl
import pytest

from kpi.ingest.pseudonym import Pseudonyms

NUMBERS = [str(number) for number in random.Random(7).sample(range(60_000_000, 99_999_999), 1_000)]


def test_a_pseudonym_is_the_first_eight_bytes_of_the_keyed_digest():
    key = bytes(range(32))
    found = Pseudonyms(key).of(pl.Series([71234567, None, 71234567, 5000]))
    wanted = int.from_bytes(hmac.digest(key, b"71234567", hashlib.sha256)[:8], "big", signed=True)
    assert found.dtype == pl.Int64
    assert found.to_list()[:3] == [wanted, None, wanted]


def test_one_person_written_in_several_ways_has_one_pseudonym(office, csv):
    ways = ["07123456", "7123456", "٧١٢٣٤٥٦", " 712 3456 ", "۷۱۲۳۴۵۶", "\u200f7123456"]
    office.load_one("transactions/a.csv", csv(*({"beneficiary_number": way} for way in ways)))
    assert office.accepted()["beneficiary_key"].n_unique() == 1
    assert len(office.accepted()) == len(ways)


def hostile_csv(csv) -> bytes:
    faults = [{}, {"channel": "fax"}, {"entity_id": "nobody"}, {"fee_omr": "-1"}, {"beneficiary": "alien"}]
    rows = [{**faults[n % len(faults)], "beneficiary_number": number} for n, number in enumerate(NUMBERS)]
    lines = csv(*rows).splitlines()
    for place in range(6, len(lines), 11):
        lines[place] = "x," + lines[place]  # every value slides into the next column
    for place in range(9, len(lines), 13):
        lines[place] = lines[place].split(",", 4)[4]  # and the other way
    lines[15] = f'T,"{lines[15]}'
    return ("\n".join(lines) + "\n").encode()


def all_bytes(folder) -> bytes:
    content = b""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_relative_to(folder / "inbox"):
            content += path.read_bytes()
            if path.suffix == ".parquet":
                # compression hides text from a plain search: look into every column as text, too
                frame = pl.read_parquet(path)
                buffer = io.BytesIO()
                frame.write_parquet(buffer, compression="uncompressed", use_pyarrow=False)
                # not the pseudonyms: nineteen random digits hold some number of the thousand by chance
                as_text = frame.drop("beneficiary_key", strict=False).write_json()
                content += buffer.getvalue() + as_text.encode()
    return content


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "ndjson", "parquet", "xlsx"])
def test_no_beneficiary_number_is_in_any_byte_of_the_workspace_outside_the_inbox(office, csv, kind, caplog, capfd):
    content = hostile_csv(csv)
    if kind == "csv.gz":
        content = gzip.compress(content)
    elif kind != "csv":
        frame = pl.read_csv(
            csv(*({"beneficiary_number": number, "channel": "fax"} for number in NUMBERS)).encode(), infer_schema=False
        )
        buffer = io.BytesIO()
        {"ndjson": frame.write_ndjson, "parquet": frame.write_parquet, "xlsx": frame.write_excel}[kind](buffer)
        content = buffer.getvalue()
        if kind == "ndjson":
            content = content.replace(b'{"transaction_id":"T-9"', b'{{"transaction_id":"T-9"')
    entry = office.load_one(f"transactions/a.{kind}", content)
    assert entry.error is None
    assert entry.rows_rejected >= 500
    written = all_bytes(office.folder) + caplog.text.encode() + "".join(capfd.readouterr()).encode()
    assert [number for number in NUMBERS if number.encode() in written] == []

"""Erase one person from the lake: the pseudonym goes from every row, the rows stay and are nobody's.

So no count of transactions that was published changes; the person is no longer among the counted people.
"""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from kpi.decisions import record
from kpi.durable import sync
from kpi.errors import SettingsError
from kpi.ingest.contracts import CONTRACTS
from kpi.ingest.normalise import clean_text
from kpi.ingest.pseudonym import Pseudonyms
from kpi.ingest.pseudonym_key import known_key
from kpi.lake import Lake, LakeFile, sha256_of
from kpi.masking import MASK
from kpi.settings import Settings

_KEY = "beneficiary_key"


@dataclass(frozen=True)
class Forgotten:
    """Tell how many rows of how many files were the person's, and which sealed copies still name them."""

    rows: int
    files: tuple[str, ...]
    sealed: tuple[str, ...]


def pseudonym_of(settings: Settings, number: str) -> int:
    """Return the pseudonym of a number as it is written; raise `SettingsError` when it is none, or there is no key."""
    digits = clean_text(number).replace(" ", "")
    key = known_key(settings.key_file, Lake(settings.workspace))
    if not digits.isdecimal() or key is None:
        raise SettingsError("forget_number_unreadable")
    return Pseudonyms(key).of(pl.Series([int(digits)]))[0]


def forget(workspace: Path, pseudonym: int, *, by: str, why: str, number: str = "") -> Forgotten:
    """Blank a person's pseudonym in every accepted row, and their number, when it is known, in rejected ones.

    Raises `SettingsError` before anything changes while a raw file in the inbox still names the person, and when nobody
    has that pseudonym. The decision that is recorded says how much was erased, and not whose.
    """
    lake = Lake(workspace)
    with lake.locked():
        found = {file.source_file: count for file in lake.files() if (count := _rows_of(file, pseudonym, number))}
        if not found:
            raise SettingsError("forget_nobody")
        raw = [name for name in found if (workspace / "inbox" / name).exists()]
        if raw:
            raise SettingsError("forget_raw_left", files=", ".join(sorted(raw)[:10]), count=f"{len(raw):,}")
        rows = sum(found.values())
        record(workspace, "forget", by=by, why=why, subject={"rows": str(rows), "files": str(len(found))})
        entries = [file for file in lake.files() if file.source_file in found]
        lake.commit(*(_without(lake, file, pseudonym, number) for file in entries))
        lake.remove_orphans()
        _remove_damaged(lake)
    sealed = [file.archived_as for file in entries if file.archived_as not in ("", "deleted")]
    return Forgotten(rows, tuple(sorted(found)), tuple(sorted(sealed)))


def _rows_of(file: LakeFile, pseudonym: int, number: str) -> int:
    """Count the rows of a file that name a person, in every content of it that the lake holds."""
    count = 0
    if file.log == "transactions" and file.accepted_path:
        accepted = pl.scan_parquet(file.accepted_path, glob=False)
        count += accepted.select((pl.col(_KEY) == pseudonym).sum()).collect().item()
    if number and file.rejected_path:
        rejected = pl.scan_parquet(file.rejected_path, glob=False)
        count += rejected.select(pl.col("raw").str.contains(number, literal=True).sum()).collect().item()
    return count + (_rows_of(file.pending, pseudonym, number) if file.pending else 0)


def _without(lake: Lake, file: LakeFile, pseudonym: int, number: str) -> LakeFile:
    """Write the rows of a file anew without the person; return its entry."""
    pending = _without(lake, file.pending, pseudonym, number) if file.pending else None
    changed: dict[str, object] = {"pending": pending}
    if file.log == "transactions" and file.accepted_path:
        rows = pl.read_parquet(file.accepted_path, glob=False)
        own = (rows[_KEY] == pseudonym).fill_null(value=False)
        blanked = rows.with_columns(rows[_KEY].set(own, None)).select(CONTRACTS[file.log].lake_schema.keys())
        changed |= _written(lake, file, "accepted", blanked)
        if file.accepted_values:
            values = dict(file.accepted_values)
            values[_KEY] = values.get(_KEY, 0) - int(own.sum())
            changed["accepted_values"] = values
    if number and file.rejected_path:
        rows = pl.read_parquet(file.rejected_path, glob=False)
        raw = pl.col("raw").str.replace_all(number, MASK, literal=True)
        changed |= _written(lake, file, "rejected", rows.with_columns(raw))
    return replace(file, **changed)


def _written(lake: Lake, file: LakeFile, kind: str, rows: pl.DataFrame) -> dict[str, object]:
    key = hashlib.sha256(f"{file.lake_key} {file.accepted_sha256} {file.rejected_sha256}".encode()).hexdigest()[:40]
    path = lake.data_path(file.log, key, kind)
    rows.write_parquet(path, compression="zstd", compression_level=1)
    sync(path)
    sync(path.parent)
    return {f"{kind}_path": path, f"{kind}_sha256": sha256_of(path)}


def _remove_damaged(lake: Lake) -> None:
    """Remove what was set aside as damaged: nobody knows any more whom it names."""
    for path in (lake.root / ".damaged").glob("*.parquet"):
        path.unlink()

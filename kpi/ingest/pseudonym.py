"""Replace beneficiary numbers by a keyed pseudonym; the raw number never leaves the memory of the reader.

A plain hash of an eight-digit number is reversed in a minute by trying them all; HMAC-SHA-256 under a secret key
is not. Who loses the key cannot link new pseudonyms to old ones, so the key file belongs in the backup.
"""

import hashlib
import os
import secrets
from pathlib import Path

import polars as pl

from kpi.errors import SettingsError

_BLOCK_BYTES = 64
_KEY_BYTES = 32


def read_or_make_key(path: Path) -> bytes:
    """Return the 32-byte key of a workspace, made on first use with permissions 0600.

    Raises `SettingsError` when the file does not hold 64 hexadecimal digits or cannot be written.
    """
    try:
        if not path.exists():
            _make_key(path)
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise SettingsError("pseudonym_key_unreadable", file=path) from error
    if len(key) != _KEY_BYTES:
        raise SettingsError("pseudonym_key_unreadable", file=path)
    return key


def _make_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(_KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        # a link refuses to overwrite: of two first loads at once, both use the key of the one that came first
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def key_fingerprint(key: bytes) -> str:
    """Return what tells one key from another without telling anything about it."""
    return hashlib.sha256(b"fingerprint" + key).hexdigest()[:16]


def pseudonyms(numbers: pl.Series, key: bytes) -> pl.Series:
    """Return one signed Int64 per number (Int64, null stays null): the first 8 bytes of its HMAC-SHA-256.

    Each distinct number is hashed once. The two padded key blocks are hashed once for all: half the work of calling
    `hmac.digest` for each number, same result.
    """
    unique = numbers.drop_nulls().unique()
    padded = key.ljust(_BLOCK_BYTES, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded)).copy
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded)).copy
    digests = []
    for message in unique.cast(pl.String).cast(pl.Binary).to_list():
        first = inner()
        first.update(message)
        second = outer()
        second.update(first.digest())
        digests.append(second.digest())
    keys = pl.Series(digests, dtype=pl.Binary).bin.slice(0, 8).bin.reinterpret(dtype=pl.Int64, endianness="big")
    table = pl.DataFrame({"number": unique, "key": keys})
    matched = numbers.alias("number").to_frame().join(table, on="number", how="left", maintain_order="left")
    return matched["key"]

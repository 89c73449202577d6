"""Replace beneficiary numbers by a keyed pseudonym; the raw number never leaves the memory of the reader.

A plain hash of an eight-digit number is reversed in a minute by trying them all; HMAC-SHA-256 under a secret key
is not. Who loses the key cannot link new pseudonyms to old ones, so the key file belongs in the backup.
"""

import hashlib
import os
import secrets
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl

from kpi.errors import SettingsError

_BLOCK_BYTES = 64
_KEY_BYTES = 32
_DIGEST_BYTES = 32
_TABLE_ROWS = 2**21  # 32 MiB when full
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


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

    The same people come in file after file: what was hashed is kept in a table of fixed size, in memory only.
    """
    is_given = numbers.is_not_null()
    given = numbers.drop_nulls().to_numpy()
    keys = pl.Series(_table_of(key).keys_of(given), dtype=pl.Int64)
    if len(given) == len(numbers):
        return keys
    return pl.Series([None], dtype=pl.Int64).new_from_index(0, len(numbers)).scatter(is_given.arg_true(), keys)


class _Pseudonyms:
    """Numbers and their pseudonyms side by side; a number has one place, and the last one that needs it has it."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._rows = np.zeros((_TABLE_ROWS, 2), dtype=np.int64)  # number + 1 and pseudonym; 0: nobody yet

    def keys_of(self, numbers: np.ndarray) -> np.ndarray:
        """Return the pseudonym of each number."""
        found = self._rows[_places(numbers)]
        keys = found[:, 1].copy()
        is_new = found[:, 0] != numbers + 1
        if is_new.any():
            unique, turn = np.unique(numbers[is_new], return_inverse=True)
            made = _hashed(unique, self._key)
            keys[is_new] = made[turn]
            self._rows[_places(unique)] = np.column_stack((unique + 1, made))
        return keys


@lru_cache(maxsize=1)
def _table_of(key: bytes) -> _Pseudonyms:
    return _Pseudonyms(key)


def _places(numbers: np.ndarray) -> np.ndarray:
    return (numbers.astype(np.uint64) * _SPREAD >> np.uint64(40)) % np.uint64(_TABLE_ROWS)


def _hashed(numbers: np.ndarray, key: bytes) -> np.ndarray:
    """Hash each number; the two padded key blocks are hashed once for all.

    That is half the work of calling `hmac.digest` for each number, with the same result.
    """
    padded = key.ljust(_BLOCK_BYTES, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded)).copy
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded)).copy
    digests = []
    for message in pl.Series(numbers).cast(pl.String).cast(pl.Binary).to_list():
        first = inner()
        first.update(message)
        second = outer()
        second.update(first.digest())
        digests.append(second.digest())
    return np.frombuffer(b"".join(digests), dtype=">i8")[:: _DIGEST_BYTES // 8].astype(np.int64)

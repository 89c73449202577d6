"""Replace beneficiary numbers by a keyed pseudonym; the raw number never leaves the memory of the reader.

A plain hash of an eight-digit number is reversed in a minute by trying them all; HMAC-SHA-256 under a secret key
is not. Who loses the key cannot link new pseudonyms to old ones, so the key file belongs in the backup.
"""

import hashlib

import numpy as np
import polars as pl

_BLOCK_BYTES = 64
_DIGEST_BYTES = 32
_REMEMBERED_BITS = 21  # two million people, in 32 MiB


class Pseudonyms:
    """Give people their pseudonyms: the first 8 bytes of the HMAC-SHA-256 of a number, as a signed Int64.

    The same people come again in most files, so the latest of them are remembered, in a table of fixed size where the
    place of a number follows from the number; who needs a taken place gets it.
    """

    def __init__(self, key: bytes) -> None:
        self.key = key
        padded = key.ljust(_BLOCK_BYTES, b"\0")
        # The two padded blocks of the key are hashed once for all: half the work of calling `hmac.digest` each time.
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))
        self._people = np.zeros(1 << _REMEMBERED_BITS, dtype=np.int64)  # number + 1; 0 is nobody
        self._pseudonyms = np.zeros(1 << _REMEMBERED_BITS, dtype=np.int64)

    def __reduce__(self) -> tuple[type["Pseudonyms"], tuple[bytes]]:
        """Send the key to another process, and nobody with it."""
        return Pseudonyms, (self.key,)

    def of(self, numbers: pl.Series) -> pl.Series:
        """Return one pseudonym per number (Int64, at least 0; null stays null)."""
        found = pl.Series(numbers.name, self._of(numbers.drop_nulls().to_numpy()), dtype=pl.Int64)
        if not numbers.null_count():
            return found
        empty = pl.Series(numbers.name, [None], dtype=pl.Int64).new_from_index(0, len(numbers))
        return empty.scatter(numbers.is_not_null().arg_true(), found)

    def _of(self, people: np.ndarray) -> np.ndarray:
        places = _places(people)
        found = self._pseudonyms[places]
        missing = self._people[places] != people + 1
        if missing.any():
            new, turns = np.unique(people[missing], return_inverse=True)
            made = self._hashed(new)
            found[missing] = made[turns]
            places = _places(new)
            self._people[places] = new + 1
            self._pseudonyms[places] = made
        return found

    def _hashed(self, people: np.ndarray) -> np.ndarray:
        inner, outer = self._inner.copy, self._outer.copy
        digests = []
        for number in people.tolist():
            first, second = inner(), outer()
            first.update(b"%d" % number)
            second.update(first.digest())
            digests.append(second.digest())
        return np.frombuffer(b"".join(digests), dtype=">i8")[:: _DIGEST_BYTES // 8].astype(np.int64)


def _places(people: np.ndarray) -> np.ndarray:
    """Spread numbers over the table, neighbours too (multiplicative hashing, Knuth)."""
    return (people.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - _REMEMBERED_BITS)

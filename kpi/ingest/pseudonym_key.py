"""The secret key of the beneficiary pseudonyms: made once, closed to others, and never exchanged without a word.

Under another key the same people would get other pseudonyms and be counted as new ones. So the lake keeps a fingerprint
of the key that its pseudonyms were made with, and a load under another one is refused while there are pseudonyms.
"""

import hashlib
import secrets
import stat
from pathlib import Path

import polars as pl

from kpi.durable import write_first, write_whole
from kpi.errors import SettingsError
from kpi.lake import Lake

FINGERPRINT = "pseudonym_key.fingerprint"
_KEY_BYTES = 32


def key_in_force(path: Path, lake: Lake) -> bytes:
    """Return the 32-byte key that the lake's pseudonyms were made with; a workspace without pseudonyms gets one.

    Raises `SettingsError` as `known_key` does, and when a key cannot be written.
    """
    key = known_key(path, lake)
    if key is None:
        try:
            _make_key(path)
        except OSError as error:
            raise SettingsError("pseudonym_key_unreadable", file=path) from error
        key = read_key(path)
    return key


def known_key(path: Path, lake: Lake) -> bytes | None:
    """Return the key; None when there is none yet and nothing was made with one.

    Raises `SettingsError` when the file is missing or holds another key while there are pseudonyms, when it does not
    hold 64 hexadecimal digits, cannot be read, or can be read by others.
    """
    if not path.exists():
        if has_pseudonyms(lake):
            raise SettingsError("pseudonym_key_missing", file=path)
        return None
    key = read_key(path)
    if _kept(lake) not in ("", key_fingerprint(key)) and has_pseudonyms(lake):
        raise SettingsError("pseudonym_key_changed", file=path)
    return key


def read_key(path: Path) -> bytes:
    """Return the key that a file holds; raise `SettingsError` when it is no key, or open to others."""
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
        mode = stat.S_IMODE(path.stat().st_mode)
    except (OSError, ValueError) as error:
        raise SettingsError("pseudonym_key_unreadable", file=path) from error
    if len(key) != _KEY_BYTES:
        raise SettingsError("pseudonym_key_unreadable", file=path)
    if mode & 0o077:
        raise SettingsError("pseudonym_key_open", file=path, mode=f"{mode:04o}")
    return key


def keep_fingerprint(lake: Lake, key: bytes) -> None:
    """Note in the lake which key its pseudonyms are made with; the caller holds the lake's lock."""
    if _kept(lake) != key_fingerprint(key):
        write_whole(lake.root / FINGERPRINT, f"{key_fingerprint(key)}\n".encode())


def key_fingerprint(key: bytes) -> str:
    """Return what tells one key from another without telling anything about it."""
    return hashlib.sha256(b"fingerprint" + key).hexdigest()[:16]


def has_pseudonyms(lake: Lake) -> bool:
    """Tell whether a row in the lake names a person by a pseudonym; a file that cannot be read counts as one."""
    for path in lake.accepted_paths("transactions"):
        try:
            known = (
                pl.scan_parquet(path, glob=False).select(pl.col("beneficiary_key").is_not_null().any()).collect().item()
            )
        except (OSError, pl.exceptions.PolarsError):
            return True
        if known:
            return True
    return False


def _kept(lake: Lake) -> str:
    """Return the fingerprint that the lake keeps; empty in a lake that has none yet."""
    try:
        return (lake.root / FINGERPRINT).read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        return ""


def _make_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Of two first loads at once, both use the key of the one that came first.
    write_first(path, f"{secrets.token_hex(_KEY_BYTES)}\n".encode("ascii"), 0o600)

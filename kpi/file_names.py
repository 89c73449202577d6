"""Make a part of a file's name of an id: the same for no two ids, and never a path."""

import hashlib
import re
import unicodedata
from collections.abc import Collection

_PLAIN = re.compile(r"\w[\w.\-]*")
_OTHER = re.compile(r"[^\w.\-]+")
_LONGEST_BYTES = 120
_SHOWN = 40
_DIGEST_MARK = "~"  # no plain id has it, so that none is taken for another one's digest
_DIGEST_DIGITS = 12


def file_name_part(text: str, reserved: Collection[str] = ()) -> str:
    """Return a plain id as it is, and any other with its digest: one with a slash, a colon, dots in front, too long."""
    is_plain = _PLAIN.fullmatch(text) and unicodedata.is_normalized("NFC", text) and text not in reserved
    if is_plain and len(text.encode()) <= _LONGEST_BYTES:
        return text
    shown = _OTHER.sub("_", text).lstrip(".")[:_SHOWN]
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:_DIGEST_DIGITS]
    return f"{shown}{_DIGEST_MARK}{digest}"

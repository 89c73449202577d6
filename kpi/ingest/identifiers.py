"""Read identifiers; one that a spreadsheet has rounded, or that stands for none, is no identifier."""

from os.path import commonprefix

import polars as pl

from kpi.ingest.chunks import ROUNDED
from kpi.ingest.normalise import clean
from kpi.ingest.parsed import Parsed

PLACEHOLDERS = frozenset(
    (
        "-", "--", "---", "–", "—", "_", ".", "..", "?", "null", "(null)", "nil", "none", "n/a", "na", "#n/a", "n.a.",
        "nan", "undefined", "unknown", "not available", "not applicable", "لا يوجد", "لايوجد", "لا ينطبق", "غير متوفر",
        "غير متاح", "غير معروف", "غير محدد",
    )
)  # fmt: skip
_NO_IDS = frozenset((*PLACEHOLDERS, "*", "/", "0", "00", "000", "0000", "00000", "tbd", "xxx"))

_ROUNDED = rf"^[+-]?[0-9]([.,][0-9]+)?[eE]\+?[0-9]{{1,3}}$|{ROUNDED}$"
LONGEST_ID_BYTES = 10_000
_EXACT_FLOAT = 2.0**53


def parse_identifiers(raw: pl.Series, *, is_typed: bool = False) -> Parsed:
    """Return the identifiers as text, with a reason for those of which several may have become one.

    `is_typed`: among them may be numbers of a workbook, marked where they have been rounded.
    """
    if raw.dtype.is_float():
        return _of_floats(raw)
    texts = raw.cast(pl.String)
    if not is_typed and _all_are_sound(texts):
        return Parsed(clean(texts))
    lower = clean(texts).str.to_lowercase()
    reasons = pl.select(
        pl.when(texts.str.contains(_ROUNDED))
        .then(pl.lit("rounded_id"))
        .when(lower.is_in(list(_NO_IDS)))
        .then(pl.lit("placeholder_id"))
        .when(texts.str.len_bytes() > LONGEST_ID_BYTES)
        .then(pl.lit("value_too_long"))
    ).to_series()
    return Parsed(clean(texts), reasons if reasons.null_count() < len(reasons) else None)


def _all_are_sound(texts: pl.Series) -> bool:
    """Tell from how all of them begin, which their order gives away, that none is rounded or a placeholder."""
    first, last = texts.min(), texts.max()
    if not isinstance(first, str) or not isinstance(last, str) or texts.str.len_bytes().max() > LONGEST_ID_BYTES:  # ty: ignore[unsupported-operator]
        return False
    start = commonprefix((first, last)).lower()
    if len(start) < 2 or not start.isascii():  # noqa: PLR2004 the mantissa has one digit before its point
        return False
    may_be_rounded = start[0] in "+-0123456789" and not start[:2].isdigit()
    return not may_be_rounded and not any(word.startswith(start) for word in _NO_IDS)


def _of_floats(raw: pl.Series) -> Parsed:
    """Read ids of which a Parquet writer that met a blank has made floats; beyond 2^53 several are one."""
    whole = raw.cast(pl.Int64, strict=False)
    texts = pl.select(pl.when(whole == raw).then(whole.cast(pl.String)).otherwise(raw.cast(pl.String))).to_series()
    rounded = raw.abs() >= _EXACT_FLOAT
    reasons = pl.select(
        pl.when(rounded).then(pl.lit("rounded_id")).when(raw == 0).then(pl.lit("placeholder_id"))
    ).to_series()
    return Parsed(texts, reasons if reasons.null_count() < len(reasons) else None)

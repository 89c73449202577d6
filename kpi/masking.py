"""Hide what looks like a beneficiary's number wherever a value is shown: whatever is shown may be published.

A number counts by its shape, in any script and with whatever people put between digits, and by its place: a date is not
hidden, nor in a column of dates or of counts and amounts what can only be one of those.
The patterns hold for Python's engine and for that of Polars.
"""

import re

import polars as pl

MASK = "•••"
_DIGIT = r"[\d⁰¹²³⁴-⁹₀-₉]"
_INVISIBLE = "\u00ad\u061c\u0640\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_SPACED = rf"[\s\-/_·()\u2010-\u2015\u2212\uff0d{_INVISIBLE}]{{0,3}}"
_PUNCTUATED = rf"[\s\-/_·()\u2010-\u2015\u2212\uff0d{_INVISIBLE}.,'’\\٬٫،]{{0,3}}"

NUMBER = rf"{_DIGIT}(?:{_PUNCTUATED}{_DIGIT}){{5,}}"
"""What a beneficiary's number looks like unless the workspace says it: six digits or more."""
IN_PROSE = rf"{_DIGIT}(?:{_SPACED}{_DIGIT}){{5,}}"
"""The same in a sentence, where points and commas stand in amounts."""
OUT_OF_PLACE = rf"{_DIGIT}(?:{_PUNCTUATED}{_DIGIT}){{3,}}"
"""What is hidden where nothing tells which column a value belongs to: a torn row, a first row without headers."""

_YEAR = r"(?:[1١۱][9٩۹]|[2٢۲][0٠۰])\d\d"
_MONTH, _DAY = r"[01٠١۰۱]?\d", r"[0-3٠-٣۰-۳]?\d"
_DATES = (
    rf"{_YEAR}[-/.]{_MONTH}[-/.]{_DAY}", rf"{_DAY}[-/.]{_MONTH}[-/.]{_YEAR}", rf"{_YEAR}[-/–]{_YEAR}",
    rf"{_YEAR}[-/.]{_MONTH}",
)  # fmt: skip
_DATE = rf"(?:{'|'.join(_DATES)})\b"
_TIME = r"(?:[T ,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)?\s*(?:Z|[+-]\d{2}:?\d{2}|[^\W\d_]{1,4}\.?)?"
_COMPACT = rf"{_YEAR}(?:[0٠۰]\d|[1١۱][0-2٠-٢۰-۲])[0-3٠-٣۰-۳]\d(?:T?\d{{4}}(?:\d\d)?)?"
_SHORT_DATE = r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2}"
_OF_A_WORKBOOK = r"\d{5}(?:\.\d{1,2})?"
_DATE_CELL = rf"^\s*(?:{_DATE}|{_COMPACT}|{_SHORT_DATE}|{_OF_A_WORKBOOK}){_TIME}\s*$"
_AMOUNT_CELL = r"^\s*[-+−]?(?:\d{1,6}|\d{1,3}[,٬]\d{3}|\d{1,4}[.,٫]\d{1,3}|\d[,٬]\d{3}[.٫]\d{1,3})\s*[%٪]?\s*$"
_OWN_SHAPE = {"moment": _DATE_CELL, "day": _DATE_CELL, "integer": _AMOUNT_CELL, "decimal": _AMOUNT_CELL}


def masked(text: str, pattern: str = NUMBER) -> str:
    """Hide the numbers of one text."""
    return re.sub(rf"({_DATE})|(?:{pattern})", lambda found: found[1] or MASK, text)


def mask_values(text: pl.Expr, pattern: str, kind: str = "text") -> pl.Expr:
    """Hide the numbers of a column of texts; `kind` is what the column is for, as in its contract."""
    # Without a look ahead: a date is marked with the others, and its mark is taken away again.
    hidden = text.str.replace_all(rf"({_DATE})|(?:{pattern})", f"${{1}}{MASK}").str.replace_all(
        rf"({_DATE}){MASK}", "${1}"
    )
    if kind not in _OWN_SHAPE:
        return hidden
    return pl.when(text.str.contains(_OWN_SHAPE[kind])).then(text).otherwise(hidden)


def is_personal_name(source_file: str) -> bool:
    """Tell whether a part of a file's name is a number as long as a person's, and no date or moment."""
    parts = re.findall(r"(?<!\d)\d{7,12}(?!\d)", source_file)
    return any(not re.fullmatch(rf"{_COMPACT}|[0-3]\d[01]\d(?:19|20)\d\d|1[5-9]\d{{8}}", part) for part in parts)


def fault_of_pattern(pattern: str) -> str | None:
    """Say what is wrong with a pattern of a workspace; None when both engines take it and it hides no empty text."""
    try:
        found = re.search(pattern, "")
        pl.select(pl.lit("0").str.contains(pattern))
    except (re.error, pl.exceptions.ComputeError) as error:
        return str(error).partition("\n")[0]
    return "it fits an empty text" if found else None

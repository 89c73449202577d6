"""The normal form of ids: what a spreadsheet, a keyboard or another export does to an id makes no other id of it.

Compared are ids in lower case, with one kind of dash, without surrounding quotes (`="7"`), without `.0`, without the
leading zeros of each run of digits, with one writing of each Arabic letter. Invisible characters, digits and spaces
have been put in order when the row was read.
"""

import re

import polars as pl

EVERYTHING = ("", "\U0010ffff")
"""The bounds of ids of which nothing cheaper can be said."""
_LETTERS = {variant: letter for letter, variants in {"ا": "أإآٱ", "ي": "ىیئ", "و": "ؤ", "ك": "ک", "ه": "ةہ"}.items()
            for variant in variants}  # fmt: skip
_ODD = r"[^0-9a-z_/.\-]|\.0+$"
_ZEROS = r"(?:^|[^0-9])0[0-9]"
_QUOTES = "\"'`´“”„‟«»‘’‚‹›"
_OPENING, _CLOSING = rf"^[={_QUOTES}]+", rf"[{_QUOTES}]+$"
_LONG_HEX = r"^[0-9a-f-]{24,}$"  # an identifier of that length is text to every program: its zeros stay
_SURE_DIGITS = 18  # that many fit a whole number
_ODD_SHARE = 0.1


def normal_ids(ids: pl.Series) -> pl.Series:
    """Return the ids in normal form; only those that a cheap test finds odd cost more than lower case."""
    lower = ids.str.to_lowercase()
    odd = lower.str.contains(_ODD).arg_true()
    plain = lower.scatter(odd, _plain(lower.gather(odd))) if len(odd) else lower
    zeros = plain.str.contains(_ZEROS).arg_true()
    return plain.scatter(zeros, _without_zeros(plain.gather(zeros))) if len(zeros) else plain


def _plain(lower: pl.Series) -> pl.Series:
    name = lower.name
    text = (
        pl.col(name)
        .str.normalize("NFKC")
        .str.to_lowercase()
        .str.replace_many(_LETTERS)
        .str.replace_all(r"[\p{Pd}\x{2212}]", "-")
        .str.replace(_OPENING, "")
        .str.replace(_CLOSING, "")
        .str.strip_chars()
        .str.replace(r"([0-9])\.0+$", "$1")
    )
    return lower.to_frame().select(pl.when(text != "").then(text).otherwise(pl.col(name)).alias(name)).to_series()


def _without_zeros(texts: pl.Series) -> pl.Series:
    text = pl.col(texts.name)
    short = pl.when(text.str.contains(_LONG_HEX)).then(text).otherwise(text.str.replace_all(r"0*([0-9]+)", "$1"))
    return texts.to_frame().select(short.alias(texts.name)).to_series()


def bounds(ids: pl.Series) -> tuple[str, str]:
    """Return texts between which the ids lie in the order of `ordered`; `EVERYTHING` when a look at all is too dear."""
    first, last = ids.min(), ids.max()
    if not isinstance(first, str) or not isinstance(last, str):
        return EVERYTHING
    prefix = _common(first, last)
    numbers = ids.str.strip_prefix(prefix).cast(pl.Int64, strict=False)
    lowest, highest = numbers.min(), numbers.max()
    longest = ids.str.len_bytes().max()
    if (
        not numbers.null_count()
        and isinstance(lowest, int)
        and lowest >= 0
        and isinstance(longest, int)
        and longest - len(prefix.encode()) <= _SURE_DIGITS
    ):
        return _bounds_of(pl.Series([f"{prefix}{lowest}", f"{prefix}{highest}"]))
    return _bounds_by_shape(ids, first)


def _bounds_by_shape(ids: pl.Series, sample: str) -> tuple[str, str]:
    alike = ids.str.contains(shape_of(sample))
    odd, regular = (~alike).arg_true(), ids.filter(alike)
    if len(odd) > _ODD_SHARE * len(ids):
        return EVERYTHING
    return _bounds_of(pl.concat([ids.gather(odd), pl.Series([regular.min(), regular.max()], dtype=pl.String)]))


def same_shape(ids: pl.Series) -> bool:
    """Tell whether all ids are written alike, so that they lie in the order of `ordered` already."""
    return bool(ids.str.contains(shape_of(ids[0])).all())


def shape_of(text: str) -> str:
    """Return an anchored pattern for ids written as this one; none fits where a run of digits is too long to order."""
    if re.search(rf"[0-9]{{{_SURE_DIGITS + 1},}}", text):
        return r"^\z."
    runs = re.findall(r"[0-9]+|[a-z]+|[A-Z]+|[^0-9a-zA-Z]+", text)
    return f"^{''.join(_shape_of_run(run) for run in runs)}$"


def _shape_of_run(run: str) -> str:
    for pattern in ("[0-9]", "[a-z]", "[A-Z]"):
        if re.match(pattern, run):
            return f"{pattern}{{{len(run)}}}"
    return re.escape(run)


def ordered(ids: pl.Series) -> pl.Series:
    """Return normal forms in which digits sort as numbers: each run is filled up with zeros."""
    return (
        normal_ids(ids)
        .str.replace_all(r"[0-9]+", "0" * _SURE_DIGITS + "$0")
        .str.replace_all(rf"0{{{_SURE_DIGITS}}}([1-9][0-9]{{{_SURE_DIGITS},}})|[0-9]*([0-9]{{{_SURE_DIGITS}}})", "$1$2")
    )


def _bounds_of(ids: pl.Series) -> tuple[str, str]:
    normal = ordered(ids)
    return str(normal.min()), str(normal.max())


def _common(first: str, last: str) -> str:
    """Return what all texts between two begin with, less the digits at its end: they belong to a number."""
    length = next((place for place, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    prefix = first[:length]
    return prefix.rstrip("0123456789")

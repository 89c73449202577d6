"""Turn the values of one column into what the contract stores; what cannot be turned gets a reason, never a null."""

import polars as pl

from kpi.ingest.contracts import LogColumn
from kpi.ingest.identifiers import PLACEHOLDERS, parse_identifiers
from kpi.ingest.lookups import UNKNOWN, Lookup
from kpi.ingest.moments import Clock, parse_moments
from kpi.ingest.normalise import clean, label_key
from kpi.ingest.numbers import Writing, parse_numbers
from kpi.ingest.parsed import Parsed, extent, spread
from kpi.ingest.sources import Source

LONGEST_TEXT_BYTES = 10_000
_BENEFICIARY_DIGITS = (4, 12)
_POWERS = pl.Series([10**digits for digits in range(_BENEFICIARY_DIGITS[1])])
_BENEFICIARY_NUMBER = rf"^[0-9]{{{_BENEFICIARY_DIGITS[0]},{_BENEFICIARY_DIGITS[1]}}}$"
_LONGEST_MARK_BYTES = 64


def parse_column(
    raw: pl.Series, column: LogColumn, source: Source, lookup: Lookup, clock: Clock, *, is_typed: bool = False
) -> Parsed:
    """Parse one column.

    `raw` holds text, or typed values from Parquet; `is_typed` says that numbers may stand in it as numbers. A blank is
    a null without a reason: whether it may be blank is a question of the row. So is a mark of what is not provided.
    """
    if source.nulls or source.not_applicable:
        raw, inapplicable = _without_marks(raw, source, lookup)
        if inapplicable is not None and not column.falls_out:
            parsed = _parsed(raw, column, source, lookup, clock, is_typed=is_typed)
            reasons = parsed.reasons if parsed.reasons is not None else pl.Series([None], dtype=pl.String)
            noted = pl.select(pl.when(inapplicable).then(pl.lit("not_applicable")).otherwise(reasons)).to_series()
            return Parsed(parsed.values, noted)
    return _parsed(raw, column, source, lookup, clock, is_typed=is_typed)


def _parsed(
    raw: pl.Series, column: LogColumn, source: Source, lookup: Lookup, clock: Clock, *, is_typed: bool
) -> Parsed:
    if column.kind == "moment" or column.kind == "day":
        return parse_moments(raw, column, source, clock, is_typed=is_typed)
    if column.kind in ("integer", "decimal"):
        return parse_numbers(raw, column, Writing(source.decimal, is_typed, source.percent, source.corrections))
    if column.kind == "identifier":
        return parse_identifiers(raw, is_typed=is_typed)
    texts = _texts(raw)
    if column.kind in ("code", "reference"):
        reason = UNKNOWN[str(column.list)] if column.kind == "reference" else "unknown_code"
        return _looked_up(texts, lookup, reason, may_be_blank=not column.required)
    if column.kind == "beneficiary":
        return _beneficiaries(texts)
    too_long = texts.str.len_bytes() > LONGEST_TEXT_BYTES
    return Parsed(clean(texts), _reasons_where(too_long, "value_too_long"))


def _without_marks(raw: pl.Series, source: Source, lookup: Lookup) -> tuple[pl.Series, pl.Series | None]:
    """Return the values without the source's marks of nothing, and which of them say that there can be none."""
    if raw.dtype not in (pl.String, pl.Categorical):
        return raw, None
    texts = raw.cast(pl.String)
    short = texts.filter(texts.str.len_bytes() <= _LONGEST_MARK_BYTES).unique().to_list()
    keys = {text: label_key(text) for text in short if lookup.find(text) is None}
    nulls, inapplicable = set(map(label_key, source.nulls)), set(map(label_key, source.not_applicable))
    cannot_be = [text for text, key in keys.items() if key in inapplicable]
    nothing = [text for text, key in keys.items() if key in nulls] + cannot_be
    if not nothing:
        return raw, None
    return texts.set(texts.is_in(nothing), None), texts.is_in(cannot_be).fill_null(value=False) if cannot_be else None


def _texts(raw: pl.Series) -> pl.Series:
    if raw.dtype.is_float():
        # a Parquet writer that met a blank in a column of ids made floats of them
        whole = raw.cast(pl.Int64, strict=False)
        raw = pl.select(pl.when(whole == raw).then(whole.cast(pl.String)).otherwise(raw.cast(pl.String))).to_series()
    return raw.cast(pl.String)


def _reasons_where(wrong: pl.Series, reason: str) -> pl.Series | None:
    if not wrong.any():
        return None
    return pl.select(pl.when(wrong).then(pl.lit(reason))).to_series()


def _looked_up(raw: pl.Series, lookup: Lookup, reason: str, *, may_be_blank: bool) -> Parsed:
    """Look up each distinct writing once; a row with an unknown one keeps it, for it is rejected anyway."""
    unique = raw.drop_nulls().unique()
    written = unique.to_list()
    keys = [lookup.find(text) for text in written]
    blank = clean(unique).is_null().to_list()
    unknown = {
        text: _why_unknown(text, lookup, reason, may_be_blank=may_be_blank)
        for text, key, empty in zip(written, keys, blank, strict=True)
        if key is None and not empty
    }
    stored = [key or None for key in keys]
    as_written = all(key in (text, None) for text, key in zip(written, stored, strict=True))
    if as_written and stored.count(None) == len(unknown) and "placeholder" not in unknown.values():
        values = raw
    else:
        values = spread(raw, unique, pl.Series(stored, dtype=pl.String))
    if not unknown:
        return Parsed(values)
    return Parsed(values, spread(raw, pl.Series(list(unknown)), pl.Series(list(unknown.values()))))


def _why_unknown(text: str, lookup: Lookup, reason: str, *, may_be_blank: bool) -> str:
    if may_be_blank and label_key(text) in PLACEHOLDERS:
        return "placeholder"
    return "ambiguous_name" if lookup.is_ambiguous(text) else reason


def _beneficiaries(texts: pl.Series) -> Parsed:
    """Return the numbers as Int64: leading zeros that a spreadsheet drops must not make two people of one."""
    plain = _plain_beneficiaries(texts)
    if plain is not None:
        return Parsed(plain)
    texts = clean(texts)
    joined = texts.str.replace_all(" ", "", literal=True) if texts.str.contains(" ", literal=True).any() else texts
    fits = joined.str.contains(_BENEFICIARY_NUMBER)
    wrong = ~fits.fill_null(value=True)
    values = joined.set(wrong, None) if wrong.any() else joined
    return Parsed(values.cast(pl.Int64), _reasons_where(wrong, "bad_beneficiary_number"))


def _plain_beneficiaries(texts: pl.Series) -> pl.Series | None:
    """Return the numbers when all are plain digits without a leading zero; None when a closer look is needed."""
    numbers = texts.cast(pl.Int64, strict=False)
    lengths = texts.str.len_bytes()
    shortest, longest = extent(lengths)
    if numbers.null_count() > texts.null_count() or shortest < _BENEFICIARY_DIGITS[0] or longest > len(_POWERS):
        return None
    # a sign or a leading zero makes a text longer than its number has digits
    return numbers if (numbers >= _POWERS.gather(lengths - 1)).all() else None

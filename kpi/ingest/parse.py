"""Turn the values of one column into what the contract stores; what cannot be turned gets a reason, never a null."""

import polars as pl

from kpi.ingest.contracts import Column
from kpi.ingest.lookups import UNKNOWN
from kpi.ingest.moments import Clock, parse_moments
from kpi.ingest.normalise import clean, label_key, plain_numbers
from kpi.ingest.parsed import Parsed, extent
from kpi.ingest.sources import Source

LONGEST_TEXT_BYTES = 10_000
_NUMBER = r"^\d{4,}(\.\d+)?$"
_UNORDERED = r"^\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})(\D|$)"
_NUMBER = r"^[+-]?\d+(\.\d+)?$"
_BENEFICIARY_DIGITS = (4, 12)
_POWERS = pl.Series([10**digits for digits in range(_BENEFICIARY_DIGITS[1])])
_BENEFICIARY_NUMBER = rf"^\d{{{_BENEFICIARY_DIGITS[0]},{_BENEFICIARY_DIGITS[1]}}}$"


def parse_column(raw: pl.Series, column: Column, source: Source, lookup: dict[str, str], clock: Clock) -> Parsed:
    """Parse one column.

    `raw` holds text, or typed values from Parquet. A blank is a null without a reason: whether it may be blank is a
    question of the row.
    """
    if column.kind == "moment" or column.kind == "day":
        return parse_moments(raw, column, source, clock)
    if column.kind in ("integer", "decimal"):
        return _numbers(raw, column)
    texts = _texts(raw)
    if column.kind in ("code", "reference"):
        reason = UNKNOWN[str(column.list)] if column.kind == "reference" else "unknown_code"
        return _looked_up(texts, lookup, reason)
    if column.kind == "beneficiary":
        return _beneficiaries(texts)
    too_long = texts.str.len_bytes() > LONGEST_TEXT_BYTES
    return Parsed(clean(texts), _reasons_where(too_long, "value_too_long"))


def _texts(raw: pl.Series) -> pl.Series:
    if raw.dtype.is_float():
        # a Parquet writer that met a blank in a column of ids made floats of them
        whole = raw.cast(pl.Int64, strict=False)
        raw = pl.select(pl.when(whole == raw).then(whole.cast(pl.String)).otherwise(raw.cast(pl.String))).to_series()
    return raw.cast(pl.String)


def spread(texts: pl.Series, unique: pl.Series, values: pl.Series) -> pl.Series:
    """Return per row the value that was found for its distinct text."""
    table = pl.DataFrame({"text": unique, "value": values})
    return texts.alias("text").to_frame().join(table, on="text", how="left", maintain_order="left")["value"]


def _reasons_where(wrong: pl.Series, reason: str) -> pl.Series | None:
    if not wrong.any():
        return None
    return pl.select(pl.when(wrong).then(pl.lit(reason))).to_series()


def _looked_up(raw: pl.Series, lookup: dict[str, str], reason: str) -> Parsed:
    """Look up each distinct writing once; a row with an unknown one keeps it, for it is rejected anyway."""
    unique = raw.drop_nulls().unique()
    keys = [lookup[text] if text in lookup else lookup.get(label_key(text)) for text in unique.to_list()]
    blank = clean(unique).is_null().to_list()
    unknown = [
        text for text, key, empty in zip(unique.to_list(), keys, blank, strict=True) if key is None and not empty
    ]
    stored = [key or None for key in keys]
    as_written = all(key in (text, None) for text, key in zip(unique.to_list(), stored, strict=True))
    if as_written and stored.count(None) == len(unknown):
        values = raw
    else:
        values = spread(raw, unique, pl.Series(stored, dtype=pl.String))
    return Parsed(values, _reasons_where(raw.is_in(unknown), reason) if unknown else None)


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


def _numbers(raw: pl.Series, column: Column) -> Parsed:
    if raw.dtype.is_integer() or raw.dtype.is_decimal():
        return _checked_numbers(raw, raw, column)
    if raw.dtype.is_float():
        return _checked_numbers(raw, raw.set(~raw.is_finite().fill_null(value=True), None), column)
    texts = raw.cast(pl.String)
    unique = texts.drop_nulls().unique()
    if len(unique) < len(texts) // 2:
        parsed = _text_numbers(clean(unique), column)
        reasons = None if parsed.reasons is None else spread(texts, unique, parsed.reasons)
        return Parsed(spread(texts, unique, parsed.values), reasons)
    return _text_numbers(clean(texts), column)


def _text_numbers(texts: pl.Series, column: Column) -> Parsed:
    plain = plain_numbers(texts)
    is_number = plain.str.contains(_NUMBER)
    digits = plain.set(~is_number.fill_null(value=True), None)
    # 38 digits hold whatever a person types; what does not fit even there is out of range
    numbers = digits.cast(pl.Decimal(38, 6), strict=False)
    too_fine = digits.str.contains(rf"\.\d{{{column.decimals}}}\d*[1-9]")
    return _checked_numbers(texts, numbers, column, is_number=is_number, too_fine=too_fine)


def _checked_numbers(
    raw: pl.Series,
    numbers: pl.Series,
    column: Column,
    *,
    is_number: pl.Series | None = None,
    too_fine: pl.Series | None = None,
) -> Parsed:
    """Check decimals and limits, then store; `is_number` and `too_fine` come from the text when there is one."""
    given = raw.is_not_null()
    not_number = given & ~is_number.fill_null(value=True) if is_number is not None else given & numbers.is_null()
    fine = ~too_fine.fill_null(value=False) if too_fine is not None else _fits_decimals(numbers, column.decimals)
    inside = pl.Series([True]).new_from_index(0, len(raw))
    if column.minimum is not None:
        inside &= numbers >= column.minimum
    if column.maximum is not None:
        inside &= numbers <= column.maximum
    stored = column.stored
    if stored is None:
        raise TypeError(column.name)
    source = numbers.round(column.decimals) if numbers.dtype.is_float() else numbers
    values = source.cast(stored, strict=False)
    ok = inside.fill_null(value=False) & fine.fill_null(value=False) & values.is_not_null()
    if (ok | ~given).all():
        return Parsed(values)
    reasons = pl.select(
        pl.when(~given)
        .then(None)
        .when(not_number)
        .then(pl.lit("not_a_number"))
        .when(~fine)
        .then(pl.lit("not_a_number" if column.kind == "integer" else "too_many_decimals"))
        .when(~ok)
        .then(pl.lit("out_of_range"))
        .otherwise(None)
    ).to_series()
    return Parsed(values.set(given & ~ok, None), reasons)


def _fits_decimals(numbers: pl.Series, decimals: int) -> pl.Series:
    if numbers.dtype.is_float():
        scaled = numbers * 10**decimals
        return (scaled - scaled.round()).abs() < 1e-6 * scaled.abs().clip(lower_bound=1.0)
    if isinstance(numbers.dtype, pl.Decimal) and numbers.dtype.scale > decimals:
        return numbers.round(decimals) == numbers
    return numbers.is_not_null()

"""Read numbers as people write them; what reads both ways, or seems glued together, is named and never guessed."""

from dataclasses import dataclass, replace

import polars as pl

from kpi.ingest.contracts import LogColumn
from kpi.ingest.normalise import clean
from kpi.ingest.parsed import Parsed, spread

_SIGNS = {"\u2212": "-", "\u060c": ",", "\uff0c": ",", "\uff0e": "."}
_PLAIN = r"^[+-]?[0-9]+(\.[0-9]+)?$"
_GROUPS_BY_COMMA = r"^[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?$"
_GROUPS_BY_POINT = r"^[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+(,[0-9]+)?$"
_ONE_COMMA = r"^[+-]?[0-9]*,[0-9]+$"
_ONE_GROUP_BY_POINT = r"^[+-]?[1-9][0-9]{0,2}\.[0-9]{3}$"
_LEADING_ZEROS = r"^[+-]?0[0-9]"
_PERCENT_SIGN = r" ?[%\x{066a}]$"


@dataclass(frozen=True)
class Writing:
    """How the numbers of a source are written.

    `decimal`: the declared sign, None when it is not declared; `is_typed`: a file in which numbers may also stand as
    numbers, always with a point; `percent`: "shares" when 0.85 is written for 85 %; `corrections`: counts may be
    negative.
    """

    decimal: str | None = None
    is_typed: bool = False
    percent: str | None = None
    corrections: bool = False


def parse_numbers(raw: pl.Series, column: LogColumn, writing: Writing) -> Parsed:
    """Parse the numbers of one column, from text or from typed values of Parquet."""
    if column.counts and writing.corrections:
        column = replace(column, minimum=-(column.maximum or 0))
    if raw.dtype.is_numeric():
        numbers = raw.set(~raw.is_finite().fill_null(value=True), None) if raw.dtype.is_float() else raw
        return _checked(raw, numbers * 100 if column.is_percent and writing.percent == "shares" else numbers, column)
    texts = raw.cast(pl.String)
    unique = texts.drop_nulls().unique()
    if len(unique) < len(texts) // 2:
        parsed = _of_texts(clean(unique), column, writing)
        reasons = None if parsed.reasons is None else spread(texts, unique, parsed.reasons)
        return Parsed(spread(texts, unique, parsed.values), reasons)
    return _of_texts(clean(texts), column, writing)


def plain_numbers(texts: pl.Series, decimal: str | None = ".") -> pl.Series:
    """Return normal-form numbers with a point and without thousands separators (`1,234` and `١٬٢٣٤` become `1234`).

    What is no number under the declared decimal sign stays as it is, so that it is rejected and never guessed. Without
    one, only what reads one way is changed.
    """
    if not texts.str.contains(r"[,\x{066c}\x{066b}\x{2212}\x{060c}\x{ff0c}\x{ff0e}]").any() and decimal != ",":
        return texts
    name = texts.name
    western = pl.col(name).str.replace_many(_SIGNS)
    arabic = western.str.replace_all("\u066c", "", literal=True).str.replace_all("\u066b", ".", literal=True)
    by_comma, by_point = western.str.contains(_GROUPS_BY_COMMA), western.str.contains(_GROUPS_BY_POINT)
    without_commas = western.str.replace_all(",", "", literal=True)
    without_points = western.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
    if decimal == ",":
        plain = pl.when(by_point).then(without_points).when(western.str.contains(_ONE_COMMA)).then(without_points)
    elif decimal == ".":
        plain = pl.when(by_comma).then(without_commas)
    else:
        several = western.str.count_matches(r"[,.]") > 1
        plain = pl.when(by_comma & several).then(without_commas).when(by_point & several).then(without_points)
    is_arabic = western.str.contains(r"[\x{066c}\x{066b}]") & ~western.str.contains(r"[,.]")
    return texts.to_frame().select(plain.when(is_arabic).then(arabic).otherwise(western).alias(name)).to_series()


def may_be_shares(raw: pl.Series, values: pl.Series, files: pl.Series, *, each: bool = False) -> pl.Series | None:
    """Return the rows of files in which no percentage is above 1: 0.85 is 0.85 % or 85 %. None when there is none.

    What is written with a percent sign leaves no doubt; zeros say the same either way. `each`: cells of one file may
    be formatted as percentages and others not, so that each between 0 and 1 is in doubt, and 1 as well.
    """
    if raw.dtype == pl.String:
        values = values.set(raw.str.contains(_PERCENT_SIGN).fill_null(value=False), None)
    if not len(values) or not (values > 0).any():
        return None
    if each:
        doubtful = ((values > 0) & (values <= 1)).fill_null(value=False)
        return doubtful if doubtful.any() else None
    highest = values.max()
    if files[0] == files[-1] and highest is not None and highest > 1:  # ty: ignore[unsupported-operator]
        return None
    largest = pl.col("value").max().over("file")
    asked = (pl.col("value") > 0) & (largest <= 1)
    rows = pl.DataFrame({"file": files, "value": values}).select(asked.fill_null(value=False)).to_series()
    return rows if rows.any() else None


def _of_texts(texts: pl.Series, column: LogColumn, writing: Writing) -> Parsed:
    marked = texts.str.contains(_PERCENT_SIGN) if column.is_percent else None
    bare = texts.str.replace(_PERCENT_SIGN, "") if marked is not None and marked.any() else texts
    # Of a count no decimals are written: groups of three set off by a comma read one way.
    decimal = "." if column.kind == "integer" and writing.decimal is None else writing.decimal
    plain = plain_numbers(bare, decimal)
    is_number = plain.str.contains(_PLAIN)
    digits = plain.set(~is_number.fill_null(value=True), None)
    # 38 digits hold whatever a person types; what does not fit even there is out of range
    numbers = digits.cast(pl.Decimal(38, 6), strict=False)
    if marked is not None and writing.percent == "shares":
        numbers = _in_points(numbers, marked)
        parsed = _checked(texts, numbers, column, is_number=is_number)
    else:
        too_fine = digits.str.contains(rf"\.[0-9]{{{column.decimals}}}[0-9]*[1-9]")
        parsed = _checked(texts, numbers, column, is_number=is_number, too_fine=too_fine)
    return _with_doubts(parsed, bare, plain, column, writing)


def _in_points(shares: pl.Series, marked: pl.Series) -> pl.Series:
    whole = pl.when(marked.fill_null(value=False)).then(shares).otherwise(shares * 100)
    return pl.select(whole.cast(pl.Decimal(38, 6))).to_series()


def _with_doubts(parsed: Parsed, texts: pl.Series, plain: pl.Series, column: LogColumn, writing: Writing) -> Parsed:
    """Name what is a number in form and not to be trusted; the first test finds when there is nothing to name."""
    if not texts.str.contains(r"[,.\x{060c}]|^[+-]?0[0-9]").any():
        return parsed
    both_ways = pl.Series([False]).new_from_index(0, len(texts))
    if writing.decimal is None and column.kind != "integer":
        both_ways = ~plain.str.contains(_PLAIN) & plain.str.contains(_ONE_COMMA)
    elif writing.decimal is None or (writing.decimal == "," and writing.is_typed):
        both_ways = texts.str.contains(_ONE_GROUP_BY_POINT)
    glued = plain.str.contains(_LEADING_ZEROS) & plain.str.contains(_PLAIN)
    if not (both_ways | glued).any():
        return parsed
    reasons = parsed.reasons if parsed.reasons is not None else pl.Series([None], dtype=pl.String)
    found = pl.select(
        pl.when(both_ways)
        .then(pl.lit("ambiguous_number"))
        .when(glued)
        .then(pl.lit("leading_zeros"))
        .otherwise(reasons)
        .alias("reason")
    ).to_series()
    return Parsed(parsed.values.set(found.is_not_null(), None), found)


def _checked(
    raw: pl.Series,
    numbers: pl.Series,
    column: LogColumn,
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

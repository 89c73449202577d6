"""Round numbers half up from their decimal form, and group their digits by thousands."""

from decimal import ROUND_HALF_UP, Decimal

MINUS = "\N{MINUS SIGN}"
THOUSAND = Decimal(1000)


def rounded(value: float, decimals: int) -> Decimal:
    """Round half up."""
    # From the shortest decimal form: 0.285 is meant as 0.285, not as the binary fraction just below it.
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def grouped(number: Decimal, decimals: int) -> str:
    """Write a number with separators, negative ones with a minus sign."""
    sign = MINUS if number < 0 else ""
    return f"{sign}{abs(number):,.{decimals}f}"


def signed(number: Decimal, decimals: int) -> str:
    """Write a number with separators and, where it is not zero, its sign."""
    return f"{'+' if number > 0 else ''}{grouped(number, decimals)}"


def round_to_unit(number: Decimal) -> Decimal:
    """Round to one decimal of the largest of thousands, millions, … that the number reaches."""
    unit = Decimal(1)
    while number / unit >= THOUSAND:
        unit *= THOUSAND
    # The rounded number may reach the next unit (999.96 thousand): its plain value then says which word it gets.
    return (number / unit).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP) * unit

"""Round numbers half up from their decimal form, and group their digits by thousands."""

from decimal import ROUND_HALF_UP, Decimal

MINUS = "\N{MINUS SIGN}"
HUNDRED = Decimal(100)
THOUSAND = Decimal(1000)


def rounded(value: float, decimals: int) -> Decimal:
    """Round half up."""
    # From the shortest decimal form: 0.285 is meant as 0.285, not as the binary fraction just below it.
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def sign_of(value: float, decimals: int = 1) -> int:
    """Return -1, 0 or 1: the sign of a number as it is shown, so that what reads 0.0 is neither up nor down."""
    shown = rounded(value, decimals)
    return (shown > 0) - (shown < 0)


def rounded_percent(value: float, decimals: int) -> tuple[str, Decimal]:
    """Round a percentage of 0 to 100, and mark one that is neither 0 nor 100 but would be written so: `<` or `>`."""
    shown, least = rounded(value, decimals), Decimal(1).scaleb(-decimals)
    if value > 0 and shown == 0:
        return "<", least
    if value < HUNDRED and shown == HUNDRED:
        return ">", HUNDRED - least
    return "", shown


def as_shown(value: float, unit: str, decimals: int) -> Decimal:
    """Return a value as every surface rounds it; in the file, the macro `shown_value` does."""
    return rounded_percent(value, decimals)[1] if unit == "percent" else rounded(value, decimals)


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

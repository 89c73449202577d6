"""The forms in which `dates` of a `[[source]]` entry says how days and moments are written."""

import re

from kpi.ingest.normalise import folded_key

EPOCHS = {"epoch": 1_000_000, "epoch_ms": 1_000}  # form: microseconds in a unit
PERIOD_FORMS = ("yyyy-mm", "mm/yyyy", "yyyy-Qn", "yyyy", "yyyy-yyyy")
MONTHS = (
    "يناير، كانون الثاني، جانفي، January, Jan",
    "فبراير، شباط، فيفري، February, Feb",
    "مارس، آذار، March, Mar",
    "أبريل، إبريل، نيسان، أفريل، April, Apr",
    "مايو، أيار، ماي، May",
    "يونيو، يونيه، حزيران، جوان، June, Jun",
    "يوليو، يوليه، تموز، جويلية، July, Jul",
    "أغسطس، آب، أوت، August, Aug",
    "سبتمبر، أيلول، September, Sep, Sept",
    "أكتوبر، تشرين الأول، October, Oct",
    "نوفمبر، تشرين الثاني، November, Nov",
    "ديسمبر، كانون الأول، December, Dec",
)
MONTH_NAMES = {
    folded_key(name): number for number, names in enumerate(MONTHS, start=1) for name in re.split("[،,] ", names)
}
"""Folded name → month: both Arabic traditions, that of the Maghreb, and English."""

EXAMPLES = "dd/mm/yyyy, yyyy-mm-dd HH:MM:SS, dd MMMM yyyy, yyyy-mm, yyyy-Qn, yyyy-yyyy, epoch, epoch_ms, %d.%m.%Y, …"
DATE_PARTS = {
    "yyyy": "%Y", "MMMM": "%B", "mm": "%m", "dd": "%d", "HH": "%H", "hh": "%I", "MM": "%M", "SS": "%S", "tt": "%p",
}  # fmt: skip


def is_date_form(form: str) -> bool:
    """Tell whether a declared form is one of those that can be read."""
    return form in EPOCHS or form in PERIOD_FORMS or strptime_format(form) is not None


def strptime_format(form: str) -> str | None:
    """Translate `dd/mm/yyyy HH:MM:SS` into the format of the parser; None when it names no year, month and day."""
    if "%" in form:
        # a format that names no year and no day would read every text as the same day, or none
        return form if re.search(r"%[YyGDFscx]", form) else None
    found = re.findall("|".join(DATE_PARTS), form)
    month = {"mm", "MMMM"} & set(found)
    if not {"yyyy", "dd"} <= set(found) or len(month) != 1 or len(found) != len(set(found)):
        return None
    return re.sub("|".join(DATE_PARTS), lambda match: DATE_PARTS[match[0]], form)

"""The font of the PDF: where it lies, and which characters it can show."""

import json
import unicodedata
from functools import cache
from pathlib import Path

from kpi.errors import ReportError

FAMILY = "Report Sans Arabic"
FONTS = Path(__file__).parent / "fonts"
COVERAGE = FONTS / "coverage.json"
WEIGHTS = ("Regular", "Medium", "SemiBold", "Bold")
SUBSTITUTE = "*"
_INVISIBLE = frozenset({"Cf"})  # isolates and joiners: they shape the text and are never drawn


def font_file(style: str, folder: Path = FONTS) -> Path:
    """Return where a weight lies."""
    return folder / f"{FAMILY.replace(' ', '')}-{style}.ttf"


def require_fonts(folder: Path = FONTS) -> Path:
    """Return the folder of the fonts; raise `ReportError` naming the weights that are missing."""
    missing = [font_file(style, folder).name for style in WEIGHTS if not font_file(style, folder).is_file()]
    if missing:
        raise ReportError("report_font_missing", folder=folder, files=", ".join(missing))
    return folder


def displayable(text: str) -> tuple[str, frozenset[str]]:
    """Return the text with every character the font lacks replaced, and the characters that had to go.

    A look-alike from Unicode's own tables comes first, and a star where there is none, so that one odd character in a
    name does not cost the document.
    """
    lost: set[str] = set()
    shown = []
    for character in text:
        if _is_covered(character):
            shown.append(character)
            continue
        alike = [part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part)]
        if alike and all(_is_covered(part) for part in alike):
            shown += alike
        elif not unicodedata.combining(character):
            shown.append(SUBSTITUTE)
            lost.add(character)
    return "".join(shown), frozenset(lost)


def _is_covered(character: str) -> bool:
    return ord(character) in _covered() or character == "\n" or unicodedata.category(character) in _INVISIBLE


@cache
def _covered() -> frozenset[int]:
    try:
        ranges = json.loads(COVERAGE.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ReportError("report_font_missing", folder=FONTS, files=COVERAGE.name) from error
    return frozenset(point for first, last in ranges for point in range(first, last + 1))

"""Derive the font of the PDF from the pages' font: `python -m kpi.report.make_font` (needs fontTools).

Readers of PDF turn the letters of a right-to-left run round one glyph at a time. A ligature is one glyph that stands
for two letters, which come out in the wrong order, so that a word cannot be searched or copied. Here no glyph stands
for two letters: decorative pairs are dropped, and each lam-alef ligature becomes two glyphs, the drawing and a blank,
which looks the same. The licence reserves the name "Plex", so the derived font has a name of its own.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from kpi.report.font import COVERAGE, FAMILY, FONTS, WEIGHTS, font_file
from kpi.settings import REPOSITORY

SOURCE = REPOSITORY / "kpi" / "web" / "static" / "fonts"
LAMS = frozenset({"uniFEDD", "uniFEDE", "uniFEDF", "uniFEE0"})
_RENAMED = (1, 3, 4, 6, 16, 17, 21, 22, 25)
_BASE_GLYPH = 1


def derive(source: Path, target: Path, style: str) -> None:
    """Write the derived font of one weight; the same source gives the same bytes."""
    font = TTFont(source, recalcTimestamp=False)
    font.flavor = None
    pairs = list(_ligatures(font))
    _split(font, [(lam, alef, drawn) for lam, alef, drawn in pairs if lam in LAMS])
    _rename(font, style)
    font.save(target)


def main() -> None:
    """Derive every weight, and record which characters all of them can show."""
    FONTS.mkdir(exist_ok=True)
    covered: set[int] | None = None
    for style in WEIGHTS:
        derive(SOURCE / f"IBMPlexSansArabic-{style}.woff2", font_file(style), style)
        points = set(TTFont(font_file(style)).getBestCmap() or {})
        covered = points if covered is None else covered & points
    COVERAGE.write_text(json.dumps(list(_ranges(covered or set()))) + "\n", encoding="utf-8")
    shutil.copy(SOURCE / "OFL.txt", FONTS / "OFL.txt")


def _ligatures(font: TTFont) -> Iterator[tuple[str, str, str]]:
    """Take every required ligature out of the font; give those of two letters: first, second, drawing."""
    table = font["GSUB"].table
    for index in _required(table):
        for subtable in table.LookupList.Lookup[index].SubTable:
            inner = subtable.ExtSubTable if subtable.LookupType == 7 else subtable
            for first, ligatures in inner.ligatures.items():
                for ligature in ligatures:
                    if len(ligature.Component) == 1:
                        yield first, ligature.Component[0], ligature.LigGlyph
            inner.ligatures = {}


def _required(table) -> set[int]:  # noqa: ANN001 - fontTools' tables have no types
    records = table.FeatureList.FeatureRecord
    return {index for record in records if record.FeatureTag == "rlig" for index in record.Feature.LookupListIndex}


def _split(font: TTFont, ligatures: list[tuple[str, str, str]]) -> None:
    glyphs, widths, shapes = font.getGlyphSet(), font["hmtx"], font["glyf"]
    single, contextual = [], []
    for number, (lam, alef, drawn) in enumerate(ligatures):
        width = widths[drawn][0]
        right = width // 2
        left = width - right
        pen = TTGlyphPen(glyphs)  # ty: ignore[invalid-argument-type]
        glyphs[drawn].draw(TransformPen(pen, (1, 0, 0, 1, -left, 0)))
        half, blank = f"la{number}.right", f"la{number}.blank"
        shapes[half], shapes[blank] = pen.glyph(), TTGlyphPen(None).glyph()
        shapes[half].recalcBounds(shapes)
        widths[half], widths[blank] = (right, getattr(shapes[half], "xMin", 0)), (left, 0)
        font["GDEF"].table.GlyphClassDef.classDefs |= {half: _BASE_GLYPH, blank: _BASE_GLYPH}
        single.append(f"lookup A{number} {{ sub {lam} by {half}; }} A{number};")
        single.append(f"lookup B{number} {{ sub {alef} by {blank}; }} B{number};")
        contextual.append(f"sub {lam}' lookup A{number} {alef}' lookup B{number};")
    font.setGlyphOrder(font.getGlyphOrder())
    font["maxp"].numGlyphs = len(font.getGlyphOrder())
    _append(font, single, contextual)


def _append(font: TTFont, single: list[str], contextual: list[str]) -> None:
    """Compile the substitutions apart and put their lookups behind the font's own."""
    code = "\n".join(
        ["languagesystem DFLT dflt;", "feature rlig {", "lookupflag IgnoreMarks;", *single,
         "lookup LAMALEF {", "lookupflag IgnoreMarks;", *contextual, "} LAMALEF;", "} rlig;"]
    )  # fmt: skip
    made = TTFont()
    made.setGlyphOrder(font.getGlyphOrder())
    addOpenTypeFeaturesFromString(made, code, tables=["GSUB"])
    table = font["GSUB"].table
    first = len(table.LookupList.Lookup)
    lookups = made["GSUB"].table.LookupList.Lookup
    for lookup in lookups:
        for record in _records(lookup):
            record.LookupListIndex += first
    table.LookupList.Lookup += lookups
    table.LookupList.LookupCount = len(table.LookupList.Lookup)
    chained = [first + place for place, lookup in enumerate(lookups) if lookup.LookupType in (5, 6)]
    for feature in table.FeatureList.FeatureRecord:
        if feature.FeatureTag == "rlig":
            feature.Feature.LookupListIndex = chained
            feature.Feature.LookupCount = len(chained)


def _records(lookup) -> Iterator:  # noqa: ANN001 - fontTools' tables have no types
    for subtable in lookup.SubTable:
        yield from getattr(subtable, "SubstLookupRecord", None) or ()
        for name in ("ChainSubRuleSet", "ChainSubClassSet", "SubRuleSet", "SubClassSet"):
            for rules in filter(None, getattr(subtable, name, None) or ()):
                for kind in ("ChainSubRule", "ChainSubClassRule", "SubRule", "SubClassRule"):
                    for rule in getattr(rules, kind, None) or ():
                        yield from rule.SubstLookupRecord


def _rename(font: TTFont, style: str) -> None:
    names = font["name"]
    for record in list(names.names):
        # The trademark line (7) names the original; the copyright, designers and licence stay.
        if record.nameID in (*_RENAMED, 7):
            names.removeNames(nameID=record.nameID)
    is_main = style in ("Regular", "Bold")
    for number, text in (
        (1, FAMILY if is_main else f"{FAMILY} {style}"), (2, style if is_main else "Regular"),
        (3, f"{FAMILY} {style} 1.0"), (4, f"{FAMILY} {style}"), (6, f"{FAMILY.replace(' ', '')}-{style}"),
        (16, FAMILY), (17, style),
    ):  # fmt: skip
        names.setName(text, number, 3, 1, 0x409)


def _ranges(points: set[int]) -> Iterator[tuple[int, int]]:
    start = previous = None
    for point in sorted(points):
        if previous is not None and point == previous + 1:
            previous = point
            continue
        if start is not None and previous is not None:
            yield start, previous
        start = previous = point
    if start is not None and previous is not None:
        yield start, previous


if __name__ == "__main__":
    main()

"""The style sheets: joined into one, so a class may be laid out in one of them only, and no text may end the block."""

import re
from collections import defaultdict
from pathlib import Path

from kpi.web.frame import STYLES

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
MEDIA = re.compile(r"@(?:media|supports)[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", re.DOTALL)
ALONE = re.compile(r"^\.kpi-[\w-]+$")


def alone(sheet: Path) -> set[str]:
    """Return the classes that a sheet styles by themselves, whatever they stand in."""
    text = MEDIA.sub("", COMMENT.sub("", sheet.read_text(encoding="utf-8")))
    selectors = (part.strip() for rule in re.findall(r"([^{}]+)\{", text) for part in rule.split(","))
    return {selector for selector in selectors if ALONE.match(selector)}


def test_a_class_is_laid_out_in_one_sheet_only() -> None:
    homes = defaultdict(set)
    for sheet in STYLES.glob("*.css"):
        for name in alone(sheet):
            homes[name].add(sheet.name)
    shared = {name: sorted(sheets) for name, sheets in homes.items() if len(sheets) > 1}
    assert not shared


def test_no_sheet_holds_what_the_page_would_take_for_markup() -> None:
    for sheet in STYLES.glob("*.css"):
        assert not re.search(r"<[A-Za-z/!]", sheet.read_text(encoding="utf-8")), sheet.name

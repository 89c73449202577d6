"""Write for one document: its language, and what the font and the readers of PDF can show of a text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from kpi.language import (
    direction,
    format_change,
    format_number,
    format_value,
    isolate,
    plural,
    strip_isolates,
    t,
)
from kpi.queries.results import Headline
from kpi.report.font import displayable
from kpi.say.card import value_words

# Readers of PDF put vowel marks beside the wrong letter, and the word is no longer found.
_VOWEL_MARKS = re.compile("[\u064b-\u0652\u0670]")
_LEAST_SHARE = 0.1
_APOSTROPHE = re.compile(r"(?<=\w)'")
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")


@dataclass
class Writer:
    """Write numbers and messages in the language of a document; `lost` collects characters the font lacks."""

    language: str
    lost: set[str] = field(default_factory=set)

    @property
    def is_rtl(self) -> bool:
        """Tell whether the document reads from right to left."""
        return direction(self.language) == "rtl"

    def say(self, key: str, **facts: object) -> str:
        """Return a message of the report."""
        return t(f"report.{key}", self.language, **facts)

    def count(self, key: str, n: int, **facts: object) -> str:
        """Return the form of a counted message of the report that agrees with `n`."""
        return plural(f"report.{key}", n, self.language, **facts)

    def number(self, value: float | None, decimals: int = 0) -> str:
        """Write a number; nothing for None."""
        return "" if value is None else format_number(value, self.language, decimals=decimals)

    def value(self, headline: Headline) -> str:
        """Write a KPI's value, or which kind of nothing it is."""
        return value_words(headline, self.language)

    def percent(self, value: float | None, decimals: int = 1) -> str:
        """Write a percentage; nothing for None."""
        return "" if value is None else format_value(value, "percent", self.language, decimals)

    def share(self, value: float | None) -> str:
        """Write a share of a whole; one that is there but rounds to nothing is less than a tenth of a percent."""
        if value is not None and 0 < value < _LEAST_SHARE / 2:
            return isolate(f"<{strip_isolates(self.percent(_LEAST_SHARE))}", self.language)
        return self.percent(value)

    def change(self, headline: Headline) -> str:
        """Write the change on the year before; nothing where there is none."""
        change = headline.change
        return "" if change is None or change.raw is None else format_change(change.raw, change.kind, self.language)

    def shown(self, document: Mapping[str, object]) -> dict[str, object]:
        """Return the document as it can be printed: no vowel marks, no characters the font lacks, set apostrophes."""
        return {name: self._shown(part) for name, part in document.items()}

    def _shown(self, part: object) -> object:
        if isinstance(part, str):
            text, lost = displayable(_CONTROLS.sub(" ", _APOSTROPHE.sub("’", _VOWEL_MARKS.sub("", part))))
            self.lost |= lost
            return text
        if isinstance(part, Mapping):
            return {name: self._shown(inner) for name, inner in part.items()}
        if isinstance(part, list | tuple):
            return [self._shown(inner) for inner in part]
        return part

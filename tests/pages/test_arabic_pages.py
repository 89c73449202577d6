"""No Latin word stands on an Arabic page, except formats, identifiers, code, raw values and a few addresses."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from kpi.language import strip_isolates
from tests.addresses import NAMES, SUBJECTS
from tests.pages.conftest import Screen

LATIN_WORD = re.compile(r"[A-Za-z][A-Za-z'’.-]*[A-Za-z]|\b[A-Za-z]\b")
IDENTIFIER = re.compile(r"\S*(?:\d[A-Za-z]|[A-Za-z]\S*\d|_)\S*")
"""A token with letters and digits, or words joined by an underscore: builds, claims, columns."""
FILE_OR_ADDRESS = re.compile(r"\S+/\S+|\S+\.(?:csv|xlsx|ndjson|parquet|toml)\b")
TAG = re.compile(r"</?\w+[^>]*>")
"""Drawings hold a little HTML."""
ALLOWED = {
    "CSV", "Excel", "JSON", "Parquet", "PNG", "SVG", "SQL",  # formats
    "English",  # the language switch names each language by itself
    "ifg.cc", "oman.om",  # addresses that are cited by name
}  # fmt: skip
SPOKEN = ("alt", "aria-label", "title", "data-title", "data-caption", "data-label", "placeholder")
CODE = frozenset({"code", "pre", "samp", "script", "style"})
"""Elements of code, and of values that are quoted as they were received."""
EMPTY = frozenset({"br", "img", "hr", "input", "meta", "link", "col", "wbr"})


class Words(HTMLParser):
    """Collect what a reader sees or hears in HTML, without code and parts marked as another language."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.skipped: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Enter an element; once inside a skipped one, every element inside it is."""
        facts = dict(attrs)
        if self.skipped or tag in CODE or facts.get("lang", "ar") != "ar":
            if tag not in EMPTY:
                self.skipped.append(tag)
            return
        if "data-insert" not in facts:  # what is inserted into a query is code, and its title quotes it
            self.found += [facts[name] or "" for name in SPOKEN if name in facts]

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        if self.skipped:
            self.skipped.pop()

    def handle_data(self, data: str) -> None:
        """Take text."""
        if not self.skipped:
            self.found.append(data)


def latin_words(text: str) -> list[str]:
    """Return the Latin words of a text that nothing excuses."""
    plain = TAG.sub(" ", strip_isolates(text))
    for excused in (FILE_OR_ADDRESS, IDENTIFIER):
        plain = excused.sub(" ", plain)
    return [word for word in LATIN_WORD.findall(plain) if word not in ALLOWED]


def texts(shown: Screen) -> Iterator[str]:
    """Yield every text of a page: HTML, labels and choices of widgets, words in drawings."""
    for block in shown.app.get("html"):
        words = Words()
        words.feed(block.proto.body)
        yield from words.found
    for box in shown.app.selectbox:
        yield box.label
        yield from box.options
    for chart in shown.app.get("plotly_chart"):
        drawing = json.loads(chart.proto.spec)
        yield from (note.get("text") or "" for note in drawing["layout"].get("annotations", []))
        for trace in drawing["data"]:
            for part in ("text", "hovertext"):
                written = trace.get(part) or []
                yield from [written] if isinstance(written, str) else [str(one) for one in written]


def test_the_guard_sees_words_and_excuses_code_names_and_identifiers() -> None:
    words = Words()
    words.feed('<p title="Save">الرقم <code>select 1</code> O31 <i lang="en">weights are <b>assumed</b></i> Done</p>')
    found = [word for text in words.found for word in latin_words(text)]
    assert found == ["Save", "Done"]
    assert latin_words("20261122T032909-e49c7d85 oman.om inbox/data.csv claim_id CSV") == []


@pytest.mark.parametrize("name", NAMES)
def test_an_arabic_page_holds_no_latin_word(screen, demo_workspace, name) -> None:
    shown = screen(demo_workspace, name, lang="ar", **SUBJECTS.get(name, {}))
    found = {(word, text.strip()[:80]) for text in texts(shown) for word in latin_words(text)}
    assert found == set()

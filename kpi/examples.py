"""Saved queries: `sql/examples/*.sql`, each answering one question, with its titles and parameters in its header.

The first comment line gives the grain; then `en:` and `ar:` the question, `for:` who asks it, and one line for each
parameter: `$name: default`, where an empty default means that nothing is given.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kpi.catalogue import SQL_FOLDER
from kpi.errors import QueryRefused, SettingsError

AUDIENCES = ("executive", "analyst", "office")
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")

Value = str | int | float | bool | None
_WORDS: dict[str, Value] = {"": None, "null": None, "true": True, "false": False}


@dataclass(frozen=True)
class Example:
    """Hold one saved query; `parameters` gives each parameter's default as text, in the order of the header."""

    name: str
    title_ar: str
    title_en: str
    audience: str
    parameters: Mapping[str, str]
    sql: str

    @property
    def call(self) -> str:
        """Return the parameters with their defaults as one line of text."""
        return ", ".join(f"{name}={default}" for name, default in self.parameters.items())

    def title(self, language: str) -> str:
        """Return the question in a language."""
        return self.title_ar if language == "ar" else self.title_en

    def values(self, given: Mapping[str, Value]) -> dict[str, Value]:
        """Return every parameter's value; raise `QueryRefused` for a name the query does not know."""
        unknown = sorted(set(given) - set(self.parameters))
        if unknown:
            known = ", ".join(self.parameters) or "-"
            raise QueryRefused("example_parameter_unknown", name=unknown[0], example=self.name, known=known)
        return {name: parameter_value(default) for name, default in self.parameters.items()} | dict(given)


def parameter_value(text: str) -> Value:
    """Read a parameter as it is typed: a number, true, false, null or nothing; else text, and text in quotes always."""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text


def find_example(name: str, folder: Path = SQL_FOLDER) -> Example:
    """Return a saved query by its name; raise `QueryRefused` when there is none."""
    known = load_examples(folder)
    if name not in known:
        raise QueryRefused("example_unknown", name=name)
    return known[name]


@cache
def load_examples(folder: Path = SQL_FOLDER) -> dict[str, Example]:
    """Read every saved query by its name; raise `SettingsError` for one whose header is incomplete."""
    return {path.stem: _parse(path) for path in sorted((folder / "examples").glob("*.sql"))}


def _parse(path: Path) -> Example:
    text = path.read_text(encoding="utf-8")
    header = re.match(r"(?:--[^\n]*\n)+", text)
    found = dict(re.findall(r"^-- (en|ar|for|\$\w+):[ ]?(.*)$", header[0] if header else "", flags=re.MULTILINE))
    missing = [name for name in ("en", "ar", "for") if not found.get(name)]
    if missing or found["for"] not in AUDIENCES:
        raise SettingsError("example_incomplete", file=path.name, missing=", ".join(missing) or found["for"])
    parameters = {name[1:]: default.strip() for name, default in found.items() if name.startswith("$")}
    return Example(path.stem, found["ar"], found["en"], found["for"], parameters, text[header.end() if header else 0 :])

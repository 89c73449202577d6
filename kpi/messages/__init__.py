"""Read the words of the interface: one TOML catalogue per language, equal keys, equal placeholders."""

import re
import tomllib
from functools import cache
from pathlib import Path

LANGUAGES = ("ar", "en")
DEFAULT_LANGUAGE = "ar"
_TABLE = re.compile(r"^\[([a-z_]+)", re.MULTILINE)


@cache
def catalogue(language: str) -> dict[str, str]:
    """Return every message of a language by its dotted key."""
    flat: dict[str, str] = {}
    for path in sorted((Path(__file__).parent / language).glob("*.toml")):
        flat |= _messages_of(language, path.stem)
    return flat


@cache
def _messages_of(language: str, stem: str) -> dict[str, str]:
    path = Path(__file__).parent / language / f"{stem}.toml"
    return _flatten(tomllib.loads(path.read_text(encoding="utf-8")), prefix="") if path.exists() else {}


def text(key: str, language: str, **facts: object) -> str:
    """Return the message of a key with its placeholders filled in.

    Raises `KeyError` when the key is unknown: a missing word is a bug, not an English fallback.
    """
    # A command that says one sentence need not read all of them. Most keys begin as their file is called.
    head = key.partition(".")[0]
    words = _messages_of(language, head).get(key)
    if words is None:
        found = (_messages_of(language, stem).get(key) for stem in _homes(language).get(head, ()))
        words = next((words for words in found if words is not None), None)
    return (catalogue(language)[key] if words is None else words).format(**facts)


@cache
def _homes(language: str) -> dict[str, list[str]]:
    """Return which files have a table of a name."""
    homes: dict[str, list[str]] = {}
    for path in sorted((Path(__file__).parent / language).glob("*.toml")):
        for name in dict.fromkeys(_TABLE.findall(path.read_text(encoding="utf-8"))):
            homes.setdefault(name, []).append(path.stem)
    return homes


def _flatten(tree: dict[str, object], prefix: str) -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in tree.items():
        if isinstance(value, dict):
            flat |= _flatten(value, prefix=f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = str(value)
    return flat

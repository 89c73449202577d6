"""Read the words of the interface: one TOML catalogue per language, equal keys, equal placeholders."""

import re
import tomllib
from functools import cache
from pathlib import Path

LANGUAGES = ("ar", "en")
DEFAULT_LANGUAGE = "ar"
_TOP = re.compile(r"^\[?([a-z_]+)(?=[.\] =])", re.MULTILINE)


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
    return _flatten(tomllib.loads(path.read_text(encoding="utf-8")), prefix="")


def text(key: str, language: str, **facts: object) -> str:
    """Return the message of a key with its placeholders filled in.

    Raises `KeyError` when the key is unknown: a missing word is a bug, not an English fallback.
    """
    # A command that says one sentence need not read all of them.
    for stem in _homes(language).get(key.partition(".")[0], ()):
        words = _messages_of(language, stem).get(key)
        if words is not None:
            return words.format(**facts)
    raise KeyError(key)


@cache
def _homes(language: str) -> dict[str, list[str]]:
    """Return in which files a name stands at the top, the file of that name first."""
    homes: dict[str, list[str]] = {}
    for path in sorted((Path(__file__).parent / language).glob("*.toml")):
        for name in dict.fromkeys(_TOP.findall(path.read_text(encoding="utf-8"))):
            homes.setdefault(name, []).append(path.stem)
    return {name: sorted(stems, key=lambda stem: stem != name) for name, stems in homes.items()}


def _flatten(tree: dict[str, object], prefix: str) -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in tree.items():
        if isinstance(value, dict):
            flat |= _flatten(value, prefix=f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = str(value)
    return flat

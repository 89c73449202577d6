"""The two message catalogues say the same things."""

import re
import tomllib
from collections import Counter
from pathlib import Path
from string import Formatter

import pytest
from babel import Locale

from kpi import messages
from kpi.messages import LANGUAGES, catalogue

FOLDER = Path(messages.__file__).parent
PLURAL_FORMS = {"zero", "one", "two", "few", "many", "other"}
LATIN_WORD = re.compile(r"[A-Za-z](?:[A-Za-z0-9_.\-]*[A-Za-z0-9])?")
# Names of formats, programs, protocols and commands that Arabic text writes in Latin letters.
PROPER_NAMES = frozenset(
    "API C checkout Chrome Chromium CLDR CSV csv Ctrl demo DuckDB Excel explain false git gz gzip Gzip HMAC HTML "
    "GeoJSON ID ISO JSON json kpi ndjson NDJSON parquet Parquet PDF PNG Polars Python select SHA-256 Space SQL "
    "Connect Java Landlock README Spark Streamlit SVG ZIP "
    "TOML toml true TSV tsv URL UTC UTF UTF-16 UTF-8 windows-1256 with workspace XLSX xlsx YYYY-MM YYYY-MM-DD".split()
)
CODE = re.compile(r"""`[^`]*`|--[a-z-]+|\[\[\w+\]\]|\w+ = "[^"]*"|\.gz""", re.ASCII)
PATH = re.compile(r"[\w{}.\-]*/[\w{}./\-]*|[A-Za-z_{}]+\.[a-z_{}<>]+", re.ASCII)
SETTING = re.compile(r"KPI_[A-Z_]+")


def placeholders(text: str) -> list[str]:
    """Return the facts that a message asks for; `name_ar` and `name_en` are one fact in two languages."""
    named = (name for _, name, _, _ in Formatter().parse(text) if name is not None)
    return sorted(re.sub(r"_(ar|en)$", "_*", name) for name in named)


def prose(text: str) -> str:
    """Return a message without its placeholders, its paths and file names, and what it quotes as code."""
    return "".join(literal for literal, *_ in Formatter().parse(SETTING.sub(" ", PATH.sub(" ", CODE.sub(" ", text)))))


def test_both_languages_have_the_same_keys() -> None:
    arabic, english = (set(catalogue(language)) for language in LANGUAGES)
    assert sorted(arabic ^ english) == []


def test_both_languages_fill_in_the_same_facts() -> None:
    arabic, english = (catalogue(language) for language in LANGUAGES)
    different = {
        key: (arabic[key], english[key])
        for key in arabic.keys() & english.keys()
        if placeholders(arabic[key]) != placeholders(english[key]) and key.rpartition(".")[2] not in PLURAL_FORMS
    }
    assert different == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_empty_or_padded(language: str) -> None:
    assert [key for key, text in catalogue(language).items() if not text.strip() or text != text.strip()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_files_define_the_same_message(language: str) -> None:
    defined = Counter(
        key
        for path in (FOLDER / language).glob("*.toml")
        for key in messages._flatten(tomllib.loads(path.read_text(encoding="utf-8")), prefix="")
    )
    assert [key for key, times in defined.items() if times > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_facts_are_named_so_that_their_order_may_differ(language: str) -> None:
    unnamed = [key for key, text in catalogue(language).items() if "" in placeholders(text)]
    assert unnamed == []


def test_arabic_messages_hold_no_latin_words_but_proper_names() -> None:
    strays = {
        key: words
        for key, text in catalogue("ar").items()
        if (words := set(LATIN_WORD.findall(prose(text))) - PROPER_NAMES)
    }
    assert strays == {}


def test_english_messages_hold_no_arabic_letters() -> None:
    arabic_letter = re.compile(r"[\u0621-\u064a]")
    strays = [key for key, text in catalogue("en").items() if arabic_letter.search(text) and key.count("language") == 0]
    assert strays == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_counted_message_has_all_the_forms_that_the_language_needs(language: str) -> None:
    keys = catalogue(language).keys()
    counted = {key.rpartition(".")[0] for key in keys if key.endswith((".many", ".few"))}
    needed = {Locale.parse(language).plural_form(n) for n in range(201)} | {"zero"}
    assert counted
    for key in counted:
        assert {form for form in needed if f"{key}.{form}" not in keys} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_says_what_is_wrong_and_what_to_do_next(language: str) -> None:
    parts = [key.split(".") for key in catalogue(language) if key.startswith("errors.")]
    names = {name for _, name, *_ in parts}
    lacking = [name for name in sorted(names) if {part[2] for part in parts if part[1] == name} < {"what", "next"}]
    assert lacking == []

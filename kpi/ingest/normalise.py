"""One normal form for every text: NFKC, Western digits, no tatweel, no invisible characters, single spaces.

Superscripts, circled numbers, fractions and Roman numerals keep their form: as digits they would be glued to a number.
"""

import re
import unicodedata

import polars as pl

_DIGITS = {chr(zero + n): str(n) for zero in (0x0660, 0x06F0) for n in range(10)}
_TATWEEL = "\u0640"
_INVISIBLE = [0xAD, 0x61C, 0x180E, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A)]
_REPLACED = {**_DIGITS, **dict.fromkeys([_TATWEEL, *map(chr, _INVISIBLE)], ""), "\u2028": " ", "\u2029": " "}
_TRANSLATION = str.maketrans(_REPLACED)
_SPACES = re.compile(r"[\s\x00-\x1f\x7f]+")
_UNTIDY = r"[^ -~]|^ | $|  |^$"
_NUMERALS = r"[\p{No}\p{Nl}]"
_NO_NUMERAL = re.compile(r"[\x00-\xb1\xb4-\xb8\xba\xbb\xbf-\u206f]*")  # a shortcut: none of them is one
_PLAIN = re.compile(r"[ -~\u0621-\u063a\u0641-\u064a]*")  # a shortcut: nothing but their spaces can be untidy

# What writers of Arabic leave out or write differently; `sql/core/search_form.sql` folds the same for the pages.
_LETTERS = str.maketrans("ٱىیةەکؤئ", "اييههكوي")
_NO_LETTERS = re.compile(r"[\W_ـ]+")


def clean(texts: pl.Series) -> pl.Series:
    """Return the texts in normal form; a blank becomes null.

    The pattern that finds nothing to do costs a tenth of the work it saves: most texts are plain ASCII.
    """
    untidy = texts.str.contains(_UNTIDY).arg_true()
    if not len(untidy):
        return texts
    text = pl.col(texts.name)
    composed = (
        pl.when(text.str.contains(_NUMERALS)).then(text.str.normalize("NFC")).otherwise(text.str.normalize("NFKC"))
    )
    tidy = composed.str.replace_many(_REPLACED).str.replace_all(r"[\s\x00-\x1f\x7f]+", " ").str.strip_chars()
    cleaned = texts.gather(untidy).to_frame().select(pl.when(tidy != "").then(tidy).alias(texts.name)).to_series()
    return texts.clone().scatter(untidy, cleaned)


def clean_text(text: str) -> str:
    """Return one text in normal form ("" when blank); the same form as `clean` gives, for the few labels of a file."""
    if _PLAIN.fullmatch(text):
        return " ".join(text.split())
    form = "NFC" if _has_numeral(text) else "NFKC"
    return _SPACES.sub(" ", unicodedata.normalize(form, text).translate(_TRANSLATION)).strip()


def _has_numeral(text: str) -> bool:
    if _NO_NUMERAL.fullmatch(text):
        return False
    return any(unicodedata.category(character) in ("No", "Nl") for character in text)


def label_key(text: str) -> str:
    """Return the form under which headers, names and code labels are compared."""
    return clean_text(text).lower()


def folded_key(text: str) -> str:
    """Return the form under which labels are compared that are not known as they are written.

    Hamzas, final ya, ta marbuta, Persian letters, diacritics, accents and punctuation make no difference in it.
    """
    bare = label_key(text)
    if not bare.isascii():  # plain letters have nothing to be taken apart
        bare = unicodedata.normalize("NFKD", bare)
        if not bare.replace(" ", "").isalnum():  # a mark is neither letter nor digit
            bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
        bare = bare.translate(_LETTERS).replace("ء", "")
    return " ".join(_NO_LETTERS.sub(" ", bare).split())


def meanings(lookup: dict[str, str]) -> dict[str, set[str]]:
    """Return folded label → all values that it stands for."""
    found: dict[str, set[str]] = {}
    for label, value in lookup.items():
        found.setdefault(folded_key(label), set()).add(value)
    return found


def single(found: dict[str, set[str]]) -> dict[str, str]:
    """Return folded label → value; a label that stands for several values is left out, for it would be a guess."""
    return {key: value for key, values in found.items() if key and len(values) == 1 for value in values}


def folded(lookup: dict[str, str]) -> dict[str, str]:
    """Return folded label → value of a lookup, without labels that stand for several."""
    return single(meanings(lookup))

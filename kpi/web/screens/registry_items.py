"""Write what registries have in common: names with other spellings, owners, kinds, states and sources."""

import re
import unicodedata
from collections.abc import Sequence
from html import escape

from kpi.charts.chart import Cell
from kpi.language import join_list, t, with_digits
from kpi.queries.registry_items import RegistryItem
from kpi.queries.results import Named
from kpi.web.links import href

OPEN_END = "–"
WORD_JOINER = "\N{WORD JOINER}"
_ALIKE = str.maketrans("ىة", "يه")


def name_cell(facts: RegistryItem, language: str, *, project_id: str | None = None) -> Cell:
    """Return the name, leading to its project where there is one, with the other spellings below."""
    link = href("project", project=project_id) if project_id else None
    return Cell(facts.item.label(language), href=link, below=also_named(facts, language))


def also_named(facts: RegistryItem, language: str) -> str | None:
    """Say under which other names the sources speak of it."""
    others = other_names(facts, language)
    return t("registry.also", language, names=join_list(others, language)) if others else None


def other_names(facts: RegistryItem, language: str) -> list[str]:
    """Return the other names that are in the script of the page and are not mere spellings of the one shown."""
    known = bare_name(facts.item.label(language))
    return [name for name in facts.also_named if _is_arabic(name) == (language == "ar") and bare_name(name) != known]


def bare_name(name: str) -> str:
    """Return a name without what its spellings differ in: vowel signs, hamzas, a joined `and` or article, the era."""
    digits = "".join(str(unicodedata.decimal(letter, letter)) for letter in name)
    words = re.sub(r"(?<=\d)\s*م?\s*(?:إلى|–|-)\s*(?=\d)|(?<=\d)\s*م\b", " ", digits)
    letters = "".join(letter for letter in unicodedata.normalize("NFKD", words) if letter.isalnum())
    return re.sub(r"^(?:و|لل|ال)", "", letters.translate(_ALIKE)).casefold()


def _is_arabic(name: str) -> bool:
    return any("\u0621" <= letter <= "\u064a" for letter in name)


def owner_cell(facts: RegistryItem, language: str) -> Cell:
    """Return the owner, leading to the entity's page where it is one of the registry."""
    link = href("entity", entity=facts.owner_entity_id) if facts.owner_entity_id else None
    return Cell(word(facts.owner, language), href=link)


def word(named: Named | None, language: str) -> str:
    """Return a name, or that none was provided, as a cell begins."""
    return begun(named.label(language) if named else t("value.not_provided", language))


def begun(words: str) -> str:
    """Begin words that stand alone with a capital letter, where the script has such."""
    return f"{words[:1].upper()}{words[1:]}"


def common_owner(listed: Sequence[RegistryItem]) -> Named | None:
    """Return the owner of several things where all have the same one, so that it need not stand in every row."""
    owners = {facts.owner for facts in listed}
    return next(iter(owners)) if len(owners) == 1 and len(listed) > 1 else None


def owner_note(owner: Named | None, language: str) -> str:
    """Say once whose all of them are; nothing where owners differ."""
    if owner is None:
        return ""
    return f'<p class="kpi-note">{escape(t("registry.one_owner", language, owner=owner.label(language)))}</p>'


def period_words(period: str | None, language: str) -> str:
    """Write the period that a source gives: a span of years, in reading order as in names, or the year since when."""
    if not period:
        return word(None, language)
    year = period.removesuffix(OPEN_END)
    if year != period:
        return begun(t("registry.since_year", language, year=with_digits(year, language)))
    return with_digits(period.replace(OPEN_END, f"{WORD_JOINER}{OPEN_END}{WORD_JOINER}"), language)

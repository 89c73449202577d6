"""Say several faults of one file at once: each with its place, what was found, what is nearest, and what is known."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import get_args

from pydantic import BaseModel, ValidationError

from kpi import messages

MOST_SAID = 100  # slips that one message says; the rest are counted
_MOST_KNOWN = 60  # names of a list that one slip says in full
_NEAREST = 3
_CHOICES = re.compile(r"\^\(([a-z0-9|]+)\)\$")
_OF_TYPE = {
    "missing": "missing",
    "literal_error": "not_listed",
    "bool_type": "no_truth",
    "bool_parsing": "no_truth",
    "int_type": "no_integer",
    "int_parsing": "no_integer",
    "int_from_float": "no_integer",
    "float_type": "no_number",
    "float_parsing": "no_number",
    "string_type": "no_text",
    "string_too_short": "empty",
    "dict_type": "no_table",
    "model_type": "no_table",
    "date_type": "no_day",
    "date_parsing": "no_day",
    "date_from_datetime_parsing": "no_day",
}
_BOUNDS = {"greater_than_equal": ("too_small", "ge"), "less_than_equal": ("too_large", "le")}


@dataclass(frozen=True)
class Slip:
    """One fault: `key` names its words under `slips.`; `known` is the list that the value is not in."""

    key: str
    facts: Mapping[str, object] = field(default_factory=dict)
    nearest: tuple[str, ...] = ()
    known: tuple[str, ...] = ()

    def what(self, language: str, *, with_known: bool = True) -> str:
        """Say the fault, what is nearest to what was found, and the list where it is short enough to be read."""
        comma = messages.text("list.comma", language) + " "
        said = [messages.text(f"slips.{self.key}", language, **self.facts)]
        if self.nearest:
            said.append(messages.text("slips.nearest", language, names=comma.join(self.nearest)))
        if with_known and 0 < len(self.known) <= _MOST_KNOWN:
            said.append(messages.text("slips.known", language, names=comma.join(self.known)))
        return " ".join(said)


def say_slips(slips: Iterable[Slip], language: str) -> str:
    """Return one line for each slip, each list said once, and how many more there are than one can read."""
    every = list(slips)
    lines, listed = [], set()
    for slip in every[:MOST_SAID]:
        lines.append(f"  • {slip.what(language, with_known=slip.known not in listed)}")
        listed.add(slip.known)
    if len(every) > MOST_SAID:
        lines.append("  " + messages.text("slips.more", language, count=f"{len(every) - MOST_SAID:,}"))
    return "\n".join(lines)


def nearest(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the names that are most like one that is not known, whatever their case, best first."""
    spelt: dict[str, str] = {}
    for one in known:
        spelt.setdefault(one.casefold(), one)
    return tuple(spelt[one] for one in get_close_matches(name.casefold(), list(spelt), n=_NEAREST, cutoff=0.6))


def slips_of(error: ValidationError, model: type[BaseModel], place_of: Callable[[str], str] = str) -> tuple[Slip, ...]:
    """Put everything that a model found wrong into slips; `place_of` says how the path of a key is written."""
    return tuple(_slip(dict(found), model, place_of) for found in error.errors())


def _slip(found: dict, model: type[BaseModel], place_of: Callable[[str], str]) -> Slip:
    place = place_of(".".join(str(part) for part in found["loc"]))
    kind, value, context = found["type"], found["input"], found.get("ctx") or {}
    if kind == "extra_forbidden":
        return _unknown_key(place, found["loc"], model)
    if kind == "literal_error":
        known = _literals(model, found["loc"]) or (str(context["expected"]),)
        return Slip("not_listed", {"place": place, "value": value}, nearest(str(value), known), known)
    if kind == "unknown_name":  # of our own validators: a name that is in no list
        return Slip("not_listed", {"place": place, "value": value}, nearest(str(value), context["known"]))
    if kind in _BOUNDS:
        key, name = _BOUNDS[kind]
        return Slip(key, {"place": place, "value": value, "bound": context[name]})
    if key := _OF_TYPE.get(kind):
        return Slip(key, {"place": place} if kind == "missing" else {"place": place, "value": value})
    if kind == "string_pattern_mismatch":
        return _of_another_form(place, str(value), str(context["pattern"]))
    return Slip("wrong", {"place": place, "value": value, "reason": found["msg"]})


def _unknown_key(place: str, path: tuple[int | str, ...], model: type[BaseModel]) -> Slip:
    table = _model_at(model, path[:-1])
    known = tuple(table.model_fields) if table else ()
    name = str(path[-1])
    if table is not model and name not in known and name in model.model_fields:
        return Slip("key_misplaced", {"place": place, "name": name}, known=known)
    return Slip("key_unknown", {"place": place}, nearest(name, known), known)


def _model_at(model: type[BaseModel] | None, path: tuple[int | str, ...]) -> type[BaseModel] | None:
    for part in path:
        if isinstance(part, int) or model is None:
            continue
        annotation = _annotation(model, part)
        within = (annotation, *get_args(annotation))
        model = next((one for one in within if isinstance(one, type) and issubclass(one, BaseModel)), None)
    return model


def _literals(model: type[BaseModel], path: tuple[int | str, ...]) -> tuple[str, ...]:
    """Return the values that a key may have, where its type lists them, alone or as the members of a list."""
    names = [part for part in path if isinstance(part, str)]
    holder = _model_at(model, tuple(names[:-1]))
    pending, found = [_annotation(holder, names[-1])] if holder else [], []
    while pending:
        arguments = get_args(pending.pop())
        found += [one for one in arguments if isinstance(one, str)]
        pending += [one for one in arguments if not isinstance(one, str)]
    return tuple(found)


def _annotation(model: type[BaseModel], name: str) -> object:
    for key, known in model.model_fields.items():
        if name in (key, known.alias):
            return known.annotation
    return None


def _of_another_form(place: str, value: str, pattern: str) -> Slip:
    if choices := _CHOICES.fullmatch(pattern):
        known = tuple(choices[1].split("|"))
        return Slip("not_listed", {"place": place, "value": value}, nearest(value, known), known)
    return Slip("not_of_form", {"place": place, "pattern": pattern})  # not the value: an address can hold a password

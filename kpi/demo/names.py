"""Build service names in both languages from the word stems in `vocabulary.toml`."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice, product
from pathlib import Path

from kpi.demo.reference import ReferenceBody

VOCABULARY = Path(__file__).with_name("vocabulary.toml")
DEFAULT_WEIGHT = 25.0


@dataclass(frozen=True)
class ServiceName:
    """A name in both languages."""

    ar: str
    en: str


@cache
def _vocabulary() -> dict[str, list]:
    return tomllib.loads(VOCABULARY.read_text(encoding="utf-8"))


def weight(body: ReferenceBody) -> float:
    """Return how much a body weighs in the invented volumes (unitless)."""
    return float(dict(_vocabulary()["weights"]).get(body.entity_id, DEFAULT_WEIGHT))


def beneficiary(body: ReferenceBody) -> str:
    """Return the code of the people that a body mostly serves."""
    return _field(body)["beneficiary"]


def service_names(body: ReferenceBody, count: int, place_ar: str = "", place_en: str = "") -> list[ServiceName]:
    """Return `count` different names for a body, the most used services first."""
    return list(islice(_names(body, place_ar, place_en), count))


def _names(body: ReferenceBody, place_ar: str, place_en: str) -> Iterator[ServiceName]:
    words = _vocabulary()
    where = (f" في محافظة {place_ar}", f" in {place_en}") if place_ar else ("", "")
    for (for_ar, for_en), (do_ar, do_en), (what_ar, what_en) in product(
        words["qualifiers"], words["actions"], _field(body)["subjects"]
    ):
        yield ServiceName(
            ar=" ".join(f"{do_ar} {what_ar} {for_ar}".split()) + where[0],
            en=" ".join(f"{do_en} {what_en} {for_en}".split()) + where[1],
        )


def _field(body: ReferenceBody) -> dict:
    fields = _vocabulary()["field"]
    kind = "governorate_office" if body.is_governorate_office else "default"
    owned = [field for field in fields if body.entity_id in field.get("owners", ())]
    return owned[0] if owned else next(field for field in fields if field.get("kind") == kind)

"""Every named thing of the source documents is in exactly one registry."""

from collections.abc import Callable

import polars as pl

Registry = Callable[[str], pl.DataFrame]
REGISTRIES = ("projects", "platforms", "initiatives", "guides")
KINDS = ("system", "platform", "project", "initiative", "programme", "guide", "plan", "strategy")
QUOTES = '"“”'


def plain(name: str) -> str:
    """Return a name without quotation marks and without repeated spaces."""
    return " ".join("".join(letter for letter in name if letter not in QUOTES).split())


def names_of(rows: pl.DataFrame) -> list[str]:
    """Return the names and other spellings that the rows hold, one row's spellings counted once."""
    found = []
    for name, also in rows.select("name_ar", "also_named").iter_rows():
        found += {plain(name), *(plain(other) for other in (also or "").split(" | ") if other)}
    return found


def test_each_inventory_name_is_in_exactly_one_row_of_one_registry(registry: Registry, shared_table: Registry) -> None:
    known = [name for registry_name in REGISTRIES for name in names_of(registry(registry_name))]
    inventory = shared_table("seed_inventory").filter(pl.col("kind").is_in(KINDS))
    places = {name: known.count(plain(name)) for name in inventory["arabic_name"]}
    assert {name: count for name, count in places.items() if count != 1} == {}


def test_each_row_lists_the_documents_that_name_it(registry: Registry, shared_table: Registry) -> None:
    sources = {}
    for registry_name in REGISTRIES:
        for row in registry(registry_name).iter_rows(named=True):
            for name in names_of(pl.DataFrame([row])):
                sources[name] = row["source"]
    inventory = shared_table("seed_inventory").filter(pl.col("kind").is_in(KINDS))
    for name, file in inventory.select("arabic_name", "seed_file").iter_rows():
        assert f"document {file[:3]}" in sources[plain(name)], name


def test_no_two_registries_name_the_same_thing(registry: Registry) -> None:
    known = [name for registry_name in REGISTRIES for name in names_of(registry(registry_name))]
    assert len(known) == len(set(known))

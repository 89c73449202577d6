"""What a stranger can work out of the public edition by adding and subtracting what it publishes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

Sums = Iterable[tuple[tuple[str, ...], int]]


def determined(equations: Iterable[frozenset[str]], unknown: Iterable[str]) -> set[str]:
    """Return the unknowns that sums of unknowns determine, by linear algebra: those that no solution can vary."""
    names = sorted(unknown)
    if not names:
        return set()
    place = {name: number for number, name in enumerate(names)}
    rows = [{place[name] for name in equation if name in place} for equation in equations]
    matrix = np.zeros((max(len(rows), 1), len(names)))
    for number, row in enumerate(rows):
        matrix[number, sorted(row)] = 1
    _, singular, right = np.linalg.svd(matrix, full_matrices=False)
    # An unknown is determined when its axis lies in the space of the sums: then its projection has full length.
    length = (right[singular > 1e-9] ** 2).sum(axis=0)
    return {name for name in names if length[place[name]] > 1 - 1e-9}


def residuals(blocks: Iterable[frozenset[str]], hidden: set[str], truth: Mapping[str, int]) -> list[int]:
    """Return what is left of each block's published sum after all that is shown has been subtracted."""
    return [sum(truth.get(name, 0) for name in block & hidden) for block in blocks if block & hidden]


def by_family(cells: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Gather names by their family."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, family in cells:
        found[family].add(name)
    return {family: frozenset(names) for family, names in found.items()}

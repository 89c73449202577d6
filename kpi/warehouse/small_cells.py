"""Choose the cells that the public edition withholds, so that none of them can be had by subtraction.

The public edition gives, for each month, what people did by one dimension at a time: the programme, entities, their
services, governorates, channels. A cell is one group in one month; it is published with every KPI about people, or
withheld with every one of them.

1. A cell is small when any count behind it is between 1 and the threshold less one: completed digital, completed
   through other and through unknown channels, rejected, abandoned, rated, and each KPI's numerator,
   denominator and the difference of both.
2. Cells whose sum is published form a block: all entities; all governorates, and those that are allocated; all
   channels, those that are known, the digital and the other ones; the services of one entity. What is withheld of a
   block can be had as a sum, by subtracting the rest. So the next smallest cell of the block is withheld too, until
   at least two are, and until each count of their sum is nil or reaches the threshold.
3. Where an entity is withheld so are its services; where the programme's month is, so is every cell of that month.

A period is withheld with any of its months, also where its own sum is large: the macros take any first and last month,
so two periods that differ by a month would give that month away, and withholding a second month would not help, because
every pair of months is the difference of two periods. Fixed years could be published beside the months, as a dimension
of their own closed together with them; that is not done.

Limits: the bounds that a sum sets (none of its parts exceeds it) remain; equal sets of rows under two dimensions, say
an entity that serves one governorate alone, are not looked for; two editions made of different loads of a month may be
compared with each other; whoever knows one part of a withheld sum learns the rest.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

PROGRAMME, ENTITY, SERVICE, GOVERNORATE, CHANNEL = "programme", "entity", "service", "governorate", "channel"
DIMENSIONS = (PROGRAMME, ENTITY, SERVICE, GOVERNORATE, CHANNEL)


@dataclass(frozen=True)
class MonthCounts:
    """Hold the counts behind one group in one month.

    `family` is the entity of a service and the kind of a channel or governorate; `is_named` is false for rows that
    belong to no group and are published nowhere.
    """

    dimension: str
    group: str
    family: str
    counts: tuple[int, ...]
    size: int
    is_named: bool = True

    @property
    def key(self) -> tuple[str, str]:
        """Return what names the cell within its month."""
        return self.dimension, self.group

    def is_small(self, below: int) -> bool:
        """Tell whether any count behind it is neither nil nor large enough."""
        return any(0 < count < below for count in self.counts)


Months = Mapping[date, Sequence[MonthCounts]]


def withheld_cells(months: Months, below: int) -> set[tuple[date, str, str]]:
    """Return month, dimension and group of every cell to withhold; the same cells always give the same answer."""
    return {(month, *key) for month, cells in months.items() for key in _of_month(cells, below)}


def _of_month(cells: Sequence[MonthCounts], below: int) -> set[tuple[str, str]]:
    if any(cell.is_small(below) for cell in cells if cell.dimension == PROGRAMME):
        return {cell.key for cell in cells}
    withheld = {cell.key for cell in cells if cell.is_small(below) or not cell.is_named}
    _close(_blocks(cells, _is_top), withheld, below)
    hidden_entities = {group for dimension, group in withheld if dimension == ENTITY}
    withheld |= {cell.key for cell in cells if cell.dimension == SERVICE and cell.family in hidden_entities}
    families = {cell.family for cell in cells if cell.dimension == SERVICE} - hidden_entities
    blocks = [[cell for cell in cells if cell.dimension == SERVICE and cell.family == one] for one in sorted(families)]
    _close(blocks, withheld, below)
    return withheld


def _is_top(cell: MonthCounts) -> bool:
    return cell.dimension in (ENTITY, GOVERNORATE, CHANNEL)


def _blocks(cells: Iterable[MonthCounts], wanted: Callable[[MonthCounts], bool]) -> list[list[MonthCounts]]:
    """Return the sets of cells whose sums are published; a channel's and a governorate's family has one too."""
    chosen = [cell for cell in cells if wanted(cell)]
    blocks = [[cell for cell in chosen if cell.dimension == dimension] for dimension in (ENTITY, GOVERNORATE, CHANNEL)]
    for dimension, families in (
        (GOVERNORATE, ("allocated",)),
        (CHANNEL, ("digital",)),
        (CHANNEL, ("other",)),
        (CHANNEL, ("digital", "other")),
    ):
        blocks.append([cell for cell in chosen if cell.dimension == dimension and cell.family in families])
    return blocks


def _close(blocks: Sequence[Sequence[MonthCounts]], withheld: set[tuple[str, str]], below: int) -> None:
    """Withhold more cells until no block gives a withheld one away; blocks overlap, so every change asks them again."""
    changed = True
    while changed:
        changed = False
        for block in blocks:
            while (added := _next(block, withheld, below)) is not None:
                withheld.add(added.key)
                changed = True


def _next(block: Sequence[MonthCounts], withheld: set[tuple[str, str]], below: int) -> MonthCounts | None:
    """Return the smallest cell still shown when what is withheld of the block would give itself away."""
    hidden = [cell for cell in block if cell.key in withheld]
    shown = [cell for cell in block if cell.key not in withheld]
    if not hidden or not shown:
        return None
    sums = [sum(counts) for counts in zip(*(cell.counts for cell in hidden), strict=True)]
    if len(hidden) > 1 and not any(0 < total < below for total in sums):
        return None
    return min(shown, key=lambda cell: (cell.size, cell.group))

"""How much of a period there are data for."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Told:
    """Count the months of a period of which anybody reported, out of all; `broken_off` are those that lack days."""

    months: int
    of: int
    broken_off: tuple[date, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Tell whether there are data for every month, and for all its days."""
        return self.months >= self.of and not self.broken_off

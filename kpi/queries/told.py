"""How much of a period there are data for, and how that is said beside the name of the period."""

from dataclasses import dataclass
from datetime import date

from kpi.language import join_list, t
from kpi.periods import point_label

_MONTHS_NAMED = 3


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

    def words(self, language: str) -> str:
        """Say what of the period there are data for; nothing where it is whole."""
        said = []
        if self.months < self.of:
            said.append(t("coverage.months_of", language, months=self.months, of=self.of))
        if self.broken_off:
            named = [point_label(month, 1, language) for month in self.broken_off[:_MONTHS_NAMED]]
            rest = len(self.broken_off) - len(named)
            more = [t("comparison.silent_more", language, n=rest)] if rest else []
            said.append(t("coverage.days_missing", language, months=join_list([*named, *more], language)))
        return join_list(said, language)

    def short(self, language: str) -> str:
        """Say the same in a few words, for the cell of a table."""
        said = []
        if self.months < self.of:
            said.append(t("coverage.months_short", language, months=self.months, of=self.of))
        if self.broken_off:
            said.append(t("coverage.days_short", language))
        return join_list(said, language)


def beside(told: Told | None, period: str, language: str) -> str:
    """Name a period on a line of its own, with what of it there are data for."""
    said = told.words(language) if told is not None else ""
    return t("coverage.period_told", language, period=period, told=said) if said else period


def within(told: Told | None, period: str, language: str) -> str:
    """Name a period within a sentence, with what of it there are data for in brackets."""
    said = told.words(language) if told is not None else ""
    return t("coverage.period_in_brackets", language, period=period, told=said) if said else period

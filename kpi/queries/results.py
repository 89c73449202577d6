"""Frozen answers that pages, charts and reports read."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from kpi.catalogue import Kpi
from kpi.language import Nothing, prose
from kpi.periods import Period
from kpi.queries.filters import Against
from kpi.queries.places import Place
from kpi.queries.told import Told

ChangeKind = Literal["percent", "points"]
Status = Literal["met", "near", "missed", "no_target"]
Reason = Literal["base_not_covered", "base_zero", "definition_changed", "period_incomplete", "length_differs",
                 "no_target"]  # fmt: skip


@dataclass(frozen=True)
class Named:
    """Hold an identifier with its two names."""

    id: str
    name_ar: str
    name_en: str

    def label(self, language: str) -> str:
        """Return the name in a language."""
        return prose(self.name_ar if language == "ar" else self.name_en, language)


@dataclass(frozen=True)
class Reported:
    """Count who reported in a period out of those expected: `silent` sent nothing, `partial` not all months or days."""

    reported: int
    expected: int
    silent: tuple[Named, ...]
    partial: tuple[Named, ...]

    @property
    def complete(self) -> bool:
        """Tell whether every expected entity reported every expected month, with all its days."""
        return not self.silent and not self.partial


@dataclass(frozen=True)
class Naming:
    """Count the entities whose transactions name one governorate, out of those that name any."""

    here: int
    anywhere: int


@dataclass(frozen=True)
class Contribution:
    """Hold what one service that entered or left adds to a change, in transactions, signed."""

    service: Named
    entity: Named
    change: int


@dataclass(frozen=True)
class SilentService:
    """Name a service that no longer reports while its entity does, since when, and what it adds to a change."""

    service: Named
    entity: Named
    since: date
    change: int


@dataclass(frozen=True)
class EntityGap:
    """Hold what the services of one entity that entered or left add to a change, in transactions, signed."""

    entity: Named
    services: int
    change: int


@dataclass(frozen=True)
class Change:
    """Compare a value with that of another period, or with its target.

    `raw` is in percent of the base value, or in points where the KPI itself is a percentage. `against` is the kind of
    base: for a target, `base_value` is the target and `base` the period itself; for a stock, `base_as_of` is the month
    that the base was counted in. `like_for_like`, in percent or points as `raw`, is that of the months in which a
    service reported in both periods; it is given where one of them has others, with the services and the entities that
    entered or left most, and those that fell silent. `reason` says why there is no `raw`; it is a key below
    `comparison.reason` in the messages.
    """

    base: Period
    base_value: float | None
    raw: float | None
    kind: ChangeKind
    like_for_like: float | None = None
    entered: tuple[Contribution, ...] = ()
    left: tuple[Contribution, ...] = ()
    entered_total: int = 0
    left_total: int = 0
    entered_services: int = 0
    left_services: int = 0
    entered_by_entity: tuple[EntityGap, ...] = ()
    left_by_entity: tuple[EntityGap, ...] = ()
    silent_entities: tuple[Named, ...] = ()
    silent_services: tuple[SilentService, ...] = ()
    reason: Reason | None = None
    against: Against = "year"
    base_as_of: date | None = None
    base_told: Told | None = None

    @property
    def is_fair(self) -> bool:
        """Tell whether both periods have the same services in the same months."""
        differs = self.entered_services or self.left_services or self.silent_services or self.silent_entities
        return self.like_for_like is None and not differs


@dataclass(frozen=True)
class Point:
    """Hold one point of a series; `partial` when an expected entity is missing in it, value None when not provided."""

    month: date
    value: float | None
    numerator: int | None
    denominator: int | None
    partial: bool


@dataclass(frozen=True)
class Headline:
    """Answer what a KPI is in a period: value, target, change on the base, coverage and recent points.

    `as_of` is the month a stock was last counted in the period, None for a flow; `target_by` the day until which the
    target holds. `overlapping` are those whose figures may not be added to others', where that hides a total. Within a
    governorate `reported` is None: that every entity reported says nothing of it; `naming` does. `told` is how much
    of the period a flow has.
    """

    kpi: Kpi
    period: Period
    value: float | None
    numerator: int | None
    denominator: int | None
    target: float | None
    status: Status
    change: Change | None
    reported: Reported | None
    sparkline: tuple[Point, ...]
    nothing: Nothing | None
    as_of: date | None = None
    months_per_point: int = 1
    target_by: date | None = None
    naming: Naming | None = None
    overlapping: tuple[Named, ...] = ()
    told: Told | None = None


@dataclass(frozen=True)
class Break:
    """Mark the month from which another version of the definition holds."""

    month: date
    note_ar: str
    note_en: str

    def note(self, language: str) -> str:
        """Say in a language what changed."""
        return prose(self.note_ar if language == "ar" else self.note_en, language)


@dataclass(frozen=True)
class CoverageBreak:
    """Mark the month from which large entities send their data, or no longer do: a step that nobody's work made."""

    month: date
    began: tuple[Named, ...]
    stopped: tuple[Named, ...]


@dataclass(frozen=True)
class Series:
    """Hold a KPI over time; `base_points[i]` stands as far into the base as `points[i]` into the period.

    `base_points` is empty when not asked for and when the comparison is with a target; `target` is given only then,
    where a single point can be held against it.
    """

    kpi: Kpi
    months_per_point: int
    points: tuple[Point, ...]
    breaks: tuple[Break, ...]
    base_points: tuple[Point, ...] = ()
    nothing: Nothing | None = None
    coverage_breaks: tuple[CoverageBreak, ...] = ()
    target: float | None = None


@dataclass(frozen=True)
class RankedEntity:
    """Hold one entity's part: share of the total for counts, change in percent, or in points for percentages."""

    entity: Named
    value: float | None
    numerator: int | None
    denominator: int | None
    share_pct: float | None
    change_pct: float | None
    reported_months: int
    expected_months: int
    change_points: float | None = None
    place: Place | None = None


@dataclass(frozen=True)
class Ranking:
    """Hold the entities from best to worst; those without a value come last.

    The changes of the rows are on `base`, or on each entity's own target where `against` says so and `base` is None.
    `as_of` is the month a stock was last counted in the period, None for a flow.
    """

    kpi: Kpi
    rows: tuple[RankedEntity, ...]
    period: Period
    nothing: Nothing | None = None
    against: Against = "year"
    base: Period | None = None
    as_of: date | None = None


@dataclass(frozen=True)
class Freshness:
    """Describe the build in service: what it covers, how it may be read and whether its rows are synthetic."""

    build_id: str
    built_at: datetime
    workspace_name_ar: str
    workspace_name_en: str
    programme_ar: str | None
    programme_en: str | None
    synthetic: bool
    synthetic_note_ar: str | None
    synthetic_note_en: str | None
    week_first_day: str
    weekend: str
    first_month: date | None
    last_month: date | None
    default_from_month: date | None
    default_to_month: date | None
    reporting_months: int
    rows_accepted: int
    rows_rejected: int
    source_files: int

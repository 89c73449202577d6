"""Gather everything that the documents of one month say: read once, shared by all scopes and both languages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import get_args

from kpi.errors import ReportError
from kpi.periods import Period
from kpi.queries.assessments import IndicatorScore, entity_levels, readiness_scores
from kpi.queries.changes_of_hands import ChangeOfHands, changes_of_hands
from kpi.queries.claims import Claim, claims
from kpi.queries.entity_months import CoverageMap, coverage_map
from kpi.queries.filters import Filters
from kpi.queries.freshness import freshness
from kpi.queries.governorate_values import GovernorateMap
from kpi.queries.governorates import governorate_map
from kpi.queries.held import HeldItem, held_items
from kpi.queries.letterhead import Letterhead, letterhead
from kpi.queries.points import By
from kpi.queries.projects import Projects, projects
from kpi.queries.ranking import ranking
from kpi.queries.results import Named, Ranking
from kpi.queries.snapshot_book import Book, read_book
from kpi.queries.snapshot_details import LevelCount, Services, excellence_levels, services_by_group
from kpi.queries.source_files import SourceFiles, source_files
from kpi.report.scope import Kind, Scope
from kpi.warehouse.connect import Warehouse

TOPIC = "digital_transactions"


@dataclass(frozen=True)
class Content:
    """Hold the answers behind the documents of one month, from one build.

    `rankings` holds the entities in the whole (key None) and in each governorate; `services` the largest services of
    each entity and governorate.
    """

    month: date
    book: Book
    claims: tuple[Claim, ...]
    coverage: CoverageMap | None
    places: GovernorateMap
    rankings: Mapping[str | None, Ranking]
    projects: Projects
    services: Mapping[str, Mapping[str, Services]]
    readiness: Mapping[str, tuple[IndicatorScore, ...]]
    levels: tuple[LevelCount, ...]
    entity_levels: Mapping[str, Named]
    sources: SourceFiles
    letterhead: Letterhead
    held: tuple[HeldItem, ...] = ()
    hands: tuple[ChangeOfHands, ...] = ()

    @property
    def period(self) -> Period:
        """Return the period of the snapshot: January to its month."""
        return self.book.period


def read_content(warehouse: Warehouse, month: date, scopes: Iterable[Scope], earlier: Period | None = None) -> Content:
    """Read what the documents of some scopes need; raise `ReportError` for a month that the build does not cover.

    `earlier` is the period of the snapshot before, where one was issued.
    """
    check_month(warehouse, month)
    wanted = tuple(scopes)
    kinds = {scope.kind for scope in wanted}
    groups = {kind: [scope.group for scope in wanted if scope.kind == kind] for kind in get_args(Kind)}
    read: tuple[By, ...] = ("programme", *(kind for kind in ("entity", "governorate") if kind in kinds))
    book = read_book(warehouse, month, read, groups["entity"], earlier)
    filters = Filters(book.period)
    inside = {
        one: ranking(warehouse, kpi_id=TOPIC, filters=Filters(book.period, governorate_id=one))
        for one in groups["governorate"]
    }
    return Content(
        month=month,
        book=book,
        claims=claims(warehouse),
        coverage=coverage_map(warehouse, filters=filters),
        places=governorate_map(warehouse, kpi_id=TOPIC, filters=filters),
        rankings={None: ranking(warehouse, kpi_id=TOPIC, filters=filters), **inside},
        projects=projects(warehouse, filters=filters),
        services={by: services_by_group(warehouse, book.period, by) for by in ("entity", "governorate") if by in kinds},
        readiness=readiness_scores(warehouse, book.month.end) if "entity" in kinds else {},
        levels=excellence_levels(warehouse, book.period),
        entity_levels=entity_levels(warehouse, book.month.end),
        sources=source_files(warehouse),
        letterhead=letterhead(warehouse),
        held=held_items(warehouse),
        hands=changes_of_hands(warehouse, filters=filters),
    )


def check_month(warehouse: Warehouse, month: date) -> None:
    """Raise `ReportError` when the build holds nothing of a month: before its first, or after its last."""
    build = freshness(warehouse)
    if build.first_month is None or build.last_month is None:
        raise ReportError("report_no_months", build=build.build_id)
    if not build.first_month <= month <= build.last_month:
        facts = {"month": f"{month:%Y-%m}", "first": f"{build.first_month:%Y-%m}", "last": f"{build.last_month:%Y-%m}"}
        raise ReportError("report_month_not_covered", **facts)

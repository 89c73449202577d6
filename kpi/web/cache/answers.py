"""Cached answers on indicators, entities, governorates, transactions and the quality of the data."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from kpi.errors import SettingsError
from kpi.held import Held, held_publication
from kpi.queries.changes_of_hands import ChangeOfHands, changes_of_hands
from kpi.queries.definitions import shown
from kpi.queries.entity import EntityProfile, entity_profile
from kpi.queries.entity_months import CoverageMap, coverage_map
from kpi.queries.filters import Filters
from kpi.queries.freshness import freshness
from kpi.queries.governorate import Scorecard, scorecard
from kpi.queries.governorate_values import GovernorateMap
from kpi.queries.governorates import governorate_map
from kpi.queries.governorates_overview import GovernoratesOverview, governorates_overview
from kpi.queries.headline import headlines
from kpi.queries.held import HeldItem, held_items
from kpi.queries.league import League, league
from kpi.queries.ledger import Check, Ledger, checks, ledger
from kpi.queries.movers import Movers, movers
from kpi.queries.options import FilterOptions, filter_options
from kpi.queries.previous_build import BuildComparison, compare_builds
from kpi.queries.ranking import ranking
from kpi.queries.readiness import Readiness, readiness
from kpi.queries.rejections import Rejections, rejected_parts, rejections
from kpi.queries.results import Freshness, Headline, Ranking, Series
from kpi.queries.series import series, several_series
from kpi.queries.transaction_days import Days, days
from kpi.queries.transactions import Split, SplitBy, split
from kpi.warehouse.connect import Warehouse
from kpi.web.cache.build import warehouse_of
from kpi.web.cache.store import Build, kept


@kept
def cached_freshness(build: Build) -> Freshness:
    """Return what the build covers."""
    return freshness(warehouse_of(build))


@kept
def cached_held(build: Build) -> tuple[HeldItem, ...]:
    """Return what the build leaves out until somebody decides, and what was released."""
    return held_items(warehouse_of(build))


def stopped_publication(build: Build) -> tuple[Held, ...]:
    """Return the publication that is held back now; asked anew each time, for it is no part of a build."""
    try:
        return held_publication(Path(build.workspace))
    except SettingsError:
        return ()  # a registry of decisions that nobody can trust is said by `kpi doctor`


@kept
def cached_options(build: Build) -> FilterOptions:
    """Return what the filters offer."""
    return filter_options(warehouse_of(build))


@kept
def cached_readiness(build: Build, filters: Filters) -> Readiness:
    """Return the rounds of assessment, the bodies and the indicators."""
    return readiness(warehouse_of(build), filters=filters)


@kept
def cached_headlines(build: Build, kpi_ids: tuple[str, ...], filters: Filters) -> tuple[Headline, ...]:
    """Return the headlines of several KPIs, in the order asked."""
    return tuple(headlines(warehouse_of(build), kpi_ids=kpi_ids, filters=filters))


@kept
def cached_shown(build: Build, surface: str) -> tuple[str, ...]:
    """Return which KPIs stand on a surface, in their places."""
    return shown(warehouse_of(build), surface)


def headlines_of(
    build: Build, surface: str, filters: Filters, *said: str
) -> tuple[tuple[Headline, ...], Mapping[str, Headline]]:
    """Return the headlines that stand on a surface, and by id these and those that its sentences say."""
    placed = cached_shown(build, surface)
    asked = tuple(dict.fromkeys((*placed, *said)))
    known = {one.kpi.id: one for one in cached_headlines(build, asked, filters)}
    return tuple(known[kpi_id] for kpi_id in placed), known


@kept
def cached_series(build: Build, kpi_id: str, filters: Filters) -> Series:
    """Return a KPI over time."""
    return series(warehouse_of(build), kpi_id=kpi_id, filters=filters)


@kept
def cached_several_series(build: Build, kpi_ids: tuple[str, ...], filters: Filters) -> tuple[Series, ...]:
    """Return several KPIs over time, in the order asked."""
    return several_series(warehouse_of(build), kpi_ids=kpi_ids, filters=filters)


@kept
def cached_ranking(build: Build, kpi_id: str, filters: Filters) -> Ranking:
    """Return the entities in the order of a KPI."""
    return ranking(warehouse_of(build), kpi_id=kpi_id, filters=filters)


@kept
def cached_map(build: Build, kpi_id: str, filters: Filters) -> GovernorateMap:
    """Return a KPI by governorate."""
    return governorate_map(warehouse_of(build), kpi_id=kpi_id, filters=filters)


@kept
def cached_league(build: Build, filters: Filters) -> League:
    """Return every reporting entity with its standings."""
    return league(warehouse_of(build), filters=filters)


@kept
def cached_entity(build: Build, filters: Filters) -> EntityProfile | None:
    """Return what is on record about the entity of the filters; None without one."""
    if filters.entity_id is None:
        return None
    return entity_profile(
        warehouse_of(build), entity_id=filters.entity_id, period=filters.period, organisation=filters.organisation
    )


@kept
def cached_changes_of_hands(build: Build, filters: Filters) -> tuple[ChangeOfHands, ...]:
    """Return what changed hands within the period and its base."""
    return changes_of_hands(warehouse_of(build), filters=filters)


@kept
def cached_governorates(build: Build, kpi_id: str, filters: Filters) -> GovernoratesOverview:
    """Return the governorates side by side by a KPI."""
    return governorates_overview(warehouse_of(build), kpi_id=kpi_id, filters=filters)


@kept
def cached_scorecard(build: Build, filters: Filters) -> Scorecard:
    """Return what the governorate of the filters has beside its KPIs."""
    return scorecard(warehouse_of(build), filters=filters)


@kept
def cached_coverage(build: Build, filters: Filters) -> CoverageMap | None:
    """Return who sent which month."""
    return coverage_map(warehouse_of(build), filters=filters)


@kept
def cached_split(build: Build, by: SplitBy, filters: Filters) -> Split:
    """Return the transactions over time in parts."""
    return split(warehouse_of(build), by=by, filters=filters)


@kept
def cached_days(build: Build, filters: Filters) -> Days:
    """Return the transactions day by day."""
    return days(warehouse_of(build), filters=filters)


@kept
def cached_movers(build: Build, filters: Filters) -> Movers:
    """Return who and what moved the transactions."""
    return movers(warehouse_of(build), filters=filters)


@kept
def cached_rejections(build: Build) -> Rejections:
    """Return the rejected rows, counted and sampled."""
    return rejections(warehouse_of(build))


@kept
def cached_ledger(build: Build) -> Ledger:
    """Return the ledger of source files."""
    return ledger(warehouse_of(build))


@kept
def cached_checks(build: Build) -> tuple[Check, ...]:
    """Return the results of the checks."""
    return checks(warehouse_of(build))


@kept
def cached_comparison(build: Build) -> BuildComparison | None:
    """Return what changed since the build before; None for the first build."""
    current = warehouse_of(build)
    previous = Warehouse.open_previous(Path(build.workspace), current.build_id)
    try:
        return compare_builds(current, previous)
    finally:
        if previous is not None:
            previous.close()


def every_rejected_row(build: Build) -> Iterator[pl.DataFrame]:
    """Read every rejected row, part by part; too much to keep, so it is read anew for each download."""
    return rejected_parts(warehouse_of(build))

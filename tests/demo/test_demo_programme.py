from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest


@pytest.fixture(scope="module")
def updates(workspace: Path) -> pl.DataFrame:
    parts = []
    for file in sorted((workspace / "inbox" / "projects").iterdir()):
        frame = pl.read_excel(file) if file.suffix == ".xlsx" else pl.read_csv(file)
        parts.append(
            frame.with_columns(
                pl.col("reported_on").str.to_date(), pl.col("progress_pct", "planned_pct").cast(pl.Float64)
            )
        )
    return pl.concat(parts)


@pytest.fixture(scope="module")
def programme(updates: pl.DataFrame, workspace: Path) -> pl.DataFrame:
    ids = pl.read_csv(workspace / "reference" / "projects.csv").filter(pl.col("in_programme"))["project_id"]
    assert len(ids) == 36
    return updates.filter(pl.col("project_id").is_in(ids.implode()))


@pytest.fixture(scope="module")
def scores(workspace: Path) -> pl.DataFrame:
    files = sorted((workspace / "inbox" / "assessments").iterdir())
    entities = pl.read_csv(workspace / "reference" / "entities.csv")
    office = entities.select("entity_id", office=pl.col("kind") == "governorate_office")
    return pl.concat([pl.read_csv(file, try_parse_dates=True) for file in files]).join(office, on="entity_id")


@pytest.mark.parametrize(
    ("day", "percent"),
    [
        (date(2022, 9, 30), 26),
        (date(2023, 12, 31), 53),
        (date(2024, 11, 30), 73),
        (date(2025, 5, 31), 80),
        (date(2025, 12, 31), 94),
    ],
)
def test_the_mean_progress_of_the_36_projects_meets_the_published_performance(
    programme: pl.DataFrame, day: date, percent: int
) -> None:
    on_day = programme.filter(pl.col("reported_on") == day)
    assert len(on_day) == 36
    assert abs(on_day["progress_pct"].mean() - percent) < 0.2
    assert round(on_day["progress_pct"].mean()) == percent


@pytest.mark.parametrize("day", [date(2025, 10, 25), date(2025, 12, 31)])
def test_25_projects_are_complete_and_11_are_at_80_percent(programme: pl.DataFrame, day: date) -> None:
    on_day = programme.filter(pl.col("reported_on") == day).sort("project_id")
    assert on_day["progress_pct"].to_list() == [100.0] * 25 + [80.0] * 11


def test_progress_and_plan_never_fall(updates: pl.DataFrame) -> None:
    steps = updates.sort("project_id", "reported_on").select(
        pl.col("progress_pct", "planned_pct").diff().over("project_id").min()
    )
    assert steps.row(0) >= (0, 0)
    assert updates["progress_pct"].is_between(0, 100).all()


def test_every_project_of_the_registry_reports(updates: pl.DataFrame, workspace: Path) -> None:
    assert set(updates["project_id"]) == set(pl.read_csv(workspace / "reference" / "projects.csv")["project_id"])
    assert updates.select("project_id", "reported_on").is_unique().all()


@pytest.mark.parametrize(
    ("day", "office", "bodies", "percent"),
    [
        (date(2023, 12, 31), False, 38, 72),
        (date(2024, 11, 30), False, 38, 77),
        (date(2025, 5, 31), False, 38, 81),
        (date(2025, 12, 31), False, 38, 85),
        (date(2023, 12, 31), True, 11, 54),
        (date(2024, 11, 30), True, 11, 71),
        (date(2025, 12, 31), True, 11, 80),
    ],
)
def test_mean_scores_meet_the_published_readiness(
    scores: pl.DataFrame, day: date, office: bool, bodies: int, percent: int
) -> None:
    found = scores.filter((pl.col("assessed_on") == day) & (pl.col("office") == office))
    means = found.group_by("entity_id").agg(pl.col("score_pct").mean(), indicators=pl.len())
    assert len(means) == bodies
    assert means["indicators"].unique().to_list() == [25]
    assert means["score_pct"].mean() == pytest.approx(percent, abs=1e-9)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2024, 11, 30), {"advanced": 4, "green": 38, "yellow": 6, "red": 1}),
        (date(2025, 12, 31), {"advanced": 13, "green": 36}),
    ],
)
def test_levels_meet_the_published_counts(
    scores: pl.DataFrame, workspace: Path, day: date, expected: dict[str, int]
) -> None:
    levels = pl.read_csv(workspace / "reference" / "levels.csv").sort("score_from_pct", descending=True)
    means = scores.filter(pl.col("assessed_on") == day).group_by("entity_id").agg(pl.col("score_pct").mean())
    assert Counter(
        next(level for level, bound in levels.select("level_id", "score_from_pct").iter_rows() if mean >= bound)
        for mean in means["score_pct"]
    ) == Counter(expected)


def test_digital_infrastructure_scored_86_percent_in_may_2025(scores: pl.DataFrame, workspace: Path) -> None:
    indicators = pl.read_csv(workspace / "reference" / "indicators.csv")
    [indicator] = indicators.filter(pl.col("name_en") == "Digital infrastructure")["indicator_id"]
    found = scores.filter((pl.col("assessed_on") == date(2025, 5, 31)) & (pl.col("indicator_id") == indicator))
    assert found["score_pct"].mean() == pytest.approx(86)


def test_scores_are_percentages_with_two_decimals_at_most(scores: pl.DataFrame) -> None:
    assert scores["score_pct"].is_between(0, 100).all()
    assert (scores["score_pct"] * 100).round(6).is_in((scores["score_pct"] * 100).round().implode()).all()

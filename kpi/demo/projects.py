"""Write the monthly updates of the programme's projects and of the governorates' own."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from kpi.demo import anchors
from kpi.demo.formats import write_workbook
from kpi.demo.reference import Reference
from kpi.demo.schedule import curve_at, month_end, months, stream

WORKBOOK_YEARS = (2024, 2025)
GOVERNORATE_LOG_FROM = date(2023, 1, 1)
DELAYED_BEHIND_PCT = 10.0
PLANNED_AHEAD = 0.05
GRID = np.linspace(0, 1, 4001)


@dataclass(frozen=True)
class ProjectCourse:
    """The way of one project: it starts and ends at a share of the programme's own time, and ends at `top_pct`."""

    start: float
    end: float
    top_pct: float

    def at(self, time: np.ndarray) -> np.ndarray:
        """Return progress in percent at shares of the programme's time, rising smoothly."""
        part = np.clip((time - self.start) / (self.end - self.start), 0, 1)
        return self.top_pct * part * part * (3 - 2 * part)


def project_paths() -> list[str]:
    """Return the path relative to the inbox of every file."""
    first, last = anchors.PROJECT_LOG_FROM.year, anchors.PROJECT_LOG_TO.year
    programme = [f"projects/programme-{year}.{_extension(year)}" for year in range(first, last + 1)]
    return programme + [f"projects/governorates-{year}.csv" for year in range(GOVERNORATE_LOG_FROM.year, last + 1)]


def write_projects(inbox: Path, reference: Reference, seed: int) -> int:
    """Write one file per year for the programme and one for the governorates; return the number of rows."""
    logs = {"programme": _programme(reference, seed), "governorates": _others(reference, seed)}
    written = 0
    for path in project_paths():
        sender, year = Path(path).stem.split("-")
        part = logs[sender].filter(pl.col("reported_on").dt.year() == int(year)).sort("reported_on", "project_id")
        (inbox / path).parent.mkdir(parents=True, exist_ok=True)
        if path.endswith(".xlsx"):
            write_workbook(inbox / path, part.with_columns(pl.col("reported_on").cast(pl.String)))
        else:
            part.write_csv(inbox / path, float_precision=2)
        written += len(part)
    return written


def reported_days() -> list[date]:
    """Return the day of each monthly update: the month's end, and in October 2025 the day of the published count."""
    finished = anchors.COMPLETION_DAY
    return [
        finished if (month.year, month.month) == (finished.year, finished.month) else month_end(month)
        for month in months(anchors.PROJECT_LOG_FROM, anchors.PROJECT_LOG_TO)
    ]


def _programme(reference: Reference, seed: int) -> pl.DataFrame:
    """Bend the programme's time so that the mean of all projects meets the published performance on every date."""
    rng = stream(seed, "projects")
    ids = sorted(project.project_id for project in reference.projects if project.in_programme)
    ends = np.linspace(0.70, 1.0, anchors.COMPLETED_PROJECTS)
    starts = np.concatenate([[0.0], rng.uniform(0.0, 0.3, len(ids) - 1)])
    ways = [
        ProjectCourse(float(start), float(end), 100.0)
        for start, end in zip(starts, rng.permutation(ends), strict=False)
    ] + [
        ProjectCourse(float(start), 1.0, anchors.UNFINISHED_PROGRESS_PCT)
        for start in starts[anchors.COMPLETED_PROJECTS :]
    ]
    mean = np.mean([way.at(GRID) for way in ways], axis=0)
    days = reported_days()
    time = np.interp([curve_at(anchors.PROGRAMME_PERFORMANCE, day) for day in days], mean, GRID)
    return pl.concat(
        [
            _updates(
                project_id,
                days,
                way.at(time),
                ProjectCourse(way.start, way.end, 100.0).at(np.minimum(time + PLANNED_AHEAD, 1)),
            )
            for project_id, way in zip(ids, ways, strict=True)
        ]
    )


def _others(reference: Reference, seed: int) -> pl.DataFrame:
    days = [day for day in reported_days() if day >= GOVERNORATE_LOG_FROM]
    time = np.linspace(0, 1, len(days))
    parts = [_updates("", days[:0], time[:0], time[:0])]
    for project in sorted(reference.projects, key=lambda project: project.project_id):
        if not project.in_programme:
            rng = stream(seed, "project", project.project_id)
            way = ProjectCourse(float(rng.uniform(-0.1, 0.3)), float(rng.uniform(0.7, 1.2)), 100.0)
            parts.append(_updates(project.project_id, days, way.at(time), way.at(time + PLANNED_AHEAD)))
    return pl.concat(parts)


def _updates(project_id: str, days: list[date], progress: np.ndarray, planned: np.ndarray) -> pl.DataFrame:
    frame = pl.DataFrame(
        {"reported_on": days, "progress_pct": np.round(progress, 2), "planned_pct": np.round(planned, 2)},
        schema_overrides={"reported_on": pl.Date},
    )
    done, behind = pl.col("progress_pct"), pl.col("planned_pct") - pl.col("progress_pct")
    status = pl.when(done == 100).then(pl.lit("completed")).when(behind > DELAYED_BEHIND_PCT).then(pl.lit("delayed"))
    status = status.when(done > 0).then(pl.lit("in_progress")).otherwise(pl.lit("planned"))
    return frame.select(pl.lit(project_id).alias("project_id"), pl.all(), status.alias("status"))


def _extension(year: int) -> str:
    return "xlsx" if year in WORKBOOK_YEARS else "csv"

"""Write the readiness scores: every measured body × indicator, four times."""

from pathlib import Path

import numpy as np
import polars as pl

from kpi.demo import anchors
from kpi.demo.reference import Reference, ReferenceBody
from kpi.demo.schedule import split_whole, stream

# Advanced, green, yellow, red: the range of a body's mean in percent, half a point inside the level's bounds.
LEVEL_RANGES = ((90.5, 95.0), (70.5, 89.5), (52.0, 69.0), (34.0, 48.0))
FULL = 10_000
INFRASTRUCTURE_AHEAD = 500


def assessment_paths() -> list[str]:
    """Return the path relative to the inbox of every file."""
    return [f"assessments/excellence-{name}.csv" for name in anchors.ASSESSED_ON]


def write_assessments(inbox: Path, reference: Reference, seed: int) -> int:
    """Write one file per assessment; return the number of rows."""
    written = 0
    for name, path in zip(anchors.ASSESSED_ON, assessment_paths(), strict=True):
        parts = [_scores(reference, group, name, seed) for group in (False, True) if _published(group, name)]
        frame = pl.concat(parts)
        (inbox / path).parent.mkdir(parents=True, exist_ok=True)
        frame.write_csv(inbox / path)
        written += len(frame)
    return written


def _published(governorates: bool, name: str) -> tuple[int, tuple[int, ...]] | None:
    return (anchors.GOVERNORATE_READINESS if governorates else anchors.ENTITY_READINESS).get(name)


def _scores(reference: Reference, governorates: bool, name: str, seed: int) -> pl.DataFrame:
    mean, levels = _published(governorates, name) or (0, ())
    bodies = [body for body in reference.bodies if body.is_governorate_office == governorates]
    rng = stream(seed, "assessment", name, governorates)
    means = dict(zip(_by_strength(bodies, name, seed), body_means(mean, levels, len(bodies)), strict=True))
    ordered = [means[body.entity_id] for body in bodies]
    leading = reference.indicators.index(reference.infrastructure_indicator)
    ahead = _infrastructure(rng, ordered, name)
    count = len(reference.indicators)
    rows = [_indicators(rng, seed, total, leading, score, count) for total, score in zip(ordered, ahead, strict=True)]
    grid = np.array(rows)
    return pl.DataFrame(
        {
            "entity_id": np.repeat([body.entity_id for body in bodies], grid.shape[1]),
            "indicator_id": list(reference.indicators) * len(bodies),
            "score_pct": grid.ravel(),
        }
    ).select(
        "entity_id",
        "indicator_id",
        pl.lit(anchors.ASSESSED_ON[name]).alias("assessed_on"),
        (pl.col("score_pct").cast(pl.Decimal(9, 2)) / 100).cast(pl.Decimal(5, 2)).alias("score_pct"),
    )


def _by_strength(bodies: list[ReferenceBody], name: str, seed: int) -> list[str]:
    """Return the bodies' ids, strongest first; a body keeps about its place from one assessment to the next."""
    lasting, passing = stream(seed, "strength"), stream(seed, "strength", name)
    strength = lasting.normal(0, 1, len(bodies)) + passing.normal(0, 0.25, len(bodies))
    return [bodies[index].entity_id for index in np.argsort(-strength, kind="stable")]


def body_means(mean: int, levels: tuple[int, ...], bodies: int) -> list[int]:
    """Return the bodies' means in hundredths of a percent, falling, with the mean and the level counts asked for.

    The largest level takes up what the others leave. Without as many bodies as the levels count, the levels are scaled.
    """
    counts = [*levels] if sum(levels) == bodies else split_whole(bodies, np.array(levels)).tolist()
    widest = int(np.argmax(counts))
    groups = [np.linspace(high, low, count) for (low, high), count in zip(LEVEL_RANGES, counts, strict=True)]
    others = sum(float(group.sum()) for place, group in enumerate(groups) if place != widest)
    centre = (mean * bodies - others) / counts[widest]
    low, high = LEVEL_RANGES[widest]
    reach = max(0.0, min(centre - low, high - centre))
    groups[widest] = np.linspace(centre + reach, centre - reach, counts[widest])
    cents = np.round(np.concatenate(groups) * 100).astype(np.int64)
    middle = sum(counts[:widest]) + counts[widest] // 2
    cents[middle] += mean * 100 * bodies - int(cents.sum())
    return cents.tolist()


def _infrastructure(rng: np.random.Generator, means: list[int], name: str) -> np.ndarray:
    """Score digital infrastructure ahead of the rest; in May 2025 its mean is the published one."""
    scores = np.clip(np.array(means) + INFRASTRUCTURE_AHEAD + rng.integers(-250, 251, len(means)), 0, FULL)
    if name == "2025-05":
        scores = _with_sum(scores, anchors.DIGITAL_INFRASTRUCTURE_MAY_2025 * 100 * len(means))
    return scores


def _indicators(rng: np.random.Generator, seed: int, mean: int, leading: int, ahead: int, count: int) -> np.ndarray:
    """Return one body's scores in hundredths whose mean is exactly `mean`, with the leading indicator given."""
    hardness = stream(seed, "indicators").integers(-600, 601, count)
    scores = np.clip(mean + hardness + rng.integers(-400, 401, count), 0, FULL)
    others = np.delete(scores, leading)
    return np.insert(_with_sum(others, mean * count - int(ahead)), leading, ahead)


def _with_sum(values: np.ndarray, total: int) -> np.ndarray:
    """Move values evenly, within 0 and 100 %, until they add up to the total."""
    values = values.astype(np.int64)
    while missing := total - int(values.sum()):
        room = FULL - values if missing > 0 else values
        movable = np.flatnonzero(room > 0)
        step = split_whole(abs(missing), np.ones(len(movable)))
        values[movable] += np.sign(missing) * np.minimum(step, room[movable])
    return values

"""Write the life of the services: registered, digitised, simplified, retired."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from kpi.demo import anchors
from kpi.demo.catalogue import ServiceCatalogue
from kpi.demo.schedule import split_whole, stream

YEARS = range(2021, 2026)
SENDERS = ("directory", "digitisation", "simplification")
PHASE_1_YEAR = 2023
DOCUMENTS_KEPT, VISITS_KEPT = 0.55, 0.32


def event_paths() -> list[str]:
    """Return the path relative to the inbox of every file."""
    return [f"services/{sender}-{year}.csv" for year in YEARS for sender in SENDERS]


def write_events(inbox: Path, catalogue: ServiceCatalogue, seed: int) -> int:
    """Write one file per sender and year; return the number of rows."""
    frame = catalogue.frame
    directory = pl.concat([_events(frame, "registered", "registered_on"), _events(frame, "retired", "retired_on")])
    simplified = _events(frame, "simplified", "simplified_on", "programme").join(
        _measures(frame, seed), on="service_id", how="left", maintain_order="left"
    )
    by_sender = {
        "directory": directory,
        "digitisation": _events(frame, "digitised", "digitised_on"),
        "simplification": simplified,
    }
    written = 0
    for path in event_paths():
        sender, year = Path(path).stem.split("-")
        part = by_sender[sender].filter(pl.col("event_on").dt.year() == int(year))
        (inbox / path).parent.mkdir(parents=True, exist_ok=True)
        part.sort("event_on", "event", "service_id").write_csv(inbox / path)
        written += len(part)
    return written


def _events(frame: pl.DataFrame, event: str, day: str, *more: str) -> pl.DataFrame:
    happened = frame.filter(pl.col(day).is_not_null())
    return happened.select("service_id", pl.lit(event).alias("event"), pl.col(day).alias("event_on"), *more)


def _measures(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Measure the services of the first laboratory phase; the totals after have the published relation to before."""
    rng = stream(seed, "measures")
    first, last = date(PHASE_1_YEAR, 1, 1), date(PHASE_1_YEAR, 12, 31)
    measured = frame.filter((pl.col("programme") == "manjam") & pl.col("simplified_on").is_between(first, last))
    count = len(measured)
    before = {
        "steps": rng.integers(6, 19, count),
        "documents": rng.integers(3, 10, count),
        "visits": rng.integers(1, 5, count),
        "minutes": rng.integers(8, 200, count) * 60,
    }
    kept = {
        "steps": anchors.STEPS_KEPT,
        "documents": DOCUMENTS_KEPT,
        "visits": VISITS_KEPT,
        "minutes": anchors.MINUTES_KEPT,
    }
    columns: dict[str, np.ndarray] = {}
    for measure, values in before.items():
        uneven = values * rng.uniform(0.7, 1.3, count)
        columns[f"{measure}_before"] = values
        columns[f"{measure}_after"] = split_whole(round(int(values.sum()) * kept[measure]), uneven)
    return measured.select("service_id").with_columns(**{name: pl.Series(values) for name, values in columns.items()})

"""Write 2021–2024 as bodies that only kept monthly counts would: weighted rows, one file per body and year."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from kpi.demo import anchors, names
from kpi.demo.schedule import curve_at, months, split_whole, stream
from kpi.demo.senders import Sender
from kpi.demo.volumes import OFFICE_SHARE

SEASON = np.array([1.00, 0.96, 0.93, 0.95, 1.04, 1.02, 1.00, 0.97, 1.06, 1.08, 1.05, 0.98])
GROWTH_PER_MONTH = 1.022
ENDED = {"rejected": 0.025, "abandoned": 0.040}
BEFORE_DIGITAL = 0.8
CALL_CENTRE_PART = 0.12


def history_paths(senders: tuple[Sender, ...]) -> list[tuple[int, Sender, str]]:
    """Return year, sender and path relative to the inbox of every file, for years in which the body reports."""
    return [
        (year, sender, f"transactions/{year}/{sender.entity_id}-{year}.{_extension(sender)}")
        for year in (*anchors.DIGITAL_BY_YEAR, 2024)
        for sender in senders
        if any(sender.reports_in(month) for month in months(date(year, 1, 1), date(year, 12, 1)))
    ]


def write_history(
    inbox: Path, senders: tuple[Sender, ...], mixes: dict[str, pl.DataFrame], seed: int, scale: float
) -> int:
    """Write every aggregate file; return the number of rows."""
    services = _services(senders, mixes, seed)
    totals = monthly_digital(scale)
    rows = pl.concat([_month(services, senders, month, total, seed) for month, total in totals.items()])
    parts = _by_file(rows)
    for year, sender, path in history_paths(senders):
        file = inbox / path
        file.parent.mkdir(parents=True, exist_ok=True)
        part = parts[sender.entity_id, year]
        if file.suffix == ".parquet":
            part.write_parquet(file, compression="zstd")
        else:
            part.write_csv(file)
    return len(rows)


def monthly_digital(scale: float) -> dict[date, int]:
    """Return completed digital transactions per month of 2021–2024; Jan–Nov 2024 adds up to the published total."""
    spans = [(date(year, 1, 1), date(year, 12, 1), total) for year, total in anchors.DIGITAL_BY_YEAR.items()]
    rest = round(anchors.DIGITAL_2024_JAN_TO_NOV * scale) - round(anchors.DIGITAL_2024_JAN_TO_MAY * scale)
    totals: dict[date, int] = {}
    for first, last, total in [*spans, (date(2024, 1, 1), date(2024, 5, 1), anchors.DIGITAL_2024_JAN_TO_MAY)]:
        totals |= _spread(first, last, round(total * scale))
    totals |= _spread(date(2024, 6, 1), date(2024, 11, 1), rest)
    return totals | {date(2024, 12, 1): round(anchors.DIGITAL_2024_DEC * scale)}


def _spread(first: date, last: date, total: int) -> dict[date, int]:
    span = list(months(first, last))
    shape = np.array([SEASON[month.month - 1] for month in span]) * GROWTH_PER_MONTH ** np.arange(len(span))
    return dict(zip(span, split_whole(total, shape).tolist(), strict=True))


def _extension(sender: Sender) -> str:
    return "parquet" if sender.format == "parquet" else "csv"


def _services(senders: tuple[Sender, ...], mixes: dict[str, pl.DataFrame], seed: int) -> pl.DataFrame:
    """Return all transacting services of all bodies with their weight in the national total."""
    offices = {
        sender.entity_id: anchors.GOVERNORATE_DIGITAL_2025.get(sender.body.governorate_id or "", 1000) * OFFICE_SHARE
        for sender in senders
        if sender.body.is_governorate_office
    }
    others = sum(names.weight(sender.body) for sender in senders if sender.entity_id not in offices)
    rest = anchors.DIGITAL_2025 - sum(offices.values())
    parts = []
    for sender in senders:
        rng = stream(seed, "history", sender.entity_id)
        mix = mixes[sender.entity_id]
        volume = offices.get(sender.entity_id, names.weight(sender.body) / others * rest)
        drift = np.exp(rng.normal(0, 0.14, len(mix)))
        parts.append(
            mix.with_columns(
                entity_id=pl.lit(sender.entity_id),
                governorate_id=pl.lit(sender.body.governorate_id, pl.String),
                weight=volume * pl.col("share") * pl.Series(drift),
                app_share=pl.lit(float(rng.uniform(0.3, 0.6))),
                rank=pl.int_range(pl.len()),
            )
        )
    return pl.concat(parts)


def _month(services: pl.DataFrame, senders: tuple[Sender, ...], month: date, total: int, seed: int) -> pl.DataFrame:
    """Return the weighted rows of all bodies in one month."""
    rng = stream(seed, "history", month)
    reporting = [sender.entity_id for sender in senders if sender.reports_in(month)]
    first, last = pl.col("first_month").fill_null(month), pl.col("last_month").fill_null(month)
    active = services.filter(pl.col("entity_id").is_in(reporting) & (first <= month) & (last >= month)).with_columns(
        is_digital=pl.col("digitised_on").is_null() | (pl.col("digitised_on") < month.replace(day=28)),
    )
    take_up = curve_at(anchors.TAKE_UP_BEFORE_2025, month)
    weight, is_digital = active["weight"].to_numpy(), active["is_digital"].to_numpy()
    weight = weight * np.exp(rng.normal(0, 0.06, len(weight)))
    digital = split_whole(total, weight * is_digital, at_least=_first_of_each(active, is_digital))
    expected = weight * total / (weight * is_digital).sum()
    beside_digital = digital * (1 - take_up) / take_up * np.exp(rng.normal(0, 0.1, len(weight)))
    outside = np.where(is_digital, beside_digital, expected * BEFORE_DIGITAL)
    app = np.round(digital * active["app_share"].to_numpy()).astype(np.int64)
    by_phone = np.where(active["rank"].to_numpy() % 3 == 0, outside * CALL_CENTRE_PART, 0)
    often = active["rank"].to_numpy() < 10
    kinds = [("app", "completed", app), ("web", "completed", digital - app)]
    kinds += [("counter", "completed", np.round(outside - by_phone)), ("call_centre", "completed", np.round(by_phone))]
    kinds += [("web", outcome, np.round(digital * share * often * 1.3)) for outcome, share in ENDED.items()]
    return pl.concat([_rows(active, month, *kind) for kind in kinds]).filter(pl.col("transactions") > 0)


def _first_of_each(active: pl.DataFrame, is_digital: np.ndarray) -> np.ndarray:
    """Return 1 for the first digital service of every body, so that a body that reports is never empty."""
    first = active.select(first=pl.col("is_digital").cum_sum().over("entity_id") == 1)["first"]
    return (first.to_numpy() & is_digital).astype(np.int64)


def _rows(active: pl.DataFrame, month: date, channel: str, outcome: str, counts: np.ndarray) -> pl.DataFrame:
    return active.select(
        submitted_at=pl.lit(month),
        entity_id="entity_id",
        service_id="service_id",
        governorate_id="governorate_id",
        channel=pl.lit(channel),
        outcome=pl.lit(outcome),
        transactions=pl.Series(counts.astype(np.int64)),
    )


def _by_file(rows: pl.DataFrame) -> dict[tuple[str, int], pl.DataFrame]:
    dated = rows.with_columns(year=pl.col("submitted_at").dt.year())
    parts = dated.partition_by("entity_id", "year", as_dict=True, maintain_order=True, include_key=True)
    return {(str(entity), int(year)): part.drop("year") for (entity, year), part in parts.items()}

"""Say which services of a body have transactions in a month, and what is typical for each."""

from datetime import date
from decimal import Decimal

import numpy as np
import polars as pl

from kpi.demo.catalogue import ServiceCatalogue
from kpi.demo.schedule import stream
from kpi.demo.transactions import ServiceMix

FEES_OMR = tuple(Decimal(fee) for fee in ("0.000", "0.500", "1.000", "3.000", "5.000", "10.000", "20.000", "50.000"))
FEE_WEIGHTS = (0.42, 0.08, 0.14, 0.12, 0.1, 0.08, 0.04, 0.02)
TYPICAL_MINUTES = 230


def service_mixes(catalogue: ServiceCatalogue, seed: int) -> dict[str, pl.DataFrame]:
    """Return per body its transacting services with share, months, median minutes and fee."""
    chosen = catalogue.frame.filter(pl.col("transacts"))
    bodies = chosen["entity_id"].unique(maintain_order=True)
    return {entity: _typical(chosen.filter(pl.col("entity_id") == entity), entity, seed) for entity in bodies}


def _typical(services: pl.DataFrame, entity_id: str, seed: int) -> pl.DataFrame:
    rng = stream(seed, "mix", entity_id)
    pace = TYPICAL_MINUTES * np.exp(rng.normal(0, 0.35))
    kept = services.select("service_id", "share", "first_month", "last_month", "digitised_on", "beneficiary")
    return kept.with_columns(
        median_minutes=pl.Series(pace * np.exp(rng.normal(0, 0.9, len(services)))),
        fee=pl.Series(rng.choice(len(FEES_OMR), len(services), p=FEE_WEIGHTS)),
    )


def mix_in(services: pl.DataFrame, month: date) -> ServiceMix:
    """Return the services of a body that are open in a month, with shares that add up to 1."""
    is_open = (pl.col("first_month").fill_null(month) <= month) & (pl.col("last_month").fill_null(month) >= month)
    active = services.filter(is_open).with_columns(pl.col("share") / pl.col("share").sum())
    return ServiceMix(
        service_ids=tuple(active["service_id"]),
        shares=tuple(active["share"]),
        median_minutes=tuple(active["median_minutes"]),
        fees_omr=tuple(FEES_OMR[index] for index in active["fee"]),
        beneficiary=str(active["beneficiary"].mode().sort()[0]),
    )

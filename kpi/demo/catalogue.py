"""Invent the catalogue of services: names, owners, scopes, and the dates of each service's life."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from kpi.demo import anchors, names
from kpi.demo.reference import Reference, ReferenceBody
from kpi.demo.schedule import new_per_month, split_whole, stream

SERVICES_PER_OFFICE = 42
TRANSACTING_PART, FEWEST_TRANSACTING, MOST_TRANSACTING = 0.28, 8, 32
PUBLIC_COLUMNS = (
    "service_id",
    "entity_id",
    "name_ar",
    "name_en",
    "journey_id",
    "governorate_id",
    "beneficiary",
    "priority_from",
    "digitisation_from",
    "platform_id",
    "source",
)
PLATFORM_OF_OFFICES, PLATFORM_OF = "injaz", {"gov-muscat": "muscat-municipal", "sjc": "tawtheeq"}
"""The shared systems that the invented services of a body run on: by governorate offices, and by single bodies."""


@dataclass(frozen=True)
class ServiceCatalogue:
    """All services, one row each, in the order of their owners.

    Beside `PUBLIC_COLUMNS` the frame has registered_on, retired_on, digitised_on, simplified_on, programme, transacts,
    share (unitless, of the owner's volume), first_month and last_month (of transactions; null = no limit).
    """

    frame: pl.DataFrame

    def write(self, path: Path) -> None:
        """Write the registry `services.csv`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.frame.select(PUBLIC_COLUMNS).write_csv(path)


def build_catalogue(reference: Reference, seed: int) -> ServiceCatalogue:
    """Invent every service of the bodies that report transactions."""
    rng = stream(seed, "catalogue")
    frame = _owned_services(reference, rng)
    frame = _with_transacting(frame, reference, rng)
    frame = _with_registration(frame, rng)
    frame = _with_digitisation(frame, rng)
    frame = _with_simplification(frame, rng)
    return ServiceCatalogue(_with_journeys(frame, reference))


def _owned_services(reference: Reference, rng: np.random.Generator) -> pl.DataFrame:
    places = {place.governorate_id: place for place in reference.governorates}
    rows: list[dict[str, object]] = []
    for body, count in _services_per_body(reference):
        place = places.get(body.governorate_id or "")
        named = names.service_names(body, count, *((place.name_ar, place.name_en) if place else ()))
        platform = PLATFORM_OF.get(body.entity_id, PLATFORM_OF_OFFICES if body.is_governorate_office else None)
        mostly = names.beneficiary(body)
        also = rng.choice(["citizen", "resident", "business", "government"], size=count, p=[0.4, 0.25, 0.3, 0.05])
        keep = rng.random(count) < 0.6
        rows += [
            {
                "service_id": f"{body.entity_id}-{rank + 1:03d}",
                "entity_id": body.entity_id,
                "name_ar": name.ar,
                "name_en": name.en,
                "governorate_id": place.governorate_id if place else None,
                "beneficiary": mostly if keep[rank] else str(also[rank]),
                "platform_id": platform,
                "source": "synthetic",
                "rank": rank,
            }
            for rank, name in enumerate(named)
        ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _services_per_body(reference: Reference) -> list[tuple[ReferenceBody, int]]:
    owners = [body for body in reference.bodies if body.reports]
    offices = [body for body in owners if body.is_governorate_office]
    others = [body for body in owners if not body.is_governorate_office]
    total = anchors.ACTIVE_SERVICES + anchors.RETIRED_EARLIER + anchors.REGISTERED_LATER
    weights = np.array([names.weight(body) ** 0.5 for body in others])
    counts = split_whole(total - SERVICES_PER_OFFICE * len(offices), weights)
    count_of = {body.entity_id: int(count) for body, count in zip(others, counts, strict=True)}
    return [(body, count_of.get(body.entity_id, SERVICES_PER_OFFICE)) for body in owners]


def _with_transacting(frame: pl.DataFrame, reference: Reference, rng: np.random.Generator) -> pl.DataFrame:
    """Choose the services that have transactions; some stop in 2024 and some start in 2025."""
    others = [body for body in reference.bodies if body.reports and not body.is_governorate_office]
    by_weight = sorted(others, key=lambda body: (-names.weight(body), body.entity_id))
    leaves = {body.entity_id: date(2024, 4 + 2 * (i % 4), 1) for i, body in enumerate(by_weight[1:36:3])}
    enters = {body.entity_id: date(2025, 1 + i % 3, 1) for i, body in enumerate(by_weight[0:36:3])}
    frame = frame.with_columns(
        transacts=pl.col("rank")
        < (pl.len().over("entity_id") * TRANSACTING_PART).round().clip(FEWEST_TRANSACTING, MOST_TRANSACTING),
        noise=pl.Series(np.exp(rng.normal(0, 0.35, len(frame)))),
    )
    last_rank = pl.col("rank").filter(pl.col("transacts")).max().over("entity_id")
    is_last = pl.col("transacts") & (pl.col("rank") == last_rank)
    owner = pl.col("entity_id")
    frame = frame.with_columns(
        last_month=pl.when(is_last).then(owner.replace_strict(leaves, default=None, return_dtype=pl.Date)),
        first_month=pl.when(is_last).then(owner.replace_strict(enters, default=None, return_dtype=pl.Date)),
    )
    turnover = pl.any_horizontal(pl.col("last_month", "first_month").is_not_null())
    weight = pl.col("noise") / (pl.col("rank") + 2).cast(pl.Float64) ** 0.9 * pl.when(turnover).then(2.5).otherwise(1.0)
    weight = pl.when("transacts").then(weight).otherwise(0.0)
    return frame.with_columns(share=weight / weight.sum().over("entity_id"), core=~turnover).drop("noise")


def _with_registration(frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Register most services at the baseline; `core` keeps those that were there all the time."""
    size = len(frame)
    registered = np.full(size, anchors.BASELINE_DAY, dtype="datetime64[D]")
    retired = np.full(size, None, dtype="datetime64[D]")
    core = frame["core"].to_numpy().copy()
    spare = rng.permutation(np.flatnonzero(~frame["transacts"].to_numpy()))
    leaving = frame["last_month"].to_numpy().astype("datetime64[D]")
    entering = frame["first_month"].to_numpy().astype("datetime64[D]")
    left, entered = ~np.isnat(leaving), ~np.isnat(entering)
    retired[left] = leaving[left] + np.timedelta64(27, "D")
    registered[entered] = entering[entered]
    later, spare = spare[: anchors.REGISTERED_LATER], spare[anchors.REGISTERED_LATER :]
    more_retired = anchors.RETIRED_EARLIER - int(left.sum())
    gone, spare = spare[:more_retired], spare[more_retired:]
    growing = spare[: size // 10]
    registered[later] = _days(rng, date(2025, 6, 1), date(2025, 12, 28), len(later))
    retired[gone] = _days(rng, date(2022, 1, 1), date(2024, 12, 28), len(gone))
    registered[growing] = _days(rng, date(2021, 2, 1), date(2025, 5, 28), len(growing))
    core[np.concatenate([later, gone, growing])] = False
    return frame.with_columns(
        registered_on=pl.Series(registered).cast(pl.Date),
        retired_on=pl.Series(retired).cast(pl.Date),
        core=pl.Series(core),
    )


def _with_digitisation(frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Put the scope on core services; those with transactions are digitised first."""
    core = frame["core"].to_numpy()
    transacts = frame["transacts"].to_numpy() & core
    luck, rank = rng.random(len(frame)), frame["rank"].to_numpy()
    turn = np.where(transacts, 0.35 * luck * np.sqrt(rank / MOST_TRANSACTING), 0.25 + 0.75 * luck)
    rest = rng.permutation(np.flatnonzero(core & ~transacts))
    scope = np.concatenate([np.flatnonzero(transacts), rest[: anchors.DIGITISATION_SCOPE - int(transacts.sum())]])
    in_turn = scope[np.argsort(turn[scope], kind="stable")]
    days = _event_days(rng, anchors.DIGITISED)
    digitised = np.full(len(frame), None, dtype="datetime64[D]")
    digitised[in_turn[: len(days)]] = days
    since = np.full(len(frame), None, dtype="datetime64[D]")
    since[scope] = anchors.BASELINE_DAY
    return frame.with_columns(
        digitisation_from=pl.Series(since).cast(pl.Date), digitised_on=pl.Series(digitised).cast(pl.Date)
    )


def _with_simplification(frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Target the digitisation scope first, simplify the first targets first, mark the laboratory ones."""
    core = np.flatnonzero(frame["core"].to_numpy())
    outside = frame["digitisation_from"].is_null().to_numpy()
    eager = core[np.argsort(outside[core] + rng.random(len(core)) * 1.2, kind="stable")]
    first = rng.permutation(eager[: anchors.PRIORITY_FIRST])
    added = eager[anchors.PRIORITY_FIRST : anchors.PRIORITY_FIRST + anchors.PRIORITY_ADDED]
    days = _event_days(rng, anchors.SIMPLIFIED)
    early = days[days < np.datetime64(anchors.PRIORITY_ADDED_ON)]
    late = np.concatenate([first[len(early) :], added])
    in_turn = np.concatenate([first[: len(early)], rng.permutation(late)])
    priority = np.full(len(frame), None, dtype="datetime64[D]")
    priority[first], priority[added] = anchors.BASELINE_DAY, anchors.PRIORITY_ADDED_ON
    simplified = np.full(len(frame), None, dtype="datetime64[D]")
    simplified[in_turn] = days
    programme = np.full(len(frame), None, dtype=object)
    programme[_laboratory(rng, simplified)] = "manjam"
    return frame.with_columns(
        priority_from=pl.Series(priority).cast(pl.Date),
        simplified_on=pl.Series(simplified).cast(pl.Date),
        programme=pl.Series(programme.tolist(), dtype=pl.String),
    )


def _laboratory(rng: np.random.Generator, simplified: np.ndarray) -> np.ndarray:
    def among(first: date, last: date, count: int) -> np.ndarray:
        found = np.flatnonzero((simplified >= np.datetime64(first)) & (simplified <= np.datetime64(last)))
        return rng.permutation(found)[:count]

    return np.concatenate(
        [
            among(date(2023, 1, 1), date(2023, 12, 31), anchors.MANJAM_PHASE_1),
            among(date(2024, 1, 1), date(2025, 5, 31), anchors.MANJAM - anchors.MANJAM_PHASE_1),
            among(date(2025, 6, 1), date(2025, 12, 31), anchors.MANJAM_AFTER),
        ]
    )


def _event_days(rng: np.random.Generator, curve: anchors.Curve) -> np.ndarray:
    """Return one sorted day per unit of the curve; what it holds at its start happened on the baseline day."""
    days = []
    for month, gained in new_per_month(curve, curve[-1][0]):
        if month < anchors.BASELINE_DAY:
            days += [anchors.BASELINE_DAY] * gained
        else:
            days += [month + timedelta(days=int(day)) for day in np.sort(rng.integers(0, 28, gained))]
    return np.array(days, dtype="datetime64[D]")


def _days(rng: np.random.Generator, first: date, last: date, count: int) -> np.ndarray:
    return np.datetime64(first) + rng.integers(0, (last - first).days + 1, count).astype("timedelta64[D]")


def _with_journeys(frame: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """Give the most used priority services of the larger owners to the first journeys, in turn."""
    journeys = sorted(reference.journeys)[: anchors.JOURNEYS_WITH_SERVICES]
    chosen = (
        frame.filter(pl.col("priority_from").is_not_null() & pl.col("transacts"))
        .sort("rank", "service_id")
        .head(anchors.JOURNEY_SERVICES)["service_id"]
    )
    journey_of = {service: journeys[i % len(journeys)] for i, service in enumerate(sorted(chosen.to_list()))}
    return frame.with_columns(
        journey_id=pl.col("service_id").replace_strict(journey_of, default=None, return_dtype=pl.String)
    )

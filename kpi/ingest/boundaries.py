"""Read the boundaries of the governorates from a GeoJSON file beside the registries; a workspace may have none."""

import json
from collections.abc import Collection, Iterator
from pathlib import Path

import polars as pl

from kpi.errors import SettingsError, SlipsError
from kpi.slips import Slip, nearest

BOUNDARY_FILE = "governorates.geojson"
_SCHEMA: dict[str, pl.DataType] = {
    "governorate_id": pl.String(),
    "ring": pl.Int64(),
    "is_hole": pl.Boolean(),
    "corner": pl.Int64(),
    "longitude": pl.Float64(),
    "latitude": pl.Float64(),
}

Row = tuple[str, int, bool, int, float, float]


def read_boundaries(workspace: Path, governorates: Collection[str]) -> pl.DataFrame:
    """Return one row per corner of every ring, in degrees; a missing file gives an empty frame.

    A feature is named by its `id`, or by `iso` among its properties: one of the governorates. Raises `SettingsError`
    when the file is no FeatureCollection, or with every feature that is no polygon of a governorate of its own.
    """
    rows, slips = _read(workspace, tuple(governorates))
    if slips:
        raise SlipsError("registries_slips", tuple(slips), folder=workspace / "reference")
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row").sort("governorate_id", "ring", "corner")


def boundary_slips(workspace: Path, governorates: Collection[str]) -> list[Slip]:
    """Return what is wrong with the features of the boundaries; raise `SettingsError` when there are none to read."""
    return _read(workspace, tuple(governorates))[1]


def _read(workspace: Path, known: tuple[str, ...]) -> tuple[list[Row], list[Slip]]:
    path = workspace / "reference" / BOUNDARY_FILE
    rows: list[Row] = []
    slips: list[Slip] = []
    if not path.exists():
        return rows, slips
    try:
        features = list(json.loads(path.read_text(encoding="utf-8"))["features"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError("boundaries_unreadable", file=path, feature=0) from error
    seen: dict[str, int] = {}
    for place, feature in enumerate(features, start=1):
        facts: dict[str, object] = {"file": BOUNDARY_FILE, "row": place, "column": "id"}
        try:
            governorate_id = str(feature.get("id") or feature["properties"]["iso"])
            rows += _corners(governorate_id, feature["geometry"])
        except (AttributeError, KeyError, TypeError, ValueError):
            slips.append(Slip("feature_no_polygon", facts))
            continue
        facts["value"] = governorate_id
        if governorate_id not in known:
            facts["registry"] = "governorates"
            slips.append(Slip("cell_not_registered", facts, nearest(governorate_id, known), known))
        elif (earlier := seen.setdefault(governorate_id, place)) != place:
            slips.append(Slip("row_twice", facts | {"earlier": earlier}))
    return rows, slips


def _corners(governorate_id: str, geometry: dict) -> Iterator[Row]:
    if geometry["type"] not in ("Polygon", "MultiPolygon"):
        raise ValueError(geometry["type"])
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    # The first ring of a polygon is its outer one; those after it are holes.
    rings = [(ring, place > 0) for polygon in polygons for place, ring in enumerate(polygon)]
    for number, (ring, is_hole) in enumerate(rings, start=1):
        for corner, (longitude, latitude, *_) in enumerate(ring, start=1):
            if not (abs(longitude) <= 180 and abs(latitude) <= 90):
                raise ValueError(corner)
            yield governorate_id, number, is_hole, corner, float(longitude), float(latitude)

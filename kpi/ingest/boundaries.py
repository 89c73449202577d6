"""Read the boundaries of the governorates from a GeoJSON file beside the registries; a workspace may have none."""

import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from kpi.errors import SettingsError

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


def read_boundaries(workspace: Path) -> pl.DataFrame:
    """Return one row per corner of every ring, in degrees; a missing file gives an empty frame.

    A feature is named by its `id`, or by `iso` among its properties. Raises `SettingsError` naming the file and the
    feature when the file is not a FeatureCollection of polygons.
    """
    path = workspace / "reference" / BOUNDARY_FILE
    if not path.exists():
        return pl.DataFrame(schema=_SCHEMA)
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError("boundaries_unreadable", file=path, feature=0) from error
    rows: list[Row] = []
    for place, feature in enumerate(features, start=1):
        try:
            rows += _corners(feature)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise SettingsError("boundaries_unreadable", file=path, feature=place) from error
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row").sort("governorate_id", "ring", "corner")


def _corners(feature: dict) -> Iterator[Row]:
    governorate_id = feature.get("id") or feature["properties"]["iso"]
    geometry = feature["geometry"]
    if geometry["type"] not in ("Polygon", "MultiPolygon"):
        raise ValueError(geometry["type"])
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    # The first ring of a polygon is its outer one; those after it are holes.
    rings = [(ring, place > 0) for polygon in polygons for place, ring in enumerate(polygon)]
    for number, (ring, is_hole) in enumerate(rings, start=1):
        for corner, (longitude, latitude, *_) in enumerate(ring, start=1):
            yield governorate_id, number, is_hole, corner, float(longitude), float(latitude)

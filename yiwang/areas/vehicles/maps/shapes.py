"""Polygons as they come from outside: read, checked, refused with a sentence. GeoJSON (RFC 7946), degrees, lon before lat."""

from __future__ import annotations

import json
import math
from typing import Any

import shapely
from shapely.geometry import Polygon, mapping
from shapely.geometry.polygon import orient

from yiwang.kit.refusal import Refusal

MOST = 2_000  # corners
#: Degrees; a fence that is wider is a slip of the hand, a province is not.
WIDEST = 12.0


def polygon_of(text: str) -> Polygon:
    """The polygon that a GeoJSON text describes. Refusals `fence.form`, `fence.open`, `fence.range`, `fence.crossing`, `fence.size`."""
    rings = _rings(text)
    for ring in rings:
        _check(ring)
    found = Polygon(rings[0], rings[1:])
    if not shapely.is_valid(found):
        raise Refusal("fence.crossing", "围栏的边线互相交叉或重叠,请把角点按顺序绕一圈画,不要交叉。")
    west, south, east, north = found.bounds
    if found.area <= 0 or max(east - west, north - south) > WIDEST:
        raise Refusal("fence.size", "围栏不能没有面积,也不能宽过 12 度,请核对角点的经纬度。")
    return orient(found)


def _rings(text: str) -> list[list[Any]]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    if isinstance(data, dict) and data.get("type") == "Feature":
        data = data.get("geometry")
    rings = data.get("coordinates") if isinstance(data, dict) and data.get("type") == "Polygon" else None
    if not isinstance(rings, list) or not rings or not all(isinstance(ring, list) for ring in rings):
        raise Refusal("fence.form", "围栏应是一个 GeoJSON 多边形(Polygon),请在地图上画,或粘贴导出的 GeoJSON。")
    if sum(map(len, rings)) > MOST:
        raise Refusal("fence.form", f"围栏的角点不能多于 {MOST} 个,请先简化。")
    return rings


def _check(ring: list[Any]) -> None:
    for number, place in enumerate(ring, start=1):
        if not (isinstance(place, list) and len(place) in (2, 3) and all(map(_figure, place))):
            raise Refusal("fence.form", f"第 {number} 个角点应是[经度, 纬度]两个数。")
        if not (-180 <= place[0] <= 180 and -90 <= place[1] <= 90):
            raise Refusal("fence.range", f"第 {number} 个角点的经纬度超出范围;经度写在前,纬度写在后。")
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise Refusal("fence.open", "围栏没有闭合:至少要三个角点,最后一点应与第一点相同。")


def _figure(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def text_of(polygon: Polygon) -> str:
    """GeoJSON of a polygon, six decimals (a decimetre)."""
    rings = [[[round(lon, 6), round(lat, 6)] for lon, lat, *_ in ring] for ring in mapping(polygon)["coordinates"]]
    return json.dumps({"type": "Polygon", "coordinates": rings}, separators=(",", ":"))

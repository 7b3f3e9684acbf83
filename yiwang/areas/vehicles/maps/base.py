"""What the map is drawn on: blank paper with the roads there are, or tiles where an administrator has set them.

Tables hold WGS-84. 天地图 is in CGCS2000, which on a screen is the same; tiles of other Chinese makers are in GCJ-02, so
what is drawn over those is shifted on its way out, and what is drawn by hand is shifted back on its way in.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from yiwang.areas.vehicles.gateway import roads
from yiwang.core.orgs.models import Organ
from yiwang.kit.geo import gcj_to_wgs, wgs_to_gcj

NOTHING = '{"type":"FeatureCollection","features":[]}'
#: Ground and lettering of 天地图 in the spherical Mercator projection.
_TIANDITU = (
    "https://t0.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}&STYLE=default"
    "&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
)


def tiles() -> list[str]:
    """The addresses of tiles, lowest layer first; none: nothing is asked of any other machine."""
    if settings.MAP_TILES:
        return [settings.MAP_TILES]
    key = settings.TIANDITU_KEY
    return [_TIANDITU.format(layer=layer, key=key) for layer in ("vec", "cva")] if key else []


def hosts() -> list[str]:
    """Where the browser may ask for tiles; the headers of a page with a map name them and no other."""
    return sorted({f"{part.scheme}://{part.netloc}" for part in map(urlsplit, tiles())})


def shifted() -> bool:
    """Whether the tiles are in GCJ-02."""
    return bool(settings.MAP_TILES) and bool(settings.MAP_GCJ02)


def drawn(lons: Any, lats: Any) -> tuple[Any, Any]:
    """WGS-84 → where it is drawn; numbers or arrays."""
    return wgs_to_gcj(lons, lats) if shifted() else (lons, lats)


def measured(lons: Any, lats: Any) -> tuple[Any, Any]:
    """Where somebody clicked → WGS-84."""
    return gcj_to_wgs(lons, lats) if shifted() else (lons, lats)


def polygon_drawn(text: str) -> dict[str, Any]:
    """A kept polygon as it is drawn."""
    return _each(json.loads(text), drawn)


def polygon_measured(text: str) -> str:
    """A drawn polygon as it is kept; a text that is no polygon stays, `shapes` refuses it."""
    if not shifted():
        return text
    try:
        return json.dumps(_each(json.loads(text), measured))
    except (ValueError, KeyError, TypeError, RecursionError):
        return text


def _each(polygon: dict[str, Any], move: Any) -> dict[str, Any]:
    rings = [[list(move(lon, lat)) for lon, lat, *_ in ring] for ring in polygon["coordinates"]]
    return {"type": "Polygon", "coordinates": rings}


def road_map(organ: Organ | None, *, streets: bool) -> str:
    """GeoJSON of the roads: the file that is set, the made-up ones of the demo province (region 99…), or none."""
    if settings.MAP_ROADS:
        return _file(settings.MAP_ROADS)
    if organ is None or not organ.region_id.startswith("99"):
        return NOTHING
    return _demo(("street",) if streets else ("trunk", "road"))


@lru_cache(maxsize=2)
def _demo(kinds: Sequence[str]) -> str:
    return json.dumps(roads.geojson(kinds), separators=(",", ":"))


@lru_cache(maxsize=1)
def _file(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")

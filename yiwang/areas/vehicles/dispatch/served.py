"""Travel from a routing service over HTTP: OSRM, Valhalla or 天地图. Out of time or out of order, the great circle answers, with a note.

The address is a setting of whoever runs the service, never user input; only http and https are spoken, redirects are not followed,
answers are bounded in size and time. 天地图 has no table of all ways: it is asked way by way, so only for few places.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from yiwang.areas.vehicles.dispatch.travel import Detour, Place, Travel

MOST_BYTES = 64_000_000
#: Places asked for at once (sources × targets stays under what the services accept by default), and ways asked of 天地图.
BLOCK, MOST_WAYS = 50, 400
Kind = Literal["osrm", "valhalla", "tianditu"]


class _Unusable(Exception):
    """The service did not answer, or not what it should."""


class _Straight(urllib.request.HTTPRedirectHandler):
    """No redirects: the service is where the setting says."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Never."""
        return


@dataclass(frozen=True)
class Served:
    """A provider behind `url` (http or https, without query), `seconds` for one answer and `whole` for all. `key` for 天地图."""

    url: str
    kind: Kind = "osrm"
    seconds: float = 5.0
    whole: float = 30.0
    key: str = ""
    fallback: Detour = field(default_factory=Detour)

    def matrix(self, places: Sequence[Place]) -> Travel:
        """All ways between all places; by the fallback, with a note, if the service cannot say."""
        if urllib.parse.urlsplit(self.url).scheme not in ("http", "https"):
            return self._instead(places, "地址应以 http:// 或 https:// 开头")
        try:
            return self._ask(places)
        except _Unusable as fault:
            return self._instead(places, str(fault))

    def _instead(self, places: Sequence[Place], why: str) -> Travel:
        plain = self.fallback.matrix(places)
        return Travel(
            plain.metres, plain.seconds, (f"路径服务没有用上({why}),路程按直线距离乘 {self.fallback.factor} 估算。",)
        )

    def _ask(self, places: Sequence[Place]) -> Travel:
        size, until = len(places), time.monotonic() + self.whole
        metres: Any = np.zeros((size, size), dtype=np.int32)
        seconds: Any = np.zeros((size, size), dtype=np.int32)
        estimate, holes = None, 0
        for rows in _blocks(size, 1 if self.kind == "tianditu" else BLOCK):
            for columns in _blocks(size, 1 if self.kind == "tianditu" else BLOCK):
                if self.kind == "tianditu" and (rows == columns or size * size > MOST_WAYS):
                    if size * size > MOST_WAYS:
                        raise _Unusable(f"天地图逐条查询,{size} 个地点太多")
                    continue
                if time.monotonic() > until:
                    raise _Unusable("超过总时限")
                for row, column, way, drive in self._block(places, rows, columns):
                    if way is None or drive is None:
                        estimate = estimate or self.fallback.matrix(places)
                        way, drive, holes = estimate.metres[row, column], estimate.seconds[row, column], holes + 1
                    metres[row, column], seconds[row, column] = round(way), round(drive)
        np.fill_diagonal(metres, 0)
        np.fill_diagonal(seconds, 0)
        note = (f"路径服务有 {holes} 段没有答案,按直线距离估算。",) if holes else ()
        return Travel(metres, seconds, note)

    def _block(
        self, places: Sequence[Place], rows: range, columns: range
    ) -> list[tuple[int, int, float | None, float | None]]:
        if self.kind == "osrm":
            return self._osrm(places, rows, columns)
        if self.kind == "valhalla":
            return self._valhalla(places, rows, columns)
        return self._tianditu(places, rows[0], columns[0])

    def _osrm(
        self, places: Sequence[Place], rows: range, columns: range
    ) -> list[tuple[int, int, float | None, float | None]]:
        """OSRM table service (project-osrm.org/docs: /table/v1/driving/…?annotations=duration,distance)."""
        asked = [*rows, *columns]
        spots = ";".join(f"{places[one][0]:.6f},{places[one][1]:.6f}" for one in asked)
        sources = ";".join(str(one) for one in range(len(rows)))
        targets = ";".join(str(one) for one in range(len(rows), len(asked)))
        query = f"annotations=duration,distance&sources={sources}&destinations={targets}"
        told = self._json(f"{self.url.rstrip('/')}/table/v1/driving/{spots}?{query}")
        if told.get("code") != "Ok":
            raise _Unusable(f"服务答复 {str(told.get('code'))[:30]}")
        return _cells(told.get("distances"), told.get("durations"), rows, columns)

    def _valhalla(
        self, places: Sequence[Place], rows: range, columns: range
    ) -> list[tuple[int, int, float | None, float | None]]:
        """Valhalla sources_to_targets (valhalla.github.io/valhalla/api/matrix): kilometres and seconds."""
        body = {
            "sources": [{"lon": places[one][0], "lat": places[one][1]} for one in rows],
            "targets": [{"lon": places[one][0], "lat": places[one][1]} for one in columns],
            "costing": "auto",
            "units": "kilometers",
        }
        told = self._json(f"{self.url.rstrip('/')}/sources_to_targets", body)
        table = told.get("sources_to_targets")
        try:
            far = [
                [None if cell.get("distance") is None else cell["distance"] * 1000 for cell in line]
                for line in table or []
            ]
            long = [[cell.get("time") for cell in line] for line in table or []]
        except (AttributeError, TypeError):
            raise _Unusable("答复的格式不对") from None
        return _cells(far, long, rows, columns)

    def _tianditu(
        self, places: Sequence[Place], row: int, column: int
    ) -> list[tuple[int, int, float | None, float | None]]:
        """天地图 driving (lbs.tianditu.gov.cn/server/drive.html): XML with `distance` in kilometres and `duration` in seconds."""
        one, two = places[row], places[column]
        asked = {"orig": f"{one[0]:.6f},{one[1]:.6f}", "dest": f"{two[0]:.6f},{two[1]:.6f}", "style": "0"}
        query = urllib.parse.urlencode({"postStr": json.dumps(asked), "type": "search", "tk": self.key})
        text = self._text(f"{self.url.rstrip('/')}/drive?{query}")
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise _Unusable("答复的格式不对")
        try:
            root = ET.fromstring(text)  # noqa: S314 (entities refused above)
            far, long = root.findtext("distance"), root.findtext("duration")
            return [(row, column, float(far) * 1000 if far else None, float(long) if long else None)]
        except (ET.ParseError, ValueError):
            raise _Unusable("答复的格式不对") from None

    def _json(self, url: str, body: Any = None) -> dict[str, Any]:
        try:
            told = json.loads(self._text(url, body))
        except ValueError:
            raise _Unusable("答复不是 JSON") from None
        if not isinstance(told, dict):
            raise _Unusable("答复的格式不对")
        return told

    def _text(self, url: str, body: Any = None) -> bytes:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"})  # noqa: S310 (scheme checked)
        try:
            with urllib.request.build_opener(_Straight, urllib.request.ProxyHandler({})).open(
                request, timeout=self.seconds
            ) as answer:
                text: bytes = answer.read(MOST_BYTES + 1)
        except urllib.error.HTTPError as fault:
            fault.close()
            raise _Unusable(f"服务答复 HTTP {fault.code}") from None
        except (OSError, ValueError) as fault:
            timeout = isinstance(fault, TimeoutError) or "timed out" in str(fault)
            raise _Unusable("服务超时" if timeout else "服务连不上") from None
        if len(text) > MOST_BYTES:
            raise _Unusable("答复太大")
        return text


def _blocks(size: int, step: int) -> list[range]:
    return [range(begin, min(size, begin + step)) for begin in range(0, size, step)]


def _cells(far: Any, long: Any, rows: range, columns: range) -> list[tuple[int, int, float | None, float | None]]:
    """Two tables as cells; unusable unless both have the asked shape and hold numbers that can be."""
    try:
        found = [
            (row, column, _number(far[i][j]), _number(long[i][j]))
            for i, row in enumerate(rows)
            for j, column in enumerate(columns)
        ]
    except (IndexError, TypeError, KeyError):
        raise _Unusable("答复的格式不对") from None
    return found


def _number(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e8:
        raise _Unusable("答复里有不可能的数")
    return float(value)

"""Travel: the great circle, calibration by one's own tracks, and routing services that answer, answer wrongly or not at all."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.areas.vehicles.dispatch import Detour, Driven, Served, calibrate, great_circle
from yiwang.areas.vehicles.dispatch.travel import line

KUNMING, DALI = (102.712, 25.040), (100.225, 25.589)
PLACES = [KUNMING, DALI, (102.9, 25.1)]


def test_the_great_circle_is_known() -> None:
    """Kunming to Dali is 257 km as the crow flies."""
    assert line(KUNMING, DALI) == pytest.approx(257_400, rel=0.005)
    travel = great_circle([KUNMING, DALI], detour=1.3, kmh=60, extra=0)
    assert travel.metres[0, 1] == pytest.approx(1.3 * 257_400, rel=0.005)
    assert travel.seconds[0, 1] == pytest.approx(1.3 * 257_400 / 60 * 3.6, rel=0.005)
    assert travel.metres[0, 0] == travel.seconds[1, 1] == 0


@settings(max_examples=20, deadline=None)
@given(st.floats(1.05, 2.5), st.floats(15, 90), st.integers(25, 60))
def test_calibration_finds_what_was_driven(factor: float, kmh: float, number: int) -> None:
    pairs = []
    for place in range(number):
        end = (KUNMING[0] + 0.02 + place * 0.005, KUNMING[1] + 0.01)
        metres = line(KUNMING, end) * factor
        pairs.append(Driven(KUNMING, end, metres, metres / (kmh / 3.6) + 60))
    pairs += [
        Driven(KUNMING, KUNMING, 30_000, 3_000),
        Driven(KUNMING, DALI, 1_000, 60),
        Driven(KUNMING, DALI, 400_000, 10**6),
    ]
    found = calibrate(pairs)
    assert found.factor == pytest.approx(factor, abs=0.01)
    assert found.kmh == pytest.approx(kmh, rel=0.02)


def test_too_few_tracks_leave_the_default() -> None:
    assert calibrate([Driven(KUNMING, DALI, 400_000, 20_000)] * 19) == Detour()


class _Service(BaseHTTPRequestHandler):
    """A service on the loopback; what it does is set by the test."""

    mood = "good"
    asked: list[str] = []

    def log_message(self, *args: Any) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        self._answer("")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def _answer(self, body: str) -> None:
        _Service.asked.append(self.path)
        if self.mood == "slow":
            time.sleep(0.4)
        if self.mood == "moved":
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            return
        text = {
            "broken": b"<html>",
            "list": b"[]",
            "short": b'{"code": "Ok", "distances": [[1]], "durations": [[1]]}',
        }.get(self.mood)
        text = text if text is not None else self._good(body)
        self.send_response(500 if self.mood == "down" else 200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        with suppress(OSError):  # who asked may have gone
            self.wfile.write(text)

    def _good(self, body: str) -> bytes:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        if "/table/" in parts.path:
            rows, columns = (len(query[name][0].split(";")) for name in ("sources", "destinations"))
            far = [[1000.4 * (i + j + 1) for j in range(columns)] for i in range(rows)]
            if self.mood == "hole":
                far[0][1] = None  # type: ignore[call-overload]
            if self.mood == "mad":
                far[0][1] = -5.0
            return json.dumps({"code": "Ok", "distances": far, "durations": [[60.0] * columns] * rows}).encode()
        if "sources_to_targets" in parts.path:
            told = json.loads(body)
            line = [{"distance": 1.5, "time": 90} for _ in told["targets"]]
            return json.dumps({"sources_to_targets": [line for _ in told["sources"]]}).encode()
        bomb = b'<!DOCTYPE r [<!ENTITY a "b">]>' if self.mood == "bomb" else b""
        return bomb + b"<result><distance>12.5</distance><duration>1500.0</duration></result>"


@pytest.fixture
def service() -> Iterator[str]:
    _Service.mood, _Service.asked = "good", []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Service)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_osrm_answers(service: str) -> None:
    travel = Served(service, "osrm").matrix(PLACES)
    assert travel.notes == ()
    assert travel.metres.tolist() == [[0, 2001, 3001], [2001, 0, 4002], [3001, 4002, 0]]
    assert travel.seconds[0, 1] == 60
    assert "102.712000,25.040000" in _Service.asked[0]


def test_valhalla_and_tianditu_answer(service: str) -> None:
    assert Served(service, "valhalla").matrix(PLACES).metres[2, 1] == 1500
    travel = Served(service, "tianditu", key="k").matrix(PLACES)
    assert (travel.metres[0, 1], travel.seconds[1, 0]) == (12_500, 1_500)
    assert "tk=k" in _Service.asked[-1]


def test_a_way_without_an_answer_is_estimated(service: str) -> None:
    _Service.mood = "hole"
    travel = Served(service, "osrm").matrix(PLACES)
    assert "1 段没有答案" in travel.notes[0]
    assert travel.metres[0, 1] == Detour().matrix(PLACES).metres[0, 1]


@pytest.mark.parametrize(
    ("mood", "kind", "why"),
    [
        ("down", "osrm", "HTTP 500"),
        ("broken", "osrm", "不是 JSON"),
        ("list", "valhalla", "格式不对"),
        ("short", "osrm", "格式不对"),
        ("mad", "osrm", "不可能的数"),
        ("moved", "osrm", "HTTP 302"),
        ("bomb", "tianditu", "格式不对"),
        ("slow", "osrm", "超时"),
    ],
)
def test_a_bad_service_costs_nothing_but_precision(service: str, mood: str, kind: Any, why: str) -> None:
    _Service.mood = mood
    travel = Served(service, kind, seconds=0.1).matrix(PLACES)
    assert why in travel.notes[0]
    assert travel.metres.tolist() == Detour().matrix(PLACES).metres.tolist()
    assert "/elsewhere" not in _Service.asked


def test_nobody_there_and_no_web_address() -> None:
    assert "连不上" in Served("http://127.0.0.1:9").matrix(PLACES).notes[0]
    assert "http://" in Served("file:///etc/passwd").matrix(PLACES).notes[0]
    assert "太多" in Served("http://127.0.0.1:9", "tianditu").matrix([KUNMING] * 30).notes[0]

"""Terminals talk to a gateway: a process of its own, TCP, a database of its own."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from yiwang.areas.vehicles.gateway import bodies, simulate, wire
from yiwang.areas.vehicles.gateway.location import write, write_batch
from yiwang.areas.vehicles.gateway.tests.drill import PATIENCE, Server, Terminal, fix, locked, phone_of
from yiwang.kit.refusal import Refusal

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
DAY = 86_400


def now() -> int:
    return int(time.time())


def terminal(server: Server, number: int, *, version: int = 0) -> Terminal:
    """The n-th terminal, logged in."""
    one = Terminal(server.port, phone_of(number), version=version)
    assert one.log_in(f"c{number}") == bodies.OK
    return one


def vehicle(server: Server, number: int) -> int:
    return int(server.rows(f"SELECT vehicle_id FROM vehicles_terminal WHERE phone = '{phone_of(number)}'")[0][0])


def points(server: Server, number: int) -> int:
    return int(server.rows(f"SELECT count(*) FROM vehicles_point WHERE vehicle = {vehicle(server, number)}")[0][0])


@pytest.mark.parametrize(("number", "version"), [(0, 0), (1, 1)])
def test_the_life_of_a_terminal(server: Server, number: int, version: int) -> None:
    """Registers, logs in with its code, beats, reports, signs off; then its code is worth nothing."""
    one = Terminal(server.port, phone_of(number), version=version)
    assert one.ask(bodies.HEARTBEAT) == bodies.FAILED  # who are you?
    result, code = one.register(f"DEV{number}", f"示T·{number:05}")
    assert result == bodies.DONE
    assert one.log_in("guess") == bodies.FAILED
    assert one.log_in(code) == bodies.OK
    assert one.ask(bodies.HEARTBEAT) == bodies.OK
    assert one.report(fix(now() - 1), fix(now())) == [bodies.OK, bodies.OK]
    assert points(server, number) == 2
    found = server.rows(
        f"SELECT longitude, latitude, speed, mileage, fuel, direction FROM vehicles_point WHERE vehicle = {vehicle(server, number)}"
    )
    assert found[0] == (102.7123, 25.0468, 36.0, 12345.6, 40.0, 90)
    server.until(f"SELECT count(*) FROM vehicles_liveposition WHERE vehicle_id = {vehicle(server, number)}", 1)
    assert one.ask(bodies.LOGOUT) == bodies.OK
    assert Terminal(server.port, one.phone, version=version).log_in(code) == bodies.FAILED


def test_nobody_rides_on_the_log_in_of_another(server: Server) -> None:
    """In one segment: a log-in, and a position under another number."""
    one = Terminal(server.port, phone_of(12))
    login = one.frame(bodies.AUTHENTICATE, bodies.write_credential(bodies.Credential("c12")))
    one.send(
        login,
        one.frame(bodies.LOCATION, write(fix(now())), phone_of(13)),
        one.frame(bodies.LOCATION, write(fix(now()))),
    )
    assert [reply.result for reply in one.replies(3)] == [bodies.OK, bodies.FAILED, bodies.OK]
    assert (points(server, 12), points(server, 13)) == (1, 0)


def test_another_device_under_the_number_is_refused_and_recorded(server: Server) -> None:
    first = Terminal(server.port, phone_of(2))
    assert first.register("GOOD")[0] == bodies.DONE
    for device, plate, result in (("THIEF", "", bodies.TERMINAL_TAKEN), ("GOOD", "示T·99999", bodies.NO_VEHICLE)):
        assert Terminal(server.port, phone_of(2)).register(device, plate) == (result, "")
    assert Terminal(server.port, "13999999999").register("X")[0] == bodies.NO_TERMINAL
    server.until(f"SELECT count(*) FROM rights_alarm WHERE kind = 'terminal' AND subject LIKE '{phone_of(2)}%'", 2)
    assert server.rows("SELECT count(*) FROM ledger_entry WHERE act = 'rights.alarm.raise'")[0][0] >= 2


def test_a_number_that_changes_on_the_way_is_refused(server: Server) -> None:
    one = terminal(server, 3)
    assert one.ask(bodies.LOCATION, write(fix(now())), phone=phone_of(4)) == bodies.FAILED
    assert (points(server, 3), points(server, 4)) == (0, 0)
    server.until(f"SELECT count(*) FROM rights_alarm WHERE subject LIKE '{phone_of(4)} 连接中途换了终端号%'", 1)
    assert one.report(fix(now())) == [bodies.OK]


def test_a_second_connection_ends_the_first(server: Server) -> None:
    one, other = terminal(server, 5), terminal(server, 5)
    with pytest.raises(EOFError):
        one.answer()
    assert other.report(fix(now())) == [bodies.OK]


def test_back_fill_lands_on_its_day_and_nothing_is_there_twice(server: Server) -> None:
    """In pieces too long for a frame, sent twice; a torn one is refused as a whole."""
    one, then = terminal(server, 6), now() - 3 * DAY
    body = write_batch([fix(then + n) for n in range(60)], backfill=True)
    for _ in range(2):
        frames = wire.parts(bodies.BATCH, one.phone, 100, body)
        one.send(*reversed(frames))
        assert [(r.message, r.result) for r in one.replies(len(frames))] == [(bodies.BATCH, bodies.OK)] * len(frames)
    assert points(server, 6) == 60
    assert one.ask(bodies.BATCH, body[:200]) == bodies.WRONG
    day = time.strftime("%Y-%m-%d", time.gmtime(then + 8 * 3600))
    assert server.rows(f"SELECT count(*) FROM vehicles_pointday WHERE day = '{day}'") == [(1,)]


def test_what_cannot_be_true_is_kept_apart(server: Server) -> None:
    """Each is answered like any other, else the terminal would send it for ever."""
    one, at = terminal(server, 7), now() - 600
    bad = {
        "nofix": fix(at + 1, status=0), "zero": fix(at + 2, latitude=0, longitude=0), "globe": fix(at + 3, latitude=90_000_001),
        "future": fix(at + DAY), "old": fix(at - 400 * DAY), "speed": fix(at + 4, speed=3001), "time": fix(at)._replace(at=None),
        "jump": fix(at + 5, latitude=26_000_000),
    }  # fmt: skip
    assert set(one.report(fix(at), *bad.values(), fix(at + 6))) == {bodies.OK}
    assert points(server, 7) == 2
    found = server.rows(f"SELECT reason FROM vehicles_suspectpoint WHERE vehicle = {vehicle(server, 7)} ORDER BY id")
    assert [reason for (reason,) in found] == list(bad)


def test_the_simulator_drives_a_list_of_trips(server: Server, tmp_path: Path) -> None:
    """Registers, reports, fills back what it kept while offline; the spoofed places are not believed."""
    path, begin = tmp_path / "trips.yaml", now() - 20_000
    trip = f"""
- car: 示T00014
  phone: "{phone_of(14)}"
  from: [102.7123, 25.0468]
  to: [102.7350, 25.0600]
  start: {time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(begin + 8 * 3600))}
  mishaps: [{{kind: offline, start: 60, end: 120}}, {{kind: spoofed, start: 150, end: 170}}]
"""
    path.write_text(trip, encoding="utf-8")
    trips = simulate.read_trips(path)
    reports = simulate.points(trips)[phone_of(14)]
    tally = asyncio.run(simulate.run(trips, "127.0.0.1", server.port))
    assert (tally.sent, tally.accepted, tally.refused) == (len(reports), len(reports), [])
    spoofed = server.rows(f"SELECT count(*) FROM vehicles_suspectpoint WHERE vehicle = {vehicle(server, 14)}")[0][0]
    assert 1 <= spoofed <= 2
    assert points(server, 14) == len(reports) - spoofed
    path.write_text(trip.replace(phone_of(14), "13988888888"), encoding="utf-8")
    assert "先登记" in asyncio.run(simulate.run(simulate.read_trips(path), "127.0.0.1", server.port)).refused[0]


@pytest.mark.parametrize(
    "text",
    ["", "- 1", "[]", "- {car: x}", "- {car: x, phone: 1, from: [1], to: [2, 3], start: 2026-01-01}", "{a: [", "x: 1"],
)
def test_a_list_of_trips_that_is_none(text: str, tmp_path: Path) -> None:
    path = tmp_path / "trips.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        simulate.read_trips(path)
    assert refused.value.code == "simulate.trips"


def test_unknown_messages_are_answered_and_kept(server: Server) -> None:
    one = terminal(server, 8)
    assert one.ask(0x0F01, b"what is this") == bodies.UNSUPPORTED
    found = server.rows("SELECT message, body FROM vehicles_keptmessage")
    assert [(message, bytes(body)) for message, body in found] == [(0x0F01, b"what is this")]


def test_bad_frames_are_answered_and_noise_is_shown_the_door(server: Server) -> None:
    """One in ten is borne for ever; nothing but noise is not."""
    one = terminal(server, 9)
    start = now() - 1000
    for number in range(100):
        good = [one.frame(bodies.LOCATION, write(fix(start + number * 10 + n))) for n in range(9)]
        broken = bytearray(one.frame(bodies.HEARTBEAT))
        broken[-2] ^= 0x80
        one.send(*good, bytes(broken))
        assert sorted(r.result for r in one.replies(10)) == [bodies.OK] * 9 + [bodies.WRONG]
    assert points(server, 9) == 900
    noise = Terminal(server.port, phone_of(10))
    noise.send(b"\x7e garbage that is long enough \x7e" * 30)
    with pytest.raises(EOFError):
        noise.answer()
    endless = Terminal(server.port, phone_of(10))
    with pytest.raises((EOFError, ConnectionError)):
        _endless(endless)


def _endless(one: Terminal) -> None:
    """A frame without an end."""
    for _ in range(400):
        one.send(b"\x55" * 65_536)
    one.answer()


def test_what_the_platform_asks_comes_and_goes(server: Server) -> None:
    """A text for the driver, the parameters, the place: sent when the terminal is there, its answer noted."""
    one = terminal(server, 11, version=1)
    key = server.rows(f"SELECT id FROM vehicles_terminal WHERE phone = '{phone_of(11)}'")[0][0]
    for kind, text in (("TEXT", "请到北门接人"), ("PARAMETERS", ""), ("LOCATION", "")):
        _execute(
            server,
            "INSERT INTO vehicles_terminalcommand (terminal_id, kind, text, state, created_at, answer)"
            f" VALUES ({key}, '{kind}', '{text}', 'WAITING', CURRENT_TIMESTAMP, '')",
        )
    asked = {header.message: (header, body) for header, body in (one.answer() for _ in range(3))}
    header, body = asked[bodies.TEXT]
    assert bodies.read_text(body, 1)[1] == "请到北门接人"
    one.send(one.frame(bodies.TERMINAL_REPLY, bodies.write_reply(bodies.Reply(header.sequence, header.message, 0))))
    asked_at = asked[bodies.ASK_PARAMETERS][0].sequence
    assert one.ask(bodies.PARAMETERS, bodies.write_parameters(asked_at, [(1, b"\x00\x00\x00\x1e")])) == bodies.OK
    place = asked[bodies.ASK_LOCATION][0].sequence.to_bytes(2, "big") + write(fix(now()))
    assert one.ask(bodies.LOCATION_ANSWER, place) == bodies.OK
    server.until("SELECT count(*) FROM vehicles_terminalcommand WHERE state = 'DONE'", 3)
    assert server.rows("SELECT answer FROM vehicles_terminalcommand WHERE kind = 'PARAMETERS'") == [
        ("0x0001=0000001e",)
    ]
    one.send(one.frame(bodies.ASK_TIME))
    header, body = one.answer()
    assert (header.message, body.hex()[:4]) == (bodies.TIME, time.strftime("%y%m", time.gmtime()))


def _execute(server: Server, sql: str) -> None:
    if server.database.startswith("sqlite"):
        server.rows(sql)
    else:
        server.rows(sql + " RETURNING id")


@pytest.mark.parametrize("after_commit", [True, False], ids=["after-commit", "control"])
def test_a_kill_loses_nothing_that_was_answered(after_commit: bool, start: Callable[..., Server]) -> None:
    """SIGKILL while positions are streaming in. The control answers at once and must lose some."""
    given = {"YIWANG_GATEWAY_AFTER_COMMIT": str(int(after_commit)), "YIWANG_GATEWAY_LINGER_MS": "20"}
    server = start(4, **given)
    answered: set[tuple[int, int]] = set()
    since = now() - 2000
    threads = [threading.Thread(target=_stream, args=(server, number, since, answered)) for number in range(4)]
    for thread in threads:
        thread.start()
    while len(answered) < 300:
        time.sleep(0.005)
    server.kill()
    for thread in threads:
        thread.join()
    seconds = (
        "extract(epoch FROM at)::bigint"
        if server.database.startswith("postgres")
        else "CAST(strftime('%s', at) AS int)"
    )
    sql = f"SELECT phone, {seconds} FROM vehicles_point JOIN vehicles_terminal ON vehicle = vehicle_id"
    stored = {(int(phone[4:]), at) for phone, at in server.rows(sql)}
    lost = answered - stored
    assert bool(lost) is not after_commit
    assert len(answered) >= 300


def _stream(server: Server, number: int, start: int, answered: set[tuple[int, int]]) -> None:
    """Positions, five under way at a time; notes what was answered until the line is dead."""
    one = terminal(server, number)
    sent: dict[int, int] = {}
    try:
        for at in range(start, start + 1990):
            one.send(one.frame(bodies.LOCATION, write(fix(at))))
            sent[one.sequence] = at
            if len(sent) >= 5:
                (reply,) = one.replies(1)
                assert reply.result == bodies.OK
                answered.add((number, sent.pop(reply.sequence)))
    except (OSError, EOFError):
        pass


def test_a_slow_database_holds_the_terminals_back(start: Callable[..., Server]) -> None:
    """While nobody can write, what waits is bounded; afterwards all of it is there and answered."""
    server = start(2, YIWANG_GATEWAY_WAITING="200")
    one, since = terminal(server, 0), now() - 40_000
    frames = [one.frame(bodies.LOCATION, write(fix(since + n))) for n in range(6000)]
    sender = threading.Thread(target=one.send, args=frames)
    with locked(server.database):
        sender.start()
        sender.join(1.0)
        one.socket.settimeout(0.2)
        with pytest.raises(TimeoutError):
            one.answer()  # nothing is answered that is not safe
    one.socket.settimeout(PATIENCE)
    assert {one.result for one in one.replies(6000)} == {bodies.OK}
    sender.join()
    assert points(server, 0) == 6000
    assert server.stop() == 0
    assert server.rows("SELECT sum(count) FROM vehicles_gatewaycount WHERE kind = 'held'")[0][0] >= 1

"""The codec: frames known from elsewhere, laws, and bytes that mean nothing."""

from __future__ import annotations

import subprocess
import sys
from functools import reduce
from operator import xor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.areas.vehicles.gateway import bodies, describe, location, wire
from yiwang.kit.refusal import Refusal

#: Frames that other implementations of the standard use in their own tests, and what is in them.
KNOWN: dict[str, dict[str, Any]] = {
    "7E02000026123456789012007D02000000010000000200BA7F0E07E4F11C0028003C00001810151010100104000000640202007D01137E": {
        "message_id": "0x0200", "phone": "123456789012", "sequence": 126, "version": 2013, "latitude": 12.222222,
        "longitude": 132.444444, "altitude": 40, "speed": 6.0, "direction": 0, "time": "2018-10-15T10:10:10+08:00",
        "alarm": 1, "alarms": ["紧急报警"], "status": 2, "extras": {"mileage_km": 10.0, "fuel_litres": 12.5},
    },
    "7e0200402601000000000139123443290000000000"
    "6f0000001601dc9a0707456246007b004200032501292233440202006401040000000c417e": {
        "message_id": "0x0200", "phone": "13912344329", "version": 2019, "latitude": -31.234567, "speed": 6.6,
        "longitude": 121.987654, "altitude": 123, "direction": 3, "time": "2025-01-29T22:33:44+08:00",
        "extras": {"mileage_km": 1.2, "fuel_litres": 10.0},
    },
    "7e0200407c0100000000017299841738ffff000004000000080006eeb6ad02633df70138000300632007071923590104"
    "0000000b02020016030200210402002c051e373737000000000000000000000000000000000000000000000000000000"
    "1105420000004212064d0000004d4d1307000000580058582504000000632a02000a2b040000001430011e310128637e": {
        "sequence": 65535, "direction": 99, "speed": 0.3,
        "extras": {
            "mileage_km": 1.1, "fuel_litres": 2.2, "recorder_speed_kmh": 3.3, "alarm_event": 44,
            "tyre_pressures": [55, 55, 55, *[0] * 27], "overspeed": {"place": 66, "area": 66},
            "crossing": {"place": 77, "area": 77, "direction": 77},
            "road_time": {"road": 88, "seconds": 88, "result": 88}, "vehicle_signals": 99, "io": 10,
            "analog": [20, 0], "signal_strength": 30, "satellites": 40,
        },
    },
    "7E010040560100000000013912344329007B000B000269643938373635343332317479706530303132333435363738313233"
    "34353637383837363534333231494430303030313233343536373831323334353637383837363534333231"
    "01B8CA4A2D313233343539257E": {
        "message_id": "0x0100", "phone": "13912344329", "sequence": 123, "province": 11, "city": 2,
        "maker": "id987654321", "model": "type00123456781234567887654321", "colour": 1, "plate": "甘J-123459",
    },
    "7e0100002c0123456789010000001f007363640000007777772e3830382e636f6d0000000000000000003736353433323101"
    "b2e24131323334cc7e": {"maker": "cd", "model": "www.808.com", "device": "7654321", "plate": "测A1234"},
    "7e010000200123456789010000001f007363640000007777772e3830382e3736353433323101b2e24131323334a17e": {
        "model": "www.808.", "device": "7654321", "plate": "测A1234",  # of 2011
    },
    "7e0102000b01234567890100003137323939383431373338b57e": {"phone": "12345678901", "code": "17299841738"},
    "7e0102402f010000000001729984173800000b3137323939383431373338313233343536373839303132333435332e372e3135"
    "0000000000000000000000000000227e": {"code": "17299841738", "imei": "123456789012345", "software": "3.7.15"},
    "7e000200000123456789017fff0a7e": {"message_id": "0x0002", "sequence": 32767},
    "7e000100050123456789017fff007b01c803bd7e": {"reply_to": 123, "reply_message_id": "0x01c8", "result": 3},
    "7e8100000e01234567890100000000003132333435363738393031377e": {"reply_to": 0, "result": 0, "code": "12345678901"},
    "7E0801200500123456789002DE001A00022808000102537E": {"part": 2, "parts": 26, "body": "2808000102"},
}  # fmt: skip
BATCHES = (
    (
        "7e0704403f01000000000139123443290000000200001c000000010000000101d907f2073d336c029a00210059241029213903"
        "001c000000010000000101d907f3073d336d03090043005a241029213903f87e"
    ),
)


@pytest.mark.parametrize("frame", KNOWN)
def test_frames_of_others(frame: str) -> None:
    found = describe.describe(describe.from_hex(frame))
    assert {key: found[key] for key in KNOWN[frame]} == KNOWN[frame]


def test_a_batch_of_others() -> None:
    found = describe.describe(describe.from_hex(BATCHES[0]))
    assert found["backfill"] is False
    assert [one["latitude"] for one in found["locations"]] == [31.000562, 31.000563]
    assert [one["altitude"] for one in found["locations"]] == [666, 777]


def test_the_example_of_the_standard_for_escapes() -> None:
    """JT/T 808-2013 4.4.1: 30 7E 08 7D 55 is sent as 7E 30 7D 02 08 7D 01 55 7E."""
    assert wire.escape(bytes.fromhex("307e087d55")) == bytes.fromhex("307d02087d0155")


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=3000))
def test_check_and_escapes_are_laws(raw: bytes) -> None:
    assert wire.checksum(raw) == reduce(xor, raw, 0)
    sent = wire.escape(raw)
    assert wire.FLAG not in sent
    assert wire.unescape(sent) == raw


phones = st.from_regex(r"[1-9][0-9]{0,10}", fullmatch=True)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 0xFFFF), phones, st.integers(0, 0xFFFF), st.binary(max_size=1023), st.sampled_from((0, 1)))
def test_a_frame_comes_back(message: int, phone: str, sequence: int, body: bytes, version: int) -> None:
    frame = wire.pack(message, phone, sequence, body, version=version)
    (chunk,) = [one for one in wire.Splitter().feed(frame) if one]
    raw = wire.unescape(chunk)
    header = wire.head(raw)
    assert (header.message, header.phone, header.sequence, header.version) == (message, phone, sequence, version)
    assert raw[header.size : -1] == body


def word(top: int) -> st.SearchStrategy[int]:
    return st.integers(0, top)


fixes = st.builds(
    location.Fix,
    at=st.one_of(st.none(), st.integers(946_656_000, 4_100_000_000)),
    latitude=st.integers(-90_000_000, 90_000_000),
    longitude=st.integers(-180_000_000, 180_000_000),
    altitude=word(0xFFFF),
    speed=word(0xFFFF),
    direction=word(0xFFFF),
    alarm=word(0xFFFFFFFF),
    status=word(0xFFFFFFFF),
    mileage=st.one_of(st.none(), word(0xFFFFFFFF)),
    fuel=st.one_of(st.none(), word(0xFFFF)),
    rest=st.lists(st.tuples(st.integers(3, 255), st.binary(max_size=40)), max_size=5).map(
        lambda items: b"".join(bytes((kind, len(value))) + value for kind, value in items)
    ),
)


def normal(fix: location.Fix) -> location.Fix:
    """The bits for south and west follow the signs."""
    status = fix.status & ~12 | (4 if fix.latitude < 0 else 0) | (8 if fix.longitude < 0 else 0)
    return fix._replace(status=status)


@settings(max_examples=40, deadline=None)
@given(fixes)
def test_a_position_comes_back(fix: location.Fix) -> None:
    assert location.read(location.write(fix)) == normal(fix)


@settings(max_examples=40, deadline=None)
@given(fixes, st.permutations(range(4)))
def test_the_order_of_extras_does_not_matter(fix: location.Fix, order: list[int]) -> None:
    """The quick way and the walk agree: the usual order is read without looking at the rest."""
    fix = fix._replace(mileage=77, fuel=88, rest=b"")
    items = [b"\x01\x04\x00\x00\x00\x4d", b"\x02\x02\x00\x58", b"\x30\x01\x05", b"\x31\x01\x09"]
    body = location.write(fix)[: location.SIZE] + b"".join(items[one] for one in order)
    found = location.read(body)
    assert found is not None
    assert (found.mileage, found.fuel) == (77, 88)
    assert sorted(location.extras(found.rest)[0]) == [(0x30, b"\x05"), (0x31, b"\x09")]


@settings(max_examples=40, deadline=None)
@given(st.lists(fixes, min_size=1, max_size=6), st.booleans())
def test_a_batch_comes_back_and_a_torn_one_does_not(some: list[location.Fix], backfill: bool) -> None:
    body = location.write_batch(some, backfill=backfill)
    assert location.batch(body) == (backfill, [normal(one) for one in some])
    assert location.batch(body[:-1]) is None


@settings(max_examples=40, deadline=None)
@given(phones, st.text("中华人民共和国京A0123456789", max_size=12), st.sampled_from((0, 1)))
def test_other_bodies_come_back(device: str, plate: str, version: int) -> None:
    device = device[:7]
    one = bodies.Registration(99, 101, "YW001", "SIM-1", device, 1, plate)
    assert bodies.registration(bodies.write_registration(one, version), version) == one
    code = bodies.Credential(device, "123456789012345", "1.0") if version else bodies.Credential(device)
    assert bodies.credential(bodies.write_credential(code, version), version) == code
    answer = bodies.Reply(7, 0x0200, 0)
    assert bodies.reply(bodies.write_reply(answer)) == answer
    assert bodies.read_text(bodies.write_text(plate, version), version)[1] == plate
    values = [(0x0001, b"\x00\x00\x00\x3c"), (0x0013, b"10.0.0.1")]
    assert bodies.parameters(bodies.write_parameters(3, values)) == (3, values)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(max_size=5000), max_size=6))
def test_noise_neither_raises_nor_grows(stream: list[bytes]) -> None:
    """Random bytes are refused in words, whatever they look like; what is kept of them is bounded."""
    splitter = wire.Splitter()
    for data in stream:
        for chunk in splitter.feed(data):
            try:
                describe.describe(chunk)
            except Refusal as refusal:
                assert refusal.code.startswith("gateway.")
        assert len(splitter.tail) <= wire.LONGEST


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(describe.READERS)), st.binary(max_size=200), st.sampled_from((0, 1)))
def test_any_body_is_read_or_refused(message: int, body: bytes, version: int) -> None:
    try:
        describe.describe(wire.pack(message, "13800000000", 1, body, version=version))
    except Refusal as refusal:
        assert refusal.code == "gateway.body"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "gateway.hex"), ("7E0", "gateway.hex"), ("7EZZ7E", "gateway.hex"), ("7E7E", "gateway.frames"),
        ("7E00027E00037E", "gateway.frames"), ("7E00020000017E", "gateway.short"),
        ("7e000200000123456789017fff0b7e", "gateway.check"), ("7e000200010123456789017fff0b7e", "gateway.length"),
        ("7e0002000001234567890a7fff017e", "gateway.phone"),
    ],
)  # fmt: skip
def test_what_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        describe.describe(describe.from_hex(text))
    assert refused.value.code == code


def test_a_long_message_is_cut_and_too_much_is_refused() -> None:
    body = bytes(range(256)) * 10
    frames = wire.parts(0x0704, "13800000000", 5, body)
    found = [describe.describe(one) for one in frames]
    assert [(one["part"], one["parts"], one["sequence"]) for one in found] == [(1, 3, 5), (2, 3, 6), (3, 3, 7)]
    assert "".join(one["body"] for one in found) == body.hex()
    for call in (
        lambda: wire.pack(1, "1", 1, bytes(1024)),
        lambda: wire.pack(1, "1234567890123", 1),
        lambda: bodies.write_text("长" * 600),
    ):
        with pytest.raises(Refusal):
            call()


def test_a_bare_python_imports_it() -> None:
    code = (
        "import sys\n"
        "from yiwang.areas.vehicles.gateway import wire, bodies, location, describe, words\n"
        "assert not any(one.split('.')[0] in ('django', 'uvloop', 'numpy') for one in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

"""One frame in words, for `yiwang gateway decode`. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from yiwang.areas.vehicles.gateway import bodies, location, wire
from yiwang.areas.vehicles.gateway.words import ALARMS, STATUSES, extra, words
from yiwang.kit.refusal import Refusal, Where


def from_hex(text: str) -> bytes:
    """Hex digits as bytes, blanks and line breaks allowed. Refusal `gateway.hex` with the place of the first wrong one."""
    packed = "".join(text.split()).removeprefix("0x").removeprefix("0X")
    if not packed:
        raise Refusal("gateway.hex", "没有内容:请给出一帧的十六进制,例如 7E000200000139123443290001777E。")
    for place, letter in enumerate(packed, start=1):
        if letter not in "0123456789abcdefABCDEF":
            raise Refusal(
                "gateway.hex", f"“{letter}”不是十六进制数字,只能用 0–9、A–F。", where=Where(column=f"第 {place} 位")
            )
    if len(packed) % 2:
        raise Refusal("gateway.hex", f"十六进制位数是单数({len(packed)} 位),一个字节要两位,请检查是否漏了一位。")
    return bytes.fromhex(packed)


def one_frame(raw: bytes) -> bytes:
    """What stands between the flags, or all of it where there are none. Refusal `gateway.frames`."""
    inside = [piece for piece in raw.split(wire.FLAG) if piece]
    if len(inside) != 1:
        raise Refusal("gateway.frames", f"要正好一帧,这里有 {len(inside)} 段被 7E 隔开的内容,请一次给一帧。")
    return wire.unescape(inside[0])


def describe(raw: bytes) -> dict[str, Any]:
    """A frame as JSON-ready data. Refusals of `wire.head` and of the body, and `gateway.encrypted`."""
    plain = one_frame(raw)
    header = wire.head(plain)
    body = plain[header.size : -1]
    found: dict[str, Any] = {
        "message_id": f"0x{header.message:04x}",
        "message": bodies.NAMES.get(header.message, "未知消息"),
        "phone": header.phone,
        "phone_bcd": header.bcd.hex(),
        "sequence": header.sequence,
        "version": 2019 if header.version else 2013,
        "length": len(body),
    }
    if header.total:
        return found | {"part": header.index, "parts": header.total, "body": body.hex()}
    if header.encrypted:
        return found | {"encrypted": True, "body": body.hex()}
    reader = READERS.get(header.message)
    return found | (reader(body, header.version) if reader else {"body": body.hex()})


def place(fix: location.Fix) -> dict[str, Any]:
    """A position: degrees, metres, km/h, degrees from north, time with its zone."""
    known, torn = location.extras(fix.rest)
    named: dict[str, Any] = {}
    if fix.mileage is not None:
        named["mileage_km"] = fix.mileage / 10
    if fix.fuel is not None:
        named["fuel_litres"] = fix.fuel / 10
    named |= dict(extra(kind, value) for kind, value in known)
    if torn:
        named["torn"] = torn.hex()
    at = None if fix.at is None else datetime.fromtimestamp(fix.at, UTC).astimezone(location.CHINA).isoformat()
    return {
        "latitude": fix.latitude / 1e6,
        "longitude": fix.longitude / 1e6,
        "altitude": fix.altitude,
        "speed": fix.speed / 10,
        "direction": fix.direction,
        "time": at,
        "alarm": fix.alarm,
        "alarms": words(fix.alarm, ALARMS),
        "status": fix.status,
        "statuses": words(fix.status, STATUSES),
        "extras": named,
    }


def _location(body: bytes, version: int) -> dict[str, Any]:
    fix = location.read(body)
    if fix is None:
        raise Refusal("gateway.body", f"位置信息至少 {location.SIZE} 字节,这里只有 {len(body)} 字节。")
    return place(fix)


def _answer(body: bytes, version: int) -> dict[str, Any]:
    return {"reply_to": int.from_bytes(body[:2], "big"), **_location(body[2:], version)}


def _batch(body: bytes, version: int) -> dict[str, Any]:
    found = location.batch(body)
    if found is None:
        raise Refusal("gateway.body", "定位数据批量上传的消息体不完整:项数或某一项的长度与内容不符。")
    return {"backfill": found[0], "locations": [place(fix) for fix in found[1]]}


def _register_reply(body: bytes, version: int) -> dict[str, Any]:
    sequence, result, code = bodies.register_reply(body)
    return {"reply_to": sequence, "result": result, "code": code}


def _reply(body: bytes, version: int) -> dict[str, Any]:
    one = bodies.reply(body)
    return {"reply_to": one.sequence, "reply_message_id": f"0x{one.message:04x}", "result": one.result}


def _text(body: bytes, version: int) -> dict[str, Any]:
    flags, message = bodies.read_text(body, version)
    return {"flags": flags, "text": message}


def _parameters(body: bytes, version: int) -> dict[str, Any]:
    sequence, found = bodies.parameters(body)
    return {"reply_to": sequence, "parameters": {f"0x{key:04x}": value.hex() for key, value in found}}


READERS: dict[int, Callable[[bytes, int], dict[str, Any]]] = {
    bodies.REGISTER: lambda body, version: asdict(bodies.registration(body, version)),
    bodies.AUTHENTICATE: lambda body, version: asdict(bodies.credential(body, version)),
    bodies.ATTRIBUTES: bodies.attributes,
    bodies.LOCATION: _location,
    bodies.LOCATION_ANSWER: _answer,
    bodies.BATCH: _batch,
    bodies.TERMINAL_REPLY: _reply,
    bodies.REPLY: _reply,
    bodies.REGISTER_REPLY: _register_reply,
    bodies.PARAMETERS: _parameters,
    bodies.TEXT: _text,
    bodies.HEARTBEAT: lambda body, version: {},
    bodies.LOGOUT: lambda body, version: {},
}

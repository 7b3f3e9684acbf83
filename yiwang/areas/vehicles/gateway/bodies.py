"""Bodies of the messages other than positions. Pure.

Source: JT/T 808-2013 chapter 8, JT/T 808-2019 chapter 8. Texts are GBK; a field of fixed length is filled with zeros.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Any

from yiwang.kit.refusal import Refusal

# From the terminal.
TERMINAL_REPLY, HEARTBEAT, LOGOUT, ASK_TIME, RESEND_UP = 0x0001, 0x0002, 0x0003, 0x0004, 0x0005
REGISTER, AUTHENTICATE, PARAMETERS, ATTRIBUTES = 0x0100, 0x0102, 0x0104, 0x0107
LOCATION, LOCATION_ANSWER, BATCH = 0x0200, 0x0201, 0x0704
# From the platform.
REPLY, RESEND, TIME, REGISTER_REPLY = 0x8001, 0x8003, 0x8004, 0x8100
ASK_PARAMETERS, ASK_ATTRIBUTES, ASK_LOCATION, TEXT = 0x8104, 0x8107, 0x8201, 0x8300

#: Results of the general reply.
OK, FAILED, WRONG, UNSUPPORTED = 0, 1, 2, 3
#: Results of the answer to a registration.
DONE, VEHICLE_TAKEN, NO_VEHICLE, TERMINAL_TAKEN, NO_TERMINAL = 0, 1, 2, 3, 4

NAMES = {
    TERMINAL_REPLY: "终端通用应答",
    HEARTBEAT: "终端心跳",
    LOGOUT: "终端注销",
    ASK_TIME: "查询服务器时间请求",
    RESEND_UP: "终端补传分包请求",
    REGISTER: "终端注册",
    AUTHENTICATE: "终端鉴权",
    PARAMETERS: "查询终端参数应答",
    ATTRIBUTES: "查询终端属性应答",
    LOCATION: "位置信息汇报",
    LOCATION_ANSWER: "位置信息查询应答",
    BATCH: "定位数据批量上传",
    REPLY: "平台通用应答",
    RESEND: "服务器补传分包请求",
    TIME: "查询服务器时间应答",
    REGISTER_REPLY: "终端注册应答",
    ASK_PARAMETERS: "查询终端参数",
    ASK_ATTRIBUTES: "查询终端属性",
    ASK_LOCATION: "位置信息查询",
    TEXT: "文本信息下发",
}

_REPLY = Struct(">HHB")
_REGISTER = {2011: (5, 8, 7), 2013: (5, 20, 7), 2019: (11, 30, 30)}


@dataclass(frozen=True, slots=True)
class Registration:
    """0x0100. `province`, `city`: GB/T 2260 digits 1–2 and 3–6. `colour`: 0 is a car without a plate, `plate` its VIN."""

    province: int
    city: int
    maker: str
    model: str
    device: str
    colour: int
    plate: str


@dataclass(frozen=True, slots=True)
class Credential:
    """0x0102. IMEI and software version only from 2019 on."""

    code: str
    imei: str = ""
    software: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """0x0001 and 0x8001: the answer to a message of the other side."""

    sequence: int
    message: int
    result: int


def text(raw: bytes) -> str:
    """GBK without the zeros and blanks that fill it up; what is not GBK becomes U+FFFD."""
    return raw.strip(b"\x00").decode("gbk", "replace").strip()


def _fixed(value: str, size: int) -> bytes:
    raw = value.encode("gbk", "replace")
    if len(raw) > size:
        raise Refusal("gateway.long", f"“{value}”超过 {size} 字节。")
    return raw.ljust(size, b"\x00")


def _short(name: str) -> Refusal:
    return Refusal("gateway.body", f"{name}的消息体不完整。")


def registration(body: bytes, version: int = 0) -> Registration:
    """Refusal `gateway.body` where it is torn. Without version, a body too short for 2013 is one of 2011."""
    layout = _REGISTER[2019 if version else 2013 if len(body) >= 37 else 2011]
    here = [4]
    for size in layout:
        here.append(here[-1] + size)
    if len(body) < here[-1] + 1:
        raise _short("终端注册")
    maker, model, device = (text(body[a:b]) for a, b in itertools.pairwise(here))
    province, city = int.from_bytes(body[0:2], "big"), int.from_bytes(body[2:4], "big")
    return Registration(province, city, maker, model, device, body[here[-1]], text(body[here[-1] + 1 :]))


def write_registration(one: Registration, version: int = 0) -> bytes:
    """The body of 0x0100 of 2013, or of 2019."""
    sizes = _REGISTER[2019 if version else 2013]
    start = one.province.to_bytes(2, "big") + one.city.to_bytes(2, "big")
    fields = zip((one.maker, one.model, one.device), sizes, strict=True)
    middle = b"".join(_fixed(value, size) for value, size in fields)
    return start + middle + bytes((one.colour,)) + one.plate.encode("gbk", "replace")


def credential(body: bytes, version: int = 0) -> Credential:
    """Refusal `gateway.body`."""
    if not version:
        return Credential(text(body))
    if not body or len(body) < 1 + body[0] + 35:
        raise _short("终端鉴权")
    end = 1 + body[0]
    return Credential(text(body[1:end]), text(body[end : end + 15]), text(body[end + 15 : end + 35]))


def write_credential(one: Credential, version: int = 0) -> bytes:
    """The body of 0x0102."""
    code = one.code.encode("gbk")
    return bytes((len(code),)) + code + _fixed(one.imei, 15) + _fixed(one.software, 20) if version else code


def reply(body: bytes) -> Reply:
    """0x0001 or 0x8001. Refusal `gateway.body`."""
    if len(body) != _REPLY.size:
        raise _short("通用应答")
    return Reply(*_REPLY.unpack(body))


def write_reply(one: Reply) -> bytes:
    """The body of a general reply."""
    return _REPLY.pack(one.sequence, one.message, one.result)


def write_register_reply(sequence: int, result: int, code: str = "") -> bytes:
    """0x8100: the code only where the result is DONE."""
    return sequence.to_bytes(2, "big") + bytes((result,)) + (code.encode("gbk") if result == DONE else b"")


def register_reply(body: bytes) -> tuple[int, int, str]:
    """0x8100: sequence, result, code. Refusal `gateway.body`."""
    if len(body) < 3:
        raise _short("终端注册应答")
    return int.from_bytes(body[:2], "big"), body[2], text(body[3:])


def write_text(message: str, version: int = 0, flags: int = 0x0D) -> bytes:
    """0x8300: emergency, shown on the terminal, read aloud. Refusal `gateway.long` beyond 1,024 bytes of GBK."""
    raw = message.encode("gbk", "replace")
    if len(raw) > 1024:
        raise Refusal("gateway.long", f"文本 {len(raw)} 字节,下发到终端的文本最多 1024 字节。")
    return bytes((flags,)) + (b"\x01" if version else b"") + raw


def read_text(body: bytes, version: int = 0) -> tuple[int, str]:
    """0x8300: flags and text. Refusal `gateway.body`."""
    start = 2 if version else 1
    if len(body) < start:
        raise _short("文本信息下发")
    return body[0], text(body[start:])


def parameters(body: bytes) -> tuple[int, list[tuple[int, bytes]]]:
    """0x0104: sequence of the question, and (id, value) of each. Refusal `gateway.body`."""
    if len(body) < 3:
        raise _short("查询终端参数应答")
    found, here = [], 3
    for _ in range(body[2]):
        if here + 5 > len(body) or here + 5 + body[here + 4] > len(body):
            raise _short("查询终端参数应答")
        end = here + 5 + body[here + 4]
        found.append((int.from_bytes(body[here : here + 4], "big"), body[here + 5 : end]))
        here = end
    return int.from_bytes(body[:2], "big"), found


def write_parameters(sequence: int, values: Sequence[tuple[int, bytes]]) -> bytes:
    """The body of 0x0104."""
    items = b"".join(key.to_bytes(4, "big") + bytes((len(value),)) + value for key, value in values)
    return sequence.to_bytes(2, "big") + bytes((len(values),)) + items


def write_resend(first: int, missing: Sequence[int], version: int = 0) -> bytes:
    """0x8003: which pieces (from 1) of the message whose first piece had that sequence are to be sent again."""
    count = len(missing).to_bytes(2 if version else 1, "big")
    return first.to_bytes(2, "big") + count + b"".join(one.to_bytes(2, "big") for one in missing)


def attributes(body: bytes, version: int = 0) -> dict[str, Any]:
    """0x0107: kind, maker, model, device, SIM card, versions. Refusal `gateway.body`."""
    sizes = (11, 30, 30) if version else (5, 20, 7)
    here = 2 + sum(sizes)
    if len(body) < here + 12 or len(body) < here + 11 + body[here + 10]:
        raise _short("查询终端属性应答")
    maker, model, device = (text(body[2 + sum(sizes[:n]) : 2 + sum(sizes[: n + 1])]) for n in range(3))
    hardware = here + 11 + body[here + 10]
    software = body[hardware] if hardware < len(body) else 0
    return {
        "kind": int.from_bytes(body[:2], "big"),
        "maker": maker,
        "model": model,
        "device": device,
        "iccid": body[here : here + 10].hex(),
        "hardware": text(body[here + 11 : hardware]),
        "software": text(body[hardware + 1 : hardware + 1 + software]),
    }

"""Frames of JT/T 808: flag bytes, escapes, check byte, header. Pure.

Source: JT/T 808-2013 and JT/T 808-2019 (道路运输车辆卫星定位系统 终端通信协议及数据格式), chapter 4.4: a frame is
`7E header body check 7E`; inside, 7E is sent as 7D 02 and 7D as 7D 01; the check is the XOR over header and body. The
header of 2019 sets bit 14 of the properties, has a byte with the version and twenty digits of phone instead of twelve.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct

from yiwang.kit.refusal import Refusal

FLAG = b"\x7e"
ESCAPE = b"\x7d"
#: Bits of the properties.
LENGTH, ENCRYPTED, SPLIT, VERSIONED = 0x03FF, 0x1C00, 0x2000, 0x4000
#: Bytes of the header without the counts of a split message: 2013, 2019.
SHORT, LONG = 12, 17
#: The longest frame between its flags, every byte escaped: header, counts, body, check.
LONGEST = 2 * (LONG + 4 + LENGTH + 1)

HEAD_2013 = Struct(">HH6sH")
HEAD_2019 = Struct(">HHB10sH")
PAIR = Struct(">HH")


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before a body. `bcd` is the phone as it was sent; `version` 0 is 2013; `total` 0: not split.

    `size`: bytes of the header itself; the body is what follows, without the check byte.
    """

    message: int
    properties: int
    version: int
    bcd: bytes
    sequence: int
    total: int = 0
    index: int = 0
    size: int = SHORT

    @property
    def phone(self) -> str:
        """The number without the zeros that fill it up."""
        return digits(self.bcd)

    @property
    def encrypted(self) -> bool:
        """Whether the body is encrypted."""
        return bool(self.properties & ENCRYPTED)


def checksum(raw: bytes) -> int:
    """XOR over all bytes. One large number folded upon itself: a loop over the bytes takes ten times as long.

    Only the lowest byte of each fold matters in the end, so what is left above it does no harm.
    """
    number = int.from_bytes(raw, "big")
    width = 4 << len(raw).bit_length()  # at least half of the bits, a power of two
    while width > 128:
        number ^= number >> width
        width >>= 1
    number ^= number >> 128
    number ^= number >> 64
    number &= 0xFFFFFFFFFFFFFFFF
    number ^= number >> 32
    number ^= number >> 16
    return (number ^ number >> 8) & 0xFF


def escape(raw: bytes) -> bytes:
    """As it goes over the wire, between the flags."""
    if ESCAPE in raw or FLAG in raw:
        return raw.replace(b"\x7d", b"\x7d\x01").replace(b"\x7e", b"\x7d\x02")
    return raw


def unescape(raw: bytes) -> bytes:
    """As it was before. A 7D that begins no escape stays: the check byte will not agree."""
    if ESCAPE in raw:
        return raw.replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d")
    return raw


def digits(bcd: bytes) -> str:
    """BCD as digits without leading zeros; "0" for nothing but zeros."""
    return bcd.hex().lstrip("0") or "0"


def to_bcd(phone: str, size: int) -> bytes:
    """Digits as BCD of so many bytes. Refusal `gateway.phone`."""
    if not phone.isascii() or not phone.isdigit() or len(phone) > 2 * size:
        raise Refusal("gateway.phone", f"终端手机号“{phone}”要是不超过 {2 * size} 位的数字。")
    return bytes.fromhex(phone.zfill(2 * size))


def head(raw: bytes) -> Header:
    """The header of an unescaped frame with its check byte. Refusals `gateway.short`, `gateway.check`, `gateway.length`."""
    if len(raw) < SHORT + 1:
        raise Refusal("gateway.short", f"帧太短:去掉标识位后只有 {len(raw)} 字节,至少要 {SHORT + 1} 字节。")
    if checksum(raw):
        right = checksum(raw[:-1])
        raise Refusal("gateway.check", f"校验码不符:帧内是 {raw[-1]:02X},按内容应为 {right:02X}。")
    header = _head(raw)
    body = len(raw) - 1 - header.size
    if body != header.properties & LENGTH:
        raise Refusal("gateway.length", f"消息体长度不符:消息头写 {header.properties & LENGTH} 字节,实有 {body} 字节。")
    return header


def _head(raw: bytes) -> Header:
    properties = int.from_bytes(raw[2:4], "big")
    size = LONG if properties & VERSIONED else SHORT
    split = size + 4 if properties & SPLIT else size
    if len(raw) < split + 1:
        raise Refusal("gateway.short", f"帧太短:消息头要 {split} 字节,帧内只有 {len(raw) - 1} 字节。")
    if size == LONG:
        message, _, version, bcd, sequence = HEAD_2019.unpack_from(raw)
    else:
        (message, _, bcd, sequence), version = HEAD_2013.unpack_from(raw), 0
    if not bcd.hex().isdigit():
        raise Refusal("gateway.phone", f"终端手机号 {bcd.hex().upper()} 不是 BCD 码。")
    total, index = PAIR.unpack_from(raw, size) if split > size else (0, 0)
    return Header(message, properties, version, bcd, sequence, total, index, split)


def pack(
    message: int, phone: str, sequence: int, body: bytes = b"", *, version: int = 0, part: tuple[int, int] | None = None
) -> bytes:
    """A whole frame with its flags. `version` 0 is 2013, 1 and more are 2019; `part`: how many in all, which (from 1).

    Refusals `gateway.phone`, `gateway.long`.
    """
    if len(body) > LENGTH:
        raise Refusal("gateway.long", f"消息体 {len(body)} 字节,一帧最多 {LENGTH} 字节,请分包。")
    properties = len(body) | (SPLIT if part else 0) | (VERSIONED if version else 0)
    if version:
        start = HEAD_2019.pack(message, properties, version, to_bcd(phone, 10), sequence & 0xFFFF)
    else:
        start = HEAD_2013.pack(message, properties, to_bcd(phone, 6), sequence & 0xFFFF)
    raw = start + (PAIR.pack(*part) if part else b"") + body
    return FLAG + escape(raw + bytes((checksum(raw),))) + FLAG


def parts(message: int, phone: str, sequence: int, body: bytes, *, version: int = 0, size: int = 900) -> list[bytes]:
    """A message of any length as frames, split where it does not fit into one."""
    if len(body) <= LENGTH:
        return [pack(message, phone, sequence, body, version=version)]
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return [
        pack(message, phone, sequence + number, piece, version=version, part=(len(pieces), number + 1))
        for number, piece in enumerate(pieces)
    ]


class Splitter:
    """Cuts a stream into frames. Holds at most one unfinished frame, of LONGEST bytes; `lost` counts what was more."""

    __slots__ = ("lost", "tail")

    def __init__(self) -> None:
        self.tail = b""
        self.lost = 0

    def feed(self, data: bytes) -> list[bytes]:
        """The frames that end in `data`, without flags, as they were sent. Two flags in a row are one border."""
        if self.tail:
            data = self.tail + data
        chunks = data.split(FLAG)
        tail = chunks.pop()
        if len(tail) > LONGEST:
            self.lost += 1
            tail = b""
        self.tail = tail
        return chunks

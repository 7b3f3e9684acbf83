"""Canonical JSON, digests (SHA-256 or SM3) and the Merkle root. A digest is 32 bytes, shown as 64 hex digits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any, Protocol

from yiwang.kit.refusal import Refusal

ALGORITHMS = ("sha256", "sm3")
SIZE = 32


class Hash(Protocol):
    """What hashlib gives."""

    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...
    def hexdigest(self) -> str: ...


def _plain(value: object) -> object:
    """What JSON has no word for, as text: exact, and the same on every machine."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"no canonical form for {type(value).__name__}")


_encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_plain)


def canonical(value: Any) -> str:
    """JSON with sorted keys, no spaces, no escapes beyond the necessary. NaN raises ValueError."""
    return _encoder.encode(value)


def hasher(algorithm: str) -> Callable[[bytes], Hash]:
    """`hasher("sm3")(data)` starts a digest. Refuses an algorithm unknown here or to this OpenSSL."""
    if algorithm == "sha256":
        return hashlib.sha256
    if algorithm not in ALGORITHMS:
        raise Refusal("digest.unknown", f"不认识的杂凑算法 {algorithm},可用:{'、'.join(ALGORITHMS)}")
    try:
        start = hashlib.new(algorithm)
    except ValueError:
        raise Refusal("digest.unavailable", f"本机的 OpenSSL 不带 {algorithm} 算法,请改用 sha256") from None

    def new(data: bytes = b"") -> Hash:
        # A copy is twice as quick as looking the name up again.
        fresh = start.copy()
        fresh.update(data)
        return fresh

    return new


def digest(data: bytes, algorithm: str = "sha256") -> bytes:
    """The 32 bytes of the digest of `data`."""
    return hasher(algorithm)(data).digest()


def merkle_root(leaves: Iterable[bytes], algorithm: str = "sha256") -> str:
    """Hex root of the Merkle tree over `leaves`, in order; memory grows with the logarithm of their number.

    Leaves and inner nodes are told apart by a first byte (0 and 1), so that a node cannot be passed off as a
    leaf; an odd node moves up as it is. No leaves: the digest of nothing.
    """
    new = hasher(algorithm)
    stack: list[tuple[int, bytes]] = []
    for leaf in leaves:
        height, node = 0, new(b"\0" + leaf).digest()
        while stack and stack[-1][0] == height:
            node = new(b"\1" + stack.pop()[1] + node).digest()
            height += 1
        stack.append((height, node))
    if not stack:
        return new(b"").hexdigest()
    node = stack.pop()[1]
    while stack:
        node = new(b"\1" + stack.pop()[1] + node).digest()
    return node.hex()

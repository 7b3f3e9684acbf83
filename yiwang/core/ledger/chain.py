"""The arithmetic of the chain: hash = H(previous hash ‖ seq, 8 bytes ‖ H(canonical JSON list of fields))."""

from __future__ import annotations

from collections.abc import Callable
from json.encoder import encode_basestring  # the C version where there is one

from yiwang.kit.digest import SIZE, hasher

GENESIS = "00" * SIZE

#: id, at, actor, act, object, clause, body: what is sealed, in this order.
Fields = tuple[int, str, str, str, str, str, str]
COLUMNS = "id, at, actor, act, object, clause, body"


def fields_text(fields: Fields) -> str:
    """The canonical JSON list of an entry's fields. Written out, since `verify` does little else."""
    quote = encode_basestring
    number, at, actor, act, obj, clause, body = fields
    return f"[{number},{quote(at)},{quote(actor)},{quote(act)},{quote(obj)},{quote(clause)},{quote(body)}]"


def linker(algorithm: str) -> Callable[[str, int, Fields], str]:
    """A function (previous hash, seq, fields) → hash; hashes in hex. Refuses an unknown algorithm."""
    new = hasher(algorithm)

    def link(previous: str, seq: int, fields: Fields) -> str:
        inner = new(fields_text(fields).encode()).digest()
        return new(bytes.fromhex(previous) + seq.to_bytes(8, "big") + inner).hexdigest()

    return link

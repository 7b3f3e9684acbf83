"""The written-out canonical text of an entry equals the general one, and the link its definition."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from yiwang.core.ledger.chain import GENESIS, fields_text, linker
from yiwang.kit.digest import canonical

word = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.integers(min_value=1), word, word, word)
def test_the_text_is_canonical_json(number: int, at: str, actor: str, body: str) -> None:
    fields = (number, at, actor, "act", "t:1", "", body)
    assert fields_text(fields) == canonical(list(fields))


def test_the_link_is_what_the_notes_say() -> None:
    fields = (1, "2026-05-09T00:00:00.000000Z", "user:1", "t.act", "t:1", "", '{"n":1}')
    inner = hashlib.sha256(canonical(list(fields)).encode()).digest()
    expected = hashlib.sha256(bytes(32) + (1).to_bytes(8, "big") + inner).hexdigest()
    assert linker("sha256")(GENESIS, 1, fields) == expected

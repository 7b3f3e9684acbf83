"""Canonical JSON is one text for one value; digests agree with published vectors; the Merkle root with its definition."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kit import digest
from yiwang.kit.refusal import Refusal

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


class Colour(StrEnum):
    RED = "red"


@given(plain)
def test_canonical_json_reads_back_and_is_a_fixed_point(value: object) -> None:
    text = digest.canonical(value)
    assert json.loads(text) == value
    assert digest.canonical(json.loads(text)) == text


def test_what_json_has_no_word_for_becomes_exact_text() -> None:
    value = {
        "b": Decimal("1E+3"),
        "a": date(2026, 5, 9),
        "c": datetime(2026, 5, 9, 1, 2, 3, tzinfo=UTC),
        "d": {"y", "x"},
        "e": Colour.RED,
        "f": b"\xff",
    }
    assert digest.canonical(value) == (
        '{"a":"2026-05-09","b":"1000","c":"2026-05-09T01:02:03+00:00","d":["x","y"],"e":"red","f":"ff"}'
    )


def test_what_has_no_canonical_form_is_an_error() -> None:
    with pytest.raises(ValueError):
        digest.canonical(float("nan"))
    with pytest.raises(TypeError):
        digest.canonical(object())


@pytest.mark.parametrize(
    ("algorithm", "vector"),
    [
        ("sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("sm3", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),  # GB/T 32905, example 1
    ],
)
def test_published_vectors(algorithm: str, vector: str) -> None:
    assert digest.digest(b"abc", algorithm).hex() == vector
    assert digest.hasher(algorithm)(b"abc").hexdigest() == vector


def test_an_unknown_algorithm_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        digest.hasher("md5")
    assert caught.value.code == "digest.unknown"


def test_an_algorithm_that_openssl_lacks_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacks(name: str) -> None:
        raise ValueError(name)

    monkeypatch.setattr(hashlib, "new", lacks)
    with pytest.raises(Refusal) as caught:
        digest.hasher("sm3")
    assert caught.value.code == "digest.unavailable"


def root_by_definition(leaves: list[bytes]) -> bytes:
    """Split at the largest power of two below the number of leaves."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    middle = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\1" + root_by_definition(leaves[:middle]) + root_by_definition(leaves[middle:])).digest()


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=40))
def test_the_merkle_root_agrees_with_its_definition(leaves: list[bytes]) -> None:
    assert digest.merkle_root(iter(leaves)) == root_by_definition(leaves).hex()


def test_no_leaves_give_the_digest_of_nothing() -> None:
    assert digest.merkle_root([]) == hashlib.sha256().hexdigest()


def test_a_node_cannot_be_passed_off_as_a_leaf() -> None:
    node = hashlib.sha256(b"\0a").digest() + hashlib.sha256(b"\0b").digest()
    assert digest.merkle_root([b"a", b"b"]) != digest.merkle_root([node])

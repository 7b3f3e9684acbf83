"""GB 32100 codes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kit.credit_code import ALPHABET, check_character, generate, organization_check, validate
from yiwang.kit.refusal import Refusal


def test_published_examples() -> None:
    """The worked example of GB 32100 and the one of GB 11714."""
    assert check_character("91350100M000100Y4") == "3"
    assert organization_check("D2143569") == "X"


def test_normal_form() -> None:
    assert validate(" 91350100-m000100y43 ") == "91350100M000100Y43"


@pytest.mark.parametrize("text", ["", "91350100M000100Y4", "91350100M000100YO3", "9135A100M000100Y43", "1" * 19])
def test_shape(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        validate(text)
    assert refused.value.code == "credit-code.shape"


codes = st.builds(
    generate,
    st.integers(110000, 999999).map(str),
    st.integers(0, 31**8 - 1),
    department=st.sampled_from(["11", "12", "13"]),
)


@given(codes)
def test_generated_codes_are_valid(code: str) -> None:
    assert validate(code) == code
    assert organization_check(code[8:16]) == code[16]


@given(codes, st.integers(8, 17), st.sampled_from(ALPHABET))
def test_any_single_slip_is_found(code: str, place: int, char: str) -> None:
    slipped = code[:place] + char + code[place + 1 :]
    if slipped != code:
        with pytest.raises(Refusal, match="校验位"):
            validate(slipped)


@given(codes, st.integers(8, 16))
def test_swapped_neighbours_are_found(code: str, place: int) -> None:
    slipped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if slipped != code:
        with pytest.raises(Refusal, match="校验位"):
            validate(slipped)

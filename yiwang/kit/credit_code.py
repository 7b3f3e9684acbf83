"""统一社会信用代码 (GB 32100-2015): 18 characters, the last checks the 17 before it.

Characters 9–17 are the organization code of GB 11714-1997, whose last character checks its own eight.
"""

from __future__ import annotations

import re
import unicodedata

from yiwang.kit.refusal import Refusal

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, Z, S, V
_SHAPE = re.compile(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}")
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ORGANIZATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def check_character(body: str) -> str:
    """The 18th character for the 17 before it (GB 32100: weights 3^i, modulus 31)."""
    total = sum(ALPHABET.index(char) * weight for char, weight in zip(body, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def organization_check(body: str) -> str:
    """The 9th character of an organization code for its first eight (GB 11714: modulus 11, X for ten)."""
    total = sum(int(char, 36) * weight for char, weight in zip(body, _ORGANIZATION_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def normalize(text: str) -> str:
    """Full-width to half-width, capitals, no blanks or hyphens: what a clerk may have typed."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()


def validate(text: str) -> str:
    """The code in its normal form. Refusal `credit-code.shape` or `credit-code.check`."""
    code = normalize(text)
    if not _SHAPE.fullmatch(code):
        raise Refusal(
            "credit-code.shape",
            f"“{text}”不是统一社会信用代码:应为 18 位,第 3–8 位为数字,不用字母 I、O、Z、S、V。",
        )
    expected = check_character(code[:17])
    if code[17] != expected:
        raise Refusal(
            "credit-code.check", f"统一社会信用代码“{code}”的校验位不符(末位应为 {expected}),请核对是否抄错。"
        )
    return code


def generate(region: str, number: int, *, department: str = "11") -> str:
    """A well-formed code for made-up organs.

    `region`: six digits. `number`: below 31^8, becomes the organization code.
    `department`: 登记管理部门 and 机构类别 ("11" 机构编制·机关, "12" 机构编制·事业单位).
    """
    body = ""
    for _ in range(8):
        number, digit = divmod(number, 31)
        body = ALPHABET[digit] + body
    first = department + region + body + organization_check(body)
    return first + check_character(first)

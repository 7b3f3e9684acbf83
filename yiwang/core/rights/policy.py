"""What a password must be: named profiles, and the words that must not stand in it.

`dengbao3` is what assessors of GB/T 22239-2019 level 3 (8.1.4.1) ask for: complex, changed regularly, old ones not again.
`asvs5` is OWASP ASVS 5.0 (6.2): long, common words refused, no composition, no regular change. They contradict each
other, so a place chooses one (`settings.PASSWORD_PROFILE`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from yiwang.core.orgs.models import Organ
from yiwang.core.rights.models import User
from yiwang.kit.refusal import Refusal

#: Nothing is cut off a password; what is longer is refused, for deriving a key from a book would take long.
LONGEST = 1000


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A policy. Zero means: not asked for."""

    name: str
    label: str
    least: int  # characters
    classes: int  # of the four: upper, lower, digit, other
    phrase: int  # from so many characters on (a third of them different) the classes are not asked for
    days: int  # until it must be changed
    kept: int  # so many passwords must not come back


PROFILES = {
    one.name: one
    for one in (
        Profile(name="dengbao3", label="等保三级", least=10, classes=3, phrase=24, days=90, kept=5),
        Profile(name="asvs5", label="OWASP ASVS 5.0", least=12, classes=0, phrase=0, days=0, kept=1),
    )
}
WORDS = Path(__file__).with_name("data") / "common-passwords.txt"
#: What stands for a letter on sight.
_LOOKS = str.maketrans({"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})
#: What the same key gives with Shift.
_KEYS = str.maketrans("!@#$%^&*()", "1234567890")
_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")
#: 川A12345, 京AD12345: a plate number is written on the car.
_PLATE = re.compile(r"^[\u4e00-\u9fff]?[a-z][a-z0-9]{5,6}$")
#: Terms of the trade and of the day, with the name of the product.
_TERMS = (
    "yiwang", "一网", "机关事务", "事务管理", "管理局", "服务中心", "人民政府", "人民", "政府", "八项规定", "中央八项规定",
    "厉行节约", "为人民服务", "共同富裕", "乡村振兴", "数字政府", "等保", "办公用房", "公务用车", "后勤",
)  # fmt: skip
#: A word of the place or the person must leave so many characters beside it, figures not counted.
_BESIDE = 8


def profile() -> Profile:
    """The profile in force."""
    return PROFILES[settings.PASSWORD_PROFILE]


@cache
def common_words() -> frozenset[str]:
    """The common passwords that are shipped, in lower case."""
    return frozenset(WORDS.read_text(encoding="ascii").split())


def folded(text: str) -> str:
    """Lower case, full width folded; what people take for the same."""
    return unicodedata.normalize("NFKC", text).lower()


def check(text: str, user: User | None) -> None:
    """Refuse a weak password. `password.short`, `.long`, `.simple`, `.common`, `.context`."""
    rule = profile()
    if len(text) < rule.least:
        raise Refusal("password.short", f"密码太短:至少 {rule.least} 个字符,汉字也算。")
    if len(text) > LONGEST:
        raise Refusal("password.long", f"密码太长:最多 {LONGEST} 个字符。")
    _varied(text, rule)
    plain = folded(text)
    if _is_common(plain):
        raise Refusal("password.common", "这个密码太常见,容易被猜到。请换一个不成词的,或用几个不相干的词组成一长句。")
    if word := _word_of_the_place(plain, user):
        raise Refusal(
            "password.context", f"密码里有“{word}”:姓名、账号、单位名称和业务用语(含拼音)容易被猜到,请换别的词。"
        )


def _varied(text: str, rule: Profile) -> None:
    """Several classes of characters, or a long phrase; never one sign over and over."""
    different = len(set(text))
    if different < 5:
        raise Refusal("password.simple", "密码里重复的字符太多,请换一个。")
    if rule.phrase and len(text) >= rule.phrase and different * 3 >= len(text):
        return
    classes = sum(
        any(test(char) for char in text)
        for test in (str.isupper, str.islower, str.isdigit, lambda char: not char.isalnum() or ord(char) > 127)
    )
    if classes < rule.classes:
        raise Refusal(
            "password.simple",
            f"密码太简单:大写字母、小写字母、数字、符号(含汉字)至少要有 {rule.classes} 种,或者写 {rule.phrase} 个字符以上的长句。",
        )


def _forms(plain: str) -> set[str]:
    """The text, its core without figures and signs at the ends, and both with look-alikes read as letters."""
    read = plain.translate(_LOOKS)
    core = _EDGES.sub("", plain)
    return {plain, read, core, _EDGES.sub("", read), core.translate(_LOOKS), plain.translate(_KEYS)}


def _is_common(plain: str) -> bool:
    """A word of the list, a plate number, figures only, or one of these twice."""
    half = plain[: len(plain) // 2]
    return any(
        _forms(text) & common_words() or _is_plate(text) or _EDGES.sub("", text).isdigit() or not _EDGES.sub("", text)
        for text in {plain, half if half * 2 == plain else plain}
    )


def _is_plate(text: str) -> bool:
    return bool(_PLATE.match(text)) and not text[0].isascii() and any(char.isdigit() for char in text)


def _word_of_the_place(plain: str, user: User | None) -> str:
    """The word that gives the password away: it leaves fewer than `_BESIDE` characters that are no figures; else ""."""
    for word in sorted(set(context_words(user)), key=len, reverse=True):
        for text in {plain, plain.translate(_LOOKS)}:
            if word in text and len(re.sub(r"[\W\d_]", "", text.replace(word, ""))) < _BESIDE:
                return word
    return ""


def context_words(user: User | None) -> Iterable[str]:
    """Names of the user and of the units he works for, in Han, in pinyin and by their initials; terms of the trade."""
    names = [*_TERMS]
    if user is not None:
        names += [user.username, user.display_name, user.email.partition("@")[0]]
        names += _units(user)
    for name in filter(None, map(folded, names)):
        yield from _spellings(name)


def _units(user: User) -> list[str]:
    """Names of the organs granted (at most fifty) and of their regions, whole and without their last word."""
    if not user.pk:
        return []
    found = Organ.objects.filter(pk__in=user.grants.values("organ"))[:50].values_list("name", "region__name")
    whole = {name for pair in found for name in pair if name}
    return [*whole, *(name.rstrip("省市县区局") for name in whole)]


@cache
def _spellings(name: str) -> tuple[str, ...]:
    """A name as it may stand in a password; initials only from four on, two Han or four letters at least."""
    from pypinyin import Style, lazy_pinyin  # half a second of dictionaries: only when a password is set

    if name.isascii():
        return (name,) if len(name) >= 4 else ()
    syllables = lazy_pinyin(name, style=Style.NORMAL, errors="ignore")
    made = ["".join(syllables), "".join(one[0] for one in syllables) if len(syllables) >= 4 else ""]
    return tuple(word for word in (name if len(name) >= 2 else "", *made) if len(word) >= (4 if word.isascii() else 2))

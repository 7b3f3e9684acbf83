"""The name of an uploaded file as it is shown and sent back. It never becomes a path: the server makes that itself."""

from __future__ import annotations

import re
import unicodedata

from yiwang.kit.refusal import Refusal

LONGEST = 120
#: What no shown name may hold: controls, direction overrides and other invisible format characters, path separators.
_DROPPED = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff<>:\"|?*/\\]")


def cleaned(given: str) -> str:
    """The last part of what the browser sent, in one normal form, without what could mislead. Refusal `attachment.name`."""
    last = re.split(r"[/\\]", given)[-1]
    name = _DROPPED.sub("", unicodedata.normalize("NFC", last)).strip(". \u3000")
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem.strip() or not ending.isascii() or not ending.isalnum():
        raise Refusal("attachment.name", f"“{name[:60]}”没有文件名或扩展名,请改成“名称.pdf”这样的名字后再上传。")
    return f"{stem[: LONGEST - len(ending)].rstrip()}.{ending.lower()}"


def ending_of(name: str) -> str:
    """The ending of a cleaned name, in lower case."""
    return name.rpartition(".")[2]


def with_ending(name: str, ending: str) -> str:
    """The name with another ending: a picture that was converted."""
    return f"{name.rpartition('.')[0]}.{ending}"

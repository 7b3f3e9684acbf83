"""Pictures are drawn anew: what a phone wrote beside the pixels (place, owner, serial number) is gone, and so is anything hidden."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, ImageOps

from yiwang.kit.refusal import Refusal

#: The longer side of what is kept, in pixels: a licence plate stays readable at it.
SIDE = 2560
#: Pixels of what is taken. A JPEG is decoded at a fraction of its size, the others in full.
JPEG_PIXELS, PIXELS = 220_000_000, 24_000_000
QUALITY = 85
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept."""

    content: bytes
    mime: str
    ending: str
    width: int
    height: int


def redrawn(file: BinaryIO) -> Picture:
    """The first frame, upright, at most SIDE pixels long, as JPEG, or as PNG where it has transparency or few colours.

    Refusal `attachment.image`: too many pixels, or no picture that can be read.
    """
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is checked below
            with Image.open(file, formats=_FORMATS) as source:
                return _drawn(source)
    except Refusal:
        raise
    except Exception:  # a decoder may fail in any way on a file that was made to hurt it
        raise Refusal("attachment.image", "图片打不开,可能没有传完整;请重新拍摄或另存后再上传。") from None


def _drawn(source: Image.Image) -> Picture:
    most = JPEG_PIXELS if source.format == "JPEG" else PIXELS
    if source.width * source.height > most:
        raise Refusal("attachment.image", f"图片有 {source.width}×{source.height} 像素,太大;请缩小后再上传。")
    if source.format == "JPEG":
        source.draft("RGB", (SIDE, SIDE))
    source.seek(0)
    lossless = source.format != "JPEG" and (
        source.mode in ("RGBA", "LA", "P", "1", "L") or "transparency" in source.info
    )
    source.load()
    upright = ImageOps.exif_transpose(source)
    upright.thumbnail((SIDE, SIDE), reducing_gap=2.0)
    clear = "transparency" in source.info or upright.mode in ("RGBA", "LA")
    plain = upright.convert("RGBA" if lossless and clear else "RGB")
    out = io.BytesIO()
    # A fresh picture of the same pixels: nothing of `info` (EXIF, ICC, comments) goes along.
    fresh = Image.new(plain.mode, plain.size)
    fresh.paste(plain)
    if lossless:
        fresh.save(out, "PNG", optimize=False)
        return Picture(out.getvalue(), "image/png", "png", *fresh.size)
    fresh.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Picture(out.getvalue(), "image/jpeg", "jpg", *fresh.size)

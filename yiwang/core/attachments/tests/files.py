"""Files good and bad, made on the spot."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from PIL import Image

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def photo(size: tuple[int, int] = (80, 60), *, gps: bool = False, turned: bool = False, form: str = "JPEG") -> bytes:
    """A picture; as a phone makes them with place and serial number where asked."""
    picture = Image.new("RGB", size, (200, 30, 30))
    exif = Image.Exif()
    if gps:
        exif[0x010F] = "PhoneMaker-SERIAL-123"
        exif.get_ifd(0x8825)[1] = "N"
        exif.get_ifd(0x8825)[2] = (24.0, 52.0, 7.0)
    if turned:
        exif[0x0112] = 6
    out = io.BytesIO()
    picture.save(out, form, **({"exif": exif} if gps or turned else {}))
    return out.getvalue()


def document(part: str = "word/document.xml", extra: dict[str, bytes] | None = None) -> bytes:
    """An office document: an archive with the part that tells what it is."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(part, "<document/>")
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return out.getvalue()


def bomb() -> bytes:
    """A document that unpacks to 300 MB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "<document/>")
        with archive.open("word/media.bin", "w", force_zip64=True) as part:
            for _ in range(300):
                part.write(bytes(1 << 20))
    return out.getvalue()


def lying_bomb() -> bytes:
    """One whose directory claims a small size for what inflates to 300 MB."""
    real = bomb()
    size = struct.pack("<L", 300 << 20)
    return real.replace(size, struct.pack("<L", 1000))


def wide_png(side: int = 60_000) -> bytes:
    """A PNG of 3.6 thousand million pixels in a few bytes."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack("!L", len(body)) + name + body + struct.pack("!L", zlib.crc32(name + body))

    head = struct.pack("!LLBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")

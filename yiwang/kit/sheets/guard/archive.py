"""A workbook as a zip archive, judged by its directory and by what its parts really inflate to, before any parser."""

from __future__ import annotations

import os
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

from yiwang.kit.sheets.guard.limits import PIECE, Refused

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DIRECTORY_BYTES = 4 * 2**20
FORBIDDEN = (
    ("vbaproject", "sheet.macros"),
    ("xl/macrosheets/", "sheet.macros"),
    ("xl/externallinks/", "sheet.external-links"),
    ("xl/embeddings/", "sheet.embedded"),
    ("xl/activex/", "sheet.embedded"),
)


def foreign(head: bytes, file: BinaryIO) -> str:
    """The code of refusal of a file that is no zip, judged by its first bytes; "" if it begins like a zip."""
    if not head:
        return "sheet.empty-file"
    if head.startswith(OLE):
        body = file.read(8 * 2**20)
        return "sheet.encrypted" if "EncryptedPackage".encode("utf-16-le") in body else "sheet.old-format"
    return "" if head.startswith(b"PK") else "sheet.not-workbook"


def directory_size(file: BinaryIO, size: int) -> int:
    """The bytes of the zip's central directory by its own end record. Refuses a file that has none (cut off)."""
    file.seek(max(0, size - 65_557))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise Refused("sheet.truncated")
    return int(struct.unpack("<I", tail[at + 12 : at + 16])[0])


def part_name(info: zipfile.ZipInfo) -> str:
    """The name of a part in lower case with forward slashes. Refuses names that lead out of the archive."""
    name = info.filename.replace("\\", "/").lower()
    steps = name.split("/")
    if name.startswith("/") or ".." in steps or ":" in steps[0] or "\0" in info.orig_filename:
        raise Refused("sheet.part-name", part=info.filename[:80])
    return name


def check_part(name: str, info: zipfile.ZipInfo, limits: dict[str, int]) -> None:
    """Refuses one part for what the directory says of it."""
    if info.flag_bits & 0x1:
        raise Refused("sheet.encrypted")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused("sheet.compression", part=name[:80])
    for word, code in FORBIDDEN:
        if word in name:
            raise Refused(code, part=name[:80])
    if info.file_size > limits["part"]:
        raise Refused("sheet.bomb", part=name[:80], size=info.file_size)
    if info.file_size > limits["ratio_from"] and info.file_size > limits["ratio"] * max(1, info.compress_size):
        raise Refused("sheet.bomb", part=name[:80], size=info.file_size)


def directory(archive: zipfile.ZipFile, limits: dict[str, int]) -> dict[str, zipfile.ZipInfo]:
    """The parts by lower-case name, checked as far as the directory tells."""
    infos = archive.infolist()
    if len(infos) > limits["parts"]:
        raise Refused("sheet.too-many-parts", count=len(infos), limit=limits["parts"])
    parts: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = part_name(info)
        if name in parts:
            raise Refused("sheet.duplicate-part", part=name[:80])
        check_part(name, info, limits)
        parts[name] = info
    if sum(info.file_size for info in infos) > limits["total"]:
        raise Refused("sheet.bomb", part="", size=sum(info.file_size for info in infos))
    return parts


def check_kind(parts: dict[str, zipfile.ZipInfo], file: BinaryIO) -> None:
    """Refuses an archive that is another kind of document."""
    if "xl/workbook.bin" in parts:
        raise Refused("sheet.binary-format")
    if "xl/workbook.xml" not in parts:
        if "mimetype" in parts and "content.xml" in parts:
            raise Refused("sheet.ods")
        raise Refused("sheet.not-workbook")


def opened(file: BinaryIO, size: int, limits: dict[str, int]) -> dict[str, zipfile.ZipInfo]:
    """The parts of a workbook that may be read further; refuses everything else."""
    if size > limits["file"]:
        raise Refused("sheet.too-large", size=size, limit=limits["file"])
    if code := foreign(file.read(8), file):
        raise Refused(code)
    if DIRECTORY_BYTES < directory_size(file, size) < 0xFFFFFFFF:
        raise Refused("sheet.too-many-parts", count="", limit=limits["parts"])
    try:
        with zipfile.ZipFile(file) as archive:
            parts = directory(archive, limits)
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, ValueError):
        raise Refused("sheet.truncated") from None
    check_kind(parts, file)
    return parts


def pieces(file: BinaryIO, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The real content of a part in pieces, whatever the directory claims; refuses when size or checksum differ from it."""
    file.seek(info.header_offset)
    head = file.read(30)
    if len(head) < 30 or not head.startswith(b"PK\x03\x04"):
        raise Refused("sheet.corrupt", part=info.filename[:80])
    file.seek(sum(struct.unpack("<HH", head[26:30])), os.SEEK_CUR)
    crc = size = 0
    for piece in filter(None, _inflate(file, info)):
        size += len(piece)
        crc = zlib.crc32(piece, crc)
        if size > info.file_size:
            raise Refused("sheet.corrupt", part=info.filename[:80])
        yield piece
    if size != info.file_size or crc != info.CRC:
        raise Refused("sheet.corrupt", part=info.filename[:80])


def _inflate(file: BinaryIO, info: zipfile.ZipInfo) -> Iterator[bytes]:
    left = info.compress_size
    inflater = zlib.decompressobj(-15) if info.compress_type == zipfile.ZIP_DEFLATED else None
    while left > 0:
        raw = file.read(min(PIECE, left))
        if not raw:
            raise Refused("sheet.truncated")
        left -= len(raw)
        if inflater is None:
            yield raw
            continue
        while raw:
            yield inflater.decompress(raw, PIECE)
            raw = inflater.unconsumed_tail
    if inflater is not None:
        while piece := inflater.decompress(inflater.unconsumed_tail, PIECE):
            yield piece


ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"']{1,40})")
PLAIN = {b"utf-8", b"utf8", b"us-ascii", b"ascii"}


def check_encoding(name: str, head: bytes) -> None:
    """Refuses a part that is not UTF-8: the parser would read nothing from it, in silence."""
    head = head[:1024].removeprefix(b"\xef\xbb\xbf")
    declared = ENCODING.search(head)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head or (declared and declared[1].lower() not in PLAIN):
        raise Refused("sheet.encoding", part=name[:80])


def text_pieces(file: BinaryIO, name: str, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The pieces of an XML part, each checked: UTF-8, no document type, no entities, well formed to its very end.

    The parser of the cells forgives an end that is missing, and would leave the rest out in silence.
    """
    checker = expat.ParserCreate()
    checker.StartDoctypeDeclHandler = _refuse_doctype
    try:
        for number, piece in enumerate(pieces(file, info)):
            if number == 0:
                check_encoding(name, piece)
            checker.Parse(piece, False)
            yield piece
        checker.Parse(b"", True)
    except expat.ExpatError as error:
        raise Refused("sheet.malformed", part=name[:80], detail=str(error)[:80]) from None
    except _DocumentType:
        raise Refused("sheet.doctype", part=name[:80]) from None


class _DocumentType(Exception):
    """A document type declaration was met: nothing after it is looked at."""


def _refuse_doctype(*_: object) -> None:
    raise _DocumentType

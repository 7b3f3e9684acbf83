"""Files that mean harm or were spoilt, made at test time: each function writes one and `CORPUS` tells its refusal.

The archives are put together byte by byte, so that the directory can lie about what the parts hold.
"""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
WORKBOOK = (
    f'<?xml version="1.0" encoding="UTF-8"?><workbook {NS} xmlns:r="{REL}"><sheets>'
    '<sheet name="表一" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)
TOP = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
SHEET = "xl/worksheets/sheet1.xml"


@dataclass
class Part:
    """A part of an archive as it will stand in the file; the directory may claim another size."""

    name: str
    packed: bytes
    size: int
    crc: int
    method: int = 8
    flags: int = 0x800
    claimed: int | None = None

    @classmethod
    def of(cls, name: str, data: bytes | str) -> Part:
        """An honest part."""
        raw = data.encode() if isinstance(data, str) else data
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        return cls(name, packer.compress(raw) + packer.flush(), len(raw), zlib.crc32(raw))

    @classmethod
    def repeated(cls, name: str, head: bytes, chunk: bytes, times: int, tail: bytes) -> Part:
        """head + chunk × times + tail without ever holding it: a flushed block of deflate may stand many times."""
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        first = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
        block = packer.compress(chunk) + packer.flush(zlib.Z_FULL_FLUSH)
        last = packer.compress(tail) + packer.flush()
        crc = zlib.crc32(head)
        for _ in range(times):
            crc = zlib.crc32(chunk, crc)
        size = len(head) + len(chunk) * times + len(tail)
        return cls(name, first + block * times + last, size, zlib.crc32(tail, crc))


def archive(path: Path, parts: list[Part]) -> Path:
    """Writes the parts as a zip file."""
    with path.open("wb") as file:
        directory = b""
        for part in parts:
            name, at = part.name.encode(), file.tell()
            size = part.size if part.claimed is None else part.claimed
            fields = (20, part.flags, part.method, 0, 0x21, part.crc, len(part.packed), size, len(name))
            file.write(struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", *fields, 0) + name + part.packed)
            directory += struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, *fields, 0, 0, 0, 0, 0, at) + name
        start = file.tell()
        count = len(parts)
        file.write(directory + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(directory), start, 0))
    return path


def sheet_xml(rows: str) -> str:
    """A worksheet part around rows."""
    return f'<?xml version="1.0" encoding="UTF-8"?><worksheet {NS}><sheetData>{rows}</sheetData></worksheet>'


PLAIN = sheet_xml('<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c><c r="B1"><v>18.5</v></c></row>')


def parts(sheet: str | bytes | Part = PLAIN, *more: Part, workbook: str | bytes = WORKBOOK) -> list[Part]:
    """The parts of a small workbook with this sheet, and more."""
    body = sheet if isinstance(sheet, Part) else Part.of(SHEET, sheet)
    return [
        Part.of("[Content_Types].xml", TYPES),
        Part.of("_rels/.rels", TOP),
        Part.of("xl/workbook.xml", workbook),
        Part.of("xl/_rels/workbook.xml.rels", RELATIONS),
        body,
        *more,
    ]


def book(path: Path, sheet: str | bytes | Part = PLAIN, *more: Part) -> Path:
    """A small workbook with this sheet."""
    return archive(path, parts(sheet, *more))


# --- the corpus ---------------------------------------------------------------------------------------------------------


def one_cell(path: Path, reference: str) -> Path:
    """A legal file of less than 2 kB with one value at this address."""
    row = reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return book(path, sheet_xml(f'<row r="{row}"><c r="{reference}"><v>1</v></c></row>'))


def bomb(path: Path) -> Path:
    """200 MB of rows that pack into half a megabyte."""
    head, tail = sheet_xml("|").encode().split(b"|")
    chunk = b"<row><c><v>1</v></c><c><v>2</v></c></row>" * 25_000
    return book(path, Part.repeated(SHEET, head, chunk, 199, tail))


def slow_bomb(path: Path) -> Path:
    """Rows without addresses that pack badly, 60 MB: only counting finds them out."""
    head, tail = sheet_xml("|").encode().split(b"|")
    dice = random.Random(7)
    chunk = b"".join(
        b"<row><c><v>%d</v></c><c><v>%d</v></c></row>" % (dice.getrandbits(60), dice.getrandbits(60))
        for _ in range(15_000)
    )
    return book(path, Part.repeated(SHEET, head, chunk, 60, tail))


def liar(path: Path) -> Path:
    """A part that claims 900 bytes and inflates to 100 MB."""
    head, tail = sheet_xml("|").encode().split(b"|")
    part = Part.repeated(SHEET, head, b"<row><c><v>1</v></c></row>" * 40_000, 100, tail)
    part.claimed = 900
    return book(path, part)


def many_parts(path: Path) -> Path:
    """600 parts."""
    return book(path, PLAIN, *(Part.of(f"xl/media/image{number}.png", b"x") for number in range(600)))


def external_entity(path: Path) -> Path:
    """XXE: a document type that would read a file of the server."""
    evil = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + PLAIN.split("?>", 1)[1]
    return book(path, evil.replace("姓名", "&e;"))


def billion_laughs(path: Path) -> Path:
    """Entities that multiply, in the shared strings."""
    lines = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    evil = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{lines}]><sst {NS}><si><t>&a11;</t></si></sst>'
    return book(path, PLAIN, Part.of("xl/sharedStrings.xml", evil))


def wide_part(path: Path) -> Path:
    """A sheet in UTF-16, from which a parser reads nothing, in silence."""
    return book(path, PLAIN.replace("UTF-8", "UTF-16").encode("utf-16"))


def chinese_part(path: Path) -> Path:
    """A sheet in GBK."""
    return book(path, PLAIN.replace("UTF-8", "GBK").encode("gbk"))


def twin_parts(path: Path) -> Path:
    """Two parts whose names differ by case only."""
    return book(path, PLAIN, Part.of("xl/Worksheets/Sheet1.xml", PLAIN))


def climbing(path: Path) -> Path:
    """A part whose name leads out of the archive."""
    return book(path, PLAIN, Part.of("../../../tmp/evil.xml", "<x/>"))


def cut(path: Path) -> Path:
    """A workbook that was not sent to its end."""
    whole = book(path).read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    return path


def spoilt(path: Path) -> Path:
    """A part whose bytes no longer meet their checksum."""
    part = Part.of(SHEET, PLAIN)
    part.crc ^= 1
    return book(path, part)


def locked(path: Path) -> Path:
    """An encrypted workbook: an OLE file with the package inside."""
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1024 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 1024
    )
    return path


def old(path: Path) -> Path:
    """A workbook of before 2007."""
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1024 + "Workbook".encode("utf-16-le") + b"\0" * 1024)
    return path


def zip_locked(path: Path) -> Path:
    """An archive with a password of its own."""
    part = Part.of(SHEET, PLAIN)
    part.flags |= 1
    return book(path, part)


def packed_strangely(path: Path) -> Path:
    """A part packed by LZMA."""
    part = Part.of(SHEET, PLAIN)
    part.method = 14
    return book(path, part)


def too_wide(path: Path) -> Path:
    """A row of 400 cells."""
    return book(path, sheet_xml("<row>" + "<c><v>1</v></c>" * 400 + "</row>"))


def too_large(path: Path) -> Path:
    """Two cells that span 30,000,000."""
    return book(
        path, sheet_xml('<row r="1"><c r="KA1"><v>1</v></c></row><row r="120000"><c r="A120000"><v>1</v></c></row>')
    )


def merged(path: Path) -> Path:
    """25,000 merges."""
    merges = "".join(f'<mergeCell ref="A{row}:B{row}"/>' for row in range(1, 25_001))
    return book(path, PLAIN.replace("</sheetData>", f"</sheetData><mergeCells>{merges}</mergeCells>"))


def other_document(path: Path) -> Path:
    """A text document in a zip."""
    return archive(path, [Part.of("[Content_Types].xml", TYPES), Part.of("word/document.xml", "<x/>")])


def open_document(path: Path) -> Path:
    """An OpenDocument spreadsheet."""
    kind = Part.of("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    return archive(path, [kind, Part.of("content.xml", "<x/>")])


def written(content: bytes) -> Callable[[Path], Path]:
    """A maker of a file with this content."""

    def make(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return make


def with_part(name: str, content: bytes | str = b"x") -> Callable[[Path], Path]:
    """A maker of a workbook with one part more."""
    return lambda path: book(path, PLAIN, Part.of(name, content))


CORPUS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "bomb": (bomb, "sheet.bomb"),
    "liar": (liar, "sheet.corrupt"),
    "many-parts": (many_parts, "sheet.too-many-parts"),
    "xxe": (external_entity, "sheet.doctype"),
    "billion-laughs": (billion_laughs, "sheet.doctype"),
    "utf-16-part": (wide_part, "sheet.encoding"),
    "gbk-part": (chinese_part, "sheet.encoding"),
    "twin-parts": (twin_parts, "sheet.duplicate-part"),
    "path-name": (climbing, "sheet.part-name"),
    "last-cell": (lambda path: one_cell(path, "XFD1048576"), "sheet.too-many-rows"),
    "last-column": (lambda path: one_cell(path, "XFD1"), "sheet.too-many-columns"),
    "far-corner": (too_large, "sheet.too-many-cells"),
    "wide-row": (too_wide, "sheet.too-many-columns"),
    "merges": (merged, "sheet.too-many-merges"),
    "macros": (with_part("xl/vbaProject.bin"), "sheet.macros"),
    "external-links": (with_part("xl/externalLinks/externalLink1.xml", "<x/>"), "sheet.external-links"),
    "embedded": (with_part("xl/embeddings/oleObject1.bin"), "sheet.embedded"),
    "binary-workbook": (with_part("xl/workbook.bin"), "sheet.binary-format"),
    "truncated": (cut, "sheet.truncated"),
    "checksum": (spoilt, "sheet.corrupt"),
    "encrypted": (locked, "sheet.encrypted"),
    "zip-password": (zip_locked, "sheet.encrypted"),
    "lzma": (packed_strangely, "sheet.compression"),
    "old-xls": (old, "sheet.old-format"),
    "docx": (other_document, "sheet.not-workbook"),
    "ods": (open_document, "sheet.ods"),
    "empty": (written(b""), "sheet.empty-file"),
    "pdf": (written(b"%PDF-1.7\n%\xe2\xe3\n"), "sheet.not-workbook"),
    "web-page": (written("<html><table><tr><td>姓名</td></tr></table>".encode()), "sheet.web-page"),
    "bad-xml": (lambda path: book(path, PLAIN.replace("</row>", "")), "sheet.malformed"),
    "half-a-sheet": (lambda path: book(path, PLAIN[: PLAIN.index("</row>")]), "sheet.malformed"),
    "bad-shared-string": (
        lambda path: book(path, sheet_xml('<row r="1"><c r="A1" t="s"><v>99</v></c></row>')),
        "sheet.unreadable",
    ),
    "nul-text": (written(b"name,area\na\0b,18\nc,9\n"), "csv.nul"),
    "open-quote": (written('姓名,面积\n"张三,18\n李四,9\n'.encode()), "csv.quotes"),
    "bytes": (written("姓名,面积\n".encode() + b"\xff\xff,9\n"), "csv.encoding"),
}

"""What kinds of file are taken: told by content and by ending, and both must agree. Everything else is refused by name."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from yiwang.kit.refusal import Refusal
from yiwang.kit.sheets.guard.archive import directory_size, pieces
from yiwang.kit.sheets.guard.limits import Refused

#: Of a document that is an archive: parts, bytes of all when unpacked, how often a large part may be its packed size.
PARTS, UNPACKED, RATIO, RATIO_FROM = 3000, 200 << 20, 200, 5 << 20
_DIRECTORY = 4 << 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OOXML = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True)
class FileKind:
    """One kind. `family` says how its content is looked at."""

    endings: tuple[str, ...]
    mime: str
    family: str
    part: str = ""  # of an archive: the part that tells what it is


KINDS = (
    FileKind(("jpg", "jpeg"), "image/jpeg", "image"),
    FileKind(("png",), "image/png", "image"),
    FileKind(("webp",), "image/webp", "image"),
    FileKind(("gif",), "image/gif", "image"),
    FileKind(("bmp",), "image/bmp", "image"),
    FileKind(("pdf",), "application/pdf", "pdf"),
    FileKind(("docx",), f"{_OOXML}wordprocessingml.document", "archive", "word/document.xml"),
    FileKind(("xlsx",), f"{_OOXML}spreadsheetml.sheet", "archive", "xl/workbook.xml"),
    FileKind(("pptx",), f"{_OOXML}presentationml.presentation", "archive", "ppt/presentation.xml"),
    FileKind(("ofd",), "application/ofd", "archive", "ofd.xml"),
    FileKind(("doc", "wps"), "application/msword", "ole"),
    FileKind(("xls", "et"), "application/vnd.ms-excel", "ole"),
    FileKind(("ppt", "dps"), "application/vnd.ms-powerpoint", "ole"),
    FileKind(("txt",), "text/plain", "text"),
    FileKind(("csv",), "text/csv", "text"),
)
_BY_ENDING = {ending: kind for kind in KINDS for ending in kind.endings}
#: For the `accept` of a file field.
ACCEPT = ",".join(f".{ending}" for ending in _BY_ENDING)
_ADVICE = {
    "heic": "苹果手机请在“设置 → 相机 → 格式”选“兼容性最佳”,或截图后上传。",
    "heif": "苹果手机请在“设置 → 相机 → 格式”选“兼容性最佳”,或截图后上传。",
    "zip": "请解压后逐个上传。",
    "rar": "请解压后逐个上传。",
    "7z": "请解压后逐个上传。",
    "docm": "请另存为不带宏的 docx。",
    "xlsm": "请另存为不带宏的 xlsx。",
}
_IMAGES = (
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"GIF87a", 0, "image/gif"),
    (b"GIF89a", 0, "image/gif"),
    (b"BM", 0, "image/bmp"),
    (b"WEBP", 8, "image/webp"),
)


def kind_of(ending: str, file: BinaryIO, size: int) -> FileKind:
    """The kind of a file, which must be what its ending says. The file is read, not kept; its position moves.

    Refusals: `attachment.type` (this ending is not taken), `attachment.content` (the content is something else),
    `attachment.macro`, `attachment.unpacked`.
    """
    kind = _BY_ENDING.get(ending)
    if kind is None:
        advice = _ADVICE.get(ending, "可以上传图片、PDF、OFD、Word、Excel、PPT 和文本文件。")
        raise Refusal("attachment.type", f"不能上传 .{ending[:12]} 文件。{advice}")
    file.seek(0)
    _LOOKS[kind.family](kind, file, size)
    return kind


def _differs(kind: FileKind) -> Refusal:
    return Refusal("attachment.content", f"文件内容不是 {kind.endings[0]},请确认没有改错扩展名,或在原程序里重新导出。")


def _image(kind: FileKind, file: BinaryIO, size: int) -> None:
    """Any picture under the ending of any picture: phones mix them up, and all are drawn anew anyway."""
    head = file.read(16)
    if not any(head[at : at + len(magic)] == magic for magic, at, _ in _IMAGES):
        raise _differs(kind)


def _pdf(kind: FileKind, file: BinaryIO, size: int) -> None:
    if not file.read(8).startswith(b"%PDF-"):
        raise _differs(kind)


def _text(kind: FileKind, file: BinaryIO, size: int) -> None:
    """Text is what decodes as such and has no NUL; its content cannot tell more."""
    body = file.read()
    if b"\0" in body:
        raise _differs(kind)
    for encoding in ("utf-8", "gb18030"):
        try:
            body.decode(encoding)
        except UnicodeDecodeError:
            continue
        return
    raise _differs(kind)


def _ole(kind: FileKind, file: BinaryIO, size: int) -> None:
    """The old office formats: a macro is told by the storage that holds it."""
    body = file.read()
    if not body.startswith(_OLE):
        raise _differs(kind)
    if any(word.encode("utf-16-le") in body for word in ("_VBA_PROJECT", "Macros", "_VBA_PROJECT_CUR")):
        raise Refusal("attachment.macro", "文件带有宏,不能上传;请另存为不带宏的文件。")


def _archive(kind: FileKind, file: BinaryIO, size: int) -> None:
    """The new office formats and OFD: looked at by directory, then by what the parts really inflate to."""
    if not file.read(4).startswith(b"PK\x03\x04"):
        raise _differs(kind)
    try:
        if directory_size(file, size) > _DIRECTORY:
            raise _too_much()
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
        _directory(kind, infos)
        left = UNPACKED
        for info in infos:
            for piece in pieces(file, info):
                left -= len(piece)
                if left < 0:
                    raise _too_much()
    except (Refused, zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, ValueError):
        raise _differs(kind) from None


def _directory(kind: FileKind, infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > PARTS or sum(info.file_size for info in infos) > UNPACKED:
        raise _too_much()
    names = [info.filename.replace("\\", "/").lower() for info in infos]
    if len(set(names)) < len(names) or any(name.startswith("/") or ".." in name.split("/") for name in names):
        raise _differs(kind)
    if any("vbaproject" in name or "/macrosheets/" in name or "/activex/" in name for name in names):
        raise Refusal("attachment.macro", "文件带有宏或控件,不能上传;请另存为不带宏的文件。")
    for info in infos:
        if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _differs(kind)
        if info.file_size > RATIO_FROM and info.file_size > RATIO * max(1, info.compress_size):
            raise _too_much()
    if kind.part not in names:
        raise _differs(kind)


def _too_much() -> Refusal:
    return Refusal("attachment.unpacked", f"文件展开后过大(超过 {UNPACKED >> 20} MB)或结构异常,请拆分后再上传。")


_LOOKS: dict[str, Callable[[FileKind, BinaryIO, int], None]] = {
    "image": _image,
    "pdf": _pdf,
    "text": _text,
    "ole": _ole,
    "archive": _archive,
}

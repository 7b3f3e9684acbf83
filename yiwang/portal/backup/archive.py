"""The file of a backup: a ZIP with the tables (or the SQLite file), the uploaded files, and a manifest of digests."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from yiwang.kit.refusal import Refusal, Where

FORMAT = 1
MANIFEST = "manifest.json"
PIECE = 1 << 20
#: What reading a damaged archive raises: an unknown method is NotImplementedError, a false password RuntimeError.
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, ValueError, RuntimeError)


@dataclass
class Content:
    """How much and which: rows of a table or bytes of a file, and their SHA-256."""

    amount: int
    digest: str
    columns: list[str] = field(default_factory=list)


@dataclass
class Manifest:
    """What a backup holds. `head`: the end of the chain. `migrations`: [app, name] as applied when it was made."""

    engine: str
    made_at: str
    migrations: list[list[str]] = field(default_factory=list)
    tables: dict[str, Content] = field(default_factory=dict)
    files: dict[str, Content] = field(default_factory=dict)
    members: dict[str, Content] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)
    head: list[Any] = field(default_factory=list)
    format: int = FORMAT

    def text(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)


class Writer:
    """Adds members to a new backup, digesting what passes."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive

    def add(self, name: str, pieces: Iterable[bytes]) -> Content:
        """A member from pieces of bytes."""
        digest, size = hashlib.sha256(), 0
        with self.archive.open(name, "w", force_zip64=True) as member:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                member.write(piece)
        return Content(size, digest.hexdigest())


@contextmanager
def create(path: Path) -> Iterator[Writer]:
    """A new backup: it has its name only when it is whole. Mode 0600, since it holds personal data."""
    if path.exists():
        raise Refusal("backup.exists", f"{path} 已存在,请换一个文件名", where=Where(file=str(path)))
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            yield Writer(archive)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


class Reader:
    """An existing backup: its manifest, and members that are checked while they are read."""

    def __init__(self, archive: zipfile.ZipFile, path: Path) -> None:
        self.archive = archive
        self.where = Where(file=str(path))
        self.manifest = self._manifest()

    def _manifest(self) -> Manifest:
        try:
            data: dict[str, Any] = json.loads(self.archive.read(MANIFEST))
            for name in ("tables", "files", "members"):
                data[name] = {key: Content(**one) for key, one in data[name].items()}
            manifest = Manifest(**data)
        except (*BROKEN, TypeError, AttributeError) as error:
            raise Refusal("backup.broken", f"备份清单读不出:{error}", where=self.where) from None
        if manifest.format != FORMAT:
            raise Refusal("backup.format", f"备份格式 {manifest.format} 由更新的版本作出", where=self.where)
        return manifest

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of a member; refused at the end when they are not what the manifest says."""
        digest = hashlib.sha256()
        try:
            with self.archive.open(name) as member:
                while piece := member.read(PIECE):
                    digest.update(piece)
                    yield piece
        except BROKEN as error:
            raise Refusal("backup.broken", f"备份里的 {name} 已损坏:{error}", where=self.where) from None
        if digest.hexdigest() != self.manifest.members[name].digest:
            raise Refusal("backup.broken", f"备份里的 {name} 与清单不符", where=self.where)

    def check(self) -> None:
        """Read every member once, before anything is written anywhere."""
        for name in self.manifest.members:
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts:
                raise Refusal("backup.broken", f"备份里的路径 {name} 不合法", where=self.where)
            for _ in self.pieces(name):
                pass


@contextmanager
def open_backup(path: Path) -> Iterator[Reader]:
    """An existing backup; refuses what is none."""
    try:
        archive = zipfile.ZipFile(path)
    except BROKEN as error:
        raise Refusal("backup.broken", f"不是备份文件:{error}", where=Where(file=str(path))) from None
    with archive:
        yield Reader(archive, path)


def copy_pieces(file: IO[Any]) -> Iterator[bytes]:
    """A file in pieces."""
    while piece := file.read(PIECE):
        yield piece

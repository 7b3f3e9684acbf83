"""The two verbs. The database first, then the files: a file that a row names is never missing from a backup."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from yiwang.core.ledger.report import Report
from yiwang.core.ledger.verify import verify
from yiwang.kit.refusal import Refusal
from yiwang.portal.backup import postgres, sqlite
from yiwang.portal.backup.archive import MANIFEST, Manifest, Reader, Writer, create, open_backup


def backup(path: Path) -> Manifest:
    """Write a backup of database and files to `path`, while others go on writing. Refusal `backup.exists`."""
    manifest = Manifest(connection.vendor, datetime.now(UTC).isoformat(timespec="seconds"))
    with create(path) as writer:
        if connection.vendor == "sqlite":
            sqlite.dump(writer, manifest, path.parent)
        else:
            postgres.dump(writer, manifest)
        _dump_files(writer, manifest)
        writer.archive.writestr(MANIFEST, manifest.text())
    return manifest


def restore(path: Path) -> tuple[Manifest, Report]:
    """Fill an empty place from a backup, prove that it is the same (tables and files by digest), verify its chain.

    Refusals: `backup.broken`, `backup.format`, `restore.engine`, `restore.not-empty`, `restore.newer`,
    `restore.version`, `restore.differs`. After a refusal the place is as empty as before.
    """
    with open_backup(path) as reader:
        manifest = reader.manifest
        if manifest.engine != connection.vendor:
            raise Refusal("restore.engine", f"备份来自 {manifest.engine},这里是 {connection.vendor},不能互相恢复")
        engine = sqlite if manifest.engine == "sqlite" else postgres
        engine.refuse_unless_empty()
        if next(stored_files(), None) is not None:
            raise Refusal("restore.not-empty", "文件目录里已有文件,只能恢复到空的位置")
        reader.check()
        with _files_loaded(reader), engine.loaded(reader) as tables:
            for name, content in manifest.tables.items():
                if tables.get(name) != content:
                    raise Refusal("restore.differs", f"恢复后的数据表 {name} 与备份不同", where=reader.where)
    # As of the backup: what was written just before it waited for the sealer then, and still does.
    return manifest, verify(now=datetime.fromisoformat(manifest.made_at), grace=0)


def stored_files(folder: str = "") -> Iterator[str]:
    """Every stored file, by path."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(files):
        yield str(PurePosixPath(folder) / name)
    for name in sorted(folders):
        yield from stored_files(str(PurePosixPath(folder) / name))


def _dump_files(writer: Writer, manifest: Manifest) -> None:
    for name in stored_files():
        try:
            file = default_storage.open(name)
        except FileNotFoundError:
            continue  # removed since it was listed
        with file:
            content = writer.add(f"files/{name}", file.chunks())
        manifest.members[f"files/{name}"] = manifest.files[name] = content


@contextmanager
def _files_loaded(reader: Reader) -> Iterator[None]:
    """Store the files; away again if the block fails."""
    stored: list[str] = []
    try:
        for name in reader.manifest.files:
            stored.append(default_storage.save(name, ContentFile(b"".join(reader.pieces(f"files/{name}")))))
            if stored[-1] != name:
                raise Refusal("restore.differs", f"文件 {name} 只能存为 {stored[-1]}", where=reader.where)
        yield
    except BaseException:
        for name in stored:
            default_storage.delete(name)
        raise

"""Folders of the lake: made beside, sealed with a manifest, renamed into place; and looked after.

A manifest says how many rows there are and the digest of every file, so that a snapshot that lost or changed a file is
refused before anybody counts with it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from yiwang.kit.digest import canonical
from yiwang.kit.refusal import Refusal

MANIFEST = "manifest.json"
_PIECE = 1 << 20


@contextmanager
def fresh(target: Path) -> Iterator[Path]:
    """A new folder that becomes `target` when all went well and is gone when not. Refusal `insight.out` if it is there."""
    if target.exists():
        raise Refusal("insight.out", f"{target.name} 已经在了,请换一个目录,或先删去它。")
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    try:
        yield beside
        _settle(beside)
        beside.rename(target)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def _settle(folder: Path) -> None:
    """On the disk before the name says so."""
    for path in [*folder.rglob("*"), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def part(folder: Path, year: int, province: int | str, name: str = "part-0") -> Path:
    """The file of a partition; its folders are made."""
    place = folder / f"year={year}" / f"province={province}"
    place.mkdir(parents=True, exist_ok=True)
    return place / f"{name}.parquet"


def digest(path: Path) -> str:
    """SHA-256 of a file, in pieces."""
    found = hashlib.sha256()
    with path.open("rb") as data:
        while piece := data.read(_PIECE):
            found.update(piece)
    return found.hexdigest()


def seal(folder: Path, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Write the manifest: the facts, each file with size and digest, and the digest of all that."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    listed = [
        {"path": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size, "sha256": digest(path)}
        for path in paths
    ]
    body = {**facts, "files": listed}
    found = {**body, "digest": hashlib.sha256(canonical(body).encode()).hexdigest()}
    (folder / MANIFEST).write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    return found


def manifest(folder: Path) -> dict[str, Any]:
    """What a snapshot says of itself. Refusal `lake.no-manifest`."""
    path = folder / MANIFEST
    if not path.exists():
        raise Refusal("lake.no-manifest", f"{folder.name} 不是快照:没有 {MANIFEST}。")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def check(folder: Path, *, whole: bool = True) -> dict[str, Any]:
    """The manifest of a snapshot that holds it. `whole`: read every byte, else sizes only. Refusal `lake.broken`."""
    found = manifest(folder)
    body = {key: value for key, value in found.items() if key != "digest"}
    if hashlib.sha256(canonical(body).encode()).hexdigest() != found.get("digest"):
        raise Refusal("lake.broken", f"快照 {folder.name} 的清单被改过,请重新生成快照。")
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*.parquet")}
    listed = {one["path"] for one in found["files"] if one["path"].endswith(".parquet")}
    if strange := sorted(present ^ listed):
        raise Refusal("lake.broken", f"快照 {folder.name} 的文件与清单不符:{strange[0]}。请重新生成快照。")
    for one in found["files"]:
        path = folder / one["path"]
        same = path.exists() and path.stat().st_size == one["bytes"]
        if not same or (whole and digest(path) != one["sha256"]):
            raise Refusal("lake.broken", f"快照 {folder.name} 的 {one['path']} 缺失或被改过,请重新生成快照。")
    return found

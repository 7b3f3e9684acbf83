"""Refresh the vendored front end: `python tools/vendor.py` packs each package with npm, by name and version.

What is wanted stands here; what was taken (file, SHA-256, licence) stands in `vendor.json` beside them, and a
test compares the two. To move to a newer version: change the number here, run, look at the portal, commit.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PORTAL = ROOT / "yiwang/portal/static/vendor"
TESTS = ROOT / "tests/browser/vendor"

#: The icons of the sprite, by their name in the outline set.
ICONS = (
    "alert-triangle",
    "armchair",
    "arrow-back-up",
    "arrow-left",
    "arrow-right",
    "bell",
    "bell-ringing",
    "building",
    "calendar",
    "car",
    "check",
    "chevron-down",
    "chevron-right",
    "clipboard-check",
    "clipboard-text",
    "clock",
    "download",
    "file-text",
    "files",
    "flag",
    "filter",
    "help",
    "history",
    "home",
    "link",
    "list-check",
    "list-details",
    "lock",
    "logout",
    "map-2",
    "map-pin",
    "minus",
    "message",
    "paperclip",
    "player-pause",
    "player-play",
    "plus",
    "polygon",
    "scale",
    "search",
    "send",
    "shield-check",
    "sitemap",
    "steering-wheel",
    "table",
    "upload",
    "user",
    "user-plus",
    "users",
    "x",
)


@dataclass(frozen=True)
class Package:
    """One package: which files of it are wanted (path in the package → name here)."""

    name: str
    version: str
    folder: Path
    files: dict[str, str] = field(default_factory=dict)
    icons: tuple[str, ...] = ()
    licence: str = ""  # where package.json only points at a file


PACKAGES = (
    Package("htmx.org", "2.0.11", PORTAL, {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "htmx.LICENSE.txt"}),
    Package("@tabler/icons", "3.51.0", PORTAL, {"LICENSE": "tabler-icons.LICENSE.txt"}, ICONS),
    Package(
        "bpmn-js",
        "18.31.1",
        PORTAL,
        {
            "dist/bpmn-navigated-viewer.production.min.js": "bpmn-viewer.min.js",
            "dist/assets/diagram-js.css": "bpmn-viewer.css",
            "LICENSE": "bpmn-js.LICENSE.txt",
        },
        licence="MIT with the bpmn.io watermark kept",
    ),
    Package(
        "maplibre-gl",
        "6.17.0",
        PORTAL,
        {
            # the worker is a file of its own: a page whose policy forbids blobs can start it
            "dist/maplibre-gl.mjs": "maplibre-gl.mjs",
            "dist/maplibre-gl-worker.mjs": "maplibre-gl-worker.mjs",
            "dist/maplibre-gl.css": "maplibre-gl.css",
            "LICENSE.txt": "maplibre-gl.LICENSE.txt",
        },
    ),
    Package("axe-core", "4.14.1", TESTS, {"axe.min.js": "axe.min.js", "LICENSE": "axe-core.LICENSE.txt"}),
)


def pack(package: Package, folder: Path) -> dict[str, bytes]:
    """The files of a package as npm delivers it, by path."""
    command = ["npm", "pack", "--silent", f"{package.name}@{package.version}"]
    name = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.split()[-1]
    with tarfile.open(folder / name) as archive:
        members = {m.name.removeprefix("package/"): archive.extractfile(m) for m in archive if m.isfile()}
        return {path: stream.read() for path, stream in members.items() if stream}


def symbol(name: str, svg: str) -> str:
    """One icon file as a symbol of the sprite; strokes follow the text colour."""
    inner = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    inner = re.sub(r"\s+", " ", inner[inner.index(">") + 1 : inner.rindex("</svg>")]).replace("> <", "><").strip()
    return f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>'


def sprite(package: Package, content: dict[str, bytes]) -> bytes:
    """The chosen icons in one SVG file."""
    symbols = [symbol(name, content[f"icons/outline/{name}.svg"].decode()) for name in sorted(package.icons)]
    return ('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n").encode()


def take(package: Package) -> dict[str, object]:
    """Write the wanted files and give the entry of the list."""
    with tempfile.TemporaryDirectory() as folder:
        content = pack(package, Path(folder))
    wanted = {name: content[path] for path, name in package.files.items()}
    if package.icons:
        wanted["icons.svg"] = sprite(package, content)
    package.folder.mkdir(parents=True, exist_ok=True)
    for name, data in wanted.items():
        (package.folder / name).write_bytes(data)
    return {
        "name": package.name,
        "version": package.version,
        "licence": package.licence or json.loads(content["package.json"])["license"],
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(wanted.items())},
    }


def main() -> None:
    """Refresh every folder and its list."""
    for folder in (PORTAL, TESTS):
        entries = [take(package) for package in PACKAGES if package.folder == folder]
        (folder / "vendor.json").write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""What is vendored is what the list says, and nothing else."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = [ROOT / "yiwang/portal/static/vendor", ROOT / "tests/browser/vendor"]
TEMPLATES = sorted(ROOT.glob("yiwang/**/templates/**/*.html"))


def _list(folder: Path) -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = json.loads((folder / "vendor.json").read_text(encoding="utf-8"))
    return data


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_every_file_is_on_the_list_with_its_digest(folder: Path) -> None:
    listed = {name: digest for entry in _list(folder) for name, digest in entry["files"].items()}
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.name != "vendor.json"
    }
    assert found == listed


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_every_entry_has_version_licence_and_its_text(folder: Path) -> None:
    for entry in _list(folder):
        assert re.fullmatch(r"\d+\.\d+\.\d+", entry["version"]), entry
        assert entry["licence"] in {"0BSD", "BSD-3-Clause", "MIT", "MPL-2.0", "MIT with the bpmn.io watermark kept"}
        assert any("LICENSE" in name for name in entry["files"]), entry


def test_htmx_is_of_the_second_major() -> None:
    assert next(entry for entry in _list(FOLDERS[0]) if entry["name"] == "htmx.org")["version"].startswith("2.0.")


def test_the_list_is_what_the_refresh_script_wants() -> None:
    script = (ROOT / "tools/vendor.py").read_text(encoding="utf-8")
    for folder in FOLDERS:
        for entry in _list(folder):
            assert re.search(rf'Package\(\s*"{entry["name"]}",\s*"{entry["version"]}"', script)


def test_every_icon_used_is_in_the_sprite() -> None:
    sprite = (FOLDERS[0] / "icons.svg").read_text(encoding="utf-8")
    held = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    used = {
        name for path in TEMPLATES for name in re.findall(r'{% icon "([^"]+)" %}', path.read_text(encoding="utf-8"))
    }
    assert used <= held

"""The inventory of components (CycloneDX 1.5) of what is installed by `requirements.lock`: `python tools/sbom.py > sbom.json`."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from packaging.markers import Marker

ROOT = Path(__file__).resolve().parent.parent
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)(?: ; ([^\\\n]+))?", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def pins(lock: Path) -> dict[str, str]:
    """Name → version of a lock; names in the normal form of the index."""
    return {_normal(pin[1]): pin[2] for pin, _ in _pinned(lock.read_text(encoding="utf-8"))}


def _pinned(text: str) -> list[tuple[re.Match[str], int]]:
    """The pins with the end of their lines; of one that is pinned by version of Python, what this one installs."""
    found = list(_PIN.finditer(text))
    ends = [one.start() for one in found[1:]] + [len(text)]
    times = Counter(_normal(one[1]) for one in found)
    return [
        (pin, end)
        for pin, end in zip(found, ends, strict=True)
        if times[_normal(pin[1])] == 1 or Marker(pin[3].strip()).evaluate()
    ]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _components(lock: Path) -> list[dict[str, Any]]:
    text = lock.read_text(encoding="utf-8")
    return [
        {
            "type": "library",
            "name": _normal(pin[1]),
            "version": pin[2],
            "purl": f"pkg:pypi/{_normal(pin[1])}@{pin[2]}",
            "hashes": [{"alg": "SHA-256", "content": digest} for digest in _HASH.findall(text[pin.start() : end])],
        }
        for pin, end in _pinned(text)
    ]


def _vendored() -> list[dict[str, Any]]:
    """What the browser gets: files kept in the tree."""
    data = json.loads((ROOT / "yiwang/portal/static/vendor/vendor.json").read_text(encoding="utf-8"))
    entries = data.items() if isinstance(data, dict) else enumerate(data)
    return [
        {
            "type": "library",
            "name": str(one.get("name", key)),
            "version": str(one.get("version", "")),
            "scope": "required",
        }
        for key, one in entries
        if isinstance(one, dict)
    ]


def sbom(lock: Path = ROOT / "requirements.lock") -> dict[str, Any]:
    """The inventory as data; the same for the same lock."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "yiwang"}},
        "components": _components(lock) + _vendored(),
    }


if __name__ == "__main__":
    json.dump(sbom(), sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")

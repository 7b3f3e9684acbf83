"""House-keeping: locks, licences, file sizes, migrations, and that nothing names a place it should not."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent
LOCKS = sorted(ROOT.glob("*.lock"))


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    return [ROOT / name for name in listed if name and (ROOT / name).exists()]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_names_no_host_and_hashes_everything(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "https://" not in text
    assert "http://" not in text
    assert not re.search(r"^\s*--?(index|extra-index|find-links|i\b)", text, re.M)
    pinned = re.findall(r"^[A-Za-z0-9._-]+==", text, re.M)
    assert len(pinned) > 10
    assert len(re.findall(r"^[A-Za-z0-9._-]+==[^\n]*\\\n\s+--hash=", text, re.M)) == len(pinned)


def test_no_file_is_too_long() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in tracked()
        if path.suffix == ".py" and "migrations" not in path.parts
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 500
    }
    assert not long


def test_nothing_reads_what_is_outside() -> None:
    outside = re.compile(r"\.\./shared|/work/|/root/|/tmp/bash")
    found = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.suffix in {".py", ".md", ".yaml", ".toml", ".html", ".sh", ""} and path != Path(__file__)
        if outside.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert not found


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_the_import_contracts_hold() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]


def test_core_without_django() -> None:
    """Judging a workbook needs no Django: none of these may import it."""
    code = (
        "import sys\n"
        "from yiwang.core.standards import bulk, judge, queries\n"
        "from yiwang.core.datasets import all_datasets\n"
        "all_datasets()\n"
        "import yiwang.core.intake\n"
        "assert not any(name == 'django' or name.startswith('django.') for name in sys.modules), 'django'\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]

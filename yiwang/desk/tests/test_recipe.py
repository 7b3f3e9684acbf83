"""docs/developing/add-a-kind.md is followed to the letter in an empty area, and its steps are counted."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
RECIPE = ROOT / "docs" / "developing" / "add-a-kind.md"
SETTINGS = """
from yiwang.portal.settings_test import *
INSTALLED_APPS = [*INSTALLED_APPS, "yiwang_sample"]
"""
APPS = """
from django.apps import AppConfig

class SampleConfig(AppConfig):
    name = "yiwang_sample"
    label = "sample"
    verbose_name = "样例"
"""
CONFTEST = """
import json
from yiwang.desk import testing

counts = json.loads(testing.COUNTS.read_text())
testing.COUNTS = testing.Path(__file__).with_name("query_counts.json")
testing.COUNTS.write_text(json.dumps(counts | {"sample.issue": 5}))
"""


def files() -> dict[str, str]:
    """The files that the recipe writes, by name, moved into the sample area."""
    blocks = re.findall(r"```python\n# file: (\S+)\n(.*?)```", RECIPE.read_text(encoding="utf-8"), re.DOTALL)
    moved = {name: text.replace("yiwang.areas.assets", "yiwang_sample") for name, text in blocks}
    return {name: text.replace("assets.issue", "sample.issue") for name, text in moved.items()}


def test_three_files_and_one_for_the_tests() -> None:
    """The length of the recipe is the measure of the design."""
    text = RECIPE.read_text(encoding="utf-8")
    assert len(re.findall(r"^## \d\. ", text, re.MULTILINE)) == 4
    assert list(files()) == ["models.py", "resources.py", "tests/test_pages.py"]
    assert len(re.findall(r"^```console", text, re.MULTILINE)) == 1


@pytest.mark.slow
def test_the_recipe_works(tmp_path: Path) -> None:
    """Model, migration, declaration: the inherited tests pass, every one of them."""
    area = tmp_path / "yiwang_sample"
    (area / "tests").mkdir(parents=True)
    (area / "migrations").mkdir()
    for name, text in files().items():
        (area / name).write_text(text, encoding="utf-8")
    for name in ("__init__.py", "tests/__init__.py", "migrations/__init__.py"):
        (area / name).touch()
    (area / "apps.py").write_text(APPS, encoding="utf-8")
    (area / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (tmp_path / "sample_settings.py").write_text(SETTINGS, encoding="utf-8")
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "sample_settings",
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)]),
        "YIWANG_HOME": str(tmp_path / "home"),
        "YIWANG_TEST_DATABASE": "",
    }
    steps = (
        ["-m", "django", "makemigrations", "sample"],
        ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--rootdir", str(tmp_path), str(area)],
    )
    for step in steps:
        done = subprocess.run(
            [sys.executable, *step], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert re.search(r"1[0-9] passed", done.stdout), done.stdout
    assert (area / "migrations" / "0001_initial.py").exists()

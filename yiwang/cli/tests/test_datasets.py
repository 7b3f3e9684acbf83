"""`yiwang datasets` and `yiwang template`: what there is, and a blank for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from yiwang.cli import group
from yiwang.core.datasets import all_datasets
from yiwang.kit.refusal import Refusal
from yiwang.kit.sheets.reader import sheet_names


def invoke(*words: str) -> str:
    """The output of a command that succeeds."""
    result = CliRunner().invoke(group, list(words), catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_json_lists_every_column_with_type_unit_and_codes() -> None:
    found = {dataset["key"]: dataset for dataset in json.loads(invoke("datasets", "--json"))}
    assert set(found) == set(all_datasets())
    columns = {column["key"]: column for column in found["vehicles.purchase"]["columns"]}
    assert (columns["price"]["type"], columns["price"]["unit"], columns["price"]["label"]) == (
        "number",
        "元",
        "购置价格",
    )
    assert columns["body"]["codes"] == ["轿车", "其他小型客车", "中型客车", "大型客车"]
    assert columns["region"]["type"] == "code"
    assert [column["key"] for column in found["offices.person_space"]["columns"]][:6] == [
        "person", "organ", "organ_tier", "rank", "room", "usable_area",
    ]  # fmt: skip


def test_text_lists_the_same() -> None:
    output = invoke("datasets")
    assert all(key in output for key in all_datasets())
    assert "轿车、其他小型客车" in output


def test_template_by_key_and_label(tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    output = invoke("template", "offices.person_space", "公务用车购置", "vehicles.purchase", "-o", str(path))
    assert output.strip().endswith("办公室使用情况(按人)、公务用车购置")
    assert sheet_names(path)[:2] == ["办公室使用情况(按人)", "公务用车购置"]


@pytest.mark.parametrize(
    ("words", "code"), [(["nothing"], "dataset.unknown"), (["vehicles.purchase"], "template.not-xlsx")]
)
def test_templates_that_cannot_be(words: list[str], code: str, tmp_path: Path) -> None:
    name = "a.csv" if code == "template.not-xlsx" else "a.xlsx"
    result = CliRunner().invoke(group, ["template", *words, "-o", str(tmp_path / name)])
    assert isinstance(result.exception, Refusal)
    assert result.exception.code == code

"""`yiwang vehicles exchange`: a mapping checked whole, the shipped one sound, nothing guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from yiwang.cli.vehicles import command
from yiwang.core.datasets import get
from yiwang.core.datasets.exchange import Exchange, named, read, shipped
from yiwang.kit.refusal import Refusal


def file(folder: Path, text: str) -> Path:
    path = folder / "映射.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_mapping_names_seventeen_items() -> None:
    """Every interface of the standard but the log-in; each key column is mapped."""
    one = named("db32-example")
    assert len(one.tables) == 17
    for table in one.tables.values():
        assert set(get(table.dataset).subject) <= set(table.fields)
    done = CliRunner().invoke(command, ["exchange", "--map", "db32-example"])
    assert done.exit_code == 0
    assert "车辆维保信息 vehicles.maintenance:10 列" in done.output
    assert set(shipped()) == {"db32-example"}


def test_there_and_back(tmp_path: Path) -> None:
    """What goes out under their names comes in as it was; a word without a code goes out as it is."""
    one = read(
        file(
            tmp_path,
            "name: x\ndatasets: {vehicles.maintenance: {fields: {number: BH, kind: {name: LB, codes: {保养: 1}}}}}",
        )
    )
    table = one.table("vehicles.maintenance")
    ours = {"number": "WX-1", "kind": "保养", "amount": "1"}
    assert table.out(ours) == {"BH": "WX-1", "LB": "1"}
    assert table.into(table.out(ours), 1) == {"number": "WX-1", "kind": "保养"}
    assert table.out({"number": None, "kind": "维修"}) == {"BH": None, "LB": "维修"}
    assert table.into({"LB": ""}, 1) == {"kind": ""}


WRONG = {
    "name: [": "不是 UTF-8 的 YAML",
    "name: x": "应有 name、title 和 datasets",
    "datasets: {vehicles.ship: {fields: {a: b}}}": "不是数据集",
    "datasets: {vehicles.maintenance: {fields: {colour: YS}}}": "没有这些列:colour",
    "datasets: {vehicles.maintenance: {fields: {number: A, kind: A}}}": "同一个字段",
    "datasets: {vehicles.maintenance: {fields: {number: [A]}}}": "应写对方的字段名",
    "datasets: {vehicles.maintenance: {fields: {kind: {name: A, codes: {洗车: 1}}}}}": "代码表里没有:洗车",
    "datasets: {vehicles.maintenance: {fields: {kind: {name: A, codes: {保养: 1, 维修: 1}}}}}": "同一个代码",
}


@pytest.mark.parametrize(("text", "sentence"), WRONG.items(), ids=list(WRONG.values()))
def test_a_wrong_file_says_where(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence) as refused:
        read(file(tmp_path, text))
    assert refused.value.code == "exchange.file"


def test_unknown_things() -> None:
    """A mapping that is not there, a dataset that it has not."""
    for code, doing in (
        ("exchange.unknown", lambda: named("x")),
        ("exchange.dataset", lambda: Exchange("x", "x", "", {}).table("y")),
    ):
        with pytest.raises(Refusal) as refused:
            doing()
        assert refused.value.code == code

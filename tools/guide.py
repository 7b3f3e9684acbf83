"""Write the guide's page of datasets from the declarations: `python tools/guide.py`. A test compares page and code."""

from __future__ import annotations

from pathlib import Path

from yiwang.core.datasets import Column, Dataset, Kind, all_datasets

PAGE = Path(__file__).resolve().parents[1] / "docs/guide/datasets.md"
KINDS = {
    Kind.TEXT: "文字",
    Kind.CODE: "代码",
    Kind.NUMBER: "数字",
    Kind.INTEGER: "整数",
    Kind.DATE: "日期",
    Kind.BOOL: "是或否",
}
HEAD = """# 数据集

台账按下面的数据集判定。每个数据集都有“判定日期”和“行政区划”两列,空着时用 `--on` 和 `--region`。
模板:`yiwang template 数据集 -o 台账.xlsx`。机器可读:`yiwang datasets --json`。

本页由 `python tools/guide.py` 按程序里的声明写出,请勿手改。
"""


def line(column: Column) -> str:
    """One column as a row of the table."""
    kind = f"{KINDS[column.kind]}({column.unit})" if column.unit else KINDS[column.kind]
    words = "有词表" if column.vocabulary else "、".join(column.choices)
    notes = ";".join(part for part in ("必填" if column.required else "", words, column.note) if part)
    return f"| {column.label} | `{column.key}` | {kind} | {notes} |"


def section(dataset: Dataset) -> str:
    """One dataset."""
    columns = "\n".join(line(column) for column in dataset.columns if column.key not in ("on", "region"))
    about = f"\n{dataset.note}。\n" if dataset.note else ""
    return f"## {dataset.label} `{dataset.key}`\n{about}\n| 列 | 字段 | 填什么 | 说明 |\n|---|---|---|---|\n{columns}\n"


def text() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(section(dataset) for dataset in all_datasets().values())])


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")

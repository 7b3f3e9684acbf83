"""`yiwang datasets`: every dataset with its columns."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from yiwang.core.datasets import Column, Dataset
    from yiwang.core.standards.ladders import Ladders


@click.command(help="列出数据集和字段")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")
def command(*, as_json: bool) -> None:
    """Print the datasets."""
    from yiwang.core.datasets import all_datasets
    from yiwang.core.standards.book import SHIPPED
    from yiwang.core.standards.ladders import Ladders, read_ladders

    ladders = Ladders(read_ladders(SHIPPED))
    datasets = all_datasets().values()
    if as_json:
        click.echo(json.dumps([_data(dataset, ladders) for dataset in datasets], ensure_ascii=False, indent=1))
        return
    for dataset in datasets:
        click.echo(f"{dataset.key}  {dataset.label}")
        for column in dataset.columns:
            codes = "、".join(_codes(column, ladders)[:8])
            unit = f"  {column.unit}" if column.unit else ""
            click.echo(f"    {column.key:24}{column.label}  {column.kind}{unit}{'  ' + codes if codes else ''}")


def _codes(column: Column, ladders: Ladders) -> list[str]:
    """The words of the column's list, in order; empty if it takes any."""
    return list(ladders[column.vocabulary].labels) if column.vocabulary in ladders else []


def _data(dataset: Dataset, ladders: Ladders) -> dict[str, Any]:
    """A dataset as JSON has it; `codes` are the words of a column's list."""
    columns = [
        asdict(column) | {"type": column.kind.value, "codes": _codes(column, ladders)} for column in dataset.columns
    ]
    return {
        "key": dataset.key,
        "label": dataset.label,
        "note": dataset.note,
        "synonyms": list(dataset.synonyms),
        "subject": list(dataset.subject),
        "sums": dict(dataset.sums),
        "columns": columns,
    }

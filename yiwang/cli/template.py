"""`yiwang template`: a blank workbook for one or more datasets."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(help="生成台账模板:中文表头、下拉列表、填写说明和一行示例")
@click.argument("datasets", nargs=-1, required=True, metavar="数据集…")
@click.option(
    "-o", "--output", "output", required=True, metavar="台账.xlsx", type=click.Path(path_type=Path), help="写到哪里"
)
def command(*, datasets: tuple[str, ...], output: Path) -> None:
    """Write the template of the named datasets (by key or Chinese label)."""
    from yiwang.core.datasets import all_datasets
    from yiwang.core.intake.catalogue import Catalogue
    from yiwang.core.intake.template import write_template
    from yiwang.core.standards.book import SHIPPED
    from yiwang.core.standards.ladders import Ladders, read_ladders
    from yiwang.kit.refusal import Refusal

    catalogue = Catalogue(all_datasets())
    chosen = []
    for word in dict.fromkeys(datasets):
        dataset = catalogue.named(word)
        if dataset is None:
            known = "、".join(catalogue.datasets)
            raise Refusal("dataset.unknown", f"没有“{word}”这个数据集。有的是:{known}")
        if dataset not in chosen:
            chosen.append(dataset)
    if output.suffix.lower() != ".xlsx":
        raise Refusal("template.not-xlsx", f"模板是工作簿,文件名应以 .xlsx 结尾:{output.name}")
    write_template(chosen, Ladders(read_ladders(SHIPPED)), output)
    click.echo(f"已写好 {output}:{'、'.join(dataset.label for dataset in chosen)}")

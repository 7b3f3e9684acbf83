"""`yiwang indicators`: what is counted and how; two years compared. Needs no database."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.group(help="指标:定义和公式,两年相比")
def command() -> None:
    """The top of the group."""


@command.command("list", help="列出指标:定义、公式、单位、依据")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")
def list_(*, as_json: bool) -> None:
    """Print the catalogue."""
    from yiwang.insight.indicators import INDICATORS

    rows = [
        {
            "key": one.key,
            "label": one.label,
            "unit": one.unit,
            "definition": one.definition,
            "formula": one.formula,
            "clause": one.clause,
            "note": one.note,
        }
        for one in INDICATORS
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo(f"{row['key']:22}{row['label']}({row['unit']})  {row['clause']}\n    {row['formula']}")


@command.command(help="两年相比:人均综合能耗、单位建筑面积能耗、人均用水量")
@click.option("--scope", default="national", show_default=True, help="national,或六位行政区划代码")
@click.option("--base", type=int, required=True, help="基期年份")
@click.option("--year", type=int, required=True, help="报告期年份")
@click.option(
    "--own",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="自有数据的目录(yiwang demo --national 或 yiwang lake rollup 的结果),有的年份用它代替公布值",
)
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")
def compare(*, scope: str, base: int, year: int, own: Path | None, as_json: bool) -> None:
    """Print the falls."""
    from yiwang.insight.compare import compare as run
    from yiwang.insight.compare import own_levels

    found = run(scope, base=base, year=year, levels=own_levels(own) if own else None)
    if as_json:
        click.echo(json.dumps([one.as_dict() for one in found], ensure_ascii=False, indent=1))
        return
    for one in found:
        mark = "" if one.verified else "  待核"
        moved = "下降" if one.fall >= 0 else "上升"
        click.echo(
            f"{one.indicator.label}  {one.base_year} 年 {one.base:,.2f} → {one.year} 年 {one.value:,.2f} "
            f"{one.indicator.unit}  {moved} {abs(one.fall):.2f}%{mark}"
        )
        click.echo(f"    {one.indicator.formula}  依据 {one.indicator.clause}")

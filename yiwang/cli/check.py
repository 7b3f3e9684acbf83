"""`yiwang check`: sheets judged by the clauses in force, without a server and without a database."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

    from yiwang.core.datasets import Column
    from yiwang.core.intake.mapping import Mapping
    from yiwang.core.intake.matching import Question, SheetMatch
    from yiwang.core.intake.result import CheckResult
    from yiwang.core.intake.workbook import Plan
    from yiwang.core.standards.book import Lawbook

STDOUT = "-"
MOST_SHOWN = 40
WIDE = 150  # columns, where the output is no terminal


class Day(click.ParamType[date]):
    """A day: 2026-11-22, 2026.11.22, 2026年11月22日, 20261122."""

    name = "日期"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        from yiwang.kit.refusal import Refusal
        from yiwang.kit.sheets.clean import date as day

        if isinstance(value, date):
            return value
        try:
            found = day(str(value))
        except Refusal:
            found = None
        if found is None:
            self.fail(f"“{value}”不是日期,应写成 2026-11-22", param, ctx)
        return found


@click.command(help="判定台账:读工作簿或 CSV,逐行按当日当地有效的制度判定。退出码:0 没有超标,1 有超标,2 读不了。")
@click.argument("sources", nargs=-1, required=True, metavar="台账.xlsx [数据集=文件.csv …]")
@click.option("--on", type=Day(), default=None, help="按哪一天有效的制度判定(默认今天);行里有判定日期的以行为准")
@click.option(
    "--region", default="CN", show_default=True, help="行政区划代码(GB/T 2260 六位,全国为 CN);行里有的以行为准"
)
@click.option("--json", "json_out", metavar="OUT", help="结果写成 JSON;- 为标准输出(只输出 JSON)")
@click.option("--report", metavar="OUT.html", type=click.Path(path_type=Path), help="写一份自成一体的网页报告")
@click.option("--marked", metavar="OUT.xlsx", type=click.Path(path_type=Path), help="写一份标注了判定的工作簿")
@click.option("--all", "everything", is_flag=True, help="也列出在标准内的判定")
@click.option(
    "--map",
    "map_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="对应关系文件:读入已有的回答,回答了新问题就写回",
)
@click.pass_context
def command(
    ctx: click.Context,
    *,
    sources: tuple[str, ...],
    on: date | None,
    region: str,
    json_out: str | None,
    report: Path | None,
    marked: Path | None,
    everything: bool,
    map_file: Path | None,
) -> None:
    """Check sheets and leave with 0, 1 or 2."""
    _safe_streams()
    from yiwang.core.intake import workbook
    from yiwang.core.standards.book import load
    from yiwang.kit.refusal import Refusal

    console = _console(quiet=json_out == STDOUT)
    try:
        book = load()
        mapping = _mapping(map_file)
        plan = _settled(workbook.parse_sources(sources, book), book, mapping, map_file, console)
        today = on or date.today()  # noqa: DTZ011 - the day where the clerk sits
        result = workbook.run(plan, book, on=today, region=region, everything=everything, release=marked is None)
        _write(result, book, plan, json_out, report, marked)
        _show(result, console)
    except click.Abort:
        raise Refusal("input.aborted", "没有回答完,已停止") from None
    except (MemoryError, RecursionError):
        raise Refusal("input.too-large", "文件太大或太复杂,内存不够;请拆成几个文件") from None
    except (Refusal, click.ClickException):
        raise
    except Exception as error:
        if os.environ.get("YIWANG_TRACE"):
            raise
        # The clerk gets a sentence; exit 1 would say that something is over.
        raise Refusal(
            "internal.fault", f"程序自己出错了({type(error).__name__}:{error}),请把这句话告诉维护者"
        ) from error
    ctx.exit(1 if result.over else 0)


def _safe_streams() -> None:
    """Words that the terminal cannot show become question marks, not a crash."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]


def _console(*, quiet: bool) -> Console:
    from rich.console import Console

    stream = sys.stderr if quiet else sys.stdout
    console = Console(file=stream, highlight=False, emoji=False, markup=False, soft_wrap=False, quiet=quiet)
    if not console.is_terminal:
        console.width = WIDE
    return console


def _mapping(path: Path | None) -> Mapping:
    from yiwang.core.intake import mapping as mapping_file

    return mapping_file.read(path) if path else mapping_file.Mapping()


def _settled(sources: Any, book: Lawbook, mapping: Mapping, path: Path | None, console: Console) -> Plan:
    """The plan without open questions: asked at a terminal, else refused with what to write into the mapping file."""
    from yiwang.core.intake import mapping as mapping_file
    from yiwang.core.intake import workbook
    from yiwang.kit.sheets import reader

    sheets = workbook.read_sources(sources)
    reader.shut()  # everything is read: the child would keep its memory until the end
    plan = workbook.plan(sheets, book, mapping)
    asks = sys.stdin.isatty() and not console.quiet
    answered = False
    while plan.questions or (asks and plan.offers):
        _show_plan(plan, console)
        if not asks:
            raise workbook.unanswered(plan, path.name if path else "")
        answered = True
        for question in plan.questions or plan.offers:
            workbook.answer(mapping, question, _ask(question))
        plan = workbook.plan(sheets, book, mapping)
    _show_plan(plan, console)
    if answered and path:
        for layout in plan.layouts():
            mapping.put(layout)
        mapping_file.write(mapping, path)
        console.print(f"回答已写入 {path},同样表头的表下次不再问。")
    return plan


def _ask(question: Question) -> str:
    """One question at the terminal; "" for none of the choices."""
    click.echo(f"\n{question.sheet}:{question.text}")
    for number, choice in enumerate(question.choices, start=1):
        click.echo(f"  {number}  {choice.label}" + (f"({choice.value})" if choice.value != choice.label else ""))
    click.echo("  0  不知道" if question.about == "constant" else "  0  都不是,不读")
    picked = click.prompt("请选", type=click.IntRange(0, len(question.choices)))
    return question.choices[picked - 1].value if picked else ""


def _show_plan(plan: Plan, console: Console) -> None:
    """What is matched, guessed and left out, before anything is judged."""
    from rich.table import Table

    for match in plan.matches():
        name = match.face.sheet
        if match.dataset is None:
            console.print(f"“{name}”未读:{match.why}")
            continue
        console.print(f"“{name}”读作“{match.dataset.label}”({match.dataset.key},按{match.how})")
        table = Table(box=None, padding=(0, 2), show_header=False)
        for one in match.columns.matches:
            if one.column:
                sure = one.how if one.certain else f"猜测 {one.score:.0%}"
                table.add_row("  " + one.header.name, "→ " + match.dataset.column(one.column).label, sure)
        console.print(table)
        for claim in match.claims:
            console.print(f"    {claim.header.name} → 经办人自算,用来核对")
        if match.left_out:
            console.print(f"    没有采用:{'、'.join(header.name for header in match.left_out)}")
        for column in match.missing:
            console.print(f"    没有“{column.label}”列,这一项按未知处理{_hint(column, match)}")


def _hint(column: Column, match: SheetMatch) -> str:
    """How to say once for a whole sheet what has no column in it."""
    if not column.vocabulary:
        return ""
    return f";全表相同的,可用 --map 写 fingerprint: {match.fingerprint}, constants: {{{column.key}: …}}"


def _write(
    result: CheckResult, book: Lawbook, plan: Plan, json_out: str | None, report: Path | None, marked: Path | None
) -> None:
    from yiwang.core.intake.workbook import json_text, write_json

    if json_out == STDOUT:
        sys.stdout.writelines(json_text(result))
    elif json_out:
        write_json(result, Path(json_out))
    if report:
        from yiwang.core.intake.report import write_report

        write_report(result, book, report)
    if marked:
        from yiwang.core.intake.marked import write_marked

        write_marked(result, plan.grids(), plan.bottoms(), book, marked)


def _show(result: CheckResult, console: Console) -> None:
    """The summary table, the problems, the differences and the first findings."""
    from yiwang.core.intake.result import ORDER, SIGNS, WORDS, skipped

    for table in result.tables:
        for words in skipped(table):
            console.print(f"“{table.match.face.sheet}”{words}")
        if table.problems:
            console.print(f"\n“{table.match.face.sheet}”有 {len(table.problems):,} 处读不出,这些事实按未知处理:")
            for bad in table.problems[:10]:
                console.print(f"  第 {bad.row} 行“{bad.header}”:{bad.message}")
            if len(table.problems) > 10:
                console.print(f"  另有 {len(table.problems) - 10:,} 处,见报告")
        for note in table.notes:
            console.print(f"  {note}")
    _show_differences(result, console)
    _show_findings(result, console)
    records = "、".join(f"{key} {count:,} 条" for key, count in result.checked.items())
    counts = ",".join(f"{SIGNS[kind]} {WORDS[kind]} {result.counts[kind]:,}" for kind in ORDER)
    console.print(f"\n按 {result.on} 有效的制度({result.region})判定 {records}:{counts}")


def _show_differences(result: CheckResult, console: Console) -> None:
    from yiwang.core.intake.result import plain

    if not result.differences:
        return
    console.print(f"\n经办人自算的数与按条款算出的不一致,{len(result.differences):,} 处:")
    for one in result.differences[:MOST_SHOWN]:
        words = f"填 {plain(one.stated)},应为 {plain(one.computed)} {one.unit}"
        console.print(f"  {result.where((one.table, one.row))} {one.subject}“{one.header}”{words};{one.citation}")
    if len(result.differences) > MOST_SHOWN:
        console.print(f"  另有 {len(result.differences) - MOST_SHOWN:,} 处,见报告")


def _show_findings(result: CheckResult, console: Console) -> None:
    from rich.table import Table

    from yiwang.core.intake.result import ORDER, SIGNS, WORDS, plain

    if not result.findings:
        return
    table = Table(box=None, padding=(0, 1), header_style="bold")
    for head in ("判定", "位置", "对象", "项目"):
        table.add_column(head, overflow="fold")
    for head in ("测得", "标准", "超出"):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("依据", overflow="fold")
    ranked = sorted(result.findings, key=lambda one: ORDER.index(one.verdict.kind))
    for finding in ranked[:MOST_SHOWN]:
        verdict = finding.verdict
        ground = (
            f"《{verdict.document.strip('《》')}》{verdict.article}" if verdict.limit is not None else verdict.message
        )
        figures = (plain(verdict.measure), plain(verdict.limit), plain(verdict.excess))
        kind = f"{SIGNS[verdict.kind]} {WORDS[verdict.kind]}"
        table.add_row(kind, result.where(finding.places[0]), verdict.subject, verdict.label, *figures, ground)
    console.print()
    console.print(table)
    if len(ranked) > MOST_SHOWN:
        console.print(f"另有 {len(ranked) - MOST_SHOWN:,} 项,见 --report 或 --json")

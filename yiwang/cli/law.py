"""`yiwang law`: the lawbook on the command line."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from yiwang.core.standards.queries import InForce
    from yiwang.core.standards.schema import Clause, Document

JSON = click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")
REGION = click.option("--region", default="CN", show_default=True, help="行政区划代码(GB/T 2260),全国为 CN")


class Day(click.ParamType[date]):
    """A day as 2026-11-22."""

    name = "日期"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}”不是日期,应写成 2026-11-22", param, ctx)


@click.group(help="制度库:列出、查看、按日期取值、比较、覆盖率、搜索")
def command() -> None:
    """The lawbook."""


def _emit(data: Any) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=1, default=str))


def _head(document: Document) -> dict[str, Any]:
    return {
        "code": document.code,
        "title": document.title,
        "number": document.document_number,
        "region": document.region,
        "effective_from": document.effective_from,
        "effective_to": document.effective_to,
        "dates_verified": document.dates_verified,
        "clauses": len(document.clauses),
    }


@command.command("list", help="列出文件")
@JSON
def list_(*, as_json: bool) -> None:
    """Every document."""
    from yiwang.core.standards.book import load

    documents = load().documents.values()
    if as_json:
        _emit([_head(document) for document in documents])
        return
    for document in documents:
        dates = f"{document.effective_from or '不详'} – {document.effective_to or '现行'}"
        mark = "" if document.dates_verified else " 待核"
        click.echo(
            f"{document.code:24}{dates}{mark}  {document.title}  {document.document_number or ''}  {len(document.clauses)} 条"
        )


@command.command(help="查看文件或条款")
@click.argument("code")
@JSON
def show(*, code: str, as_json: bool) -> None:
    """One document, or one clause by its id."""
    from yiwang.core.standards.book import load
    from yiwang.kit.refusal import Refusal

    book = load()
    if code in book.documents:
        document = book.documents[code]
        clauses = list(document.clauses)
    else:
        try:
            document, clauses = book.document_of(code), [book.clause(code)]
        except KeyError:
            raise Refusal(
                "law.unknown", f"制度库里没有“{code}”;用 yiwang law list 看全部代号,或用 yiwang law search 搜索"
            ) from None
    if as_json:
        _emit(_head(document) | {"clauses": [clause.model_dump(mode="json", exclude_none=True) for clause in clauses]})
        return
    click.echo(
        f"《{document.title}》 {document.document_number or ''}  {document.effective_from or '不详'} – {document.effective_to or '现行'}"
    )
    for clause in clauses:
        _print_clause(document, clause)


def _print_clause(document: Document, clause: Clause) -> None:
    mark = "" if clause.verified and document.dates_verified else " 〔待核〕"
    click.echo(f"\n{clause.id}  {clause.article or ''}  {clause.subject}{mark}\n  {clause.paraphrase}")
    for row in clause.table:
        cells = "  ".join(f"{value}" for value in row.cells.values())
        click.echo(f"    {cells}{'' if row.verified is not False else ' 〔待核〕'}")
    for check in clause.checks:
        click.echo(
            f"  判定:{check.dataset} {check.measure} {check.relation} {check.limit.expression or check.limit.table or check.limit.sum_of}"
        )
    if clause.unjudged:
        click.echo(f"  不自动判定:{clause.unjudged}")


def _line(each: InForce) -> dict[str, Any]:
    from yiwang.core.standards.queries import since, until

    return {
        "clause": each.clause.id,
        "document": each.document.title,
        "article": each.clause.article,
        "subject": each.clause.subject,
        "from": since(each.start),
        "to": until(each.stop),
        "verified": each.verified,
    }


def _print_lines(lines: list[dict[str, Any]], sign: str = "") -> None:
    for line in lines:
        mark = "" if line["verified"] else " 〔待核〕"
        click.echo(f"{sign}{line['clause']:32}{line['from']} – {line['to']}  {line['subject']}{mark}")


@command.command(help="某日某地有效的条款")
@click.argument("on", type=Day())
@REGION
@JSON
def at(*, on: date, region: str, as_json: bool) -> None:
    """What is in force on a day at a place."""
    from yiwang.core.standards.book import load
    from yiwang.core.standards.queries import in_force

    lines = [_line(each) for each in in_force(load(), on=on, region=region)]
    if as_json:
        _emit({"on": on, "region": region, "clauses": lines})
        return
    _print_lines(lines)


@command.command(help="两个日期之间,哪些条款失效、哪些生效")
@click.argument("before", type=Day())
@click.argument("after", type=Day())
@REGION
@JSON
def diff(*, before: date, after: date, region: str, as_json: bool) -> None:
    """What changed between two days."""
    from yiwang.core.standards import queries
    from yiwang.core.standards.book import load

    ended, begun = queries.diff(load(), before, after, region=region)
    gone, come = [_line(each) for each in ended], [_line(each) for each in begun]
    if as_json:
        _emit({"before": before, "after": after, "region": region, "ended": gone, "begun": come})
        return
    _print_lines(gone, "- ")
    _print_lines(come, "+ ")
    click.echo(f"失效 {len(gone)} 条,生效 {len(come)} 条")


@command.command(help="覆盖率:每个文件有多少条能自动判定")
@JSON
def coverage(*, as_json: bool) -> None:
    """Clauses by document: judged, 待核, not judgeable, not yet."""
    from yiwang.core.standards.book import load
    from yiwang.core.standards.queries import JUDGED, NOT_YET, PENDING, UNJUDGED, state_of
    from yiwang.core.standards.queries import coverage as count

    book = load()
    rows = list(count(book))
    total = {key: sum(counts[key] for _, counts in rows) for key in (JUDGED, PENDING, UNJUDGED, NOT_YET)}
    waiting = [clause.id for document, clause in book.clauses() if state_of(document, clause) == NOT_YET]
    if as_json:
        documents = [{"code": document.code, "title": document.title} | counts for document, counts in rows]
        _emit({"documents": documents, "total": total, "not_yet": waiting})
        return
    click.echo(f"{'文件':26}{'已判定':>6}{'待核':>6}{'不可判定':>6}{'尚未':>6}")
    for document, counts in rows:
        click.echo(f"{document.code:26}" + "".join(f"{counts[key]:>8}" for key in total) + f"  {document.title}")
    click.echo(f"{'合计':26}" + "".join(f"{value:>8}" for value in total.values()))
    for key in waiting:
        click.echo(f"尚未:{key}")


@command.command(help="全文搜索")
@click.argument("text")
@JSON
def search(*, text: str, as_json: bool) -> None:
    """Clauses that hold every word."""
    from yiwang.core.standards import queries
    from yiwang.core.standards.book import load

    found = queries.search(load(), text)
    if as_json:
        keys = ("clause", "document", "article", "subject", "paraphrase", "score")
        _emit(
            [
                dict(zip(keys, (c.id, d.title, c.article, c.subject, c.paraphrase, score), strict=True))
                for score, d, c in found
            ]
        )
        return
    for _, document, clause in found:
        click.echo(
            f"{clause.id:32}《{document.title}》{clause.article or ''} {clause.subject}\n    {clause.paraphrase}"
        )
    if not found:
        click.echo(f"没有找到“{text}”。换一个更短的词再试。")

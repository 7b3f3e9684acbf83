"""The report: one self-contained HTML file. Summary, charts, what was matched, differences, findings by clause.

No script, no request, nothing from the sheets unescaped. Long lists stop at MOST rows a clause and say so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from yiwang.core.intake.charts import clauses_chart, kinds_chart
from yiwang.core.intake.explain import check_of, facts, how
from yiwang.core.intake.judging import DETAILED
from yiwang.core.intake.result import ORDER, SIGNS, WORDS, CheckResult, Finding, Table, plain, skipped
from yiwang.core.standards.book import Lawbook
from yiwang.core.standards.verdict import Verdict, VerdictKind, citation
from yiwang.kit.refusal import Refusal, Where

MOST = DETAILED  # rows a clause
MOST_PROBLEMS = 500
CHART_CLAUSES = 10
FINDING_HEADS = ("对象", "位置", "事实", "测得", "标准", "超出", "怎么算的")


def chip(kind: VerdictKind) -> str:
    """A verdict kind by colour, sign and word."""
    return f'<span class="chip {kind.value}">{SIGNS[kind]} {WORDS[kind]}</span>'


def table(
    caption: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    numeric: frozenset[int] = frozenset(),
    *,
    kind: str = "",
) -> str:
    """A table whose cells are ready HTML; on a phone its rows become cards."""
    head = "".join(f'<th scope="col"{_num(place, numeric)}>{escape(text)}</th>' for place, text in enumerate(heads))
    body = []
    for row in rows:
        cells = (
            f'<td{_num(place, numeric)} data-k="{escape(heads[place])}">{cell}</td>' for place, cell in enumerate(row)
        )
        body.append(f"<tr>{''.join(cells)}</tr>")
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(caption)}"><table class="stack {kind}">'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def _num(place: int, numeric: frozenset[int]) -> str:
    return ' class="num"' if place in numeric else ""


def render(result: CheckResult, book: Lawbook) -> Iterator[str]:
    """The report in pieces."""
    css = files("yiwang.core.intake").joinpath("report.css").read_text("utf-8")
    names = "、".join(dict.fromkeys(one.match.face.file for one in result.tables))
    yield (
        '<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
        f'<link rel="icon" href="data:,"><title>台账判定报告 · {escape(names)}</title><style>{css}</style></head><body>'
        '<header class="band"><b>一网</b><small>台账判定报告</small></header><main>'
        f'<div class="head"><h1>{escape(names)}</h1><span>按 {result.on} 有效的制度 · 行政区划 {escape(result.region)} · '
        f"制度库 {result.lawbook[:12]}</span></div>"
    )
    yield _summary(result)
    yield _charts(result)
    yield from _matching(result)
    yield _differences(result)
    yield from _findings(result, book)
    yield "</main></body></html>"


def _summary(result: CheckResult) -> str:
    cards = []
    for kind in ORDER:
        people = len(
            {(one.verdict.dataset, one.verdict.subject) for one in result.findings if one.verdict.kind is kind}
        )
        about = f"涉及 {people:,} 个对象" if people and kind is not VerdictKind.WITHIN else "项判定"
        cards.append(
            f'<div class="card stat c2 {kind.value}"><div class="k">{SIGNS[kind]} {WORDS[kind]}</div>'
            f'<div class="v">{result.counts[kind]:,}</div><div class="d">{about}</div></div>'
        )
    return f'<div class="grid">{"".join(cards)}</div>'


def _charts(result: CheckResult) -> str:
    kinds = kinds_chart(result.counts)
    ranked = sorted(result.by_clause.items(), key=lambda pair: (-_beyond(pair[1]), pair[0]))
    rows = [(name, counts) for name, counts in ranked if _beyond(counts)][:CHART_CLAUSES]
    titles = {finding.verdict.clause: finding.verdict for finding in result.findings}
    named = [(_clause_name(titles.get(key), key), counts) for key, counts in rows]
    clauses = clauses_chart(named) if named else "<p>没有不在标准内的判定。</p>"
    records = "、".join(f"{key} {count:,}" for key, count in result.checked.items())
    return (
        f'<div class="grid"><section class="card c5"><h2>判定结果 <small>{escape(records)} 条记录</small></h2>'
        f'<div class="body">{kinds}</div></section><section class="card c5"><h2>按条款 <small>问题最多的前 {CHART_CLAUSES} 条'
        f'</small></h2><div class="body">{clauses}</div></section></div>'
    )


def _beyond(counts: Counter[str]) -> int:
    return sum(count for kind, count in counts.items() if kind != VerdictKind.WITHIN)


def _clause_name(verdict: Verdict | None, key: str) -> str:
    return f"{verdict.label} {verdict.article}".strip() if verdict else key


def _matching(result: CheckResult) -> Iterator[str]:
    """What was matched, guessed and left out, sheet by sheet."""
    for one in result.tables:
        yield f'<details class="card"{"" if one.dataset else " open"}><summary>{_sheet_title(one)}</summary>'
        if one.dataset is None:
            yield f'<div class="body"><p>没有读:{escape(one.match.why)}</p></div></details>'
            continue
        yield from _sheet_body(one)
        yield "</details>"


def _sheet_title(one: Table) -> str:
    match = one.match
    name = f"{match.face.file} / {match.face.sheet}" if match.face.file != match.face.sheet else match.face.sheet
    if one.dataset is None:
        return f"{escape(name)} <small>未读</small>"
    guessed = sum(1 for column in match.columns.matches if column.column and not column.certain)
    words = f"读作“{one.dataset.label}”,{len(one.rows):,} 行"
    words += f",{guessed} 列是猜的" if guessed else ""
    words += f",{len(one.problems):,} 处读不出" if one.problems else ""
    return f"{escape(name)} <small>{escape(words)}</small>"


def _sheet_body(one: Table) -> Iterator[str]:
    dataset = one.dataset
    assert dataset is not None
    rows = []
    claims = {claim.header.index for claim in one.match.claims}
    for column in one.match.columns.matches:
        if column.column:
            target = dataset.column(column.column).label
            sure = f"{column.how}" if column.certain else f"猜测({column.score:.0%})"
        else:
            target, sure = "—", "经办人自算,用来核对" if column.header.index in claims else "没有采用"
        cells = (column.header.name, target, sure)
        rows.append([escape(cell) for cell in cells])
    yield table("表头与字段", ("表头", "字段", "依据"), rows)
    notes = [*one.notes, *skipped(one)]
    notes += [f"没有“{column.label}”列,这一项按未知处理" for column in one.match.missing]
    if notes:
        yield f'<div class="body">{"".join(f"<p>{escape(note)}</p>" for note in notes)}</div>'
    if one.problems:
        bad_cells = ([str(bad.row), escape(bad.header), escape(bad.message)] for bad in one.problems[:MOST_PROBLEMS])
        more = f"(前 {MOST_PROBLEMS} 处,共 {len(one.problems):,} 处)" if len(one.problems) > MOST_PROBLEMS else ""
        yield table(f"读不出的单元格{more}", ("行", "表头", "原因"), bad_cells)


def _differences(result: CheckResult) -> str:
    if not result.differences:
        return ""
    rows = []
    for one in result.differences[:MOST]:
        place = escape(result.where((one.table, one.row)))
        cells = (plain(one.stated), plain(one.computed))
        rows.append([escape(one.subject), place, escape(one.header), *cells, escape(one.unit), escape(one.citation)])
    heads = ("对象", "位置", "表头", "填报", "按条款", "单位", "依据")
    body = table(
        f"经办人自算的数与按条款算出的不一致,共 {len(result.differences):,} 处", heads, rows, frozenset({3, 4})
    )
    return f'<section class="card"><h2>自算不一致 <small>{len(result.differences):,} 处</small></h2>{body}</section>'


def _findings(result: CheckResult, book: Lawbook) -> Iterator[str]:
    """One card for each clause and kind, the gravest first."""
    groups: dict[tuple[int, str, str], list[Finding]] = defaultdict(list)
    for finding in result.findings:
        verdict = finding.verdict
        groups[ORDER.index(verdict.kind), verdict.clause, verdict.label].append(finding)
    rows: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for index, one in enumerate(result.tables):
        for row in one.rows:
            rows[index, row.number].append(row.values)
    for key in sorted(groups):
        yield from _group(groups[key], result, book, rows)


def _group(
    findings: list[Finding], result: CheckResult, book: Lawbook, rows: dict[tuple[int, int], list[dict[str, Any]]]
) -> Iterator[str]:
    first = findings[0].verdict
    clause, document = book.clause(first.clause), book.document_of(first.clause)
    since = f" · {document.effective_from} 起施行" if document.effective_from else ""
    proof = "" if first.kind is not VerdictKind.UNVERIFIED else " · 条款或文件日期未经核实,只供参考,不作结论"
    opened = " open" if first.kind in (VerdictKind.OVER, VerdictKind.WARNING) else ""
    yield (
        f'<details class="card"{opened}><summary>{chip(first.kind)} {escape(first.label)} <small>{len(findings):,} 项</small></summary>'
        f'<div class="body"><div class="clause"><b>{escape(citation(first))}</b>{escape(clause.paraphrase)}<br>'
        f'<span class="law">{escape(clause.id)} · {escape(first.modality or "—")}{since}{proof}</span></div></div>'
    )
    cells = (_row(finding, result, book, rows) for finding in findings[:MOST])
    caption = f"{WORDS[first.kind]} {len(findings):,} 项" + (
        f",这里列出前 {MOST:,} 项,其余见 --json 或标注工作簿" if len(findings) > MOST else ""
    )
    yield table(caption, FINDING_HEADS, cells, frozenset({3, 4, 5}), kind="findings")
    yield "</details>"


def _row(
    finding: Finding, result: CheckResult, book: Lawbook, rows: dict[tuple[int, int], list[dict[str, Any]]]
) -> list[str]:
    verdict = finding.verdict
    known = facts(book.datasets[verdict.dataset], finding.record.values, check_of(verdict, book))
    words = " ".join(f"<span><i>{escape(label)}</i> {escape(value)}</span>" for label, value in known)
    places = "<br>".join(escape(result.where(place)) for place in finding.places[:6])
    places += f"<br>等 {len(finding.places)} 行" if len(finding.places) > 6 else ""
    unit = f" {escape(verdict.unit)}" if verdict.unit else ""
    figures = [
        f"{plain(value)}{unit if value is not None else ''}"
        for value in (verdict.measure, verdict.limit, verdict.excess)
    ]
    day = (
        f"<br>{verdict.on} · {escape(verdict.region)}"
        if (verdict.on, verdict.region) != (result.on, result.region)
        else ""
    )
    computed = f'<span class="how">{escape(how(finding, result, book, rows))}{day}</span>'
    return [escape(verdict.subject), places, f'<div class="facts">{words}</div>', *figures, computed]


def write_report(result: CheckResult, book: Lawbook, path: Path) -> None:
    """Write the report, whole or not at all; refuses (`report.unwritable`) where the place cannot be written."""
    temporary = path.with_name(path.name + ".part")
    try:
        with temporary.open("w", encoding="utf-8") as file:
            file.writelines(render(result, book))
        temporary.replace(path)
    except OSError as error:
        raise Refusal("report.unwritable", f"报告写不下去:{error.strerror}", where=Where(file=path.name)) from None

"""The pages of 制度库. The lawbook is in memory; only the names of regions come from the database."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from yiwang.core.orgs.models import Region
from yiwang.core.standards import queries
from yiwang.core.standards.book import Lawbook, load
from yiwang.core.standards.regions import NATION, canonical_region
from yiwang.core.standards.rules import Rule
from yiwang.core.standards.schema import Clause, Document
from yiwang.kit.refusal import Refusal
from yiwang.portal.law import compare, course, lookup, words
from yiwang.portal.law.labels import EVIDENCE, KINDS, UNJUDGED

STATES = {"now": "现行", "past": "已废止", "coming": "尚未施行", "all": "全部"}
COVERAGE = {
    queries.JUDGED: "可自动判定",
    queries.PENDING: "判定但待核",
    queries.UNJUDGED: "不可判定",
    queries.NOT_YET: "尚未编写",
}


def region_names(codes: set[str]) -> dict[str, str]:
    """Names by code; a code that the database does not know stands for itself."""
    names = dict(Region.objects.filter(code__in=codes).values_list("code", "name"))
    return {code: "全国" if code == NATION else names.get(code, code) for code in codes}


def today() -> date:
    """The day that pages of the present speak of."""
    return timezone.localdate()


def a_day(text: str, default: date) -> tuple[date, str]:
    """A day from a form and what is wrong with it."""
    if not text:
        return default, ""
    try:
        return date.fromisoformat(text), ""
    except ValueError:
        return default, f"“{text}”不是日期,应写成 2026-11-22"


def a_region(text: str) -> tuple[str, str]:
    """A region from a form, by code, by name, or by both; and what is wrong with it."""
    text = text.strip()
    if code := re.match(r"\d{6}", text):
        return code.group(), ""
    found = list(Region.objects.filter(name=text).values_list("code", flat=True)[:2]) if text else []
    if len(found) == 1:
        return found[0], ""
    try:
        return canonical_region(text), ""
    except Refusal:
        return NATION, f"没有找到“{text}”,请填六位行政区划代码或地区全名"


def state_on(start: date | None, end: date | None, on: date) -> str:
    """Whether something is in force on a day; dates are published ones, the end inclusive."""
    if end and end < on:
        return "past"
    return "coming" if start and start > on else "now"


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Documents with filters; with words to search for, the clauses that hold them."""
    book, query = load(), request.GET.get("q", "").strip()[:100]
    context: dict[str, Any] = {"q": query, "states": STATES, "tab": "index", "total": len(book.documents)}
    if query:
        found = queries.search(book, query, most=100)
        context["hits"] = [_hit(doc, clause, query) for _, doc, clause in found]
        return render(request, "law/search.html", context)
    state = request.GET.get("state", "now")
    region = request.GET.get("region", "")
    names = region_names({document.region for document in book.documents.values()})
    rows = [_summary(document, names) for document in book.documents.values()]
    rows = [row for row in rows if state in ("all", row["state"]) and region in ("", row["document"].region)]
    rows.sort(key=lambda row: (row["document"].region != NATION, row["document"].region, row["document"].title))
    context |= {"rows": rows, "state": state, "region": region, "regions": sorted(names.items())}
    return render(request, "law/index.html", context)


def _summary(document: Document, names: dict[str, str]) -> dict[str, Any]:
    judged = sum(1 for clause in document.clauses if queries.state_of(document, clause) == queries.JUDGED)
    return {
        "document": document,
        "region": names[document.region],
        "state": state_on(document.effective_from, document.effective_to, today()),
        "judged": judged,
    }


def _hit(document: Document, clause: Clause, query: str) -> dict[str, Any]:
    return {
        "document": document,
        "clause": clause,
        "subject": _marked(clause.subject, query),
        "excerpt": _marked(clause.paraphrase, query),
        "rows": [_marked(line, query) for line in _matching(clause, query)],
        "verified": clause.verified and document.dates_verified,
        "state": state_on(clause.effective_from or document.effective_from, document.effective_to, today()),
    }


def _matching(clause: Clause, query: str) -> list[str]:
    """The first rows of the clause's table that hold a word searched for."""
    wanted = [word.lower() for word in query.split()]
    texts = (" · ".join(content for _, content, _ in line.cells if content != "—") for line in words.lines(clause))
    return [text for text in texts if any(word in text.lower() for word in wanted)][:3]


def _marked(text: str, query: str) -> SafeString:
    """The text with the words searched for marked."""
    wanted = [re.escape(word) for word in query.split() if word]
    parts = re.split(f"({'|'.join(wanted)})", text, flags=re.IGNORECASE)
    pieces = (
        format_html("<mark>{}</mark>", part) if place % 2 else conditional_escape(part)
        for place, part in enumerate(parts)
    )
    return format_html_join("", "{}", ((piece,) for piece in pieces))


@require_GET
def document(request: HttpRequest, code: str) -> HttpResponse:
    """One document with its clauses."""
    book = load()
    found = book.documents.get(code)
    if found is None:
        raise Http404
    clauses = [
        {
            "clause": clause,
            "kind": KINDS[clause.kind],
            "state": queries.state_of(found, clause),
            "word": UNJUDGED.get(clause.unjudged or "", "") or COVERAGE[queries.state_of(found, clause)],
            "verified": clause.verified and found.dates_verified,
        }
        for clause in found.clauses
    ]
    related = [book.documents[key] for key in (*found.replaces, found.superseded_by or "") if key in book.documents]
    context = {
        "document": found,
        "clauses": clauses,
        "related": related,
        "state": STATES[state_on(found.effective_from, found.effective_to, today())],
        "region": region_names({found.region})[found.region],
        "tab": "index",
    }
    return render(request, "law/document.html", context)


def _headings(lines: list[words.Line]) -> list[tuple[str, bool]]:
    """The columns' headings, and whether numbers stand below."""
    columns = zip(*(line.cells for line in lines), strict=True)
    return [(cells[0][0], any(numeric for _, _, numeric in cells)) for cells in columns]


def _index(text: str, clause: Clause) -> int | None:
    """The row asked for, if there is such a row."""
    return int(text) if text.isdigit() and int(text) < len(clause.table) else None


@require_GET
def clause(request: HttpRequest, key: str) -> HttpResponse:
    """One clause: its words, table, formula, marks, checks in words, the course of its figure."""
    book = load()
    try:
        found, holder = book.clause(key), book.document_of(key)
    except KeyError:
        raise Http404 from None
    region, problem = a_region(request.GET.get("region", "")) if request.GET.get("region") else ("", "")
    lines = words.lines(found)
    asked = _index(request.GET.get("row", ""), found)
    courses = _courses(book, found, lines, asked, region)
    compiled = course.rules_of(book, found)
    rivals = {rule.clause.id: rule for stream, _ in compiled for rule in course.rivals(stream)}
    rivals.pop(found.id, None)
    context = {
        "clause": found,
        "document": holder,
        "kind": KINDS[found.kind],
        "evidence": EVIDENCE[found.evidence],
        "unjudged": UNJUDGED.get(found.unjudged or "", ""),
        "verified": found.verified and holder.dates_verified,
        "version": book.versions[found.id],
        "state": STATES[
            state_on(found.effective_from or holder.effective_from, found.effective_to or holder.effective_to, today())
        ],
        "headings": _headings(lines),
        "lines": lines,
        "asked": asked,
        "told": [words.tell(book, check) for check in found.checks],
        "courses": courses,
        "rivals": list(rivals.values()),
        "names": region_names({holder.region, *(rule.document.region for rule in rivals.values())}),
        "region_problem": problem,
        "tab": "index",
    }
    return render(request, "law/clause.html", context)


def _courses(
    book: Lawbook, found: Clause, lines: list[words.Line], asked: int | None, region: str
) -> list[dict[str, Any]]:
    """The course of each check's figure for the row asked for, else for the row that changed most."""
    result = []
    for stream, rule in course.rules_of(book, found):
        index = None
        if rule.check.limit.table is not None:
            usable = [line.index for line in lines if line.has_figure and _chosen(rule, found, line.index)]
            if not usable:
                continue
            index = asked if asked in usable else course.telling(book, stream, rule, usable, region)
        drawn = course.course(book, stream, rule, index, region)
        if any(span.limit is not None for span in drawn.spans):
            result.append({"course": drawn, "svg": mark_safe(drawn.picture(today=today()))})  # noqa: S308 (kit.svg escapes)
    return result


def _chosen(rule: Rule, found: Clause, index: int) -> bool:
    row = found.table[index]
    return all(row.cells.get(key) == wanted for key, wanted in rule.check.limit.where.items())


@require_GET
def at(request: HttpRequest) -> HttpResponse:
    """What the limit is, on a day, at a place, for these facts."""
    book = load()
    on, day_problem = a_day(request.GET.get("on", ""), today())
    region, region_problem = a_region(request.GET.get("region", ""))
    topic = request.GET.get("topic", "")
    context: dict[str, Any] = {
        "groups": lookup.topics(book), "topic": topic, "on": on, "region": request.GET.get("region", ""), "tab": "at",
        "day_problem": day_problem, "region_problem": region_problem, "regions": _offered(),
    }  # fmt: skip
    try:
        stream = book.stream(topic)
    except KeyError:
        return render(request, "law/at.html", context)
    given = {name: request.GET.get(name, "") for name in lookup.names_of(stream)}
    fields = lookup.fields(book, stream, given)
    context |= {"stream": stream, "label": lookup.label_of(stream), "fields": fields}
    if any(given.values()) or not fields:
        answer = lookup.answer(book, stream, given, on=on, region=region)
        codes = {each.region for each in [*answer.others, *([answer.chosen] if answer.chosen else [])]} | {region}
        context |= {"answer": answer, "names": region_names(codes), "place": region}
    return render(request, "law/at.html", context)


def _offered() -> list[tuple[str, str]]:
    """The regions of the form's list."""
    return list(Region.objects.order_by("code").values_list("code", "name"))


@require_GET
def diff(request: HttpRequest) -> HttpResponse:
    """What changed between two days."""
    book, now = load(), today()
    before, wrong_before = a_day(request.GET.get("before", ""), now.replace(year=now.year - 1, day=min(now.day, 28)))
    after, wrong_after = a_day(request.GET.get("after", ""), now)
    region, wrong_region = a_region(request.GET.get("region", ""))
    ended, begun = queries.diff(book, before, after, region=region)
    context = {
        "before": before, "after": after, "region": request.GET.get("region", ""), "tab": "diff", "regions": _offered(),
        "problems": [problem for problem in (wrong_before, wrong_after, wrong_region) if problem],
        "ended": ended, "begun": begun, "changes": compare.groups(compare.changes(book, before, after, region=region)),
    }  # fmt: skip
    return render(request, "law/diff.html", context)


@require_GET
def coverage(request: HttpRequest) -> HttpResponse:
    """How many clauses of each document are judged, 待核, not judgeable, not yet."""
    book = load()
    rows = [(doc, counts) for doc, counts in queries.coverage(book) if doc.clauses]
    total = {key: sum(counts[key] for _, counts in rows) for key in COVERAGE}
    waiting = [(doc, one) for doc, one in book.clauses() if queries.state_of(doc, one) == queries.NOT_YET]
    reasons: dict[str, int] = {}
    for _, one in book.clauses():
        if one.unjudged:
            reasons[UNJUDGED[one.unjudged]] = reasons.get(UNJUDGED[one.unjudged], 0) + 1
    context = {
        "rows": rows, "total": total, "all": sum(total.values()), "waiting": waiting, "tab": "coverage",
        "reasons": sorted(reasons.items(), key=lambda pair: -pair[1]), "hash": book.hash, "labels": COVERAGE,
    }  # fmt: skip
    return render(request, "law/coverage.html", context)

"""What the persons of the mixed load write, as their browsers would: the form fetched, filled, sent.

Each returns "" or what went wrong. That somebody else was quicker with a task is an answer, not a fault: the page says so.
"""

from __future__ import annotations

import re
from random import Random
from typing import Any
from urllib.parse import urlencode

from bench.forms import Form, Page
from bench.serving import Answer, Connection

#: A case on my desk.
CASE = re.compile(r"^/desk/\d+/$")
#: The page says that the task is not open any more.
TAKEN = ("已经办理", "已由", "已经结束", "已办", "不再等")


def write(connection: Connection, rng: Random, plan: dict[str, Any]) -> str:
    """Do what the plan says; `do` names it."""
    return {"change": change, "report": report, "open": open_case, "trip": trip, "act": act}[plan["do"]](
        connection, rng, plan
    )


def change(connection: Connection, rng: Random, plan: dict[str, Any]) -> str:
    """A record of a register gets another note."""
    path = str(plan["path"]).format(pk=rng.choice(plan["pks"]))
    page, wrong = _fetch(connection, path)
    form = next((one for one in page.forms if "note" in one.values), None) if page else None
    return wrong if form is None else _send(connection, path, form, {"note": f"核对 {rng.randrange(10**9)}"})


def report(connection: Connection, rng: Random, plan: dict[str, Any]) -> str:
    """报修."""
    path, number = "/services/report/", rng.randrange(10**9)
    page, wrong = _fetch(connection, path)
    form = next((one for one in page.forms if "problem" in one.values), None) if page else None
    given = {"problem": f"顶灯不亮 {number}", "place": f"A座 {number % 10_000:04}", "urgency": "NORMAL"}
    return wrong if form is None else _send(connection, path, form, given)


def open_case(connection: Connection, rng: Random, plan: dict[str, Any]) -> str:
    """发起申请."""
    path = f"/desk/start/{plan['process']}/"
    page, wrong = _fetch(connection, path)
    form = next((one for one in page.forms if "idempotency" in one.values), None) if page else None
    given = {**plan["facts"], "title": f"{plan['title']} {rng.randrange(10**9)}"}
    return wrong if form is None else _send(connection, path, form, given)


def trip(connection: Connection, rng: Random, plan: dict[str, Any]) -> str:
    """用车申请, from its own page: that of the processes leads there."""
    path = "/vehicles/trips/new/"
    page, wrong = _fetch(connection, path)
    form = page.with_button("do", "send") if page else None
    day = rng.choice(plan["days"])
    given = {
        "do": "send", "from": "机关大院", "to": "水库管理所", "starts_at": f"{day}T09:00", "ends_at": f"{day}T17:00",
        "passengers": "3", "purpose": "RESEARCH", "reason": f"防汛检查 {rng.randrange(10**9)}", "returns": "1", "free_places": "1",
    }  # fmt: skip
    return wrong or f"{path}: no form" if form is None else _send(connection, path, form, given)


def act(connection: Connection, rng: Random, plan: dict[str, Any]) -> str:
    """One of the tasks on my desk is approved, or once in ten times commented on; nothing there: nothing to write."""
    desk, wrong = _fetch(connection, "/desk/")
    cases = sorted({link for link in desk.links if CASE.match(link)}) if desk else []
    if not cases:
        return wrong
    path = rng.choice(cases)
    page, wrong = _fetch(connection, path)
    if page is None:
        return "" if wrong.endswith(": 404") else wrong  # not mine any more since the desk was drawn
    form = page.with_button("verb", "approve")
    if form is None:
        return ""  # somebody else was quicker
    return _send(connection, path, form, {"verb": "approve", "opinion": "同意", "approval": "示办〔2026〕1号"})


def _fetch(connection: Connection, path: str) -> tuple[Page | None, str]:
    answer = connection.get(path)
    return (Page(answer.body.decode()), "") if answer.status == 200 else (None, f"{path}: {answer.status}")


def _send(connection: Connection, path: str, form: Form, given: dict[str, str]) -> str:
    answer = connection.post(form.action or path, urlencode({**form.filled(), **given}).encode())
    if answer.status in (302, 303) or (answer.status == 422 and any(word in _said(answer) for word in TAKEN)):
        return ""
    return f"POST {path}: {answer.status} {_said(answer)}"


def _said(answer: Answer) -> str:
    text = answer.body.decode(errors="replace")
    start = text.find('role="alert"')
    return " ".join(re.sub(r"<[^>]*>", " ", text[start : start + 400]).split()) if start >= 0 else ""

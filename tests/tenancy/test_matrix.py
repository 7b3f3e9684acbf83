"""The matrix: every address × every role × GET and POST against a table of expected codes, on things of one's own organ.

The table is `matrix.json`; a code that differs, or an address that it lacks, fails. `python -m pytest tests/tenancy
--write-matrix` writes the codes as they are: read the difference before you commit it, it is who may do what.
"""

from __future__ import annotations

import json
from collections import Counter
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.tenancy.probes import Address, Caller, addresses
from tests.tenancy.world import CODES, FREE, IDS, NOBODY, PUBLISHED, World
from yiwang.core.ledger.models import Entry
from yiwang.core.rights.models import ADMINISTRATORS, Role

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TABLE = Path(__file__).parent / "matrix.json"
Codes = dict[str, dict[str, int]]
#: What an administrator may reach at all with GET, beyond what is public: anything else must refuse him.
OFFICES = {
    Role.SYSTEM_ADMIN: ("accounts:", "orgs:", "jobs:", "security:"),
    Role.SECURITY_ADMIN: ("accounts:", "orgs:", "security:"),
    Role.AUDIT_ADMIN: ("ledger:", "accounts:", "orgs:", "security:"),
}
#: One's own account, messages and desk; empty for whoever has no business.
OWN = ("home", "search", "organ", "me:", "jobs:", "notices:", "/api/v1/", "cases:", "papers:index")
#: What the pages of the newer areas can do, and a form that is sound for most of it.
VERBS = (
    "record", "correct", "strike", "share", "compose", "bill", "rework", "judge", "real", "false", "rectify", "plan",
    "whole", "give", "submit", "withdraw", "accept", "send_back", "take", "except", "remind", "close", "draw", "note",
    "adopt", "save", "issue", "open", "begin", "prove", "fill", "approve", "reject", "publish", "tally",
)  # fmt: skip
FORM = {
    "name": "x", "kind": "FREE", "base_year": "2025", "first_year": "2026", "last_year": "2027", "ground": "x", "reason": "x",
    "year": "2025", "quarter": "3", "programme": "WATER", "share": "100", "opinion": "x", "energy": "WATER", "amount": "1",
    "day": "2026-03-01", "value": "9999", "until": "2026-12-31", "note": "x", "key": "vehicles", "sound": "yes",
}  # fmt: skip
#: Redirect to a page that asks again, or (the cars' index) to what is published for everybody.
LEADS_ON = ("area:", "vehicles:index")
#: Without log-in, by the code on a printed form, which says no more than whether the form is good.
CHECKED = "paper"


def _all_examples(world: World, one: Address) -> list[dict[str, Any]]:
    """Arguments of the things of our own side."""
    if not one.arguments:
        return [{}]
    named = IDS.get(one.name) or CODES.get(one.name)
    return named(world.ours) if named else FREE[one.name]()


def _examples(world: World, one: Address) -> list[dict[str, Any]]:
    """Of the first."""
    return _all_examples(world, one)[:1]


def _codes(world: World) -> Codes:
    """`METHOD template` → role → code, the most frequent code as `*`."""
    callers = {name: Caller.of(user) for name, user in world.users.items()}
    found: Codes = {}
    for one in addresses():
        if one.public:
            continue
        for method in ("GET", "POST"):
            (arguments,) = _examples(world, one)
            codes = {name: caller.ask(one, arguments, method).status for name, caller in callers.items()}
            most = Counter(codes.values()).most_common(1)[0][0]
            rest = {name: code for name, code in codes.items() if code != most}
            found[f"{method} {one.template}"] = {"*": most, **rest}
    return found


def _expected() -> Codes:
    codes: Codes = json.loads(TABLE.read_text(encoding="utf-8"))
    return codes


def test_d11_every_role_gets_the_codes_of_the_table(world: World, request: pytest.FixtureRequest) -> None:
    found = _codes(world)
    if request.config.getoption("--write-matrix", default=False):
        lines = ",\n".join(f' "{key}": {json.dumps(codes)}' for key, codes in sorted(found.items()))
        TABLE.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    expected = _expected()
    lacking = sorted(found.keys() - expected.keys())
    assert not lacking, "no expectation in tests/tenancy/matrix.json:\n" + "\n".join(
        f' "{key}": {json.dumps(found[key])},' for key in lacking
    )
    assert {key: codes for key, codes in expected.items() if key in found and codes != found[key]} == {}
    assert expected.keys() <= found.keys(), "the table has addresses that are gone"


def _said(codes: dict[str, int], role: str) -> int:
    return codes.get(role, codes["*"])


def test_d11_the_table_keeps_the_administrators_apart() -> None:
    """The table itself says what 三员分立 asks for; a table written anew cannot say something else."""
    table = _expected()
    of_name = {one.template: one.name for one in addresses()}
    for key, codes in table.items():
        method, _, template = key.partition(" ")
        name = of_name[template]
        if name in PUBLISHED and method == "GET":
            continue
        for role in ADMINISTRATORS:
            code = _said(codes, role)
            if name == CHECKED or name.startswith(OWN + OFFICES[Role(role)]):
                continue
            refused = (302, 403, 404, 405, 422) if name.startswith(LEADS_ON) else (403, 404, 405, 422)
            assert code in refused, (key, role, code)
        assert _said(codes, NOBODY) != 200 or name == CHECKED or name.startswith((*OWN, "orgs:index")), (key, "nobody")
    assert _said(table["GET /ledger/"], Role.AUDIT_ADMIN) == 200
    assert {_said(table["GET /ledger/"], role) for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)} == {403}
    assert _said(table["GET /accounts/new/"], Role.SYSTEM_ADMIN) == 200
    assert _said(table["GET /accounts/new/"], Role.SECURITY_ADMIN) == 403
    assert _said(table["GET /accounts/<int:pk>/"], Role.MANAGER) == 403


def test_d11_administrators_read_no_business_data_of_their_own_organ(world: World) -> None:
    """Asked for things of the very organ they work for: no room, car, person, finding or file is named to them."""
    side = world.ours
    names = [
        f"{side.secrets[0]}{what}"
        for what in (
            "0101",
            "A1234",
            "某甲",
            "台式机",
            "办公楼",
            "说明",
            "超标",
            "批文",
            "申请",
            "会议",
            "顶灯",
            "维修班",
            "物业",
            "机关食堂",
            "林远",
            "签字笔",
            "能耗月报",
            "填报说明",
            "配电室表",
            "夜间漏损",
            "统计员",
            "自评说明",
            "规划",
        )
    ]
    for role in sorted(ADMINISTRATORS):
        caller = Caller.of(world.users[role])
        for one in addresses():
            if one.public or one.name in ("accounts:detail", CHECKED):  # which names the person an account is linked to
                continue
            if role == Role.AUDIT_ADMIN and one.name.startswith("ledger:"):  # what was done is what he audits
                continue
            for arguments in _all_examples(world, one):
                for method in ("GET", "POST"):
                    answer = caller.ask(one, arguments, method, {"q": side.secrets[0]} if method == "GET" else {})
                    assert not [name for name in names if name in answer.text], (role, method, one.name, arguments)


def test_d11_no_administrator_changes_business_data(world: World) -> None:
    """Whatever the security and the audit administrator post, the ledger gets no entry about business."""
    forms = [{"verb": verb, "name": "x", "number": "1", "note": "x"} for verb in ("", "rectify", "assign", "close")]
    for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN):
        caller = Caller.of(world.users[role])
        for one in addresses():
            if (
                one.public
                or one.name == CHECKED
                or one.name.startswith((*OWN, "accounts:", "orgs:", "security:", "ledger:verify"))
            ):
                continue
            (arguments,) = _examples(world, one)
            for form in forms:
                assert caller.ask(one, arguments, "POST", form).status in (403, 404, 405, 422), (role, one.name)
    assert not Entry.objects.filter(act__startswith="verdicts.").exists()


def test_d11_who_only_reads_changes_nothing(world: World) -> None:
    """Every verb of the pages of energy, returns and evaluation, posted by who reads and who audits, is refused."""
    areas = ("energy", "reporting:", "evaluation:", "vehicles:publicity", "vehicles:stats")
    for role in (Role.READER, Role.AUDITOR):
        caller = Caller.of(world.users[role])
        for one in addresses():
            if not one.name.startswith(areas) or one.public:
                continue
            for arguments, verb in product(_all_examples(world, one), VERBS):
                status = caller.ask(one, arguments, "POST", {**FORM, "verb": verb}).status
                assert status in (403, 404, 405, 422), (role, one.name, verb, status)

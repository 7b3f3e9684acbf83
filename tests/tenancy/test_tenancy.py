"""No organ sees another's things: every address × every role × foreign ids, in pages, partials, exports and JSON.

A new address with an argument needs one line in `world.IDS` (or `FREE`); the first test says which.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, cycle, islice
from typing import Any

import pytest
from django.db import models, transaction

from tests.tenancy.probes import Address, Answer, Caller, addresses, unknown
from tests.tenancy.world import CODES, FREE, IDS, Arguments, Side, World
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.granting import give
from yiwang.core.rights.models import Role, User

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LEAST, LEAST_FOREIGN = 10_000, 3_000
#: What the things of our side are called that are not cars.
OTHERS = (
    "某甲", "台式机", "0101", "超标", "说明", "批文", "附件", "标注", "会议", "投影", "顶灯不亮", "101会议室", "维修班", "物业公司",
    "水电维修", "示例物业公司", "物业服务", "一号库", "签字笔", "机关食堂", "家常菜", "接待", "林远", "水利局", "台账", "没有制度",
    "能耗月报", "填报说明", "表号", "配电室表", "公摊", "账单", "夜间漏损", "统计员", "清运公司", "绿色食堂", "机房", "规划", "自评说明",
)  # fmt: skip
#: How often an address that names nothing of a side is asked, the first time by the search, then with other foreign
#: words, the last time by POST. Every role asks the first and the last; the roles share the others.
ROUNDS = 4
#: The pages of every kind of record are the same code: the roles share the kinds.
GENERIC = "area:"
#: Pages of a period for who fills in, and the roles that only read.
FILLED, READING = ("reporting:book", "reporting:book-template"), (Role.READER, Role.AUDITOR, Role.LEADER)
ABSENT = 987_654_321
PERIODS = "/reporting/periods/"


@dataclass(frozen=True)
class Probe:
    """One question. `foreign`: its address names a thing of theirs, and must be as if there were none."""

    caller: Caller
    address: Address
    arguments: Arguments
    method: str
    given: dict[str, Any]
    foreign: bool

    def ask(self) -> Answer:
        """Its answer."""
        return self.caller.ask(self.address, self.arguments, self.method, self.given)

    def absent(self) -> Answer:
        """The answer for a thing that nobody has."""
        numbers = {key: ABSENT if isinstance(value, int) else value for key, value in self.arguments.items()}
        return self.caller.ask(self.address, numbers, self.method, self.given)


def foreign_words(side: Side) -> Iterator[dict[str, Any]]:
    """Queries and forms that name things of a side, by id and by name; for ever."""
    ids, organ = side.ids, side.organ
    room, car = ids["offices.room"], ids["vehicles.vehicle"]
    return cycle(
        [
            {"organ": organ.pk, "verb": "disable", "pk": ids["user"], "reason": "x"},
            {"organ_id": organ.pk, "user": ids["user"], "handler": ids["user"]},
            {"organ": organ.name, "name": "新", "credit_code": "1", "verb": "grant", "role": "READER"},
            {"room_id": room, "building_id": ids["offices.building"], "site_id": ids["offices.site"]},
            {"obj": f"offices.room:{room}", "act": "offices.room"},
            {"verb": "end", "delegation": ids["delegation"], "grant": "1"},
            {"format": "json", "organ": organ.name, "room": f"{side.secrets[0]}0101{side.secrets[1]}", "vehicle": car},
            {
                "building": f"{side.secrets[0]}办公楼{side.secrets[1]}",
                "site": f"{side.secrets[0]}行政中心{side.secrets[1]}",
                "number": "1",
            },
            {
                "holder": f"{side.secrets[0]}某甲{side.secrets[1]}",
                "person": f"{side.secrets[0]}某甲{side.secrets[1]}",
                "kind": "offices.room",
            },
            {"at": organ.pk, "region": organ.region_id, "plan": ids["energy-plan"], "line": "1", "year": "2026"},
            {"subject": ids["offices.occupancy"], "after": "", "sort": "-organ", "mine": "1", "view": "ALL"},
        ]
    )


def probes(world: World, roles: list[str]) -> Iterator[Probe]:
    """All questions, always the same ones in the same order."""
    words = foreign_words(world.theirs)
    for turn, role in enumerate(roles):
        caller = Caller.of(world.users[role])
        for one in addresses():
            if not one.public:
                yield from _of(one, caller, turn, world.theirs, words)


def _of(one: Address, caller: Caller, turn: int, side: Side, words: Iterator[dict[str, Any]]) -> Iterator[Probe]:
    """`turn`: the number of the role, where several share what is asked."""
    generic = one.name.startswith(GENERIC)
    if one.name in IDS:
        for number, arguments in enumerate(IDS[one.name](side)):
            forms = [("GET", {}), ("GET", {"htmx": True}), ("POST", {}), ("POST", next(words))]
            for method, given in forms[number % 2 :: 2] if generic else forms:
                yield Probe(caller, one, arguments, method, given, foreign=True)
    elif one.name in CODES:
        for arguments in CODES[one.name](side):
            guess = {key: _nearly(value) for key, value in arguments.items()}
            for method in ("GET", "POST"):
                yield Probe(caller, one, guess, method, next(words), foreign=True)
    else:
        rounds = 2 if generic else ROUNDS
        posts = one.name in ("area:new", "area:preview") or not generic  # other pages of the desk answer GET alone
        every = FREE[one.name]() if one.arguments else [{}]
        for arguments in every[turn % 2 :: 2] if generic and len(every) > 1 else every:
            searched = {"q": side.secrets[0], arguments.get("column", "name"): side.secrets[0]}
            for number, given in enumerate([searched, *islice(words, rounds - 1)]):
                if 0 < number < rounds - 1 and number % 2 != turn % 2:
                    continue
                method = "POST" if posts and number == rounds - 1 else "GET"
                more = {"htmx": True} if number == 1 else {}
                yield Probe(caller, one, arguments, method, {**given, **more}, foreign=False)


def _nearly(code: str) -> str:
    """The code with its last letter changed."""
    return code[:-1] + ("A" if code[-1] != "A" else "B")


def leaks(probe: Probe, answer: Answer, side: Side) -> str:
    """What is wrong with an answer, or ""."""
    text = answer.text
    for typed in sorted((str(value) for value in probe.given.values()), key=len, reverse=True):
        text = text.replace(typed, "") if side.secrets[0] in typed else text  # what one typed oneself comes back
    if any(secret in text for secret in side.secrets):
        return "a foreign name in the body"
    if answer.status >= 500:
        return "a fault"
    if probe.foreign and answer.status not in (403, 404, 405) and answer != probe.absent():
        return "something else than for what nobody has"
    return ""


def run(world: World, roles: list[str], *, foreign: bool | None = None) -> tuple[int, list[str]]:
    """How many questions were asked, and what leaked. `foreign`: only those that name a thing of theirs, or only others."""
    asked, found = count(), list[str]()
    for probe in probes(world, roles):
        if foreign is not None and probe.foreign != foreign:
            continue
        next(asked)
        last = _last_entry() if probe.method == "POST" else 0
        answer = probe.ask()
        wrong = leaks(probe, answer, world.theirs)
        if wrong:
            found.append(
                f"{probe.caller.user.username} {probe.method} {probe.address.name} {probe.arguments} {probe.given}: {wrong}"
            )
        assert not last or last == _last_entry(), "a POST is undone"
    return next(asked), found


def _last_entry() -> int:
    return Entry.objects.order_by("-pk").values_list("pk", flat=True)[0]


def test_every_address_is_known() -> None:
    lacking = [f'"{one.name}": lambda side: […],  # {one.template}' for one in unknown(FREE)]
    assert not lacking, "add to IDS (or FREE) in tests/tenancy/world.py:\n" + "\n".join(lacking)


def test_d12_no_id_of_theirs_opens_anything(world: World) -> None:
    """D12, A24: their ids in every address that takes one are answered as ids that nobody has."""
    asked, found = run(world, list(world.users), foreign=True)
    assert not found, f"{len(found)} of {asked}:\n" + "\n".join(found[:40])
    assert asked >= LEAST_FOREIGN, asked


def test_d13_no_list_export_search_or_figure_holds_anything_of_theirs(world: World) -> None:
    """D13, A24, F25: every other address, in pages, parts, exports and JSON, with foreign words in query and form.

    With the test above at least 10,000 questions.
    """
    asked, found = run(world, list(world.users), foreign=False)
    assert not found, f"{len(found)} of {asked}:\n" + "\n".join(found[:40])
    assert asked >= LEAST - LEAST_FOREIGN, asked


def test_d13_a_period_opened_above_shows_nothing_of_the_neighbours(world: World) -> None:
    """Both counties report to the province: whoever asks for the neighbour, or for the province, gets his own county."""
    side, province = world.theirs, world.ours.organ.superior_id
    pages = [one for one in addresses() if one.name.startswith("reporting:") and one.template.startswith(PERIODS)]
    for role in (Role.READER, Role.CLERK, Role.MANAGER, Role.AUDITOR, Role.LEADER):
        caller = Caller.of(world.users[role])
        for one in pages:
            arguments = {"pk": side.ids["period-above"], "form": "csv"}
            for at in ("", side.organ.pk, province):
                answer = caller.ask(one, arguments, "GET", {"at": at, "pick": "waiting"})
                assert answer.status == (403 if one.name in FILLED and role in READING else 200), (role, one.name, at)
                assert not [word for word in side.secrets if word in answer.text], (role, one.name, at)
    assert len(pages) == 7


def test_d13_a_manager_of_cars_reads_and_does_nothing_in_other_areas(world: World) -> None:
    """D13: a role for one area opens no page, list, export, import, finding or file of another in his own organ."""
    side = world.ours
    user = User.objects.create(username="cars", display_name="车队", organ=side.organ)
    with transaction.atomic():
        give(actor="system", user=user, organ=side.organ, role=Role.MANAGER, area="vehicles")
    caller = Caller.of(user)
    known = [f"{side.secrets[0]}{word}" for word in OTHERS]
    for one in addresses():
        if one.public or one.name in CODES:  # open to whoever holds a code
            continue
        examples = IDS[one.name](side) if one.name in IDS else FREE[one.name]() if one.arguments else [{}]
        for arguments in examples:
            for method in ("GET", "POST"):
                answer = caller.ask(one, arguments, method, {"q": side.secrets[0]} if method == "GET" else {})
                assert not [word for word in known if word in answer.text], (method, one.name, arguments)
                if one.name.startswith("services:"):
                    assert answer.status in (403, 404, 405, 422), (method, one.name, answer.status)


def test_a24_the_probes_see_a_leak(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Positive control: with the scope switched off the same questions find leaks in pages, exports, JSON and search."""

    def scope(self: Access, queryset: models.QuerySet[Any], verb: object = None) -> models.QuerySet[Any]:
        return queryset

    monkeypatch.setattr(Access, "scope", scope)
    monkeypatch.setattr(Access, "organs", lambda self: Organ.objects.all())
    _, found = run(world, [Role.READER.value])
    leaking = {line.split()[2] for line in found}
    assert {"area:list", "area:export", "area:record", "area:record-json", "orgs:organ", "findings:detail"} <= leaking
    assert {"search", "findings:index", "findings:export", "area:suggest", "findings:file"} <= leaking
    assert {"/api/v1/datasets/<key>/rows", "services:team", "services:labels"} <= leaking

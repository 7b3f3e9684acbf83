"""Acts and objects in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import yiwang
from yiwang.areas.reporting import opening
from yiwang.areas.reporting.factories import NOW, SMALL, Scene
from yiwang.core.flow.models import EventVerb
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs.models import Act, Organ
from yiwang.core.rights.access import Access, nobody
from yiwang.core.rights.held import Held
from yiwang.core.rights.models import Role, User
from yiwang.core.verdicts import actions
from yiwang.portal.ledger import words

PACKAGE = Path(yiwang.__file__).parent


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        ("orgs.organ.rename", "更名单位"),
        ("verdicts.finding.close", "问题销号"),
        ("orgs.organ.close", "撤销单位"),
        ("offices.room.change", "修改房间"),
        ("ledger.verify", "校验存证"),
        ("x.y.fly", "flyx.y"),
        ("odd", "odd"),
    ],
)
def test_an_act(act: str, expected: str) -> None:
    assert words.act_in_words(act) == expected


def test_every_act_that_the_sources_name_has_words() -> None:
    """Acts made of parts (`{register.key}.{verb}`) are covered by their kinds' own words."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py") if "tests" not in path.parts)
    acts = set(re.findall(r'act="([\w.-]+)"', text)) | {f"verdicts.finding.{code}" for code in actions.ACTS.values()}
    acts |= {f"orgs.organ.{act.value.lower()}" for act in Act}
    acts |= {f"flow.case.{verb.value.lower().replace('_', '-')}" for verb in EventVerb}
    persons = "\n".join(path.read_text(encoding="utf-8") for path in (PACKAGE / "core" / "orgs").glob("*.py"))
    acts |= {f"orgs.person.{verb}" for verb in re.findall(r'_post\(actor, "([\w-]+)"', persons)}
    assert len(acts) > 20
    assert {act for act in acts if re.search("[a-z]", words.act_in_words(act))} == set()


@pytest.mark.parametrize(
    ("obj", "expected"),
    [("offices.room:7", "房间 7"), ("verdicts.finding:3", "问题 3"), ("nothing.here:1", "nothing.here:1"), ("", "")],
)
def test_an_object(obj: str, expected: str) -> None:
    assert words.object_in_words(obj) == expected


@pytest.mark.parametrize(
    ("role", "obj", "expected"),
    [
        (Role.AUDITOR, "orgs.organ:12", "/orgs/12"),
        (Role.AUDITOR, "flow.case:3", "/desk/3/"),
        (Role.AUDITOR, "offices.room:7", "/r/offices/room/7/"),
        (Role.AUDITOR, "ledger:chain", ""),
        (Role.AUDITOR, "nothing.here:1", ""),
        (Role.AUDITOR, "", ""),
        (Role.AUDITOR, "flow.definition:5", ""),
        (Role.MANAGER, "flow.definition:5", "/desk/flows/5/"),
        (Role.AUDIT_ADMIN, "offices.room:7", ""),
        (Role.AUDIT_ADMIN, "flow.case:3", ""),
    ],
)
def test_where_an_object_is_shown_to_whom_may_open_it(role: Role, obj: str, expected: str) -> None:
    organ = Organ(pk=1)
    access = Access(User(), organ, (Held(role, "", organ),))
    assert words.address_of(obj, access) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", []),
        ('{"a":1,"b":"文"}', [("a", "1"), ("b", "文")]),
        ("[1]", [("内容", "[1]")]),
        ("x", [("内容", "x")]),
        ('{"via":{"unit":3,"address":"10.1.2.3","request":""}}', [("来源", "单位 3 · 地址 10.1.2.3")]),
    ],
)
def test_a_body(body: str, expected: list[tuple[str, str]]) -> None:
    entry = Entry(act="offices.room.change", obj="offices.room:1", body=body)
    assert words.body_lines(entry, nobody()) == expected


def test_a_time_that_is_none() -> None:
    assert words.moment("gestern") is None


@pytest.mark.django_db
def test_a_scheme_and_a_period_are_linked_to_who_may_open_them() -> None:
    """The scheme for who configures where it was made, the period for its organ and those below."""
    scene = Scene()
    period = scene.open()
    scheme = f"reporting.scheme:{scene.revision.pk}"
    auditor = scene.we.access(Role.AUDITOR, scene.we.province)
    assert [bool(words.address_of(scheme, one)) for one in (scene.boss, scene.county, auditor)] == [True, False, False]
    mine = opening.save_scheme(text=SMALL, access=scene.county)
    opening.issue_scheme(revision=mine.pk, access=scene.county)
    start = period.valid_from
    own = opening.open_period(revision=mine.pk, start=start, access=scene.county, now=NOW)
    places = [f"reporting.period:{one.pk}" for one in (period, own)]
    assert [[bool(words.address_of(place, one)) for place in places] for one in (scene.county, scene.boss)] == [
        [True, True],
        [True, False],
    ]

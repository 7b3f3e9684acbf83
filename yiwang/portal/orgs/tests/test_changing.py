"""Organs are opened, renamed, transferred and closed by the system administrator of the subtree, by nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from yiwang.core.ledger.models import Entry
from yiwang.core.orgs import factories
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.models import Role
from yiwang.core.rights.tests.world import World, user, world
from yiwang.desk.testing import page
from yiwang.kit.credit_code import generate

pytestmark = pytest.mark.django_db


@pytest.fixture
def we() -> World:
    return world()


def client(who: Any) -> Client:
    browser = Client()
    browser.force_login(getattr(who, "user", who), backend="django.contrib.auth.backends.ModelBackend")
    return browser


def fresh(we: World, **more: str) -> dict[str, str]:
    return {
        "name": "青河县林业局", "credit_code": generate("990101", 777), "organ": we.ours.name, "tier": "COUNTY",
        "kind": "行政机关", "region": we.ours.region_id, "on": "2026-01-01", "ground": "青编〔2026〕1号", **more,
    }  # fmt: skip


def test_opened_renamed_transferred_closed(we: World) -> None:
    browser = client(we.system)
    page(browser.get("/orgs/new"))
    assert browser.post("/orgs/new", fresh(we)).status_code == 302
    made = Organ.objects.get(name="青河县林业局")
    assert made.superior == we.ours
    url = f"/orgs/{made.pk}/change"
    assert "更名、划转、合并、拆分、撤销" in page(browser.get(f"/orgs/{made.pk}"))
    page(browser.get(url))
    assert browser.post(url, {"verb": "rename", "name": "青河县林草局", "on": "2026-02-01"}).status_code == 302
    move = {"verb": "transfer", "tree": "ADMINISTRATIVE", "organ": we.theirs.name, "on": "2026-03-01"}
    assert browser.post(url, move).status_code == 302
    assert browser.post(url, {"verb": "close", "on": "2026-04-01"}).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.superior, str(made.closed_date)) == ("青河县林草局", we.theirs, "2026-04-01")
    acts = Entry.objects.filter(obj=f"orgs.organ:{made.pk}").order_by("pk").values_list("act", "actor")
    assert [act for act, _ in acts] == [
        "orgs.organ.open",
        "orgs.organ.rename",
        "orgs.organ.transfer",
        "orgs.organ.close",
    ]
    assert {actor for _, actor in acts} == {we.system.actor}


@pytest.mark.parametrize(
    "more",
    [{"organ": "没有"}, {"organ": ""}, {"region": "火星"}, {"credit_code": "123"}, {"on": "morgen"}, {"name": ""}],
)
def test_what_is_refused_is_said(we: World, more: dict[str, str]) -> None:
    county = user(we.ours, Role.SYSTEM_ADMIN)
    page(client(county).post("/orgs/new", fresh(we, **more)), 422)
    assert not Organ.objects.filter(name="青河县林业局").exists()


def test_only_the_system_administrator_of_the_subtree(we: World) -> None:
    below = factories.organ("青河县档案馆", we.ours)
    for other in (we.security, we.audit, user(we.province, Role.MANAGER), user(we.ours, Role.CLERK)):
        for path in ("/orgs/new", f"/orgs/{below.pk}/change"):
            assert client(other).get(path).status_code == 403
            assert client(other).post(path, fresh(we)).status_code == 403
        assert "设立单位" not in client(other).get("/orgs/").content.decode()
    county = client(user(we.ours, Role.SYSTEM_ADMIN))
    assert county.get(f"/orgs/{we.theirs.pk}/change").status_code == 404
    page(county.post("/orgs/new", fresh(we, organ=we.theirs.name)), 422)
    away = {"verb": "transfer", "tree": "ADMINISTRATIVE", "organ": we.theirs.name, "on": "2026-03-01"}
    page(county.post(f"/orgs/{below.pk}/change", away), 422)
    for verb in ("transfer", "close"):
        given = {"verb": verb, "tree": "ADMINISTRATIVE", "organ": "青河县档案馆", "on": "2026-03-01"}
        page(county.post(f"/orgs/{we.ours.pk}/change", given), 422)
    page(county.post(f"/orgs/{below.pk}/change", {"verb": "eat"}), 422)


def test_administrators_see_organs_and_no_headcount(we: World) -> None:
    html = page(client(we.system).get(f"/orgs/{we.ours.pk}"))
    assert "编制" not in html
    assert "编制" in page(client(user(we.ours, Role.READER)).get(f"/orgs/{we.ours.pk}"))


def _below(we: World, name: str) -> Organ:
    return factories.organ(name, we.ours)


def test_merged_into_one_that_is_there(we: World) -> None:
    """Two go into a third, subordinates too; the page of the old ones still tells where they went."""
    old, other, heir = (_below(we, name) for name in ("林业局", "草原局", "资源局"))
    child = factories.organ("林业站", old)
    url = f"/orgs/{old.pk}/change"
    given = {"verb": "merge", "others": other.name, "organ": heir.name, "on": "2026-02-01", "ground": "青编〔2026〕2号"}
    assert client(we.system).post(url, given).status_code == 302
    for row in (old, other, child):
        row.refresh_from_db()
    assert str(old.closed_date) == str(other.closed_date) == "2026-02-01"
    assert child.superior == heir
    assert Entry.objects.filter(act="orgs.organ.merge").count() == 1
    assert heir.name in page(client(we.system).get(f"/orgs/{old.pk}"))


def test_merged_into_a_new_one(we: World) -> None:
    old, other = _below(we, "林业局"), _below(we, "草原局")
    given = {
        "verb": "merge",
        "others": other.name,
        "name": "林草局",
        "credit_code": generate("990101", 822),
        "on": "2026-02-01",
    }
    assert client(we.system).post(f"/orgs/{old.pk}/change", given).status_code == 302
    made = Organ.objects.get(name="林草局")
    assert (made.superior, made.tier, made.kind) == (we.ours, old.tier, old.kind)


def test_split_in_two_with_what_is_below(we: World) -> None:
    """A subordinate that is given to nobody stops it, with the sentence; then each goes where it was told to."""
    old = _below(we, "林草局")
    one, two = (factories.organ(name, old) for name in ("林业站", "草原站"))
    url, browser = f"/orgs/{old.pk}/change", client(we.system)
    assert "归新单位 2" in page(browser.get(url))
    given = {
        "verb": "split", "name_1": "林业局", "credit_code_1": generate("990101", 840), "name_2": "草原局",
        "credit_code_2": generate("990101", 841), "heir": "1", f"child_{one.pk}": "1", "on": "2026-02-01",
    }  # fmt: skip
    assert browser.post(url, given).status_code == 422
    assert not Organ.objects.filter(name="林业局").exists()
    assert browser.post(url, {**given, f"child_{two.pk}": "3"}).status_code == 422
    assert browser.post(url, {**given, f"child_{two.pk}": "2"}).status_code == 302
    one.refresh_from_db()
    two.refresh_from_db()
    old.refresh_from_db()
    assert [str(row.superior) for row in (one, two)] == ["林业局", "草原局"]
    assert str(old.closed_date) == "2026-02-01"


def test_who_may_not_merge_or_split(we: World) -> None:
    """Another's administrator finds no such organ, a clerk is refused; the top of one's own range stays."""
    old, other = _below(we, "林业局"), _below(we, "草原局")
    given = {"verb": "merge", "others": other.name, "organ": we.ours.name, "on": "2026-02-01"}
    assert client(user(we.ours, Role.CLERK)).post(f"/orgs/{old.pk}/change", given).status_code == 403
    stranger = user(we.theirs, Role.SYSTEM_ADMIN)
    assert client(stranger).post(f"/orgs/{old.pk}/change", given).status_code == 404
    top = {**given, "organ": other.name, "others": we.province.name}
    assert client(we.system).post(f"/orgs/{old.pk}/change", top).status_code == 422
    assert not Organ.objects.exclude(closed_date=None).exists()

"""Each act: what it changes, what it leaves as it was, what refuses it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from yiwang.core.ledger.models import Entry
from yiwang.core.orgs import actions, factories
from yiwang.core.orgs.actions import NewOrgan
from yiwang.core.orgs.ancestors import columns_of, misplaced
from yiwang.core.orgs.models import Act, Organ, Person, Post, Reorganization, Side, Tier, Tree
from yiwang.core.orgs.tree import ancestors_as_of, children_as_of, name_as_of, subtree_ids, superior_as_of
from yiwang.kit.credit_code import generate
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 9)
ON = date(2020, 6, 1)
EVE = date(2020, 5, 31)


def new(name: str = "示例县数据局", number: int = 990_001, **more: Any) -> NewOrgan:
    facts = {"tier": Tier.COUNTY, "kind": "行政机关", "region": "990101"} | more
    return NewOrgan(name=name, credit_code=generate("990101", number), **facts)


def act(verb: Callable[..., Any], **given: Any) -> Any:
    return verb(**({"actor": "user:1", "on": ON, "today": TODAY} | given))


def refused(code: str, verb: Callable[..., Any], **given: Any) -> str:
    with pytest.raises(Refusal) as caught:
        act(verb, **given)
    assert caught.value.code == code
    return caught.value.message


@pytest.fixture
def root() -> Organ:
    return factories.organ("示例县人民政府")


def test_open(root: Organ) -> None:
    organ = act(actions.open_organ, new=new(), superior=root, ground="示例编〔2020〕1号")
    assert (organ.depth, organ.l1, organ.l2, organ.l3) == (2, root.pk, organ.pk, None)
    assert organ.sort_key.startswith("shi4li4xian4")
    assert name_as_of(organ.pk, EVE) is None
    assert name_as_of(organ.pk, ON) == "示例县数据局"
    assert [node.id for node in children_as_of(root.pk, ON)] == [organ.pk]
    done = Reorganization.objects.get()
    assert (done.act, done.on_date, done.ground) == (Act.OPEN, ON, "示例编〔2020〕1号")
    entry = Entry.objects.get()
    assert (entry.actor, entry.act, entry.obj) == ("user:1", "orgs.organ.open", f"orgs.organ:{organ.pk}")
    assert "示例县数据局" in entry.body


def test_open_refusals(root: Organ) -> None:
    refused("organ.date-future", actions.open_organ, new=new(), superior=root, on=date(2026, 5, 10))
    refused("organ.before-opening", actions.open_organ, new=new(), superior=root, on=date(2009, 1, 1))
    refused("organ.no-name", actions.open_organ, new=new(name="  "), superior=root)
    refused("organ.region", actions.open_organ, new=new(region="123456"), superior=root)
    refused("organ.tier", actions.open_organ, new=new(tier="州级"), superior=root)
    act(actions.open_organ, new=new(), superior=root)
    refused("organ.code-taken", actions.open_organ, new=new(name="另一个局"), superior=root)
    assert Entry.objects.count() == 1


def test_wrong_credit_code(root: Organ) -> None:
    wrong = NewOrgan(name="局", credit_code="1" * 18, tier=Tier.COUNTY, kind="", region="990101")
    refused("credit-code.check", actions.open_organ, new=wrong, superior=root)


def test_rename(root: Organ) -> None:
    act(actions.rename, organ=root, name="示例区人民政府")
    assert name_as_of(root.pk, EVE) == "示例县人民政府"
    assert name_as_of(root.pk, ON) == "示例区人民政府"
    root.refresh_from_db()
    assert (root.name, root.sort_key[:14]) == ("示例区人民政府", "shi4li4qu1ren2")


def test_rename_refusals(root: Organ) -> None:
    refused("organ.same-name", actions.rename, organ=root, name=" 示例县人民政府 ")
    act(actions.rename, organ=root, name="甲")
    refused("organ.before-last-change", actions.rename, organ=root, name="乙")
    refused("organ.before-last-change", actions.rename, organ=root, name="乙", on=EVE)
    refused("organ.before-opening", actions.rename, organ=root, name="乙", on=date(2001, 1, 1))


def test_transfer_moves_the_subtree_and_its_rows(root: Organ) -> None:
    bureau = factories.organ("局", root)
    office = factories.organ("所", bureau)
    other = factories.organ("委", root)
    someone = factories.person(office)
    act(actions.transfer, organ=bureau, superior=other)
    office.refresh_from_db()
    assert [office.l1, office.l2, office.l3, office.l4, office.l5] == [root.pk, other.pk, bureau.pk, office.pk, None]
    assert office.depth == 4
    someone.refresh_from_db()
    assert columns_of(office) == {level: getattr(someone, level) for level in columns_of(office)}
    assert [node.id for node in ancestors_as_of(office.pk, EVE)] == [root.pk, bureau.pk, office.pk]
    assert [node.id for node in ancestors_as_of(office.pk, ON)] == [root.pk, other.pk, bureau.pk, office.pk]
    assert misplaced() == {}


def test_transfer_upwards(root: Organ) -> None:
    middle = factories.organ("中", root)
    low = factories.organ("下", middle)
    lowest = factories.organ("末", low)
    act(actions.transfer, organ=low, superior=root)
    lowest.refresh_from_db()
    assert [lowest.l1, lowest.l2, lowest.l3, lowest.l4] == [root.pk, low.pk, lowest.pk, None]
    assert lowest.depth == 3


def test_ring(root: Organ) -> None:
    low = factories.organ("下", root)
    message = refused("organ.ring", actions.transfer, organ=root, superior=low)
    assert "下" in message


def test_ring_in_the_past(root: Organ) -> None:
    """Today there would be none, but on a day in between: the one was below the other until 2022."""
    a, b = factories.organ("甲", root), factories.organ("乙", root)
    act(actions.transfer, organ=a, superior=b, on=date(2018, 1, 1))
    act(actions.transfer, organ=a, superior=root, on=date(2022, 1, 1))
    refused("organ.ring", actions.transfer, organ=b, superior=a, on=date(2020, 1, 1))
    act(actions.transfer, organ=b, superior=a, on=date(2022, 1, 1))


def test_too_deep(root: Organ) -> None:
    chain = [root]
    for number in range(4):
        chain.append(factories.organ(f"第{number}层", chain[-1]))
    refused("organ.too-deep", actions.open_organ, new=new(), superior=chain[-1])
    pair = factories.organ("上", root)
    factories.organ("下", pair)
    refused("organ.too-deep", actions.transfer, organ=pair, superior=chain[3])
    act(actions.transfer, organ=pair, superior=chain[2])


def test_too_deep_in_the_past(root: Organ) -> None:
    """The superior stood at the fourth level until 2022; an act of 2020 would have made a sixth."""
    chain = [root]
    for number in range(3):
        chain.append(factories.organ(f"第{number}层", chain[-1]))
    pair = factories.organ("上", root)
    factories.organ("下", pair)
    act(actions.transfer, organ=chain[3], superior=root, on=date(2022, 1, 1))
    refused("organ.too-deep", actions.transfer, organ=pair, superior=chain[3])
    act(actions.transfer, organ=pair, superior=chain[3], on=date(2022, 1, 1))


def test_a_closed_organ_below_counts(root: Organ) -> None:
    chain = [root]
    for number in range(3):
        chain.append(factories.organ(f"第{number}层", chain[-1]))
    pair = factories.organ("上", root)
    gone = factories.organ("已撤", pair)
    act(actions.close_organ, organ=gone, on=date(2015, 1, 1))
    assert "已撤销" in refused("organ.too-deep", actions.transfer, organ=pair, superior=chain[3])


def test_transfer_refusals(root: Organ) -> None:
    low, other = factories.organ("下", root), factories.organ("旁", root)
    refused("organ.same-superior", actions.transfer, organ=low, superior=root)
    refused("organ.superior-needed", actions.transfer, organ=low, superior=None)
    late = factories.organ("新", root, opened=date(2021, 1, 1))
    refused("organ.before-opening", actions.transfer, organ=low, superior=late)
    act(actions.transfer, organ=low, superior=other)
    refused("organ.before-last-change", actions.transfer, organ=low, superior=root)
    act(actions.close_organ, organ=late, on=date(2022, 1, 1))
    refused("organ.closed", actions.transfer, organ=low, superior=late, on=date(2023, 1, 1))
    refused("organ.closed", actions.rename, organ=late, name="新名", on=date(2023, 1, 1))
    refused("organ.missing", actions.rename, organ=Organ(pk=0), name="无")


def test_parallel_trees(root: Organ) -> None:
    low, above = factories.organ("税务所", root), factories.organ("示例市税务局", tier=Tier.CITY)
    act(actions.transfer, organ=low, superior=above, tree=Tree.VERTICAL)
    assert superior_as_of(low.pk, ON, Tree.VERTICAL) == above.pk
    assert superior_as_of(low.pk, EVE, Tree.VERTICAL) is None
    assert superior_as_of(low.pk, ON) == root.pk
    assert subtree_ids(above.pk, ON, Tree.VERTICAL) == {above.pk, low.pk}
    low.refresh_from_db()
    assert low.superior_id == root.pk, "the vertical tree leaves the present administrative one alone"
    act(actions.transfer, organ=low, superior=None, tree=Tree.VERTICAL, on=date(2024, 1, 1))
    assert superior_as_of(low.pk, date(2024, 1, 1), Tree.VERTICAL) is None
    refused("organ.ring", actions.transfer, organ=above, superior=low, tree=Tree.VERTICAL)


def test_merge_into_a_new_organ(root: Organ) -> None:
    a, b = factories.organ("文化局", root), factories.organ("旅游局", root)
    below = factories.organ("图书馆", a)
    reader = factories.person(below)
    clerk = factories.person(b)
    heir = act(actions.merge, organs=[a, b], into=new("文化和旅游局"))
    assert heir.superior_id == root.pk
    assert {node.id for node in children_as_of(root.pk, ON)} == {heir.pk}
    assert {node.id for node in children_as_of(root.pk, EVE)} == {a.pk, b.pk}
    assert superior_as_of(below.pk, ON) == heir.pk
    a.refresh_from_db()
    assert (a.closed_date, a.l2) == (ON, a.pk), "a closed organ keeps its last place"
    clerk.refresh_from_db()
    assert clerk.organ_id == heir.pk
    held = clerk.appointments.order_by("valid_from").values_list("organ_id", "valid_from", "valid_to")
    assert list(held) == [(b.pk, factories.OPENED, ON), (heir.pk, ON, None)]
    reader.refresh_from_db()
    assert reader.l2 == heir.pk
    assert misplaced() == {}
    sides = Reorganization.objects.get(act=Act.MERGE).parts.values_list("organ_id", "side")
    assert set(sides) == {(a.pk, Side.FROM), (b.pk, Side.FROM), (heir.pk, Side.TO)}
    assert Entry.objects.count() == 1


def test_merge_into_one_that_goes_on(root: Organ) -> None:
    a, b = factories.organ("甲", root), factories.organ("乙", root)
    assert act(actions.merge, organs=[a, b], into=b).pk == b.pk
    a.refresh_from_db()
    b.refresh_from_db()
    assert (a.closed_date, b.closed_date) == (ON, None)


def test_merge_of_superior_and_subordinate(root: Organ) -> None:
    upper = factories.organ("局", root)
    lower = factories.organ("分局", upper)
    heir = act(actions.merge, organs=[upper, lower], into=new("新局"))
    assert heir.superior_id == root.pk
    assert subtree_ids(root.pk, ON) == {root.pk, heir.pk}


def test_merge_adds_posts_up(root: Organ) -> None:
    a, b = factories.organ("甲", root), factories.organ("乙", root)
    for organ, number, since in [(a, 3, date(2015, 1, 1)), (b, 4, date(2016, 1, 1))]:
        row = Post(organ=organ, rank="科员", authorized_posts=number, actual_headcount=number - 1, valid_from=since)
        row.place()
        row.save()
    act(actions.merge, organs=[a], into=b)
    rows = Post.objects.order_by("valid_from").values_list("organ_id", "authorized_posts", "valid_from", "valid_to")
    assert list(rows) == [
        (a.pk, 3, date(2015, 1, 1), ON),
        (b.pk, 4, date(2016, 1, 1), ON),
        (b.pk, 7, ON, None),
    ]


def test_merge_refusals(root: Organ) -> None:
    a = factories.organ("甲", root)
    below = factories.organ("下", a)
    refused("organ.merge-needs-two", actions.merge, organs=[a, a], into=new())
    refused("organ.merge-needs-two", actions.merge, organs=[a], into=a)
    refused("organ.ring", actions.merge, organs=[a], into=below)


def test_split(root: Organ) -> None:
    old = factories.organ("国土局", root)
    below = factories.organ("测绘所", old)
    clerk = factories.person(old)
    one, two = act(actions.split, organ=old, into=[new("自然资源局"), new("规划局", 990_002)], children={below.pk: 1})
    assert superior_as_of(below.pk, ON) == two.pk
    clerk.refresh_from_db()
    assert clerk.organ_id == one.pk
    old.refresh_from_db()
    assert old.closed_date == ON
    assert misplaced() == {}


def test_split_off(root: Organ) -> None:
    old = factories.organ("政府办", root)
    clerk = factories.person(old)
    act(actions.split, organ=old, into=[new("信访局")], keep=True)
    clerk.refresh_from_db()
    old.refresh_from_db()
    assert (old.closed_date, clerk.organ_id) == (None, old.pk)


def test_split_refusals(root: Organ) -> None:
    old = factories.organ("局", root)
    factories.organ("所", old)
    refused("organ.split-needs-two", actions.split, organ=old, into=[new()])
    refused("organ.split-needs-two", actions.split, organ=old, into=[], keep=True)
    message = refused("organ.subordinates-left", actions.split, organ=old, into=[new(), new("丙", 990_002)])
    assert "所" in message
    assert Organ.objects.count() == 3, "a refused act leaves nothing behind"


def test_close(root: Organ) -> None:
    organ = factories.organ("指挥部", root)
    act(actions.close_organ, organ=organ)
    assert name_as_of(organ.pk, EVE) == "指挥部"
    assert name_as_of(organ.pk, ON) is None
    assert children_as_of(root.pk, ON) == []


def test_close_refusals(root: Organ) -> None:
    organ = factories.organ("局", root)
    message = refused("organ.subordinates-left", actions.close_organ, organ=root)
    assert "局" in message
    clerk = factories.person(organ)
    assert "人员 1 条" in refused("organ.registers-left", actions.close_organ, organ=organ)
    refused("organ.own-heir", actions.close_organ, organ=organ, heir=organ)
    refused("organ.before-opening", actions.close_organ, organ=organ, on=factories.OPENED, heir=root)
    act(actions.close_organ, organ=organ, heir=root)
    clerk.refresh_from_db()
    assert clerk.organ_id == root.pk
    refused("organ.closed", actions.close_organ, organ=organ, on=date(2021, 1, 1))


def test_close_is_not_before_a_child_left(root: Organ) -> None:
    """It had a subordinate until 2022: it cannot have closed in 2020."""
    organ, other = factories.organ("局", root), factories.organ("委", root)
    child = factories.organ("所", organ)
    act(actions.transfer, organ=child, superior=other, on=date(2022, 1, 1))
    refused("organ.subordinates-left", actions.close_organ, organ=organ)
    act(actions.close_organ, organ=organ, on=date(2022, 1, 1))


def test_hand_over(root: Organ) -> None:
    a, b = factories.organ("甲", root), factories.organ("乙", root)
    factories.person(a)
    moved = act(actions.hand_over, source=a, heir=b)
    assert moved == {"orgs.appointment": 1, "orgs.person": 1}
    assert Person.objects.get().organ_id == b.pk
    assert Entry.objects.get().act == "orgs.organ.hand-over"


def test_a_root_comes_below_another(root: Organ) -> None:
    low = factories.organ("下", root)
    province = factories.organ("示例省人民政府", tier=Tier.PROVINCE)
    act(actions.transfer, organ=root, superior=province)
    low.refresh_from_db()
    assert (low.depth, low.l1, low.l2, low.l3) == (3, province.pk, root.pk, low.pk)

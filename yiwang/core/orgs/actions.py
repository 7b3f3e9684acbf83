"""The acts on organs: open, rename, transfer, merge, split, close, hand over. Each is one transaction and one entry.

`on` is the day from which the act holds, `today` the day on which it is entered (no clock in here), `ground` the
document it rests on. History rows are half-open: the old one ends on `on`, the new one begins on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction

from yiwang.core.ledger.post import post
from yiwang.core.orgs import guards
from yiwang.core.orgs.ancestors import columns_below, move_subtree
from yiwang.core.orgs.handover import hand_over_rows, leftovers
from yiwang.core.orgs.models import (
    TREE_DEPTH,
    Act,
    Organ,
    OrganEdge,
    OrganName,
    Region,
    Reorganization,
    ReorganizationPart,
    Side,
    Tier,
    Tree,
)
from yiwang.kit.credit_code import validate
from yiwang.kit.pinyin import sort_key
from yiwang.kit.refusal import Refusal


@dataclass(frozen=True, kw_only=True)
class NewOrgan:
    """What must be known of an organ that is opened. `region`: GB/T 2260 code; `kind`: 党的机关, 事业单位 …"""

    name: str
    credit_code: str
    tier: str
    kind: str
    region: str


@transaction.atomic
def open_organ(*, actor: str, new: NewOrgan, superior: Organ | None, on: date, today: date, ground: str = "") -> Organ:
    """设立: a new organ below `superior`, or a new root."""
    above = _hold(superior)[0] if superior else None
    guards.may_act(on, today)
    organ = _open(new, above, on, today)
    _record(actor, Act.OPEN, on, ground, [], [organ], {"superior": above and above.pk, **asdict(new)})
    return organ


@transaction.atomic
def rename(*, actor: str, organ: Organ, name: str, on: date, today: date, ground: str = "") -> Organ:
    """更名: past days keep the old name."""
    (organ,) = _hold(organ)
    guards.may_act(on, today, organ)
    guards.name_may_change(organ, on)
    before, name = organ.name, _name(name)
    if name == before:
        raise Refusal("organ.same-name", f"“{name}”就是现在的名称,没有变化。")
    OrganName.objects.filter(organ=organ, valid_to=None).update(valid_to=on)
    OrganName.objects.create(organ=organ, name=name, valid_from=on)
    organ.name, organ.sort_key = name, sort_key(name)
    organ.save(update_fields=["name", "sort_key"])
    _record(actor, Act.RENAME, on, ground, [organ], [organ], {"from": before, "to": name})
    return organ


@transaction.atomic
def transfer(
    *,
    actor: str,
    organ: Organ,
    superior: Organ | None,
    on: date,
    today: date,
    tree: str = Tree.ADMINISTRATIVE,
    ground: str = "",
) -> Organ:
    """划转: another superior in one of the trees; None ends a vertical or budget relation."""
    organ, *above = _hold(organ, *([superior] if superior else []))
    guards.may_act(on, today, organ)
    before = OrganEdge.objects.filter(organ=organ, tree=tree, valid_to=None).first()
    _transfer(organ, above[0] if above else None, on, today, tree)
    body = {"tree": str(tree), "from": before and before.superior_id, "to": superior and superior.pk}
    _record(actor, Act.TRANSFER, on, ground, [organ], [organ], body)
    return organ


@transaction.atomic
def merge(
    *,
    actor: str,
    organs: Sequence[Organ],
    into: Organ | NewOrgan,
    on: date,
    today: date,
    superior: Organ | None = None,
    ground: str = "",
) -> Organ:
    """合并: the organs close; what they had, subordinates included, goes over to `into`.

    `into` is an organ that goes on, or a new one, opened below `superior` (default: where the highest of them stands).
    """
    # The lowest first: a subordinate that is merged too must have left before its superior closes.
    olds = sorted(_hold(*_merged(organs, into)), key=lambda organ: -organ.depth)
    guards.may_act(on, today, *olds)
    if isinstance(into, NewOrgan):
        heir = _open(into, superior or olds[-1].superior, on, today)
    else:
        (heir,) = _hold(into)
        guards.may_act(on, today, heir)
    moved = [_dissolve(old, heir, on, today) for old in olds]
    _record(actor, Act.MERGE, on, ground, olds, [heir], {"moved": moved})
    return heir


@transaction.atomic
def split(
    *,
    actor: str,
    organ: Organ,
    into: Sequence[NewOrgan],
    on: date,
    today: date,
    children: Mapping[int, int] | None = None,
    heir: int = 0,
    keep: bool = False,
    ground: str = "",
) -> list[Organ]:
    """拆分: new organs beside the old one, which closes unless `keep`.

    `children`: id of a subordinate → which of the new organs takes it. `heir`: which of them takes the registers.
    """
    if not into or (len(into) < 2 and not keep):
        raise Refusal("organ.split-needs-two", "拆分后至少应有两个单位(原单位保留时至少新设一个)。")
    (organ,) = _hold(organ)
    guards.may_act(on, today, organ)
    news = [_open(new, organ.superior, on, today) for new in into]
    for child_id, place in (children or {}).items():
        _move_children(organ, news[place], on, today, only=child_id)
    moved: dict[str, int] = {}
    if not keep:
        guards.nobody_below(organ, on)
        moved = hand_over_rows(organ, news[heir], on)
        _shut(organ, on)
    _record(actor, Act.SPLIT, on, ground, [organ], [*news, *([organ] if keep else [])], {"moved": moved})
    return news


@transaction.atomic
def close_organ(
    *, actor: str, organ: Organ, on: date, today: date, heir: Organ | None = None, ground: str = ""
) -> Organ:
    """撤销: nothing may be left below; registers go to the heir, without one there must be none."""
    organ, *others = _hold(organ, *([heir] if heir else []))
    guards.may_act(on, today, organ, *others)
    guards.nobody_below(organ, on)
    moved: dict[str, int] = {}
    if others:
        _different(organ, others[0])
        moved = hand_over_rows(organ, others[0], on)
    elif left := leftovers(organ, on):
        what = "、".join(f"{name} {count} 条" for name, count in left.items())
        raise Refusal("organ.registers-left", f"“{organ}”名下还有{what},请指定接收单位。")
    _shut(organ, on)
    body = {"heir": heir and heir.pk, "moved": moved}
    _record(actor, Act.CLOSE, on, ground, [organ], others, body)
    return organ


@transaction.atomic
def hand_over(*, actor: str, source: Organ, heir: Organ, on: date, today: date) -> dict[str, int]:
    """移交: all registers of one organ to another; number of rows by model."""
    source, heir = _hold(source, heir)
    _different(source, heir)
    guards.may_act(on, today, heir)
    moved = hand_over_rows(source, heir, on)
    body = {"to": heir.pk, "on": on.isoformat(), "moved": moved}
    post(actor=actor, act="orgs.organ.hand-over", obj=f"orgs.organ:{source.pk}", body=body)
    return moved


# ── steps ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _hold(*organs: Organ) -> list[Organ]:
    """Read the organs afresh and keep their trees from changing until the end of the transaction.

    The lock is on the roots, in the order of their ids: two transfers that would close a ring together wait for each
    other. On SQLite the transaction itself is the lock.
    """
    ids = [organ.pk for organ in organs]
    while True:
        before = {pk for pk in Organ.objects.filter(pk__in=ids).values_list("l1", flat=True) if pk}
        list(Organ.objects.select_for_update(no_key=True).filter(pk__in=before).order_by("pk"))
        found = Organ.objects.select_related("superior").in_bulk(ids)
        if missing := set(ids) - set(found):
            raise Refusal("organ.missing", f"没有编号为 {min(missing)} 的单位。")
        if {organ.l1 for organ in found.values()} == before:
            return [found[pk] for pk in ids]


def _name(name: str) -> str:
    """A name without blanks at its ends."""
    if not (name := name.strip()):
        raise Refusal("organ.no-name", "单位名称不能为空。")
    return name


def _different(organ: Organ, heir: Organ) -> None:
    """An organ cannot be its own heir."""
    if organ.pk == heir.pk:
        raise Refusal("organ.own-heir", f"接收单位不能是“{organ}”自己。")


def _merged(organs: Sequence[Organ], into: Organ | NewOrgan) -> list[Organ]:
    """Those that close: each once, the heir not among them."""
    olds = list({organ.pk: organ for organ in organs}.values())
    if isinstance(into, Organ):
        olds = [organ for organ in olds if organ.pk != into.pk]
    if len(olds) < (1 if isinstance(into, Organ) else 2):
        raise Refusal("organ.merge-needs-two", "合并至少需要两个单位。")
    return olds


def _open(new: NewOrgan, superior: Organ | None, on: date, today: date) -> Organ:
    """The organ, its first name and its administrative edge."""
    code, name = validate(new.credit_code), _name(new.name)
    if Organ.objects.filter(credit_code=code).exists():
        raise Refusal("organ.code-taken", f"统一社会信用代码 {code} 已登记给另一个单位,请核对。")
    if new.tier not in Tier.values:
        raise Refusal("organ.tier", f"没有“{new.tier}”这一层级。")
    region = Region.objects.filter(pk=new.region).first()
    if region is None:
        raise Refusal("organ.region", f"没有行政区划代码 {new.region}。")
    if superior:
        guards.may_act(on, today, superior)
        guards.superior_may_take(None, superior, on, Tree.ADMINISTRATIVE)
    organ = Organ.objects.create(
        name=name,
        sort_key=sort_key(name),
        credit_code=code,
        tier=new.tier,
        kind=new.kind,
        region=region,
        superior=superior,
        depth=superior.depth + 1 if superior else 1,
        opened_date=on,
    )
    for field, value in columns_below(superior, organ.pk).items():
        setattr(organ, field, value)
    organ.save()
    OrganName.objects.create(organ=organ, name=name, valid_from=on)
    if superior:
        OrganEdge.objects.create(organ=organ, superior=superior, tree=Tree.ADMINISTRATIVE, valid_from=on)
    return organ


def _transfer(organ: Organ, superior: Organ | None, on: date, today: date, tree: str) -> None:
    """End the present edge and begin the next; in the administrative tree move the columns too."""
    guards.edge_may_change(organ, on, tree)
    present = OrganEdge.objects.filter(organ=organ, tree=tree, valid_to=None)
    held = present.values_list("superior_id", flat=True).first()
    if superior is None and (tree == Tree.ADMINISTRATIVE or held is None):
        raise Refusal("organ.superior-needed", f"请为“{organ}”选择新的上级单位。")
    if superior is not None:
        guards.may_act(on, today, superior)
        if held == superior.pk:
            raise Refusal("organ.same-superior", f"“{organ}”现在的上级就是“{superior}”,没有变化。")
        guards.superior_may_take(organ.pk, superior, on, tree)
    present.update(valid_to=on)
    if superior is not None:
        OrganEdge.objects.create(organ=organ, superior=superior, tree=tree, valid_from=on)
    if tree == Tree.ADMINISTRATIVE:
        _move(organ, superior)


def _move(organ: Organ, superior: Organ | None) -> None:
    """The present tree. A closed organ below keeps its place and may be what makes it too deep."""
    depth = superior.depth + 1 if superior else 1
    lowest = Organ.objects.within(organ).order_by("-depth").values_list("depth", flat=True)[0]
    if depth + lowest - organ.depth > TREE_DEPTH:
        raise Refusal("organ.too-deep", f"“{organ}”下属(含已撤销单位)的层级会超过 {TREE_DEPTH} 层,不能划转到此处。")
    list(Organ.objects.select_for_update().within(organ).order_by("pk").values_list("pk", flat=True))
    move_subtree(organ, superior)
    organ.refresh_from_db()


def _move_children(organ: Organ, heir: Organ, on: date, today: date, *, only: int | None = None) -> None:
    """Subordinates of the organ, in every tree, go below the heir."""
    edges = OrganEdge.objects.filter(superior=organ, valid_to=None).order_by("pk")
    for edge in edges.filter(organ_id=only) if only is not None else edges:
        (child,) = _hold(Organ(pk=edge.organ_id))
        if child.pk == heir.pk:
            raise Refusal("organ.ring", f"“{heir}”隶属于“{organ}”,不能并入自己的下级;请先划转“{heir}”。")
        heir.refresh_from_db()
        _transfer(child, heir, on, today, edge.tree)


def _dissolve(old: Organ, heir: Organ, on: date, today: date) -> dict[str, Any]:
    """One of the merged: subordinates and registers to the heir, then the end."""
    (old,) = _hold(old)
    _move_children(old, heir, on, today)
    guards.nobody_below(old, on)
    heir.refresh_from_db()
    moved = hand_over_rows(old, heir, on)
    _shut(old, on)
    return {"organ": old.pk, **moved}


def _shut(organ: Organ, on: date) -> None:
    """End the name, the edges and the organ itself; its columns keep the last place."""
    if on <= organ.opened_date:
        raise Refusal("organ.before-opening", f"撤销日期应晚于“{organ}”的成立日期 {organ.opened_date}。")
    guards.name_may_change(organ, on)
    for tree in Tree.values:
        guards.edge_may_change(organ, on, tree)
    OrganName.objects.filter(organ=organ, valid_to=None).update(valid_to=on)
    OrganEdge.objects.filter(organ=organ, valid_to=None).update(valid_to=on)
    organ.closed_date = on
    organ.save(update_fields=["closed_date"])


def _record(
    actor: str,
    act: Act,
    on: date,
    ground: str,
    olds: Sequence[Organ],
    news: Sequence[Organ],
    body: Mapping[str, Any],
) -> None:
    """The reorganization with its parts, and the ledger entry."""
    done = Reorganization.objects.create(act=act, on_date=on, ground=ground)
    sides = [(organ, Side.FROM) for organ in olds] + [(organ, Side.TO) for organ in news]
    ReorganizationPart.objects.bulk_create(
        [ReorganizationPart(reorganization=done, organ=organ, side=side) for organ, side in sides]
    )
    first = (olds or news)[0]
    facts = {"on": on.isoformat(), "ground": ground, "olds": [o.pk for o in olds], "news": [n.pk for n in news]}
    obj = f"orgs.organ:{first.pk}"
    post(actor=actor, act=f"orgs.organ.{act.value.lower()}", obj=obj, body={**facts, **body})

"""合并 and 拆分: what the forms of the page of changes ask of `core.orgs`, read from texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from yiwang.core.orgs import actions
from yiwang.core.orgs.actions import NewOrgan
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.naming import plain
from yiwang.kit.refusal import Refusal
from yiwang.portal.accounts.common import organ_named

#: So many organs one may be split into by a form, and be merged with.
PARTS, OTHERS = 4, 20


def children(organ: Organ) -> list[Organ]:
    """Who stands right below it now."""
    return list(Organ.objects.open().filter(superior=organ).order_by("sort_key", "pk"))


def merge(values: Mapping[str, Any], organ: Organ, access: Access, when: Mapping[str, Any]) -> str:
    """The organ and others go into one that is there, or into a new one of the same tier and kind."""
    names = [plain(one) for one in str(values.get("others", "")).splitlines() if plain(one)]
    if len(names) > OTHERS:
        raise Refusal("account.organ", f"一次最多合并 {OTHERS} 个单位,请分几次办理。")
    olds = [organ, *(organ_named(access, name, what="一并合并的单位") for name in names)]
    text = plain(values.get("organ", ""))
    into = organ_named(access, text, what="接收单位") if text else _part(values, organ, "")
    if into is None:
        raise Refusal("account.organ", "请填写接收单位,或者新设单位的名称和统一社会信用代码。")
    own = access.organ.pk if access.organ else 0
    kept = into.pk if isinstance(into, Organ) else 0
    if own in {one.pk for one in olds} - {kept}:
        raise Refusal("account.organ", "不能合并自己管理范围的顶层单位,请由上级的系统管理员办理。")
    heir = actions.merge(actor=access.actor, organs=olds, into=into, **when)
    return f"已合并,由“{heir}”接收。"


def split(values: Mapping[str, Any], organ: Organ, access: Access, when: Mapping[str, Any]) -> str:
    """New organs of the same tier and kind beside it; it closes unless it is kept."""
    keep = bool(values.get("keep"))
    if not keep and access.organ is not None and organ.pk == access.organ.pk:
        raise Refusal("account.organ", "不能撤销自己管理范围的顶层单位,请由上级的系统管理员办理。")
    found = [(number, _part(values, organ, f"_{number}")) for number in range(1, PARTS + 1)]
    parts = {number: part for number, part in found if part is not None}
    place = {number: index for index, number in enumerate(parts)}
    below = {one.pk: number for one in children(organ) if (number := _number(values, f"child_{one.pk}"))}
    heir = _number(values, "heir") or min(parts, default=1)
    wrong = [number for number in (*below.values(), heir) if number not in parts]
    if parts and wrong:
        raise Refusal("organ.split-part", f"没有填写新单位 {wrong[0]},不能由它接收。")
    news = actions.split(
        actor=access.actor,
        organ=organ,
        into=list(parts.values()),
        children={key: place[number] for key, number in below.items()},
        heir=place.get(heir, 0),
        keep=keep,
        **when,
    )
    return f"已拆分,新设{_listed(news)}。"


def _part(values: Mapping[str, Any], organ: Organ, suffix: str) -> NewOrgan | None:
    """A new organ by name and code; None where neither is given."""
    name, code = (plain(values.get(f"{key}{suffix}", "")) for key in ("name", "credit_code"))
    if not name and not code:
        return None
    return NewOrgan(name=name, credit_code=code, tier=organ.tier, kind=organ.kind, region=organ.region_id)


def _number(values: Mapping[str, Any], key: str) -> int:
    text = str(values.get(key, ""))
    return int(text) if text.isdigit() and len(text) < 3 else 0


def _listed(organs: Sequence[Organ]) -> str:
    return "、".join(f"“{one}”" for one in organs)

"""What this user may do with this order now, and doing it: one form for each verb."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.files.base import File

from yiwang.areas.services.catalogue.models import Urgency
from yiwang.areas.services.orders import actions, approvals, repairs
from yiwang.areas.services.orders.machine import MACHINE, dispatches, within
from yiwang.areas.services.orders.models import OrderState, Team, WorkOrder
from yiwang.areas.services.suppliers.models import Supplier
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User
from yiwang.kit.refusal import Refusal

Files = Sequence[File[bytes]]


@dataclass(frozen=True)
class Offer:
    """One form: its verb, the button, which fields it has, and whether it is what one would do next."""

    verb: str
    label: str
    fields: tuple[str, ...] = ()
    first: bool = False


_REPAIRER = (
    Offer("arrive", "到场", first=True),
    Offer("finish", "完工", ("solution", "labour", "photos"), first=True),
    Offer("resume", "恢复处理", first=True),
    Offer("add_part", "登记配件", ("part", "quantity", "price")),
    Offer("answer", "答复方案", ("note",)),
    Offer("need_parts", "转为需购件或外协", ("note",)),
    Offer("pause", "暂停(等配件等)", ("pause", "remark")),
    Offer("hand_over", "转交同事", ("colleague", "remark")),
    Offer("ask", "报批大额维修", ("amount", "note")),
)
_REPORTER = (
    Offer("confirm", "确认并评价", ("score", "reason"), first=True),
    Offer("reopen", "没修好,返修", ("note",)),
    Offer("cancel", "取消", ("note",)),
)


def offers(order: WorkOrder, access: Access) -> list[Offer]:
    """The forms, the likeliest first. The verbs themselves refuse again: these are only what is shown."""
    user, state = access.user, OrderState(order.state)
    found: list[Offer] = []
    gives = dispatches(access) and within(access, order)
    if gives:
        found.append(Offer("assign", "派工", ("team", "remark"), first=state == OrderState.NEW))
    if isinstance(user, User) and repairs.may_take(user, order, access):
        found += [Offer("accept", "接单", first=True), Offer("decline", "退单", ("note",))]
    if repairs.may_work(order, access):
        found += _REPAIRER
    if order.reporter_id == user.pk or gives:
        found += _REPORTER
    if order.reporter_id == user.pk and order.score is None:
        found.append(Offer("rate", "评价", ("score", "reason"), first=True))
    found = [one for one in found if state in MACHINE[one.verb][1]]
    if order.urgency == Urgency.PARTS:
        found = [one for one in found if one.verb != "need_parts"]
    return [*sorted(found, key=lambda one: not one.first), Offer("remark", "留言", ("note", "photos"))]


def perform(order: int, values: Mapping[str, str], files: Files, access: Access, now: datetime) -> str:
    """Do what a form asks; the sentence that says it is done. Refusals of the verbs, `order.verb`, `order.number`."""
    verb = values.get("verb", "")
    if verb not in _DO:
        raise Refusal("order.verb", "没有这种办理。")
    _DO[verb](order, values, files, access, now)
    return f"已{MACHINE[verb][0]}。"


def whole(text: str, label: str) -> int:
    """A whole number. Refusal `order.number`."""
    try:
        return int(text.strip() or 0)
    except ValueError:
        raise Refusal("order.number", f"“{label}”应为整数。") from None


def fen(text: str, label: str) -> int:
    """Money written in yuan, in fen. Refusal `order.number`."""
    try:
        value = Decimal(text.strip().replace(",", "") or 0) * 100
        if value != value.to_integral_value():
            raise InvalidOperation
        return int(value)
    except (ArithmeticError, ValueError):
        raise Refusal("order.number", f"“{label}”应为金额,最多两位小数,如 128.50。") from None


def _user(text: str) -> User:
    found = User.objects.filter(pk=int(text) if text.isdigit() else 0, is_active=True).first()
    if found is None:
        raise Refusal("order.team", "请选择一位同事。")
    return found


def _assign(order: int, values: Mapping[str, str], files: Files, access: Access, now: datetime) -> None:
    team, _, member = values.get("team", "").partition(":")
    note = values.get("remark", "")
    if team.startswith("s") and team[1:].isdigit():
        supplier = Supplier.objects.filter(pk=int(team[1:])).first()
        if supplier is None:
            raise Refusal("order.supplier", "没有这家供应商,请另选。")
        actions.assign_supplier(order=order, supplier=supplier, note=note, now=now, access=access)
        return
    found = Team.objects.filter(pk=int(team) if team.isdigit() else 0).first()
    if found is None:
        raise Refusal("order.team", "请选择班组。")
    actions.assign(
        order=order, team=found, repairer=_user(member) if member else None, note=note,
        now=now, access=access,
    )  # fmt: skip


def _score(values: Mapping[str, str]) -> int | None:
    return whole(values["score"], "评分") if values.get("score") else None


def _confirm(order: int, values: Mapping[str, str], files: Files, access: Access, now: datetime) -> None:
    actions.confirm(order=order, score=_score(values), reason=values.get("reason", ""), now=now, access=access)


def _rate(order: int, values: Mapping[str, str], files: Files, access: Access, now: datetime) -> None:
    actions.rate(order=order, score=_score(values) or 0, reason=values.get("reason", ""), now=now, access=access)


def _finish(order: int, values: Mapping[str, str], files: Files, access: Access, now: datetime) -> None:
    labour = fen(values.get("labour", ""), "人工费")
    repairs.finish(order=order, solution=values.get("solution", ""), labour=labour, files=files, now=now, access=access)


def _part(order: int, values: Mapping[str, str], files: Files, access: Access, now: datetime) -> None:
    repairs.add_part(
        order=order, name=values.get("part", ""), quantity=whole(values.get("quantity", ""), "数量"),
        price=fen(values.get("price", ""), "单价"), now=now, access=access,
    )  # fmt: skip


def _pause(order: int, values: Mapping[str, str], files: Files, access: Access, now: datetime) -> None:
    repairs.pause(order=order, reason=values.get("pause", ""), note=values.get("remark", ""), now=now, access=access)


def _hand_over(order: int, values: Mapping[str, str], files: Files, access: Access, now: datetime) -> None:
    to = _user(values.get("colleague", ""))
    repairs.hand_over(order=order, to=to, note=values.get("remark", ""), now=now, access=access)


def _ask(order: int, values: Mapping[str, str], files: Files, access: Access, now: datetime) -> None:
    amount = fen(values.get("amount", ""), "预计费用")
    approvals.ask(order=order, amount=amount, note=values.get("note", ""), now=now, access=access)


def _remark(order: int, values: Mapping[str, str], files: Files, access: Access, now: datetime) -> None:
    actions.remark(order=order, note=values.get("note", ""), files=files, now=now, access=access)


def _plain(verb: Callable[..., WorkOrder], *, note: bool = False) -> Callable[..., None]:
    """A verb without fields, or with a note alone."""

    def do(order: int, values: Mapping[str, str], files: Files, access: Access, now: datetime) -> None:
        more: dict[str, Any] = {"note": values.get("note", "")} if note else {}
        verb(order=order, now=now, access=access, **more)

    return do


_DO: dict[str, Callable[..., None]] = {
    "assign": _assign,
    "accept": _plain(repairs.accept),
    "decline": _plain(repairs.decline, note=True),
    "arrive": _plain(repairs.arrive),
    "resume": _plain(repairs.resume),
    "answer": _plain(repairs.answer, note=True),
    "need_parts": _plain(repairs.need_parts, note=True),
    "add_part": _part,
    "pause": _pause,
    "hand_over": _hand_over,
    "ask": _ask,
    "finish": _finish,
    "confirm": _confirm,
    "rate": _rate,
    "reopen": _plain(actions.reopen, note=True),
    "cancel": _plain(actions.cancel, note=True),
    "remark": _remark,
}
